// A step in words: one plain sentence, the same for the page, for screen readers and for the answer to a question.
import { inNumbers, plainText } from "./formulas.js";
import { equalSign, shownNumber } from "./numbers.js";
import { usesOf } from "./state.js";

// The name of a step as the scrubber says it: "Backward 4 of 6: b".
export function stepName(graph, i) {
  const { phase, node } = graph.steps[i];
  if (phase === "start") return "Start: the inputs";
  const place =
    phase === "forward" ? `Forward ${i} of ${graph.turn}` : `Backward ${i - graph.turn} of ${graph.nodes.length}`;
  return `${place}: ${node.name}`;
}

export function stepSentence(graph, i) {
  const { phase, node } = graph.steps[i];
  if (isTroubled(graph, phase, node))
    return `No value: ${graph.trouble.message}. This is at ${graph.trouble.node.name}; move an input to go on.`;
  if (phase === "start") return "The inputs are given. Next: forward, one operation at a time.";
  const words = phase === "forward" ? forwardWords(graph, node) : backwardWords(graph, node);
  return `${stepName(graph, i).split(":")[0]}: ${words}`;
}

// Whether there is nothing to tell but that something is undefined.
export const isTroubled = (graph, phase, node) =>
  Boolean(graph.trouble && phase !== "start" && (phase !== "forward" || node.broken));

function forwardWords(graph, node) {
  const { name, value } = node;
  if (node.skipped) return `${name} is not computed, since its branch is not taken.`;
  if (node.op === "where") {
    const taken = node.into.find((edge) => edge.taken);
    return (
      `${name} = ${taken ? `${taken.from.name} = ` : ""}${shownNumber(value)}, because ` +
      `${conditionWords(graph, node)}.`
    );
  }
  const numbers = plainText(inNumbers(node.tree));
  const middle = numbers === shownNumber(value) ? "" : `${numbers} ${equalSign(value)} `;
  return `${name} = ${node.formula} = ${middle}${shownNumber(value)}.`;
}

// What a `where` decides by, as it is: "x = −2 ≤ 0". Of a combination, each comparison in it.
export function conditionWords(graph, node) {
  return [...new Set(comparisonsOf(graph, graph.conditions[node.condition]))].join(" and ");
}

function comparisonsOf(graph, condition) {
  if (condition.parts) return condition.parts.flatMap((i) => comparisonsOf(graph, graph.conditions[i]));
  const { left, test, right, holds } = condition;
  const sign = holds ? test : { ">": "<=", "<": ">=", ">=": "<", "<=": ">" }[test];
  const side = (x) => [x.name, x.value === undefined ? "" : shownNumber(x.value)].filter(Boolean).join(" = ");
  return [`${side(left)} ${sign.replace(">=", "≥").replace("<=", "≤")} ${side(right)}`];
}

function backwardWords(graph, node) {
  const { name, grad, out } = node;
  const result = graph.root.name;
  if (node === graph.root) return `${result} changes exactly as much as itself, so its own gradient is 1.`;
  const uses = usesOf(node);
  if (!uses.length)
    return (
      `${out.length ? `the branch with ${name} is not taken` : `${result} does not depend on ${name}`}: ` +
      `gradient 0.`
    );
  const often = uses.length === 2 ? "twice" : `${uses.length} times`;
  const how = uses.length > 1 ? `${name} is used ${often}: what comes back along the ways is added.` : oneWay(uses[0]);
  return `gradient of ${name} = ${termsText(uses)} ${equalSign(grad)} ${shownNumber(grad)}. ${how}`.trim();
}

// "7 × 1 + 2 × 1".
export function termsText(uses) {
  const number = (x) => (/[−×]/.test(shownNumber(x)) ? `(${shownNumber(x)})` : shownNumber(x));
  const terms = uses.slice(0, 6).map((edge) => `${number(edge.to.grad)} × ${number(edge.local)}`);
  return [...terms, ...(uses.length > 6 ? ["…"] : [])].join(" + ");
}

// What the one operation on the way does to the gradient.
function oneWay(edge) {
  const { to, local } = edge;
  if (edge.rival) return kinkWords(edge);
  if (to.op === "+" || to.op === "sum") return "A sum hands its gradient on unchanged.";
  if (to.op === "-" && local < 0) return "What is subtracted gets the gradient with the other sign.";
  return to.op === "*" || to.op === "dot" ? "A product hands each side the other side's value." : "";
}

// Why the slope at a kink is what it is: "a = b is a tie: each side gets half."
export function kinkWords({ from, to, rival, local }) {
  const [x, y] = [from.value, rival.value];
  const relation = `${from.name} ${x > y ? ">" : x < y ? "<" : "="} ${rival.name ?? shownNumber(y)}`;
  if (x !== y || (rival === to && local === 1)) return `Slope ${shownNumber(local)}, since ${relation}.`;
  if (rival === to || rival.name) return `${relation} is a tie, which is shared: slope ${shownNumber(local)}.`;
  return `At the kink, ${relation}, the slope is taken as ${shownNumber(local)}.`;
}
