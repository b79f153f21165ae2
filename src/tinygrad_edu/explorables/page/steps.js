// A step in words: one plain sentence, the same for the page, for screen readers and for the answer to a question.
import { contribution, operandValue } from "./state.js";
import { filledTree, nameTree, numberTree, plainText } from "./formulas.js";
import { equals, shownNumber } from "./numbers.js";

// The name of a step as the scrubber says it: "Backward 4 of 6: b".
export function stepName(graph, i) {
  const { phase, node } = graph.steps[i];
  if (phase === "start") return "Start: the inputs";
  const forward = graph.steps.filter((step) => step.phase === "forward").length;
  const [count, of] = phase === "forward" ? [i, forward] : [i - forward, graph.nodes.length];
  return `${phase === "forward" ? "Forward" : "Backward"} ${count} of ${of}: ${graph.nodes[node].name}`;
}

export function sentence(graph, numbers, i, digits) {
  const { phase, node } = graph.steps[i];
  if (numbers.trouble && (phase === "backward" || numbers.broken.has(node))) return troubled(graph, numbers);
  if (phase === "start") return "The inputs are given. Next: forward, one operation at a time.";
  const place = stepName(graph, i).split(":")[0];
  return `${place}: ${phase === "forward" ? forwardWords(graph, numbers, node, digits) : backwardWords(graph, numbers, node, digits)}`;
}

function troubled(graph, numbers) {
  const { node, message } = numbers.trouble;
  return `No value here: ${message}. It happens at ${graph.nodes[node].name}. Move an input to go on.`;
}

function forwardWords(graph, numbers, node, digits) {
  const { name, op } = graph.nodes[node];
  if (numbers.skipped[node]) return `${name} is not computed: its branch is not taken.`;
  const value = shownNumber(numbers.value[node], digits);
  const sign = equals([numbers.value[node]], digits);
  if (op === "where") {
    const taken = graph.into[node].find((e) => numbers.isTaken[e]);
    const from = taken === undefined ? "" : `, taken from ${graph.nodes[graph.edges[taken].from].name}`;
    return `${name} = ${value}${from}, because ${conditionWords(graph, numbers, graph.nodes[node].condition, digits)}.`;
  }
  const withNumbers = plainText(filledTree(graph.nodes[node].tree, (i) => numberTree(numbers.value[i], digits)));
  return `${name} = ${graph.nodes[node].formula} = ${withNumbers === value ? "" : `${withNumbers} ${sign} `}${value}.`.replace("= = ", "= ");
}

// "x > 0" or, where it does not hold, "x ≤ 0", with the number: "x = −2 ≤ 0".
export function conditionWords(graph, numbers, i, digits) {
  const [left, test, right] = graph.conditions[i];
  const opposite = { ">": "≤", "<": "≥", ">=": "<", "<=": ">" };
  const sign = numbers.holds[i] === 1 ? test.replace(">=", "≥").replace("<=", "≤") : opposite[test];
  const side = (x) => (x === null ? "…" : typeof x === "number" ? `${graph.nodes[x].name} = ${shownNumber(numbers.value[x], digits)}` : shownNumber(x[0], digits));
  return `${side(left)} ${sign} ${side(right)}`;
}

function backwardWords(graph, numbers, node, digits) {
  const { name } = graph.nodes[node];
  const result = graph.nodes[graph.root].name;
  if (node === graph.root) return `${result} changes exactly as much as itself, so its own gradient is 1.`;
  const uses = graph.out[node].filter((e) => numbers.isTaken[e] && !numbers.off[graph.edges[e].to]);
  if (!graph.out[node].length) return `${result} does not depend on ${name}: gradient 0.`;
  if (!uses.length) return `the branch with ${name} is not taken: gradient 0.`;
  const grad = numbers.grad[node];
  const terms = termsText(graph, numbers, uses, digits);
  const how = uses.length > 1 ? ` ${name} is used ${uses.length === 2 ? "twice" : `${uses.length} times`}: what comes back along the ways is added.` : oneWay(graph, numbers, uses[0], digits);
  return `gradient of ${name} = ${terms} ${equals([grad], digits)} ${shownNumber(grad, digits)}.${how}`.replace(/= ([^=≈]+) [=≈] \1\./, "= $1.");
}

export function termsText(graph, numbers, uses, digits) {
  const shown = (x) => (x < 0 || shownNumber(x, digits).includes("×") ? `(${shownNumber(x, digits)})` : shownNumber(x, digits));
  const terms = uses.slice(0, 8).map((e) => `${shown(numbers.grad[graph.edges[e].to])} × ${shown(numbers.local[e])}`);
  return terms.join(" + ") + (uses.length > 8 ? " + …" : "");
}

// What the one operation on the way does to the gradient.
function oneWay(graph, numbers, e, digits) {
  const { to, rival } = graph.edges[e];
  const { op, name } = graph.nodes[to];
  const [local, total] = [numbers.local[e], contribution(graph, numbers, e)];
  if (rival !== undefined) return ` ${kinkWords(graph, numbers, e, digits)}`;
  if (total === 0) return local === 0 ? ` ${name} does not react here.` : "";
  if (op === "+" || op === "sum") return " A sum hands its gradient on unchanged.";
  if (op === "-" && local < 0) return " What is subtracted gets the gradient with the other sign.";
  if (op === "*" || op === "dot") return " A product hands each side the other side's value.";
  return "";
}

// Why the slope at a kink is what it is: "a = b is a tie: each gets half."
export function kinkWords(graph, numbers, e, digits) {
  const { from, to, rival } = graph.edges[e];
  const [x, y] = [numbers.value[from], operandValue(numbers, rival)];
  const { op, name } = graph.nodes[to];
  const other = typeof rival === "number" && rival !== to ? graph.nodes[rival].name : rival === to ? name : shownNumber(y, digits);
  const relation = `${graph.nodes[from].name} ${x > y ? ">" : x < y ? "<" : "="} ${other}`;
  const slope = shownNumber(numbers.local[e], digits);
  if (x !== y) return `Slope ${slope}, since ${relation}.`;
  if (op === "max" || op === "min") return numbers.local[e] === 1 ? `Slope 1, since ${relation}.` : `${relation} is a tie: it is shared, slope ${slope}.`;
  if (op === "maximum" || op === "minimum") return `${relation} is a tie: each side gets half.`;
  return `At the kink, ${relation}, the slope is taken as ${slope}.`;
}

export function symbol(graph, node) {
  return nameTree(graph.nodes[node]);
}
