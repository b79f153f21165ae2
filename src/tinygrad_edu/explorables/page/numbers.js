// Numbers as people read them: digit by digit what Python's number_text and repr write, in the signs of mathematics.

const WHOLE = 1e9;
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

// Python's f"{x:.{digits}g}", whole numbers below a thousand million in full.
export function numberText(x, digits) {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "-inf";
  if (Number.isInteger(x) && Math.abs(x) < WHOLE) return String(x + 0);
  const [mantissa, power] = rounded(x, digits).split("e");
  const exponent = Number(power);
  if (exponent < -4 || exponent >= digits) return `${trimmed(mantissa)}e${twoDigits(exponent)}`;
  return trimmed(Number(`${mantissa}e${exponent}`).toFixed(Math.max(0, digits - 1 - exponent)));
}

// JavaScript rounds an exact half up, Python to the even digit.
function rounded(x, digits) {
  const up = x.toExponential(digits - 1);
  const shortest = x.toExponential().split("e")[0].replace(/[-.]/g, "");
  if (shortest.length !== digits + 1 || !shortest.endsWith("5")) return up;
  const exact = x.toExponential(100).split("e")[0].replace(/[-.]/g, "");
  const isHalf = /^50*$/.test(exact.slice(digits));
  if (!isHalf || Number(shortest[digits - 1]) % 2) return up;
  const kept = shortest.slice(0, digits);
  const sign = x < 0 ? "-" : "";
  return `${sign}${kept[0]}${digits > 1 ? "." : ""}${kept.slice(1)}e${x.toExponential().split("e")[1]}`;
}

function trimmed(text) {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function twoDigits(exponent) {
  return (exponent < 0 ? "-" : "+") + String(Math.abs(exponent)).padStart(2, "0");
}

// For the page: a true minus, ×10⁻⁹, ∞.
export function shownNumber(x, digits) {
  return pretty(numberText(x, digits));
}

export function pretty(text) {
  const [mantissa, exponent] = text.split("e");
  const sign = mantissa.replace("-", "−").replace("inf", "∞");
  if (exponent === undefined) return sign;
  const power = String(Number(exponent)).replace("-", "⁻").replace(/\d/g, (digit) => SUPERSCRIPTS[digit]);
  return `${sign}×10${power}`;
}

// Whether a number is shown as it is, up to the last bits of a float.
export function isExact(x, digits) {
  return !Number.isFinite(x) || Math.abs(Number(numberText(x, digits)) - x) <= 1e-14 * Math.abs(x);
}

// = where all these numbers are shown as they are, otherwise ≈.
export function equals(numbers, digits) {
  return numbers.every((x) => isExact(x, digits)) ? "=" : "≈";
}

// Python's repr of a float, as error messages and programs show it.
export function pythonRepr(x) {
  if (!Number.isFinite(x)) return numberText(x, 17);
  const [mantissa, power] = x.toExponential().split("e");
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) return `${mantissa}e${twoDigits(exponent)}`;
  const text = Object.is(x, -0) ? "-0" : exponent < 0 ? x.toFixed(mantissa.replace(/[-.]/g, "").length - 1 - exponent) : String(x);
  return text.includes(".") ? text : `${text}.0`;
}

// What a reader typed, with any minus and a decimal comma or point; NaN if it is no number.
export function typedNumber(text) {
  const plain = text.trim().replace("−", "-").replace(",", ".");
  return plain === "" ? NaN : Number(plain);
}
