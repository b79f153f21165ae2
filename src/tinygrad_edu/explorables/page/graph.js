// The graph on the page: a button for each node over one SVG of arrows. What is drawn follows the state.
import { SVG, make, makeIn, setAttribute, setClass, setText } from "./elements.js";
import { shownNumber } from "./numbers.js";
import { boxWords, partText } from "./sheet.js";
import { contribution, hasGrad, hasValue } from "./state.js";

const HEIGHT = 98;
const READABLE = 0.86; // of their full size boxes are still easy to read; beyond that the picture scrolls
const LARGEST = 1.2;
const NARROW = 640;

// The curve through an arrow's points: it leaves and arrives in the direction of the graph, and runs straight past boxes.
export function curve(points, isWide) {
  const parts = [`M${points[0]},${points[1]}`];
  for (let i = 2; i < points.length; i += 2) {
    const [x0, y0, x1, y1] = points.slice(i - 2, i + 2);
    if (i % 4 === 0) parts.push(`L${x1},${y1}`);
    else if (isWide) parts.push(`C${(x0 + x1) / 2},${y0} ${(x0 + x1) / 2},${y1} ${x1},${y1}`);
    else parts.push(`C${x0},${(y0 + y1) / 2} ${x1},${(y0 + y1) / 2} ${x1},${y1}`);
  }
  return parts.join("");
}

// A small triangle with its point at (x, y), in the direction of flow.
export function head(x, y, isWide, isBack) {
  const d = isBack ? -9 : 9;
  return isWide ? `M${x},${y}l${-d},-5.5v11z` : `M${x},${y}l-5.5,${-d}h11z`;
}

