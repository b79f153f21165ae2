// The derivation of one step, or of a pinned node: the rule in symbols, with its numbers, and the sum as it grows.
import { make } from "./elements.js";
import {
  derivativeOf,
  fencedTree,
  inNumbers,
  inSymbols,
  joinedTree,
  mathsOf,
  nameOf,
  numberTree,
  piecesOf,
} from "./formulas.js";
import { equalSign, shownNumber } from "./numbers.js";
import { arrivedEdges, hasGrad, hasValue, usesOf } from "./state.js";
import { conditionWords, isTroubled, kinkWords } from "./steps.js";

const MOST_TERMS = 6; // of a sum that are written out
const MOST_PATHS = 40;

// The rows of a derivation, each a tree; the first is the main one.
export function derivationRows(graph, phase, node) {
  if (phase === "forward") return [forwardRow(graph, node)];
  if (phase === "backward") return backwardRows(graph, node);
  return graph.heading ? [joinedTree([nameOf(graph.root), graph.heading], "=")] : [];
}

const markedTree = (kind, x) => ["marked", kind, numberTree(x)];

function forwardRow(graph, node) {
  const { op, tree, operands, value } = node;
  if (op === "where") {
    const taken = node.into.filter((edge) => edge.taken).map((edge) => nameOf(edge.from));
    return [
      "mrow",
      joinedTree([nameOf(node), ...taken, markedTree("value", value)], "="),
      ["mtext", `   since ${conditionWords(graph, node)}`],
    ];
  }
  const xs = operands.map((x) => x.value);
  return [
    "mrow",
    nameOf(node),
    "=",
    inSymbols(tree),
    equalSign(...xs),
    inNumbers(tree),
    equalSign(...xs, value),
    markedTree("value", value),
  ];
}

// ∂f/∂b = ∂f/∂x · ∂x/∂b + ∂f/∂y · ∂y/∂b = 7 · 1 + 2 · 1 = 9
function backwardRows({ root }, node) {
  const left = derivativeOf(root, node);
  const uses = usesOf(node);
  if (node === root || !uses.length) return [joinedTree([left, markedTree("grad", node.grad)], "=")];
  const few = uses.slice(0, MOST_TERMS);
  const dots = uses.length > MOST_TERMS ? ["…"] : [];
  const isDirect = ({ to }) => to === root;
  const isShown = (edge) => !Array.isArray(edge.rule) && (isDirect(edge) || isRepeated(uses, edge)); // in the main row
  const symbols = few.map((edge) =>
    isDirect(edge) ? ruleOf(edge) : joinedTree([derivativeOf(root, edge.to), localName(uses, edge)], "·"),
  );
  const factors = (edge) => (isDirect(edge) ? [edge.local] : [edge.to.grad, edge.local]);
  const number = (x, isFirst) => (isFirst ? numberTree(x) : fencedTree(numberTree(x)));
  const products = few.map((edge, k) =>
    joinedTree(
      factors(edge).map((x, j) => number(x, !k && !j)),
      "·",
    ),
  );
  const all = uses.flatMap(factors);
  const middle =
    uses.length === 1 && isDirect(uses[0]) ? [] : [equalSign(...all), joinedTree([...products, ...dots], "+")];
  const start = middle.length || uses[0].rule ? ["=", joinedTree([...symbols, ...dots], "+")] : [];
  const main = ["mrow", left, ...start, ...middle, equalSign(...all, node.grad), markedTree("grad", node.grad)];
  return [main, ...few.filter((edge) => edge.rule && !isShown(edge)).map(localRow)];
}

// The local gradient in symbols, or its number where they say no more.
const ruleOf = ({ rule, local }) => (rule ? inSymbols(rule) : numberTree(local));

// ∂x/∂b; where x uses b more than once, the rule itself, since ∂x/∂b would mean the sum of both.
function localName(uses, { from, to, rule }) {
  return isRepeated(uses, { to }) && rule ? fencedTree(inSymbols(rule)) : derivativeOf(to, from);
}

const isRepeated = (uses, { to }) => uses.filter((other) => other.to === to).length > 1;

// ∂u/∂x = cos(x) = cos(3) ≈ −0.99, where there is more to say than a number.
function localRow({ from, to, rule, local }) {
  const numbers = Array.isArray(rule) ? [equalSign(from.value), inNumbers(rule)] : [];
  return ["mrow", derivativeOf(to, from), "=", inSymbols(rule), ...numbers, equalSign(local), numberTree(local)];
}

// --- paths -------------------------------------------------------------------------------------------------------

// Every path from a node to the result, as lists of arrows, at most `most` of them; and how many there are.
export function pathsFrom(graph, start, most = MOST_PATHS) {
  const counts = new Map([[graph.root, 1]]);
  for (const node of graph.nodes.toReversed()) {
    if (node !== graph.root)
      counts.set(
        node,
        node.out.reduce((sum, edge) => sum + counts.get(edge.to), 0),
      );
  }
  const paths = [];
  const walk = (node, path) => {
    if (paths.length >= most || !counts.get(node)) return;
    if (node === graph.root) paths.push(path);
    else for (const edge of node.out) walk(edge.to, [...path, edge]);
  };
  walk(start, []);
  return { count: counts.get(start), paths };
}

