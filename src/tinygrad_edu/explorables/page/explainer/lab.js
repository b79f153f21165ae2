// 8. The network: what it learns, with which settings, how fast, and back again.
import { make, setText } from "../elements.js";
import { shownNumber } from "../numbers.js";
import { extent, levelLine } from "../plots.js";
import { plot } from "./axes.js";
import { button, choice, liveRegion, player, puzzle, readout, slider, toggle } from "./controls.js";
import { DATA_SETS, examples, inputsOf } from "./data.js";
import { createExchange } from "./exchange.js";
import { RUNNERS } from "./downhill.js";
import { createMicroscope } from "./microscope.js";
import { isDarkNow, watchTheme } from "./theme.js";
import { createTraining, initialParameters, layerSizes } from "./training.js";

const SETTINGS = {
  data: "sin",
  noise: 0,
  activation: "relu",
  depth: 3,
  width: 8,
  optimiser: "sgd",
  rate: 0.003,
  batch: 1,
  seed: 1,
  init: "glorot",
  stop: 0,
};
const SLICE = 8; // milliseconds of computing in a frame
const DRAWN = 33; // milliseconds between two drawings
const LOOKED = 300; // milliseconds between two looks through the microscope while it trains
const BEGUN = 30; // epochs that have been trained when the page opens: a curve that has begun to bend
const CELLS = 24; // cells across the plane of two inputs
const ACTIVATIONS = [
  ["relu", "ReLU"],
  ["leaky_relu", "leaky ReLU"],
  ["tanh", "tanh"],
  ["sigmoid", "sigmoid"],
];
const INITS = [
  ["glorot", "Glorot"],
  ["he", "He"],
  ["small", "small (0.1)"],
  ["large", "large (3)"],
  ["zeros", "all zero"],
];

