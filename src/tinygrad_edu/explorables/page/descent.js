// Descent: move the chosen inputs against the gradient, one step or many, and draw where that leads.
import { byId, make, setText } from "./elements.js";
import { shownNumber, typedNumber } from "./numbers.js";
import { createPlot, extent, levelLine, levelsOf } from "./plots.js";
import { evaluated } from "./state.js";

const MOST_STEPS = 2000; // steps that are remembered
const FAR = 1e12;
const GRID = 36;
const SIZE = [320, 210];

// The inputs after one step p ← p − rate · ∂f/∂p for each parameter.
export function descended(inputs, gradients, parameters, rate) {
  return inputs.map((x, i) => (parameters.includes(i) ? x - rate * gradients[i] : x));
}

export function createDescent(store, onLetGo) {
  const { graph } = store;
  const names = graph.inputs.map((node) => graph.nodes[node].name);
  const result = graph.nodes[graph.root].name;
  let path = [];
  let mine = false; // whether this module is changing the inputs
  let playing = 0;

  const boxes = names.map((name, i) => {
    const box = make("input", { type: "checkbox", onchange: choose });
    box.checked = store.state.parameters.includes(i);
    return { box, label: make("label", {}, box, name) };
  });
  byId("parameters").append(...boxes.map(({ label }) => label));
  const rate = byId("rate");
  rate.value = shownNumber(store.state.rate, 6);
  rate.addEventListener("input", () => {
    const x = typedNumber(rate.value);
    rate.setAttribute("aria-invalid", String(!Number.isFinite(x)));
    if (Number.isFinite(x)) store.change({ rate: x });
  });

  function choose() {
    store.change({ parameters: boxes.flatMap(({ box }, i) => (box.checked ? [i] : [])) });
    restart();
  }
  function restart() {
    stop();
    path = [];
    draw();
  }
  const here = (state) => ({ inputs: state.inputs, loss: state.numbers.value[graph.root] });

  function step() {
    const { numbers, inputs, parameters, rate: alpha } = store.state;
    if (numbers.trouble || !parameters.length) return false;
    if (!path.length) path.push(here(store.state));
    const next = descended(inputs, graph.inputs.map((node) => numbers.grad[node]), parameters, alpha);
    if (!next.every((x) => Math.abs(x) < FAR)) return say(`Too far away to go on: ${result} may have no lowest point, or α is too large.`);
    if (next.every((x, i) => x === inputs[i])) return say("Nothing changes any more: the gradient is 0 here.");
    move(next);
    path.push(here(store.state));
    if (path.length > MOST_STEPS) return say(`${MOST_STEPS} steps are enough.`);
    return !store.state.numbers.trouble;
  }
  function move(inputs) {
    mine = true;
    store.change({ inputs });
    mine = false;
  }
  function say(text) {
    setText(byId("descent-note"), text);
    return false;
  }
  function once() {
    stop();
    if (step()) draw();
    onLetGo();
  }
  function tick() {
    if (!document.hidden) {
      if (!step()) stop();
      draw();
    }
    if (playing) playing = setTimeout(tick, 120 / store.state.speed);
  }
  function stop() {
    clearTimeout(playing);
    playing = 0;
    setText(byId("descend"), "Descend");
  }
  function toggle() {
    if (playing) {
      stop();
      onLetGo();
      return;
    }
    setText(byId("descend"), "Stop");
    playing = setTimeout(tick, 0);
  }
  function rewind() {
    stop();
    if (path.length) move(path[0].inputs);
    path = [];
    draw();
    onLetGo();
  }

  // --- what is drawn: the loss over the steps, and the curve or the level lines with the path ---

  function draw() {
    if (!byId("descent").open) return;
    const { state } = store;
    const points = path.length ? path : [here(state)];
    const { loss } = points.at(-1);
    const count = points.length - 1;
    if (count) setText(byId("descent-note"), `After ${count} step${count === 1 ? "" : "s"}: ${result} = ${shownNumber(loss, state.digits)}, from ${shownNumber(points[0].loss, state.digits)}.`);
    else setText(byId("descent-note"), state.parameters.length ? "" : "Choose at least one input.");
    byId("rewind").disabled = count === 0;
    byId("plots").replaceChildren(...[landscape(state, points), history(points)].filter(Boolean));
  }

  function history(points) {
    if (points.length < 2) return null;
    const losses = points.map((point) => point.loss);
    const plot = createPlot(SIZE, [0, Math.max(points.length - 1, 5)], extent(losses), "step", result, `${result} over ${points.length - 1} steps`);
    plot.line(losses.map((loss, i) => [i, loss]), "curve");
    plot.dot([points.length - 1, losses.at(-1)], "now");
    return plot.root;
  }

  function landscape(state, points) {
    const { parameters } = state;
    const ends = parameters.map((i) => extent([...graph.ranges[i], ...points.map((point) => point.inputs[i])]));
    const at = (values) => {
      const inputs = state.inputs.map((x, i) => (parameters.includes(i) ? values[parameters.indexOf(i)] : x));
      const numbers = evaluated(graph, store.program, inputs);
      return numbers.trouble ? NaN : numbers.value[graph.root];
    };
    if (parameters.length === 1) return curveOf(points, parameters[0], ends[0], at);
    return parameters.length === 2 ? contour(points, parameters, ends, at) : null;
  }

  function curveOf(points, i, ends, at) {
    const xs = between(ends, 120);
    const ys = xs.map((x) => at([x]));
    const plot = createPlot(SIZE, ends, extent([...ys, ...points.map((p) => p.loss)]), names[i], result, `${result} as ${names[i]} changes`);
    plot.line(xs.map((x, k) => [x, ys[k]]), "curve quiet");
    plot.line(points.map((p) => [p.inputs[i], p.loss]), "path");
    plot.dot([points.at(-1).inputs[i], points.at(-1).loss], "now");
    return plot.root;
  }

  function contour(points, [i, j], ends, at) {
    const [xs, ys] = ends.map((pair) => between(pair, GRID));
    const grid = ys.map((y) => xs.map((x) => at([x, y])));
    const plot = createPlot(SIZE, ...ends, names[i], names[j], `Level lines of ${result} over ${names[i]} and ${names[j]}`);
    levelsOf(grid).forEach((level) => plot.segments(levelLine(xs, ys, grid, level), "level"));
    plot.line(points.map((p) => [p.inputs[i], p.inputs[j]]), "path");
    plot.dot([points.at(-1).inputs[i], points.at(-1).inputs[j]], "now");
    return plot.root;
  }

  function between([low, high], count) {
    return Array.from({ length: count + 1 }, (_, k) => low + ((high - low) * k) / count);
  }

  byId("one-step").addEventListener("click", once);
  byId("descend").addEventListener("click", toggle);
  byId("rewind").addEventListener("click", rewind);
  byId("descent").addEventListener("toggle", draw);
  let waiting = 0;
  store.listen((state, changed) => {
    if (!changed.has("inputs") || mine) return;
    if (playing) stop();
    path = [];
    clearTimeout(waiting);
    waiting = setTimeout(draw, 60);
  });
  return { once, rewind, open: () => (byId("descent").open = true) };
}
