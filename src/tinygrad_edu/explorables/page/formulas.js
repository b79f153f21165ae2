// Formulas: trees of MathML as the library wrote them, in symbols or in numbers, as elements, as LaTeX or as plain text.
import { MATHML, makeIn } from "./elements.js";
import { numberText } from "./numbers.js";

// A tree is a text, a list whose first item is an element's name, i for node i, or [i] for (i) where it is negative.
const isSlot = (tree) => typeof tree === "number" || (Array.isArray(tree) && typeof tree[0] === "number");

export function nameTree(node) {
  return node.maths ?? node.name;
}

export function numberTree(x, digits) {
  const [mantissa, exponent] = numberText(Math.abs(x), digits).split("e");
  const size = mantissa === "inf" ? "∞" : mantissa;
  const sign = x < 0 ? ["−"] : [];
  if (exponent === undefined) return sign.length ? ["mrow", ...sign, size] : size;
  const power = Number(exponent) < 0 ? ["mrow", "−", String(-exponent)] : String(Number(exponent));
  return ["mrow", ...sign, size, "×", ["msup", "10", power]];
}

// The tree with its slots filled: fill(i) gives a tree.
export function filledTree(tree, fill) {
  if (typeof tree === "string") return tree;
  if (isSlot(tree)) {
    const inner = fill(typeof tree === "number" ? tree : tree[0]);
    return typeof tree === "number" ? inner : fenced(inner);
  }
  return [tree[0], ...tree.slice(1).map((branch) => filledTree(branch, fill))];
}

// In parentheses if it starts with a minus, or is a product such as 2×10⁹, or a name of several words.
export function fenced(tree) {
  const needs = Array.isArray(tree) && (tree[1] === "−" || tree.includes("×") || tree[0] === "mtext");
  return needs ? ["mrow", "(", tree, ")"] : tree;
}

export function joinedTree(trees, sign) {
  return ["mrow", ...trees.flatMap((tree, i) => (i ? [sign, tree] : [tree]))];
}

export function derivative(of, by) {
  return ["mfrac", ["mrow", "∂", of], ["mrow", "∂", by]];
}

// --- as elements ---

const kindOf = (text) => (/^[\d.]+$/.test(text) ? "mn" : /^[\p{L}∞]+$/u.test(text) ? "mi" : "mo");

export function mathElement(tree) {
  if (typeof tree === "string") return makeIn(MATHML, kindOf(tree), {}, tree);
  const [tag, ...branches] = tree;
  if (["mi", "mn", "mo", "mtext"].includes(tag)) return makeIn(MATHML, tag, {}, branches[0]);
  if (tag === "marked") return makeIn(MATHML, "mrow", { class: branches[0] }, mathElement(branches[1]));
  return makeIn(MATHML, tag, tag === "mover" ? { accent: "true" } : {}, ...branches.map(mathElement));
}

export function maths(tree, attributes = {}) {
  return makeIn(MATHML, "math", attributes, mathElement(tree));
}

// --- as text and as LaTeX: one walk, two ways of writing ---

const TEXT = {
  mfrac: (a, b) => `${inBrackets(a)}/${inBrackets(b)}`,
  msup: (a, b) => `${a}^${inBrackets(b)}`,
  msub: (a, b) => `${a}${b}`,
  msqrt: (...xs) => `√(${xs.join("")})`,
  mover: (a) => a,
  word: (text) => (/^[+−=≈<>≤≥×·→]$/.test(text) ? ` ${text} ` : text === "," ? ", " : text === "\u2061" ? "" : text),
};
const COMMANDS = { "×": "\\times ", "·": "\\cdot ", "−": "-", "∂": "\\partial ", "≈": "\\approx ", "→": "\\to ", "∞": "\\infty ", "≤": "\\le ", "≥": "\\ge ", "\u2061": "", "…": "\\cdots ", "(": "\\left(", ")": "\\right)" };
const KNOWN = /^(exp|log|sin|cos|tan|arcsin|arccos|arctan|sinh|cosh|tanh|max|min)$/;
const LATEX = {
  mfrac: (a, b) => `\\frac{${a}}{${b}}`,
  msup: (a, b) => `{${a}}^{${b}}`,
  msub: (a, b) => `${a}_{${b}}`,
  msqrt: (...xs) => `\\sqrt{${xs.join("")}}`,
  mover: (a, b) => `\\${{ "^": "hat", "~": "tilde", "¯": "bar", "˙": "dot" }[b] ?? "hat"}{${a}}`,
  word: (text) => COMMANDS[text] ?? (KNOWN.test(text) ? `\\${text}` : /^[\d.]+$|^.$/u.test(text) ? escapedLatex(text) : `\\mathrm{${escapedLatex(text)}}`),
};

function escapedLatex(text) {
  return text.replace(/[\\{}$&#^_~%]/g, (c) => (c === "\\" ? "\\backslash " : c === "^" || c === "~" ? `\\${c}{}` : `\\${c}`));
}

const inBrackets = (text) => (/^[\p{L}\d.∂²]+$/u.test(text) ? text : `(${text})`);

function written(tree, style) {
  if (typeof tree === "string") return style.word(tree);
  const [tag, ...branches] = tree;
  if (["mi", "mn", "mo", "mtext"].includes(tag)) return style.word(branches[0]);
  const texts = (tag === "marked" ? branches.slice(1) : branches).map((branch) => written(branch, style));
  return style[tag] ? style[tag](...texts) : texts.join("");
}

export function plainText(tree) {
  return written(tree, TEXT).replace(/ +/g, " ").replace(/(^|[(=×+·] ?)− /g, "$1−").trim();
}

export function latexText(tree) {
  return written(tree, LATEX);
}