export function createGraph(store, frame, mirror) {
  const { graph } = store;
  const canvas = make("div", { class: "canvas" });
  const drawing = makeIn(SVG, "svg", { "aria-hidden": "true", focusable: "false" });
  const boxes = graph.nodes.map(makeBox);
  const arrows = graph.edges.map(makeArrow);
  const dots = makeIn(SVG, "g", { class: "dots" });
  drawing.append(...arrows.map(({ group }) => group), ...arrows.map(({ label }) => label), dots);
  canvas.append(make("div", { class: "scaled" }, drawing, ...boxes.map(({ button }) => button)));
  frame.append(canvas);
  const view = { layout: null, isWide: true, arrows, boxes, dots, frame, scale: 1 };

  function makeBox(node, i) {
    const badge = node.op ? [make("span", { class: "badge", "aria-hidden": "true" }, node.badge)] : [];
    const [value, grad] = [make("span", { class: "number" }), make("span", { class: "number" })];
    const head = make("span", { class: "head" }, ...badge, make("b", {}, node.name), ...(node.op ? [` = ${node.formula}`] : []));
    const rows = [make("span", { class: "row value" }, "value", value), make("span", { class: "row grad" }, "grad", grad)];
    const button = make("button", { type: "button", class: "node", tabindex: i === graph.root ? "0" : "-1", "data-node": String(i) }, head, ...rows);
    button.title = node.op ? `${node.name} = ${node.formula}` : node.name;
    return { button, value, grad };
  }

  function makeArrow() {
    const [line, point] = [makeIn(SVG, "path", { class: "line" }), makeIn(SVG, "path", { class: "point" })];
    const [text, rect] = [makeIn(SVG, "text"), makeIn(SVG, "rect", { height: "20", rx: "6" })];
    return { line, point, text, rect, label: makeIn(SVG, "g", { class: "local" }, rect, text), group: makeIn(SVG, "g", { class: "arrow" }, line, point) };
  }

  // --- the layout, which depends on the width alone ---

  function place() {
    const isWide = frame.clientWidth >= NARROW;
    const layout = graph.layouts[isWide ? "LR" : "TB"];
    const fit = (frame.clientWidth - 2) / layout.width;
    const scale = Math.min(Math.max(fit, READABLE), isWide ? LARGEST : 1.05);
    if (view.layout !== layout) arrange(layout, isWide);
    view.scale = scale;
    canvas.style.width = `${layout.width * scale}px`;
    canvas.style.height = `${layout.height * scale}px`;
    canvas.style.setProperty("--scale", scale);
  }

  function arrange(layout, isWide) {
    Object.assign(view, { layout, isWide });
    for (const [name, size] of [["width", layout.width], ["height", layout.height]]) drawing.setAttribute(name, size);
    layout.boxes.forEach(([x, y, width], i) => {
      const { style } = boxes[i].button;
      style.transform = `translate(${x}px,${y}px)`;
      style.width = `${width}px`;
      style.height = `${HEIGHT}px`;
    });
    layout.arrows.forEach((points, e) => {
      const { line, label } = arrows[e];
      line.setAttribute("d", curve(points, isWide));
      label.setAttribute("transform", `translate(${layout.labels[e] ?? middleOf(points)})`);
      label.classList.toggle("crowded", !layout.labels[e]);
    });
    draw(store.state, true);
  }

  function middleOf(points) {
    const n = points.length;
    return [Math.round((points[n - 4] + points[n - 2]) / 2), Math.round((points[n - 3] + points[n - 1]) / 2)];
  }

  // --- numbers, and what is emphasised ---

  function draw(state, isNewStep) {
    const { numbers, step } = state;
    graph.nodes.forEach((node, i) => {
      const { button, value, grad } = boxes[i];
      const known = hasValue(graph, numbers, i, step);
      const isTrouble = numbers.trouble?.node === i;
      setText(value, numbers.skipped[i] ? "not taken" : known ? shownNumber(numbers.value[i], state.digits) : isTrouble ? "undefined" : "–");
      setText(grad, hasGrad(graph, numbers, i, step) && !numbers.skipped[i] ? shownNumber(numbers.grad[i], state.digits) : partText(graph, state, i, "–"));
      setAttribute(button, "aria-label", boxWords(graph, state, i));
      setClass(button, "off", numbers.off[i]);
      setClass(button, "trouble", isTrouble);
    });
    graph.edges.forEach((edge, e) => writeLabel(arrows[e], labelText(state, e)));
    if (isNewStep) emphasise(state);
    else restyle(state);
  }

  // On a plate of its own, so that no arrow runs through the text.
  function writeLabel({ text, rect }, words) {
    if (text.textContent === words) return;
    text.textContent = words;
    const width = words && words.length * 7.6 + 8;
    rect.setAttribute("width", width || 0);
    rect.setAttribute("x", -width / 2);
  }

  function labelText(state, e) {
    const { numbers, step, digits } = state;
    if (!numbers.isTaken[e]) return "not taken";
    if (!hasValue(graph, numbers, graph.edges[e].to, step)) return "";
    const local = shownNumber(numbers.local[e], digits);
    if (flowOf(state)?.back && flowOf(state).edges.includes(e)) return backText(numbers, e, local, digits);
    return `× ${local}`;
  }

  // "← 7 × 1"; only the product where that would be too long for its place.
  function backText(numbers, e, local, digits) {
    const sign = view.isWide ? "←" : "↑";
    const long = `${sign} ${shownNumber(numbers.grad[graph.edges[e].to], digits)} × ${local}`;
    return long.length <= (view.isWide ? 16 : 11) ? long : `${sign} ${shownNumber(contribution(graph, numbers, e), digits)}`;
  }

  // The arrows along which something moves at this step, and whether it moves back.
  function flowOf({ step, numbers, pinned }) {
    const { phase, node } = pinned >= 0 ? { phase: "backward", node: pinned } : graph.steps[step];
    if (phase === "start" || (numbers.trouble && phase === "backward") || numbers.broken.has(node)) return null;
    if (pinned >= 0 && !hasGrad(graph, numbers, node, step)) return null;
    const edges = (phase === "backward" ? graph.out[node] : graph.into[node]).filter((e) => numbers.isTaken[e]);
    return { edges, back: phase === "backward", node };
  }

  function emphasise(state) {
    const flow = flowOf(state);
    const { phase, node } = graph.steps[state.step];
    boxes.forEach(({ button }, i) => {
      setClass(button, "current", i === node && state.pinned < 0);
      setClass(button, "backward", phase === "backward");
      setClass(button, "pinned", i === state.pinned);
      setClass(button, "later", !hasValue(graph, state.numbers, i, state.step));
    });
    const { arrows: ways } = view.layout;
    graph.edges.forEach((edge, e) => {
      const { group, point, label } = arrows[e];
      const isFlow = Boolean(flow?.edges.includes(e));
      const back = isFlow && flow.back;
      for (const element of [group, label]) {
        setClass(element, "forward", isFlow && !flow.back);
        setClass(element, "back", back);
      }
      const at = back ? ways[e].slice(0, 2) : ways[e].slice(-2);
      setAttribute(point, "d", head(...at, view.isWide, back));
    });
    restyle(state);
  }

  // What depends on numbers too: dashes for negative, width for size, grey for a branch that is not taken.
  function restyle(state) {
    const { numbers } = state;
    const flow = flowOf(state);
    const sizes = flow ? flow.edges.map((e) => Math.abs(flow.back ? contribution(graph, numbers, e) : numbers.local[e])) : [];
    const largest = Math.max(...sizes.filter(Number.isFinite), 1e-300);
    graph.edges.forEach((edge, e) => {
      const { group, line } = arrows[e];
      const k = flow ? flow.edges.indexOf(e) : -1;
      setClass(group, "untaken", !numbers.isTaken[e] || numbers.off[edge.to]);
      setClass(group, "negative", k >= 0 && (flow.back ? contribution(graph, numbers, e) : numbers.local[e]) < 0);
      setAttribute(line, "stroke-width", k < 0 ? "1.6" : (2 + 2.5 * Math.sqrt(Math.min(sizes[k] / largest, 1))).toFixed(1));
    });
  }

  // --- moving about ---

  function reveal(node, isSmooth) {
    if (node < 0) return;
    const [x, y, width] = view.layout.boxes[node].map((n) => n * view.scale);
    const [left, top] = [x + width / 2 - frame.clientWidth / 2, y + 50 - frame.clientHeight / 2];
    frame.scrollTo({ left, top, behavior: isSmooth ? "smooth" : "auto" });
  }

  function focus(node) {
    boxes.forEach(({ button }, i) => setAttribute(button, "tabindex", i === node ? "0" : "-1"));
    boxes[node].button.focus();
  }

  canvas.addEventListener("click", (event) => {
    const button = event.target.closest(".node");
    if (!button) return;
    const node = Number(button.dataset.node);
    focus(node);
    store.change({ pinned: store.state.pinned === node ? -1 : node });
  });
  canvas.addEventListener("keydown", (event) => {
    const node = Number(event.target.closest(".node")?.dataset.node ?? -1);
    const next = node < 0 ? undefined : neighbour(event.key, node);
    if (event.key === "Escape") store.change({ pinned: -1 });
    if (next === undefined) return;
    event.preventDefault();
    focus(next);
  });

  // ← to a parent, → to a user, ↑ and ↓ to the box beside in the layer, Home and End to the first and the last.
  function neighbour(key, node) {
    const spot = (i) => view.layout.boxes[i];
    const nearest = (found) => found.sort((a, b) => distance(a) - distance(b))[0];
    const distance = (i) => Math.abs(spot(i)[0] - spot(node)[0]) + Math.abs(spot(i)[1] - spot(node)[1]);
    const [before, after] = [graph.into[node].map((e) => graph.edges[e].from), graph.out[node].map((e) => graph.edges[e].to)];
    const axis = view.isWide ? 1 : 0;
    const beside = (sign) => graph.nodes.map((_, i) => i).filter((i) => spot(i)[1 - axis] === spot(node)[1 - axis] && sign * (spot(i)[axis] - spot(node)[axis]) > 0);
    const ways = view.isWide
      ? { ArrowLeft: () => nearest(before), ArrowRight: () => nearest(after), ArrowUp: () => nearest(beside(-1)), ArrowDown: () => nearest(beside(1)) }
      : { ArrowUp: () => nearest(before), ArrowDown: () => nearest(after), ArrowLeft: () => nearest(beside(-1)), ArrowRight: () => nearest(beside(1)) };
    return { ...ways, Home: () => 0, End: () => graph.root }[key]?.();
  }

  new ResizeObserver(place).observe(frame);
  place();
  reveal(graph.steps[store.state.step].node, false);
  store.listen((state, changed) => {
    const isNewStep = changed.has("step") || changed.has("pinned") || (changed.has("inputs") && Boolean(state.numbers.trouble) !== view.hadTrouble);
    view.hadTrouble = Boolean(state.numbers.trouble);
    draw(state, isNewStep);
    if (changed.has("step")) reveal(graph.steps[state.step].node, mirror.isSmooth());
  });
  return { ...view, current: () => view, flow: () => flowOf(store.state) };
}
