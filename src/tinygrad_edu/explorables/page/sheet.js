// The derivation of one step, or of a pinned node: the rule in symbols, with its numbers, and the sum as it grows.
import { make } from "./elements.js";
import { derivative, fenced, filledTree, joinedTree, maths, numberTree } from "./formulas.js";
import { equals, shownNumber } from "./numbers.js";
import { arrived, contribution, hasGrad, hasValue } from "./state.js";
import { conditionWords, kinkWords, symbol } from "./steps.js";

const MOST_TERMS = 6; // terms of a sum that are written out
const MOST_PATHS = 40;

// The rows of a derivation, each a tree; the first is the main one.
export function derivation(graph, numbers, node, phase, digits) {
  if (phase === "forward") return graph.nodes[node].op ? [forwardRow(graph, numbers, node, digits)] : [given(graph, numbers, node, digits)];
  if (phase === "backward") return backwardRows(graph, numbers, node, digits);
  return graph.heading ? [joinedTree([symbol(graph, graph.root), graph.heading], "=")] : [];
}

function given(graph, numbers, node, digits) {
  return joinedTree([symbol(graph, node), value(numbers.value[node], digits)], "=");
}

function value(x, digits) {
  return ["marked", "value", numberTree(x, digits)];
}

function gradient(x, digits) {
  return ["marked", "grad", numberTree(x, digits)];
}

function forwardRow(graph, numbers, node, digits) {
  const { op, tree, operands } = graph.nodes[node];
  const result = numbers.value[node];
  if (op === "where") {
    const taken = operands[numbers.holds[graph.nodes[node].condition] === 1 ? 0 : 1];
    const chosen = typeof taken === "number" ? [symbol(graph, taken)] : [];
    const why = ["mtext", `   since ${conditionWords(graph, numbers, graph.nodes[node].condition, digits)}`];
    return ["mrow", joinedTree([symbol(graph, node), ...chosen, value(result, digits)], "="), why];
  }
  const symbols = filledTree(tree, (i) => symbol(graph, i));
  const inNumbers = filledTree(tree, (i) => numberTree(numbers.value[i], digits));
  const xs = operands.map((x) => (typeof x === "number" ? numbers.value[x] : x[0]));
  return ["mrow", symbol(graph, node), "=", symbols, equals(xs, digits), inNumbers, equals([...xs, result], digits), value(result, digits)];
}

// ∂f/∂b = ∂f/∂x · ∂x/∂b + ∂f/∂y · ∂y/∂b = 7 · 1 + 2 · 1 = 9
function backwardRows(graph, numbers, node, digits) {
  const left = derivative(symbol(graph, graph.root), symbol(graph, node));
  const grad = numbers.grad[node];
  const uses = graph.out[node].filter((e) => numbers.isTaken[e]);
  if (node === graph.root || !uses.length) return [joinedTree([left, gradient(grad, digits)], "=")];
  const few = uses.slice(0, MOST_TERMS);
  const dots = uses.length > MOST_TERMS ? ["…"] : [];
  const isDirect = (e) => graph.edges[e].to === graph.root;
  const up = (e) => derivative(symbol(graph, graph.root), symbol(graph, graph.edges[e].to));
  const symbols = few.map((e) => (isDirect(e) ? localName(graph, uses, e) : joinedTree([up(e), localName(graph, uses, e)], "·")));
  const number = (x, isFirst) => (isFirst && x < 0 ? numberTree(x, digits) : fenced(numberTree(x, digits)));
  const factors = (e) => (isDirect(e) ? [numbers.local[e]] : [numbers.grad[graph.edges[e].to], numbers.local[e]]);
  const products = few.map((e, k) => joinedTree(factors(e).map((x, j) => number(x, !k && !j)), "·"));
  const shown = uses.flatMap(factors);
  const row = ["mrow", left, "=", joinedTree([...symbols, ...dots], "+"), equals(shown, digits), joinedTree([...products, ...dots], "+")];
  const isRepeated = products.length === 1 && isDirect(few[0]);
  const main = isRepeated ? [...row.slice(0, 4), equals([grad], digits), gradient(grad, digits)] : [...row, equals([...shown, grad], digits), gradient(grad, digits)];
  return [main, ...few.flatMap((e) => localRow(graph, numbers, e, digits))];
}

