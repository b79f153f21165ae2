// 3. Downhill: the loss of a line over w and b, from a start of the reader's own, by five optimisers at once.
import { SVG, make, makeIn, setAttribute, setText } from "../elements.js";
import { shownNumber } from "../numbers.js";
import { plot } from "./axes.js";
import { button, liveRegion, player, puzzle, readout, slider, toggle } from "./controls.js";
import { colourKey, paint, shadeLevels } from "./landscape.js";
import { watchTheme } from "./theme.js";

const LINE_XS = [0, 1, 2, 3, 4, 5];
const LINE_YS = LINE_XS.map((x) => 5 - x);
const RANGES = [
  [-5, 5],
  [0, 20],
];
const LOST = 1e6;
const MOST = 300;

export const RUNNERS = [
  { key: "sgd", title: "gradient descent", remembered: 0, factor: 1 },
  { key: "momentum", title: "momentum 0.9", remembered: 1, factor: 0.2 },
  { key: "adagrad", title: "AdaGrad", remembered: 1, factor: 20 },
  { key: "rmsprop", title: "RMSProp", remembered: 2, factor: 2 },
  { key: "adam", title: "Adam", remembered: 3, factor: 5 },
];

export function downhill(root, { line, steps }) {
  let [start, rate] = [[3, 10], 0.08];
  let stepsMade = 0;
  const loss = (w, b) => line([w, b], LINE_XS, LINE_YS)[0];
  const map = plot({ x: RANGES[0], y: RANGES[1], xTitle: "w", yTitle: "b", label: "", width: 400, height: 380 });
  const canvas = make("canvas", { width: 322, height: 322, class: "landscape", "aria-hidden": "true" });
  const levels = shadeLevels(0.05, 400);
  const key = colourKey(levels, "loss");
  const slice = plot({
    x: RANGES[0],
    y: [0, 300],
    xTitle: "w, with b as it is",
    yTitle: "loss",
    label: "",
    width: 400,
    height: 220,
  });
  const sliceCurve = slice.line("value-line");
  const sliceTangent = slice.line("gradient-line");
  const sliceDot = slice.dots("now-dot", 6);
  const uphill = map.arrow("ascent-arrow");
  const down = map.arrow("descent-arrow");
  const numbers = readout({ loss: "loss", gw: "∂L/∂w", gb: "∂L/∂b", step: "steps" });
  const live = liveRegion();
  const task = puzzle(
    "Find the largest learning rate with which plain gradient descent still comes down. What happens just above it?",
    "It is between 0.101 and 0.102, exactly 2 divided by the largest curvature of the bowl, 19.74. Above it each " +
      "jump lands higher on the other side than it started.",
  );
  const runners = RUNNERS.map((each, i) => ({
    ...each,
    isOn: i === 0,
    draw: map.line(`path-line path-${i}`),
    ends: map.dots(`path-dot path-${i}`, 4),
    path: [],
    memory: null,
  }));
  const startDot = makeIn(SVG, "circle", { r: 9, class: "start-dot" });
  map.above.append(startDot);
  const handle = make("button", {
    type: "button",
    class: "start-handle",
    "aria-label": "Start point: move it with the arrow keys",
  });
  const rateKnob = slider({
    name: "learning rate η",
    min: 1e-4,
    max: 0.2,
    value: rate,
    log: true,
    onChange: (v) => ((rate = v), restart()),
  });
  const boxes = runners.map((runner) =>
    toggle({ name: runner.title, value: runner.isOn, onChange: (isOn) => ((runner.isOn = isOn), restart()) }),
  );
  const play = player({ every: 120, tick: () => stepOnce() && stepsMade < MOST, onStop: () => say(true) });

  function restart() {
    play.stop();
    stepsMade = 0;
    for (const runner of runners) {
      runner.path = [start];
      runner.memory = [0, 1].map(() => Array(runner.remembered).fill(0));
    }
    draw();
  }

  function stepOnce() {
    let moved = false;
    for (const runner of runners) {
      if (!runner.isOn) continue;
      const point = runner.path.at(-1);
      if (Math.hypot(...point) > LOST) continue;
      const [, gradient] = line(point, LINE_XS, LINE_YS);
      const next = point.map((x, k) => {
        const [after, memory] = steps[runner.key](x, gradient[k], runner.memory[k], rate * runner.factor);
        runner.memory[k] = memory;
        return after;
      });
      runner.path.push(next);
      moved = true;
    }
    if (moved) stepsMade += 1;
    draw();
    return moved;
  }

  function back() {
    const target = Math.max(0, stepsMade - 1);
    restart();
    while (stepsMade < target) stepOnce();
  }

  function leader() {
    return runners.find((runner) => runner.isOn) ?? runners[0];
  }

  function draw() {
    for (const runner of runners) {
      const shown = runner.isOn ? runner.path : [];
      runner.draw(shown);
      runner.ends(shown.slice(-1));
    }
    const [w, b] = leader().path.at(-1);
    const [now, [gw, gb]] = line([w, b], LINE_XS, LINE_YS);
    const length = Math.hypot(gw, gb);
    const [ux, uy] = length > 1e-12 ? [(gw / length) * 1.1, (gb / length) * 2.2] : [0, 0];
    uphill([w, b], [w + ux, b + uy]);
    down([w, b], [w - ux, b - uy]);
    const losses = Array.from({ length: 81 }, (_, i) => -5 + i / 8).map((v) => [v, loss(v, b)]);
    const most = Math.max(20, Math.min(800, Math.max(...losses.map(([, v]) => v))));
    slice.setRange(RANGES[0], [-0.06 * most, most]); // room for the whole dot at the bottom
    sliceCurve(losses);
    sliceTangent([
      [w - 1.5, now - 1.5 * gw],
      [w + 1.5, now + 1.5 * gw],
    ]);
    sliceDot([[w, now]]);
    numbers.set("loss", now);
    numbers.set("gw", gw);
    numbers.set("gb", gb);
    numbers.set("step", String(stepsMade));
    setAttribute(startDot, "cx", map.px(start[0]).toFixed(1));
    setAttribute(startDot, "cy", map.py(start[1]).toFixed(1));
    handle.style.left = `${(map.px(start[0]) / 400) * 100}%`;
    handle.style.top = `${(map.py(start[1]) / 380) * 100}%`;
    map.describe(
      `Map of the loss over w and b. After ${stepsMade} steps ${leader().title} is at w = ${shownNumber(w, 4)}, b = ` +
        `${shownNumber(b, 4)}, where the loss is ${shownNumber(now, 4)}. The bottom is at w = −1, b = 5.`,
    );
    slice.describe(
      `The loss as w changes and b stays ${shownNumber(b, 4)}, with the tangent at w = ${shownNumber(w, 4)}: slope ` +
        `${shownNumber(gw, 4)}.`,
    );
    say(!play.isPlaying);
    const sgd = runners[0];
    task.solved(
      sgd.isOn && rate > 0.095 && rate <= 0.1014 && stepsMade >= 100 && loss(...sgd.path.at(-1)) < loss(...start) / 5,
      "Solved: it still comes down.",
    );
  }

  function say(now = false) {
    const [w, b] = leader().path.at(-1);
    live.say(`Step ${stepsMade}: w ${shownNumber(w, 4)}, b ${shownNumber(b, 4)}, loss ${shownNumber(loss(w, b), 4)}.`, {
      now: now && stepsMade > 0,
    });
  }

  function moveStart(w, b) {
    start = [Math.min(5, Math.max(-5, w)), Math.min(20, Math.max(0, b))];
    restart();
  }

  map.svg.addEventListener("pointerdown", (event) => {
    const move = (each) => moveStart(...map.unitsAt(each));
    const end = () => {
      map.svg.removeEventListener("pointermove", move);
      map.svg.removeEventListener("pointerup", end);
    };
    map.svg.setPointerCapture(event.pointerId);
    map.svg.addEventListener("pointermove", move);
    map.svg.addEventListener("pointerup", end);
    move(event);
  });
  handle.addEventListener("keydown", (event) => {
    const [dx, dy] =
      { ArrowLeft: [-0.25, 0], ArrowRight: [0.25, 0], ArrowUp: [0, 0.5], ArrowDown: [0, -0.5] }[event.key] ?? [];
    if (dx === undefined) return;
    event.preventDefault();
    moveStart(start[0] + dx, start[1] + dy);
    setText(
      live.element,
      `Start at w ${shownNumber(start[0], 3)}, b ${shownNumber(start[1], 3)}: loss ${shownNumber(loss(...start), 4)}.`,
    );
  });
  watchTheme((isDark) => {
    paint(canvas, loss, RANGES, levels, isDark);
    key.colour(isDark);
  });

  root.append(
    make(
      "div",
      { class: "figure-row" },
      make("div", { class: "map" }, canvas, map.svg, handle),
      make(
        "div",
        { class: "panel" },
        rateKnob.element,
        make(
          "div",
          { class: "buttons" },
          button("One step", () => (play.stop(), stepOnce())),
          button("Back", () => (play.stop(), back())),
          play.element,
          button("Rewind", restart),
        ),
        numbers.element,
        make(
          "fieldset",
          { class: "runners" },
          make("legend", {}, "Who walks"),
          ...boxes.map((b, i) => (b.element.classList.add(`path-${i}`), b.element)),
        ),
        key.element,
      ),
    ),
    make(
      "details",
      { class: "more", open: true },
      make("summary", {}, "The same as a curve: what if only w moves?"),
      slice.svg,
    ),
    live.element,
    task.element,
  );
  restart();
  for (let i = 0; i < 12; i++) stepOnce();
  return {
    set(newStart, newRate, on) {
      [start, rate] = [newStart, newRate];
      rateKnob.value = rate;
      runners.forEach((runner, i) => {
        runner.isOn = on.includes(runner.key);
        boxes[i].value = runner.isOn;
      });
      restart();
    },
    stepOnce,
    back,
    state: () => ({ start, rate, paths: Object.fromEntries(runners.map((r) => [r.key, r.path])) }),
  };
}