function pathItem(path) {
  const names = [path[0].from, ...path.map((edge) => edge.to)].map(nameOf);
  const locals = path.map((edge) => edge.local).toReversed();
  const product = locals.reduce((a, b) => a * b, 1);
  const factors = locals.map((x, i) => (i ? fencedTree(numberTree(x)) : numberTree(x)));
  const row = ["mrow", joinedTree(factors, "·")];
  if (locals.length > 1) row.push(equalSign(...locals, product), numberTree(product));
  return make("li", {}, ...inPieces(joinedTree(names, "→")), " : ", mathsOf(row));
}

// --- on the page -------------------------------------------------------------------------------------------------

export function createSheet(store, place) {
  const { graph } = store;
  let showsPaths = false;

  function draw({ pinned, step }) {
    const { phase, node } = pinned ? { phase: "pinned", node: pinned } : graph.steps[step];
    if (isTroubled(graph, phase, node)) return place.replaceChildren();
    const phases = !pinned ? [phase] : node.op ? ["forward", "backward"] : ["backward"];
    const rows = phases.flatMap((each) =>
      derivationRows(graph, each, node).map((tree, i) => make("p", { class: i ? "side" : "main" }, ...inPieces(tree))),
    );
    if (phases.includes("backward")) rows.push(...growingSum(node), ...kinks(node));
    place.replaceChildren(...(pinned ? [header(node)] : []), ...rows, ...(pinned ? paths(node) : []));
  }

  function header(node) {
    const close = make("button", { class: "small", onclick: () => store.change({ pinned: null }) }, "Back to the step");
    return make("p", { class: "pin" }, `Pinned: ${node.name}`, close);
  }

  function paths(node) {
    const { count, paths: found } = pathsFrom(graph, node);
    if (!count || node === graph.root) return [];
    const many = (n) => n.toLocaleString("en");
    const toggle = () => {
      showsPaths = !showsPaths;
      draw(store.state);
      place.querySelector("[aria-expanded]").focus();
    };
    const label =
      `${showsPaths ? "Hide" : "Show"} ${count === 1 ? "the path" : `all ${many(count)} paths`} to ` +
      `${graph.root.name}`;
    const button = make(
      "p",
      {},
      make("button", { class: "small", "aria-expanded": showsPaths, onclick: toggle }, label),
    );
    if (!showsPaths) return [button];
    const more = count > found.length ? ` And ${many(count - found.length)} more.` : "";
    const note = make(
      "p",
      { class: "quiet" },
      `Along a path the local gradients multiply; over the paths the products add.${more}`,
    );
    return [button, make("ul", {}, ...found.map(pathItem)), note];
  }

  store.listen((state, changed) => {
    if (changed.has("pinned")) showsPaths = false;
    if (["inputs", "step", "pinned"].some((key) => changed.has(key))) draw(state);
  });
  draw(store.state);
}

function inPieces(tree) {
  return piecesOf(tree).flatMap((piece) => {
    const element = mathsOf(piece);
    // Spaced as in the middle of a row.
    element.querySelector(":scope > mrow > mo:first-child")?.setAttribute("form", "infix");
    return [element, make("wbr")];
  });
}

// The sum as it grows, arrow by arrow, in the order in which the backward pass adds.
function growingSum(node) {
  const uses = usesOf(node).toSorted((a, b) => b.to.id - a.to.id);
  if (uses.length < 2) return [];
  let sum = 0;
  const items = uses.slice(0, MOST_TERMS).map(({ to, flow }) => {
    sum += flow;
    return make(
      "li",
      {},
      `${shownNumber(flow)} comes back from ${to.name}`,
      make("i", { class: "grad" }, `sum ${shownNumber(sum)}`),
    );
  });
  return [make("ol", {}, ...items)];
}

function kinks(node) {
  const bent = usesOf(node).filter((edge) => edge.rival);
  return bent.slice(0, 3).map((edge) => make("p", { class: "quiet" }, kinkWords(edge)));
}

// A node in words, for its box's accessible name: "b, value 3, grad 9".
export function boxWords(node, [value, grad]) {
  const head = node.op ? `${node.name} = ${node.formula}` : node.name;
  if (node.skipped) return `${head}, not computed: branch not taken`;
  const inWords = (text) => (text === "–" ? "not computed" : text.replace(/(.*) \+ …/, "not computed, so far $1"));
  return `${head}, value ${inWords(value)}, grad ${inWords(grad)}`;
}

// The part of a gradient that has arrived where more is to come, or nothing.
export function partText(graph, node, step) {
  const parts = graph.trouble || node.out.length < 2 ? [] : arrivedEdges(node, step);
  return parts.length ? shownNumber(parts.reduce((sum, edge) => sum + edge.flow, 0)) : "";
}

// What a box shows in its two rows.
export function boxNumbers(graph, node, step) {
  if (node.skipped) return ["not taken", "–"];
  const part = partText(graph, node, step);
  const value = hasValue(node, step) ? shownNumber(node.value) : graph.trouble?.node === node ? "undefined" : "–";
  return [value, hasGrad(graph, node, step) ? shownNumber(node.grad) : part ? `${part} + …` : "–"];
}
