// The network as a diagram: neurons in columns with biases below, weights as lines (width is size, a dash is negative).
import { SVG, make, makeIn, setAttribute, setClass, setText } from "../elements.js";
import { shownNumber } from "../numbers.js";
import { arrowPath } from "./axes.js";
import { roughNumber } from "./controls.js";
import { neuronsOf } from "./training.js";

const [MARGIN_TOP, GAP] = [34, 58];
const RADIUS = 17;
const ARROW = 22; // pixels of the longest arrow −∂L/∂a

export function createNetworkView(onSelect) {
  const svg = makeIn(SVG, "svg", { class: "network", "aria-hidden": "true" });
  const lines = makeIn(SVG, "g", {});
  const biases = makeIn(SVG, "g", {});
  const arrows = makeIn(SVG, "g", {});
  svg.append(lines, biases, arrows);
  const buttons = make("div", { class: "neurons" });
  const pointer = make("p", { class: "quiet pointer" }, "Point at a weight, or choose a neuron, to see its numbers.");
  const stage = make("div", { class: "network-stage" }, svg, buttons);
  const frame = make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "The network" }, stage);
  const element = make("div", {}, frame, pointer);
  let sizes = [];
  let places = [];
  let neurons = [];
  let [width, height] = [720, 0];
  let shownLayer = null;

  function setSizes(newSizes) {
    sizes = newSizes;
    shownLayer = null;
    const isNarrow = matchMedia("(max-width: 560px)").matches; // a phone: columns stand as near as they can
    width = isNarrow ? Math.max(400, sizes.length * 66) : 720;
    stage.style.minWidth = isNarrow ? `${sizes.length * 52}px` : "560px";
    neurons = neuronsOf(sizes);
    const most = Math.max(...sizes);
    height = MARGIN_TOP * 2 + (most - 1) * GAP + 10;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const column = (layer) => 40 + (layer * (width - 90)) / (sizes.length - 1);
    places = sizes.map((n, layer) =>
      Array.from({ length: n }, (_, i) => [column(layer), height / 2 + (i - (n - 1) / 2) * GAP]),
    );
    lines.replaceChildren();
    biases.replaceChildren();
    arrows.replaceChildren();
    buttons.replaceChildren();
    neurons.forEach((neuron) => {
      const [x2, y2] = places[neuron.layer][neuron.unit];
      neuron.lines = places[neuron.layer - 1].map(([x1, y1], i) => {
        const line = makeIn(SVG, "line", { x1: x1 + RADIUS, y1, x2: x2 - RADIUS, y2, class: "weight" });
        const target = makeIn(SVG, "line", { x1: x1 + RADIUS, y1, x2: x2 - RADIUS, y2, class: "weight-target" });
        target.addEventListener("pointerenter", () => setText(pointer, neuron.told(i)));
        lines.append(line, target);
        return line;
      });
      neuron.biasLine = makeIn(SVG, "line", {
        x1: x2,
        y1: y2 + RADIUS + 11,
        x2,
        y2: y2 + RADIUS + 1,
        class: "weight bias",
      });
      neuron.biasBox = makeIn(SVG, "rect", { x: x2 - 4, y: y2 + RADIUS + 10, width: 8, height: 8, class: "bias-box" });
      neuron.arrow = makeIn(SVG, "path", { class: "arrow push" });
      biases.append(neuron.biasLine, neuron.biasBox);
      arrows.append(neuron.arrow);
    });
    places.forEach((column_, layer) =>
      column_.forEach(([x, y], unit) => {
        const button = make(
          "button",
          { type: "button", class: layer ? "neuron" : "neuron is-input", tabindex: layer === 1 && unit === 0 ? 0 : -1 },
          "",
        );
        setAttribute(button, "aria-label", nameAt(layer, unit)); // until there is a number to say
        button.style.left = `${(x / width) * 100}%`;
        button.style.top = `${(y / height) * 100}%`;
        button.addEventListener("click", () => layer && select(layer, unit));
        button.addEventListener("keydown", (event) => move(event, layer, unit));
        buttons.append(button);
        const neuron = neurons.find((each) => each.layer === layer && each.unit === unit);
        if (neuron) neuron.button = button;
        else inputButtons[unit] = button;
      }),
    );
  }

  const inputButtons = [];
  let chosen = [1, 0];

  function nameAt(layer, unit) {
    if (!layer) return `input ${unit + 1}`;
    return layer === sizes.length - 1 ? "output" : `layer ${layer}, neuron ${unit + 1}`;
  }

  function select(layer, unit) {
    chosen = [layer, unit];
    neurons.forEach((each) => {
      const isChosen = each.layer === layer && each.unit === unit;
      setClass(each.button, "is-chosen", isChosen);
      each.button.tabIndex = isChosen ? 0 : -1;
      each.button.setAttribute("aria-pressed", String(isChosen));
    });
    onSelect(neurons.find((each) => each.layer === layer && each.unit === unit));
  }

  function move(event, layer, unit) {
    const [dl, du] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [];
    if (dl === undefined) return;
    event.preventDefault();
    const to = Math.min(Math.max(layer + dl, 1), sizes.length - 1);
    const at = Math.min(Math.max(unit + du, 0), sizes[to] - 1);
    select(to, at);
    neurons.find((each) => each.layer === to && each.unit === at).button.focus();
  }

  // numbers: { x, z, a, dz, da, dp, p }, reach: how far the phase has come; marks: per hidden neuron "", "off", "flat".
  function draw(numbers, reach, marks) {
    const { p, dp } = numbers;
    const largest = Math.max(1e-9, ...p.map(Math.abs));
    const push = Math.max(1e-12, ...numbers.da.map(Math.abs));
    inputButtons.slice(0, sizes[0]).forEach((button, i) => {
      setText(button, shownNumber(numbers.x[i], 2));
      setAttribute(button, "aria-label", `${nameAt(0, i)}: ${shownNumber(numbers.x[i], 4)}`);
    });
    neurons.forEach((neuron, k) => {
      const { layer, unit, start, inputs } = neuron;
      const last = layer === sizes.length - 1;
      const isKnown = reach.forward >= layer;
      const hasGradient = reach.backward <= layer;
      neuron.lines.forEach((line, i) => drawWeight(line, p[start + i], largest, hasGradient));
      drawWeight(neuron.biasLine, p[start + inputs], largest, hasGradient);
      const a = last ? numbers.z[k] : numbers.a[k];
      const text = isKnown ? roughNumber(a) : "";
      setText(neuron.button, text);
      setClass(neuron.button, "is-long", text.length > 4);
      const mark = marks[k] ?? "";
      setClass(neuron.button, "is-off", mark === "off");
      setClass(neuron.button, "is-flat", mark === "flat");
      setClass(neuron.button, "is-now", reach.now === layer);
      const gradient = last ? numbers.dz[k] : numbers.da[k];
      const [x, y] = places[layer][unit];
      const length = hasGradient ? (-gradient / (last ? Math.max(push, Math.abs(gradient)) : push)) * ARROW : 0;
      setAttribute(neuron.arrow, "d", arrowPath(x + RADIUS + 7, y, x + RADIUS + 7, y - length));
      const name = nameAt(layer, unit);
      const told = isKnown ? `value ${shownNumber(a, 4)}` : "not computed";
      const graded = hasGradient ? `, gradient ${shownNumber(gradient, 4)}` : "";
      const marked = mark === "off" ? ", off on every example" : mark === "flat" ? ", saturated on every example" : "";
      setAttribute(neuron.button, "aria-label", `${name}: ${told}${graded}${marked}`);
      neuron.told = (i) =>
        `Weight from ${layer === 1 ? `input ${i + 1}` : `layer ${layer - 1}, neuron ${i + 1}`} to ${name}: ` +
        `${shownNumber(p[start + i], 4)}${hasGradient ? `, gradient ${shownNumber(dp[start + i], 4)}` : ""}`;
    });
    show(reach.now);
    return push;
  }

  // Where the network is wider than its frame: the layer that it is about comes into the middle.
  function show(layer) {
    const hidden = frame.scrollWidth - frame.clientWidth;
    if (hidden <= 0 || layer === shownLayer) return;
    shownLayer = layer;
    frame.scrollLeft = (places[Math.max(layer, 0)][0][0] / width) * frame.scrollWidth - frame.clientWidth / 2;
  }

  function drawWeight(line, w, largest, hasGradient) {
    setAttribute(line, "stroke-width", (0.4 + (5 * Math.abs(w)) / largest).toFixed(2));
    setClass(line, "is-negative", w < 0);
    setClass(line, "has-gradient", hasGradient);
  }

  return {
    element,
    setSizes(newSizes) {
      setSizes(newSizes);
      select(1, 0);
    },
    draw,
    get chosen() {
      return neurons.find((each) => each.layer === chosen[0] && each.unit === chosen[1]);
    },
  };
}
