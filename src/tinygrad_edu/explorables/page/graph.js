// The graph on the page: a button for each node over one SVG of arrows. What is drawn follows the state.
import { SVG, isCalm, make, makeIn, on, setAttribute, setClass, setText } from "./elements.js";
import { shownNumber } from "./numbers.js";
import { boxNumbers, boxWords } from "./sheet.js";
import { hasGrad, hasValue, usesOf } from "./state.js";

const BOX = 98; // the height of a box
const READABLE = 0.86; // of their full size boxes are still easy to read; beyond that the picture scrolls
const NARROW = 640; // pixels: below, the graph runs from top to bottom

// The curve through an arrow's points: it leaves and arrives in the graph's direction, and runs straight past boxes.
export function curvePath(points, isWide) {
  const parts = [`M${points[0]},${points[1]}`];
  for (let i = 2; i < points.length; i += 2) {
    const [x0, y0, x1, y1] = points.slice(i - 2, i + 2);
    const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
    if (i % 4 === 0) parts.push(`L${x1},${y1}`);
    else parts.push(isWide ? `C${x},${y0} ${x},${y1} ${x1},${y1}` : `C${x0},${y} ${x1},${y} ${x1},${y1}`);
  }
  return parts.join("");
}

// A small triangle at the end of an arrow, or at its start, clear of the box, where something flows back.
export function headPath(points, isWide, isBack) {
  const [x, y] = isBack ? points : points.slice(-2);
  const [tip, d] = isBack ? [4, 9] : [0, -10];
  return isWide ? `M${x + tip},${y}l${d},-6v12z` : `M${x},${y + tip}l-6,${d}h12z`;
}

// What the arrow says: the local gradient, or what flows back along it, shorter where that would not fit its place.
export function labelText(edge, step, isBack, { isWide, layout }) {
  if (!edge.taken) return "not taken";
  if (!hasValue(edge.to, step)) return "";
  const [sign, x] = isBack ? [isWide ? "←" : "↑", edge.flow] : ["×", edge.local];
  const texts = [undefined, 3, 2, 1].map((digits) => `${sign} ${shownNumber(x, digits)}`);
  if (isBack) texts.unshift(`${sign} ${shownNumber(edge.to.grad)} × ${shownNumber(edge.local)}`);
  return texts.find((text) => textWidth(text) <= layout.room) ?? texts.at(-1);
}

// Where it stands: in the middle of the last straight part of the arrow, if not elsewhere.
export function labelPlace({ labels, arrows }, i) {
  const [x, y, x2, y2] = arrows[i].length > 4 ? arrows[i].slice(-6, -2) : arrows[i];
  return labels[i] ?? [(x + x2) / 2, (y + y2) / 2];
}

// The width of a label in pixels, in its boldest style.
let pen;
const textWidth = (text) => pen.measureText(text).width;

// The arrows along which something moves at this step, or at a pinned node, and whether it moves back.
export function flowAt(graph, { step, pinned }) {
  const { phase, node } = pinned ? { phase: "backward", node: pinned } : graph.steps[step];
  const isBack = phase === "backward";
  if (!node || node.broken || (isBack && !hasGrad(graph, node, step))) return { edges: [], isBack };
  return { edges: isBack ? usesOf(node) : node.into.filter((edge) => edge.taken), isBack };
}

