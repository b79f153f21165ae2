// Numbers as people read them: digit by digit what Python's number_text and repr write, in the signs of mathematics.

const WHOLE = 1e9;
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

// Python's f"{x:.{digits}g}", whole numbers below a thousand million in full.
export function numberText(x, digits = shownDigits) {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "-inf";
  if (Number.isInteger(x) && Math.abs(x) < WHOLE) return String(x + 0);
  const size = Math.abs(x);
  if (digits <= 6 && size >= 1e-4 && size < 1e7 && Math.fround(x) !== x) {
    const text = x.toPrecision(digits); // the common case, fast: so many bits are no exact half
    if (!text.includes("e")) return withoutZeros(text);
  }
  const [mantissa, power] = roundedText(size, digits).split("e");
  const [sign, exponent] = [x < 0 ? "-" : "", Number(power)];
  if (exponent < -4 || exponent >= digits) return `${sign}${withoutZeros(mantissa)}e${twoDigits(exponent)}`;
  const all = "0".repeat(Math.max(0, -exponent)) + mantissa.replace(".", "");
  const whole = Math.max(0, exponent) + 1;
  return sign + withoutZeros(`${all.slice(0, whole)}.${all.slice(whole)}`);
}

// Like toExponential, which rounds an exact half up, where Python rounds it to the even digit.
function roundedText(x, digits) {
  const up = x.toExponential(digits - 1);
  const shortest = x.toExponential().split("e")[0].replace(".", "");
  if (digits < 16 && !(shortest.length === digits + 1 && shortest.endsWith("5"))) return up;
  const [exact, power] = x.toExponential(100).split("e");
  const all = exact.replace(".", "");
  const kept = all.slice(0, digits);
  return /^50*$/.test(all.slice(digits)) && kept.at(-1) % 2 === 0 ? `${kept[0]}.${kept.slice(1)}e${power}` : up;
}

function withoutZeros(text) {
  return text.includes(".") ? text.replace(/\.?0*$/, "") : text;
}

function twoDigits(exponent) {
  return (exponent < 0 ? "-" : "+") + String(Math.abs(exponent)).padStart(2, "0");
}

// How many significant digits the page shows.
let shownDigits = 4;

export function setDigits(digits) {
  shownDigits = digits;
}

// A number as the page shows it: with a true minus, ×10⁻⁹ and ∞.
export const shownNumber = (x, digits = shownDigits) => prettyNumber(numberText(x, digits));

export function prettyNumber(text) {
  const [mantissa, exponent] = text.split("e");
  const size = mantissa.replace("-", "−").replace("inf", "∞");
  if (exponent === undefined) return size;
  const power = String(Number(exponent))
    .replace("-", "⁻")
    .replace(/\d/g, (digit) => SUPERSCRIPTS[digit]);
  return `${size}×10${power}`;
}

// = where all these numbers are shown as they are, up to the last bits of a float, otherwise ≈.
export function equalSign(...numbers) {
  const isExact = (x) => !Number.isFinite(x) || Math.abs(Number(numberText(x, shownDigits)) - x) <= 1e-14 * Math.abs(x);
  return numbers.every(isExact) ? "=" : "≈";
}

// Python's repr of a float, as error messages and programs show it.
export function pythonRepr(x) {
  if (!Number.isFinite(x)) return numberText(x, 17);
  const [mantissa, power] = x.toExponential().split("e");
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) return `${mantissa}e${twoDigits(exponent)}`;
  const text = Object.is(x, -0)
    ? "-0"
    : exponent < 0
      ? x.toFixed(mantissa.replace(/[-.]/g, "").length - 1 - exponent)
      : String(x);
  return text.includes(".") ? text : `${text}.0`;
}

// What a reader typed, with any minus and a decimal comma or point; NaN if it is no number.
export function typedNumber(text) {
  const plain = text.trim().replace("−", "-").replace(",", ".");
  return plain === "" ? NaN : Number(plain);
}
