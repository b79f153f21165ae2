// Descent: move the chosen inputs against the gradient, one step or many, and draw where that leads.
import { byId, make, on, setAttribute, setText } from "./elements.js";
import { shownNumber, typedNumber } from "./numbers.js";
import { createPlot, extent, levelLine, levelsOf, spacedNumbers } from "./plots.js";
import { resultAt } from "./state.js";

const MOST_STEPS = 2000;
const FAR = 1e12;
const GRID = 36; // squares of the level lines, each way
const PACE = 120; // milliseconds a step, at speed 1

// The inputs after one step p ← p − rate · ∂f/∂p for each parameter.
export function afterStep(inputs, gradients, parameters, rate) {
  return inputs.map((x, i) => (parameters.includes(i) ? x - rate * gradients[i] : x));
}

export function createDescent(store, onLetGo) {
  const { graph, state } = store;
  const names = graph.inputs.map(({ name }) => name);
  const result = graph.root.name;
  const rate = byId("rate");
  let path = [];
  let isMine = false; // whether it is this module that changes the inputs
  let timer = 0;
  let waiting = 0;
  let why = ""; // what keeps it from going on

  const boxes = names.map((name, i) => {
    const box = make("input", { type: "checkbox", onchange: choose });
    box.checked = state.parameters.includes(i);
    byId("parameters").append(make("label", {}, box, name));
    return box;
  });
  rate.value = shownNumber(state.rate, 6);
  on(rate, "input", () => {
    const x = typedNumber(rate.value);
    setAttribute(rate, "aria-invalid", !Number.isFinite(x));
    if (Number.isFinite(x)) store.change({ rate: x });
  });

  function choose() {
    store.change({ parameters: boxes.flatMap((box, i) => (box.checked ? [i] : [])) });
    forget();
  }
  function forget() {
    stop();
    path = [];
    why = "";
    clearTimeout(waiting);
    waiting = setTimeout(draw, 60); // while a slider moves, not at each of its numbers
  }
  function move(inputs) {
    isMine = true;
    store.change({ inputs });
    isMine = false;
  }
  const here = () => ({ inputs: state.inputs, loss: graph.root.value });

  // One step; what keeps it from going on, if anything.
  function step() {
    const next = afterStep(
      state.inputs,
      graph.inputs.map(({ grad }) => grad),
      state.parameters,
      state.rate,
    );
    if (graph.trouble) return "There is no gradient here.";
    if (!next.every((x) => Math.abs(x) < FAR))
      return `Too far away: ${result} may have no lowest point, or α is too large.`;
    if (next.every((x, i) => x === state.inputs[i]))
      return state.parameters.length ? "The gradient is 0 here: nothing moves." : "Choose an input to move.";
    if (path.length > MOST_STEPS) return `${MOST_STEPS} steps are enough.`;
    if (!path.length) path.push(here());
    move(next);
    path.push(here());
    return "";
  }
  function once() {
    stop();
    why = step();
    draw();
    onLetGo();
  }
  function tick() {
    why = document.hidden ? "" : step();
    timer = setTimeout(tick, PACE / state.speed);
    if (why) stop();
    draw();
  }
  function stop() {
    clearTimeout(timer);
    timer = 0;
    setText(byId("descend"), "Descend");
  }
  function toggle() {
    if (timer) {
      stop();
      onLetGo();
      return;
    }
    setText(byId("descend"), "Stop");
    timer = setTimeout(tick);
  }
  function rewind() {
    if (path.length) move(path[0].inputs);
    forget();
    onLetGo();
  }

  // --- what is drawn: the result over the steps, and the curve or the level lines with the path ---

  function draw() {
    if (!byId("descent").open) return;
    const points = path.length ? path : [here()];
    const count = points.length - 1;
    const news = count
      ? `After ${count} step${count === 1 ? "" : "s"}: ${result} = ${shownNumber(points.at(-1).loss)}, from ` +
        `${shownNumber(points[0].loss)}.`
      : "";
    setText(byId("descent-note"), `${news} ${why}`.trim());
    byId("rewind").disabled = !count;
    const landscape = [null, curveOf, contour][state.parameters.length]?.(points, ...state.parameters);
    byId("plots").replaceChildren(...[landscape, count && history(points)].filter(Boolean));
  }

  function history(points) {
    const losses = points.map(({ loss }) => loss);
    const plot = createPlot(
      [[0, Math.max(losses.length - 1, 5)], extent(losses)],
      ["step", result],
      `${result} over the steps`,
    );
    plot.line(
      losses.map((loss, i) => [i, loss]),
      "curve",
    );
    plot.dot([losses.length - 1, losses.at(-1)]);
    return plot.root;
  }

  const endsOf = (i, points) => extent([...graph.ranges[i], ...points.map(({ inputs }) => inputs[i])]);

  function curveOf(points, i) {
    const curve = spacedNumbers(endsOf(i, points), 120).map((x) => [x, resultAt(graph, state.inputs.with(i, x))]);
    const path = points.map(({ inputs, loss }) => [inputs[i], loss]);
    const plot = createPlot(
      [endsOf(i, points), extent([...curve, ...path].map(([, y]) => y))],
      [names[i], result],
      `${result} as ${names[i]} changes`,
    );
    plot.line(curve, "curve");
    plot.line(path, "path");
    plot.dot(path.at(-1));
    return plot.root;
  }

  function contour(points, i, j) {
    const ends = [i, j].map((k) => endsOf(k, points));
    const [xs, ys] = ends.map((pair) => spacedNumbers(pair, GRID));
    const grid = ys.map((y) => xs.map((x) => resultAt(graph, state.inputs.with(i, x).with(j, y))));
    const plot = createPlot(ends, [names[i], names[j]], `Level lines of ${result} over ${names[i]} and ${names[j]}`);
    for (const level of levelsOf(grid)) plot.lines(levelLine(xs, ys, grid, level), "level");
    const path = points.map(({ inputs }) => [inputs[i], inputs[j]]);
    plot.line(path, "path");
    plot.dot(path.at(-1));
    return plot.root;
  }

  on("one-step", "click", once);
  on("descend", "click", toggle);
  on("rewind", "click", rewind);
  on("descent", "toggle", draw);
  store.listen((_, changed) => {
    if (changed.has("parameters")) boxes.forEach((box, i) => (box.checked = state.parameters.includes(i)));
    if (!changed.has("inputs") || isMine) return;
    forget();
  });
  return { once, rewind };
}