// ∂x/∂b; where x uses b more than once, the rule itself, since ∂x/∂b would mean the sum of both.
function localName(graph, uses, e) {
  const { from, to, rule } = graph.edges[e];
  const isRepeated = uses.filter((other) => graph.edges[other].to === to).length > 1;
  if (isRepeated && rule !== undefined) return fenced(filledTree(rule, (i) => symbol(graph, i)));
  return derivative(symbol(graph, to), symbol(graph, from));
}

// ∂u/∂x = 2x = 2 · 3 = 6, where there is more to say than a number.
function localRow(graph, numbers, e, digits) {
  const { from, to, rule } = graph.edges[e];
  if (rule === undefined) return [];
  const symbols = filledTree(rule, (i) => symbol(graph, i));
  const inNumbers = filledTree(rule, (i) => numberTree(numbers.value[i], digits));
  const middle = typeof rule === "number" ? [] : ["≈", inNumbers];
  const local = numbers.local[e];
  return [["mrow", derivative(symbol(graph, to), symbol(graph, from)), "=", symbols, ...middle, equals([local], digits), numberTree(local, digits)]];
}

// --- paths -------------------------------------------------------------------------------------------------------

// Every path from a node to the result, as lists of arrows, at most `most` of them; and how many there are.
export function pathsFrom(graph, node, most = MOST_PATHS) {
  const counts = graph.nodes.map((_, i) => (i === graph.root ? 1 : 0));
  for (let i = graph.root - 1; i >= 0; i--) counts[i] = graph.out[i].reduce((sum, e) => sum + counts[graph.edges[e].to], 0);
  const found = [];
  const walk = (at, path) => {
    if (found.length >= most) return;
    if (at === graph.root) found.push(path);
    else for (const e of graph.out[at]) if (counts[graph.edges[e].to]) walk(graph.edges[e].to, [...path, e]);
  };
  walk(node, []);
  return { count: counts[node], paths: found };
}

function pathRow(graph, numbers, path, digits) {
  const names = [graph.edges[path[0]].from, ...path.map((e) => graph.edges[e].to)].map((i) => symbol(graph, i));
  const locals = path.map((e) => numbers.local[e]).reverse();
  const product = locals.reduce((a, b) => a * b, 1);
  const factors = joinedTree(locals.map((x, i) => (i ? fenced(numberTree(x, digits)) : numberTree(x, digits))), "·");
  const result = locals.length > 1 ? [equals([...locals, product], digits), numberTree(product, digits)] : [];
  return { names: maths(joinedTree(names, "→")), product: maths(["mrow", factors, ...result]) };
}

// --- on the page -------------------------------------------------------------------------------------------------

