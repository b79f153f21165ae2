// Formulas: trees of MathML as the library wrote them, in symbols or in numbers, as elements, LaTeX or plain text.
import { MATHML, makeIn } from "./elements.js";
import { numberText } from "./numbers.js";

// A tree is a text, a list whose first item is an element's name, a node, or [node]: in parentheses where negative.
const isNode = (tree) => typeof tree === "object" && !Array.isArray(tree);

export const nameOf = (node) => node.maths;

export function numberTree(x) {
  const [mantissa, exponent] = numberText(Math.abs(x)).split("e");
  const size = mantissa === "inf" ? "∞" : mantissa;
  const sign = x < 0 ? ["−"] : [];
  if (exponent === undefined) return sign.length ? ["mrow", ...sign, size] : size;
  const power = exponent < 0 ? ["mrow", "−", String(-exponent)] : String(Number(exponent));
  return ["mrow", ...sign, size, "×", ["msup", "10", power]];
}

// The tree with each node in it replaced by fill(node).
export function filledTree(tree, fill) {
  if (typeof tree === "string") return tree;
  if (isNode(tree)) return fill(tree);
  if (isNode(tree[0])) return fencedTree(fill(tree[0]));
  return [tree[0], ...tree.slice(1).map((branch) => filledTree(branch, fill))];
}

export const inSymbols = (tree) => filledTree(tree, nameOf);
export const inNumbers = (tree) => filledTree(tree, (node) => numberTree(node.value));

// In parentheses if it starts with a minus, or is a product such as 2×10⁹, or a name of several words.
export function fencedTree(tree) {
  const needs = Array.isArray(tree) && (tree[1] === "−" || tree.includes("×") || tree[0] === "mtext");
  return needs ? ["mrow", "(", tree, ")"] : tree;
}

export const joinedTree = (trees, sign) => ["mrow", ...trees.flatMap((tree, i) => (i ? [sign, tree] : [tree]))];
export const derivativeOf = (of, by) => ["mfrac", ["mrow", "∂", nameOf(of)], ["mrow", "∂", nameOf(by)]];

// --- as elements ---

const LEAVES = ["mi", "mn", "mo", "mtext"];
const kindOf = (text) => (/^[\d.]+$/.test(text) ? "mn" : /^[\p{L}∞]+$/u.test(text) ? "mi" : "mo");

function mathElement(tree) {
  if (typeof tree === "string") return makeIn(MATHML, kindOf(tree), {}, tree);
  const [tag, ...branches] = tree;
  if (LEAVES.includes(tag)) return makeIn(MATHML, tag, {}, branches[0]);
  if (tag === "marked") return makeIn(MATHML, "mrow", { class: branches[0] }, mathElement(branches[1]));
  return makeIn(MATHML, tag, tag === "mover" ? { accent: "true" } : {}, ...branches.map(mathElement));
}

export const mathsOf = (tree) => makeIn(MATHML, "math", {}, mathElement(tree));

// A row in pieces, between which its line may break: before =, ≈ and →, and before the + of a sum.
export function piecesOf(tree) {
  const flat = (branch) => (branch[0] === "mrow" && branch.includes("+") ? branch.slice(1) : [branch]);
  const pieces = [["mrow"]];
  for (const part of tree[0] === "mrow" ? tree.slice(1).flatMap(flat) : [tree]) {
    if ("=≈+→".includes(part) && pieces.at(-1).length > 1) pieces.push(["mrow"]);
    pieces.at(-1).push(part);
  }
  return pieces;
}

// --- as text and as LaTeX: one walk, two ways of writing ---

function writtenTree(tree, style) {
  if (typeof tree === "string") return style.word(tree);
  const [tag, ...branches] = tree;
  if (LEAVES.includes(tag)) return style.word(branches[0]);
  const texts = (tag === "marked" ? branches.slice(1) : branches).map((branch) => writtenTree(branch, style));
  return style[tag]?.(...texts) ?? texts.join("");
}

const bracketed = (text) => (/^[\p{L}\d.∂²]+$/u.test(text) ? text : `(${text})`);
const TEXT = {
  mfrac: (a, b) => `${bracketed(a)}/${bracketed(b)}`,
  msup: (a, b) => `${a}^${bracketed(b)}`,
  msqrt: (...xs) => `√(${xs.join("")})`,
  mover: (a) => a,
  word: (text) => (/^[+−=≈<>≤≥×·→]$/.test(text) ? ` ${text} ` : text === "," ? ", " : text === "\u2061" ? "" : text),
};

export function plainText(tree) {
  return writtenTree(tree, TEXT)
    .replace(/ +/g, " ")
    .replace(/(^|\() ?− /g, "$1−")
    .replace(/([=≈×+·]) − /g, "$1 −")
    .trim();
}

const SIGNS = {
  "×": "\\times ",
  "·": "\\cdot ",
  "−": "-",
  "∂": "\\partial ",
  "≈": "\\approx ",
  "→": "\\to ",
  "∞": "\\infty ",
  "≤": "\\le ",
  "≥": "\\ge ",
  "\u2061": "",
  "…": "\\cdots ",
  "(": "\\left(",
  ")": "\\right)",
};
const ACCENTS = { "^": "hat", "~": "tilde", "¯": "bar", "˙": "dot" };
const LATEX = {
  mfrac: (a, b) => `\\frac{${a}}{${b}}`,
  msup: (a, b) => `{${a}}^{${b}}`,
  msub: (a, b) => `${a}_{${b}}`,
  msqrt: (...xs) => `\\sqrt{${xs.join("")}}`,
  mover: (a, b) => `\\${ACCENTS[b.replace(/\{\}|\\/g, "")]}{${a}}`,
  word: (text) => SIGNS[text] ?? (/^[\d.]+$|^.$/u.test(text) ? escapedLatex(text) : `\\mathrm{${escapedLatex(text)}}`),
};

function escapedLatex(text) {
  return text.replace(/[\\{}$&#^_~%]/g, (c) => (c === "\\" ? "\\backslash " : /[\^~]/.test(c) ? `\\${c}{}` : `\\${c}`));
}

export const latexText = (tree) => writtenTree(tree, LATEX);
