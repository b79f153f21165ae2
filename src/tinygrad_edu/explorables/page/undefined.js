// Where an operation has no value: the library's own message, since the program itself goes on with NaN or ∞.
import { pythonRepr } from "./numbers.js";

// The message for a node whose operands are fine and whose value is not, or nothing. `domains` are the library's words.
export function whyUndefined(op, xs, value, domains) {
  if (!xs.every(Number.isFinite)) return "";
  if (Number.isFinite(value) && !(op === "**" && xs[0] === 0 && xs[1] < 0)) return "";
  const [x, y] = xs;
  if (op === "/") return quotient(x, y);
  if (op === "**") return powerOf(x, y);
  if (op in domains) return `${op}(${pythonRepr(x)}) is undefined: ${domains[op]}`;
  if (["exp", "expm1", "sinh", "cosh"].includes(op)) return `${op}(${pythonRepr(x)}) is too large for a float`;
  if (op === "hypot") return `hypot(${pythonRepr(x)}, ${pythonRepr(y)}) is too large for a float`;
  return "";
}

function quotient(x, y) {
  return y === 0 ? `${pythonRepr(x)} / ${pythonRepr(y)} divides by zero` : "";
}

function powerOf(x, y) {
  const text = `${pythonRepr(x)} ** ${pythonRepr(y)}`;
  if (x === 0) return `${text} divides by zero`;
  if (x < 0 && !Number.isInteger(y)) return `${text} is undefined: a negative base needs a whole exponent`;
  return `${text} is too large for a float`;
}