export function networkLab(root, microscopeRoot, programs, presets) {
  const lab = {
    settings: { ...SETTINGS },
    examples: [],
    sizes: [],
    training: null,
    network: null,
    ready: false,
    isPlaying: false,
    stepOnce,
  };
  let own = [];
  let isLog = true;
  let drawnAt = 0;
  let lookedAt = 0;
  const fit = plot({ x: [-5.5, 5.5], y: [-7, 7], xTitle: "x", yTitle: "y", label: "" });
  const fitCurve = fit.line("value-line");
  const fitDots = fit.dots("data-dots");
  const plane = make("canvas", { width: 342, height: 232, class: "landscape", "aria-hidden": "true" });
  const border = fit.line("border-line");
  const planeKey = make(
    "p",
    { class: "quiet" },
    "Filled points should get +1, hollow ones −1. The line is where the network says 0.",
  );
  const planeDots = [fit.dots("class-a"), fit.dots("class-b", 5)];
  const history = plot({ x: [0, 10], y: [0.01, 100], xTitle: "epoch", yTitle: "loss", label: "", logY: true });
  const historyLine = history.line("value-line");
  const numbers = readout({ epoch: "epoch", step: "steps", loss: "loss, mean of the epoch", speed: "epochs a second" });
  numbers.set("speed", "–"); // until it trains
  const live = liveRegion();
  const note = make("p", { class: "sentence" });
  const task = puzzle(
    "Take 5 · sin x, one hidden layer of 2 neurons, and ReLU. How small does the loss get, and why not smaller? How " +
      "many neurons does the curve need?",
    "Each ReLU adds one corner to the line. A sine over this range has three bends, so two corners are too few. With " +
      "one hidden layer, 5 or more neurons follow it roughly; three layers of 8 do it well.",
  );

  const knobs = {
    data: choice({
      name: "data",
      options: DATA_SETS.map((d) => [d.name, d.title]),
      value: SETTINGS.data,
      onChange: (v) => change({ data: v, noise: 0, stop: 0 }),
    }),
    activation: choice({
      name: "activation",
      options: ACTIVATIONS,
      value: SETTINGS.activation,
      onChange: (v) => change({ activation: v }),
    }),
    depth: choice({
      name: "hidden layers",
      options: ["1", "2", "3"].map((v) => [v, v]).concat([["10", "10, of 4 sigmoids"]]),
      value: "3",
      onChange: (v) =>
        change(v === "10" ? { data: "sin", depth: 10, width: 4, activation: "sigmoid" } : { depth: Number(v) }),
    }),
    width: choice({
      name: "neurons in each",
      options: [2, 3, 4, 5, 6, 7, 8].map((v) => [String(v), String(v)]),
      value: "8",
      onChange: (v) => change({ width: Number(v) }),
    }),
    optimiser: choice({
      name: "optimiser",
      options: RUNNERS.map((r) => [r.key, r.title]),
      value: SETTINGS.optimiser,
      onChange: (v) => change({ optimiser: v }),
    }),
    batch: choice({
      name: "batch size",
      options: ["1", "5", "10", "all"].map((v) => [v, v]),
      value: "1",
      onChange: (v) => change({ batch: v === "all" ? 1000 : Number(v) }),
    }),
    init: choice({ name: "first weights", options: INITS, value: SETTINGS.init, onChange: (v) => change({ init: v }) }),
    seed: slider({
      name: "seed",
      min: 1,
      max: 100,
      step: 1,
      value: SETTINGS.seed,
      onChange: (v) => change({ seed: Math.round(v) }),
    }),
    noise: slider({ name: "noise", min: 0, max: 2, step: 0.05, value: 0, onChange: (v) => change({ noise: v }) }),
    rate: slider({
      name: "learning rate η",
      min: 1e-5,
      max: 1,
      value: SETTINGS.rate,
      log: true,
      onChange: (v) => setRate(v),
    }),
    stop: slider({
      name: "stop at a loss of",
      min: 0,
      max: 5,
      step: 0.01,
      value: 0,
      onChange: (v) => (lab.settings.stop = v),
    }),
  };
  const play = player({ play: "Train", tick, onStop: stopped });
  play.element.addEventListener("click", () => (lab.isPlaying = play.isPlaying));
  const exchange = createExchange({ lab, load: loadParameters });
  const pointX = slider({ name: "x of the new point", min: -5, max: 5, step: 0.1, value: 0, onChange: () => {} });
  const pointY = slider({ name: "y of the new point", min: -6, max: 6, step: 0.1, value: 0, onChange: () => {} });
  const ownPanel = make(
    "fieldset",
    { class: "own-points", hidden: true },
    make("legend", {}, "Your own points: click into the plot, or add them here"),
    pointX.element,
    pointY.element,
    make(
      "div",
      { class: "buttons" },
      button("Add the point", () => addPoint(pointX.value, pointY.value)),
      button("Remove the last", () => ((own = own.slice(0, -1)), build())),
      button("Remove all", () => ((own = []), build())),
    ),
  );
  const microscope = createMicroscope(microscopeRoot, lab);

  function change(parts) {
    Object.assign(lab.settings, parts);
    const { data, depth, width, activation } = lab.settings;
    // After the preset of ten layers.
    if (!programs[`net_${inputsOf(data)}_${width}_${depth}_${activation}`]) lab.settings.depth = 3;
    build();
  }

  function setRate(v) {
    lab.settings.rate = v;
    if (lab.training) lab.training.rate = v;
  }

  function build(parameters) {
    play.stop();
    const s = lab.settings;
    showSettings();
    const inputs = inputsOf(s.data);
    lab.examples = s.data === "own" ? own.map(([x, y]) => ({ x: [x], y })) : examples(s.data, s.noise, s.seed);
    lab.sizes = layerSizes(inputs, s.width, s.depth);
    lab.network = programs[`net_${inputs}_${s.width}_${s.depth}_${s.activation}`];
    lab.ready = lab.examples.length > 0;
    ownPanel.hidden = s.data !== "own";
    const runner = RUNNERS.find((r) => r.key === s.optimiser);
    lab.training = createTraining({
      network: lab.network,
      update: programs[`step_${s.optimiser}`],
      remembered: runner.remembered,
      examples: lab.examples,
      parameters: parameters ?? initialParameters(lab.sizes, s.init, s.seed),
      rate: s.rate,
      batch: s.batch,
      seed: s.seed,
    });
    if (inputs === 1) {
      const ys = lab.examples.map((e) => e.y);
      fit.setRange([-5.5, 5.5], ys.length ? extent([...ys, 6, -6]) : [-7, 7]);
    } else fit.setRange([-1.5, 1.5], [-1.5, 1.5]);
    setText(note, lab.ready ? "" : "No points yet: click into the plot, or add some below.");
    microscope.setCount(lab.examples.length);
    microscope.reset();
    draw();
  }

  function showSettings() {
    const s = lab.settings;
    for (const key of ["data", "activation", "optimiser", "init"]) knobs[key].value = s[key];
    for (const key of ["depth", "width"]) knobs[key].value = String(s[key]);
    knobs.batch.value = s.batch === 1000 ? "all" : String(s.batch);
    for (const key of ["seed", "noise", "rate", "stop"]) knobs[key].value = s[key];
  }

  // --- training ---

  let begun = null;

  function tick(time) {
    lab.isPlaying = true;
    if (!lab.ready) return false;
    begun ??= { time: performance.now(), epoch: lab.training.epoch };
    const until = performance.now() + SLICE;
    let goesOn = true;
    while (goesOn && performance.now() < until) {
      for (let i = 0; goesOn && i < 25; i++) goesOn = lab.training.stepOnce();
      if (lab.settings.stop > 0 && lab.training.losses.at(-1) <= lab.settings.stop) goesOn = false;
    }
    if (!goesOn && !Number.isFinite(lab.training.meanLoss()))
      setText(note, "The loss is no longer a number: the steps were too long. Go back, and lower the learning rate.");
    if (time - drawnAt > DRAWN) {
      drawnAt = time;
      draw(true);
    }
    return goesOn;
  }

  function stopped() {
    lab.isPlaying = false;
    begun = null;
    draw();
    live.say(
      `Paused after ${lab.training.epoch} epochs, loss ` +
        `${shownNumber(lab.training.losses.at(-1) ?? lab.training.meanLoss(), 4)}.`,
      { now: true },
    );
  }

  function stepOnce() {
    play.stop();
    if (lab.ready) lab.training.stepOnce();
    draw();
  }
  function once(act) {
    play.stop();
    if (lab.ready) act();
    lab.settings.rate = lab.training.rate;
    knobs.rate.value = lab.training.rate;
    draw();
    live.say(`Step ${lab.training.step}, loss ${lab.ready ? shownNumber(lab.training.meanLoss(), 4) : "unknown"}.`, {
      now: true,
    });
  }

  // --- drawing ---

  function draw(isPlaying = false) {
    const { training, settings } = lab;
    const p = training.parameters;
    const is1D = lab.sizes[0] === 1;
    plane.hidden = is1D;
    planeKey.hidden = is1D;
    if (is1D) {
      fitCurve(Array.from({ length: 111 }, (_, i) => -5.5 + i / 10).map((x) => [x, lab.network([x], 0, p)[1].at(-1)]));
      fitDots(lab.examples.map((e) => [e.x[0], e.y]));
      planeDots.forEach((each) => each([]));
      border([]);
    } else {
      fitCurve([]);
      fitDots([]);
      planeDots[0](lab.examples.filter((e) => e.y < 0).map((e) => e.x));
      planeDots[1](lab.examples.filter((e) => e.y > 0).map((e) => e.x));
      paintPlane();
    }
    const { losses } = training;
    const every = Math.max(1, Math.floor(losses.length / 400));
    const points = losses.map((loss, i) => [i + 1, loss]).filter((_, i) => i % every === 0 || i === losses.length - 1);
    const finite = points.map(([, v]) => v).filter((v) => Number.isFinite(v) && v > 0);
    const low = isLog ? 10 ** Math.floor(Math.log10(Math.min(...finite, 1))) : 0;
    const high = isLog ? 10 ** Math.ceil(Math.log10(Math.max(...finite, low * 10))) : Math.max(...finite, 1e-9) * 1.05;
    history.setRange([0, niceEnd(losses.length)], [low, high]);
    historyLine(points);
    numbers.set("epoch", String(training.epoch));
    numbers.set("step", String(training.step));
    numbers.set("loss", losses.length ? losses.at(-1) : lab.ready ? training.meanLoss() : "–");
    const seconds = begun && (performance.now() - begun.time) / 1000;
    if (seconds > 0.3) numbers.set("speed", String(Math.round((training.epoch - begun.epoch) / seconds)));
    if (!isPlaying) {
      fit.describe(
        is1D
          ? `The data and the curve that the network computes after ${training.epoch} epochs.`
          : `Two classes of points, and where the network says which, after ${training.epoch} epochs.`,
      );
      history.describe(`The loss over ${training.epoch} epochs; now ${shownNumber(losses.at(-1) ?? 0, 4)}.`);
      task.solved(
        settings.data === "sin" && settings.depth === 1 && settings.width <= 3 && training.epoch >= 300,
        "You have tried it: compare with 3 layers of 8.",
      );
    }
    const now = performance.now();
    if (isPlaying && now - lookedAt < LOOKED) return;
    lookedAt = now;
    microscope.draw(isPlaying);
  }

  // The regions in two tints, and the line between them, where the output is 0.
  function paintPlane() {
    const context = plane.getContext("2d");
    const [w, h] = [plane.width / CELLS, plane.height / CELLS];
    const isDark = isDarkNow();
    const ends = Array.from({ length: CELLS }, (_, i) => -1.5 + (3 * (i + 0.5)) / CELLS);
    const grid = ends.map((y) => ends.map((x) => lab.network([x, y], 0, lab.training.parameters)[1].at(-1)));
    grid.forEach((row, j) =>
      row.forEach((output, i) => {
        const part = Math.max(-1, Math.min(1, output));
        context.fillStyle = `hsl(215 ${Math.abs(part) * 45}% ${isDark ? 24 + 14 * part : 84 + 13 * part}%)`;
        context.fillRect(Math.floor(i * w), Math.floor((CELLS - 1 - j) * h), Math.ceil(w), Math.ceil(h));
      }),
    );
    border(levelLine(ends, ends, grid, 0).flatMap(([from, to]) => [null, from, to]));
  }

  const niceEnd = (n) =>
    [10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find((end) => end >= n) ?? Math.ceil(n / 5000) * 5000;

  // --- own points, parameters from elsewhere, presets ---

  function addPoint(x, y) {
    own = [...own, [Number(x.toFixed(2)), Number(y.toFixed(2))]];
    build(lab.settings.data === "own" ? lab.training.parameters : undefined);
  }
  fit.svg.addEventListener("click", (event) => {
    if (lab.settings.data === "own") addPoint(...fit.unitsAt(event));
  });

  function loadParameters({ inputs, width, depth, activation, parameters }) {
    const data = inputsOf(lab.settings.data) === inputs ? lab.settings.data : inputs === 1 ? "sin" : "moons";
    Object.assign(lab.settings, { width, depth, activation, data });
    build(parameters);
  }

  function usePreset(preset) {
    Object.assign(lab.settings, SETTINGS, preset.settings);
    build(preset.parameters);
    setText(note, preset.title);
    const [verdict, table, ...reasons] = preset.diagnosis;
    diagnosis.replaceChildren(
      make("h3", {}, `What the library's diagnose says about “${preset.title}”`),
      make("p", {}, verdict),
      make("pre", { tabindex: 0 }, table),
      ...reasons.map((line) => make("p", {}, line)),
    );
    microscope.go(preset.settings.depth + 2 + Math.ceil(preset.settings.depth / 2));
  }
  const diagnosis = make("div", { class: "diagnosis" });

  root.append(
    make(
      "div",
      { class: "buttons" },
      play.element,
      button("One step", stepOnce),
      button("One epoch", () => once(() => lab.training.epochOnce())),
      button("Back a step", () => once(() => lab.training.back(1))),
      button("Rewind", () => once(() => lab.training.rewind())),
      button("New seed", () => change({ seed: (lab.settings.seed % 100) + 1 })),
    ),
    note,
    make(
      "div",
      { class: "figure-row" },
      make("div", {}, make("div", { class: "map fit" }, plane, fit.svg), planeKey),
      make(
        "div",
        {},
        history.svg,
        toggle({ name: "logarithmic scale", value: true, onChange: (v) => ((isLog = v), history.setLog(v), draw()) })
          .element,
      ),
    ),
    numbers.element,
    make(
      "div",
      { class: "settings" },
      knobs.data.element,
      knobs.activation.element,
      knobs.depth.element,
      knobs.width.element,
      knobs.optimiser.element,
      knobs.batch.element,
      knobs.init.element,
    ),
    make("div", { class: "grid-2" }, knobs.rate.element, knobs.seed.element, knobs.noise.element, knobs.stop.element),
    ownPanel,
    exchange.element,
    live.element,
    task.element,
  );
  microscopeRoot.append(
    make(
      "div",
      { class: "buttons presets", role: "group", "aria-label": "Presets" },
      ...presets.map((preset) => button(preset.title, () => usePreset(preset))),
    ),
    diagnosis,
  );
  watchTheme(() => lab.training && draw());
  build();
  for (let i = 0; i < BEGUN; i++) lab.training.epochOnce();
  draw();
  microscope.go(6); // the backward pass has come to layer 2: the page says something before anybody touches it
  return {
    lab,
    change,
    setRate,
    epochs: (n) => {
      for (let i = 0; i < n; i++) lab.training.epochOnce();
      draw();
    },
    usePreset,
    microscope,
  };
}