export function createSheet(store, place) {
  const { graph } = store;
  let showsPaths = false;

  function draw(state) {
    const { numbers, digits, pinned } = state;
    const { phase, node } = pinned >= 0 ? { phase: "pinned", node: pinned } : graph.steps[state.step];
    const rows = [];
    if (numbers.trouble && (phase === "backward" || phase === "pinned" || numbers.broken.has(node))) {
      place.replaceChildren(make("p", { class: "trouble" }, numbers.trouble.message));
      return;
    }
    const phases = phase === "pinned" ? (graph.nodes[node].op ? ["forward", "backward"] : ["backward"]) : [phase];
    for (const each of phases) {
      derivation(graph, numbers, node, each, digits).forEach((tree, i) => rows.push(make("p", { class: i ? "side" : "main" }, maths(tree))));
    }
    if (phases.includes("backward")) rows.push(...growing(graph, numbers, node, digits), ...kinks(graph, numbers, node, digits));
    if (phase === "pinned") rows.unshift(header(node), ...[]), rows.push(...paths(state, node));
    place.replaceChildren(...rows);
  }

  function header(node) {
    const close = make("button", { type: "button", class: "small", onclick: () => store.change({ pinned: -1 }) }, "Back to the step");
    return make("p", { class: "pinned" }, `Pinned: ${graph.nodes[node].name} `, close);
  }

  function paths(state, node) {
    const { count, paths: found } = pathsFrom(graph, node);
    if (!count || node === graph.root) return [];
    const label = `${showsPaths ? "Hide" : "Show"} ${count === 1 ? "the path" : `all ${count.toLocaleString("en")} paths`} to ${graph.nodes[graph.root].name}`;
    const toggle = () => {
      showsPaths = !showsPaths;
      draw(store.state);
      place.querySelector(".paths-button").focus();
    };
    const button = make("p", {}, make("button", { type: "button", class: "small paths-button", "aria-expanded": String(showsPaths), onclick: toggle }, label));
    if (!showsPaths) return [button];
    const rows = found.map((path) => pathRow(graph, state.numbers, path, state.digits));
    const list = make("ul", { class: "paths" }, ...rows.map(({ names, product }) => make("li", {}, names, " : ", product)));
    const more = count > found.length ? [make("p", { class: "quiet" }, `and ${(count - found.length).toLocaleString("en")} more`)] : [];
    const note = make("p", { class: "quiet" }, "Along a path the local gradients multiply; over the paths the products add.");
    return [button, list, ...more, note];
  }

  store.listen((state, changed) => {
    if (changed.has("pinned")) showsPaths = false;
    if (["inputs", "step", "pinned"].some((key) => changed.has(key))) draw(state);
  });
  draw(store.state);
}

// The sum as it grows, arrow by arrow, in the order in which the backward pass adds.
function growing(graph, numbers, node, digits) {
  const uses = graph.out[node].filter((e) => numbers.isTaken[e]).sort((a, b) => graph.edges[b].to - graph.edges[a].to);
  if (uses.length < 2) return [];
  let sum = 0;
  const items = uses.slice(0, MOST_TERMS).map((e) => {
    const part = contribution(graph, numbers, e);
    sum += part;
    const so = `${shownNumber(part, digits)} comes back from ${graph.nodes[graph.edges[e].to].name}`;
    return make("li", {}, so, make("span", { class: "sum" }, `sum ${shownNumber(sum, digits)}`));
  });
  return [make("ol", { class: "growing" }, ...items)];
}

function kinks(graph, numbers, node, digits) {
  const bent = graph.out[node].filter((e) => graph.edges[e].rival !== undefined && numbers.isTaken[e]);
  return bent.slice(0, 3).map((e) => make("p", { class: "quiet" }, kinkWords(graph, numbers, e, digits)));
}

// A node in words, for its box's accessible name: "b, value 3, grad 9".
export function boxWords(graph, state, node) {
  const { numbers, step, digits } = state;
  const { name, op, formula } = graph.nodes[node];
  const head = op ? `${name} = ${formula}` : name;
  if (numbers.skipped[node]) return `${head}, not computed: branch not taken`;
  const known = hasValue(graph, numbers, node, step);
  const val = known ? shownNumber(numbers.value[node], digits) : numbers.trouble?.node === node ? "undefined" : "not computed";
  const grad = hasGrad(graph, numbers, node, step) ? shownNumber(numbers.grad[node], digits) : partText(graph, state, node, "not computed");
  return `${head}, value ${val}, grad ${grad}`;
}

// The part of a gradient that has arrived, where more is to come: "7 + …".
export function partText(graph, state, node, otherwise) {
  const { numbers, step, digits } = state;
  const parts = numbers.trouble ? [] : arrived(graph, numbers, node, step);
  if (!parts.length || graph.out[node].length < 2) return otherwise;
  const sum = parts.reduce((total, e) => total + contribution(graph, numbers, e), 0);
  return `${otherwise === "–" ? "" : `${otherwise}, so far `}${shownNumber(sum, digits)}${otherwise === "–" ? " + …" : ""}`;
}