export function createGraph(store, frame) {
  const { graph } = store;
  const dots = makeIn(SVG, "g", { class: "dots" });
  const boxes = graph.nodes.map(makeBox);
  const arrows = graph.edges.map(makeArrow);
  const drawing = makeIn(
    SVG,
    "svg",
    { "aria-hidden": "true", focusable: "false" },
    ...arrows.map(({ group }) => group),
    ...arrows.map(({ label }) => label),
    dots,
  );
  const scaled = make("div", { class: "scaled" }, drawing, ...boxes.map(({ button }) => button));
  const canvas = make("div", { class: "canvas" }, scaled);
  frame.append(canvas);
  const view = { arrows, dots, layout: null, isWide: true };
  let scale = 1;
  let drawn = ""; // the arrows that are emphasised, as they were

  function makeBox(node) {
    const [value, grad] = [make("span"), make("span")];
    const top = make("span", { class: "head" }, make("b", {}, node.name), node.op ? ` = ${node.formula}` : "");
    const rows = [
      make("span", { class: "row value" }, make("i", {}, "value"), value),
      make("span", { class: "row grad" }, make("i", {}, "grad"), grad),
    ];
    const title = node.op ? `${node.name} = ${node.formula}` : node.name;
    const button = make(
      "button",
      { class: "node", tabindex: node === graph.root ? 0 : -1, "data-node": node.id, title },
      top,
      ...rows,
    );
    return { button, value, grad };
  }

  function makeArrow() {
    const [line, point] = ["line", "point"].map((name) => makeIn(SVG, "path", { class: name }));
    const [text, rect] = ["text", "rect"].map((tag) => makeIn(SVG, tag));
    return {
      line,
      point,
      text,
      rect,
      label: makeIn(SVG, "g", { class: "local" }, rect, text),
      group: makeIn(SVG, "g", { class: "arrow" }, line, point),
    };
  }

  // --- the layout, which depends on the width alone ---

  function place() {
    const isWide = frame.clientWidth >= NARROW;
    const layout = graph.layouts[isWide ? "LR" : "TB"];
    scale = Math.min(Math.max((frame.clientWidth - 2) / layout.width, READABLE), isWide ? 1.3 : 1.05);
    canvas.style.width = `${layout.width * scale}px`;
    canvas.style.height = `${layout.height * scale}px`;
    scaled.style.scale = scale;
    if (view.layout === layout) return;
    Object.assign(view, { layout, isWide });
    pen = document.createElement("canvas").getContext("2d");
    pen.font = `italic 600 13.5px ${getComputedStyle(document.body).fontFamily}`;
    setClass(canvas, "narrow", !isWide);
    for (const size of ["width", "height"]) drawing.setAttribute(size, layout[size]);
    layout.boxes.forEach(([x, y, width], i) => {
      Object.assign(boxes[i].button.style, {
        transform: `translate(${x}px,${y}px)`,
        width: `${width}px`,
        height: `${BOX}px`,
      });
    });
    layout.arrows.forEach((points, i) => {
      const { line, label } = arrows[i];
      line.setAttribute("d", curvePath(points, isWide));
      label.setAttribute("transform", `translate(${labelPlace(layout, i)})`);
    });
    draw(store.state, true);
  }

  // --- numbers, and what is emphasised ---

  function draw(state, isNewStep) {
    const { step } = state;
    const { edges, isBack } = flowAt(graph, state);
    graph.nodes.forEach((node, i) => {
      const { button, value, grad } = boxes[i];
      const numbers = boxNumbers(graph, node, step);
      [value, grad].forEach((element, k) => {
        setText(element, numbers[k]);
        setClass(element, "long", numbers[k].length > 9);
      });
      setAttribute(button, "aria-label", boxWords(node, numbers));
      setClass(button, "off", node.off);
      setClass(button, "troubled", graph.trouble?.node === node);
    });
    const flows = edges.map((edge) => Math.abs(isBack ? edge.flow : edge.local));
    const largest = Math.max(...flows.filter(Number.isFinite), Number.MIN_VALUE);
    graph.edges.forEach((edge, i) => {
      const { group, line } = arrows[i];
      const k = edges.indexOf(edge);
      writeLabel(arrows[i], labelText(edge, step, k >= 0 && isBack, view));
      setClass(group, "untaken", !edge.taken);
      setClass(group, "negative", k >= 0 && (isBack ? edge.flow : edge.local) < 0);
      setAttribute(
        line,
        "stroke-width",
        k < 0 ? 1.6 : (2 + 2.5 * Math.sqrt(Math.min(flows[k] / largest, 1))).toFixed(1),
      );
    });
    const now = `${edges.map(({ id }) => id)} ${Boolean(graph.trouble)}`; // a where may have turned
    if (isNewStep || now !== drawn) emphasise(state, edges, isBack);
    drawn = now;
  }

  // On a plate of its own, so that no arrow runs through the text.
  function writeLabel({ text, rect }, words) {
    if (text.textContent === words) return;
    text.textContent = words;
    const width = words && textWidth(words) + 8;
    setAttribute(rect, "width", width || 0);
    setAttribute(rect, "x", -width / 2);
  }

  function emphasise({ step, pinned }, edges, isBack) {
    const { phase, node: current } = graph.steps[step];
    graph.nodes.forEach((node, i) => {
      const { button } = boxes[i];
      setClass(button, "current", node === current && !pinned);
      setClass(button, "backward", phase === "backward");
      setClass(button, "pinned", node === pinned);
      setClass(button, "later", !hasValue(node, step));
    });
    graph.edges.forEach((edge, i) => {
      const { group, point, label } = arrows[i];
      const isFlow = edges.includes(edge);
      for (const element of [group, label]) {
        setClass(element, "forward", isFlow && !isBack);
        setClass(element, "back", isFlow && isBack);
      }
      setAttribute(point, "d", headPath(view.layout.arrows[i], view.isWide, isFlow && isBack));
    });
  }

  // --- moving about ---

  function reveal(node) {
    if (!node) return;
    const [x, y, width] = view.layout.boxes[node.id].map((n) => n * scale);
    const [left, top] = [x + width / 2 - frame.clientWidth / 2, y + 50 - frame.clientHeight / 2];
    frame.scrollTo({ left, top, behavior: isCalm() ? "auto" : "smooth" });
  }

  function focus(node) {
    graph.nodes.forEach((each, i) => setAttribute(boxes[i].button, "tabindex", each === node ? 0 : -1));
    boxes[node.id].button.focus();
  }

  const nodeAt = (event) => graph.nodes[event.target.closest(".node")?.dataset.node];
  on(canvas, "click", (event) => {
    const node = nodeAt(event);
    if (!node) return;
    focus(node);
    store.change({ pinned: store.state.pinned === node ? null : node });
  });
  on(canvas, "keydown", (event) => {
    if (event.key === "Escape") store.change({ pinned: null });
    const next = neighbour(event.key, nodeAt(event));
    if (!next) return;
    event.preventDefault();
    focus(next);
  });

  // Against the arrows to a parent, along them to a user, across them to the box beside; Home and End.
  function neighbour(key, node) {
    const [along, across] = view.isWide ? [0, 1] : [1, 0];
    const spot = ({ id }) => view.layout.boxes[id];
    const distance = (other) => Math.abs(spot(other)[0] - spot(node)[0]) + Math.abs(spot(other)[1] - spot(node)[1]);
    const nearest = (found) => found.toSorted((a, b) => distance(a) - distance(b))[0];
    const beside = (sign) =>
      graph.nodes.filter(
        (other) => spot(other)[along] === spot(node)[along] && sign * (spot(other)[across] - spot(node)[across]) > 0,
      );
    const [parents, users] = [node.into.map((edge) => edge.from), node.out.map((edge) => edge.to)];
    const ways = view.isWide
      ? ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]
      : ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];
    const way = ways.indexOf(key);
    if (way >= 0) return nearest([parents, users, beside(-1), beside(1)][way]);
    return { Home: graph.nodes[0], End: graph.root }[key];
  }

  new ResizeObserver(place).observe(frame);
  place();
  reveal(graph.steps[store.state.step].node);
  store.listen((state, changed) => {
    draw(state, changed.has("step") || changed.has("pinned"));
    if (changed.has("step")) reveal(graph.steps[state.step].node);
  });
  return view;
}
