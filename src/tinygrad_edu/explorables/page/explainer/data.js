// Data sets: examples { x: [inputs], y: target }, made from a seed.
import { generator } from "./random.js";

const COUNT = 50; // points of a curve
const CURVES = {
  sin: (x) => 5 * Math.sin(x),
  cos: (x) => 5 * Math.cos(x),
  tanh: (x) => 5 * Math.tanh(x),
};
const PLANES = { xor, moons, circles, spirals };

export const DATA_SETS = [
  { name: "sin", title: "5 · sin x", inputs: 1 },
  { name: "cos", title: "5 · cos x", inputs: 1 },
  { name: "tanh", title: "5 · tanh x", inputs: 1 },
  { name: "own", title: "your own points", inputs: 1 },
  { name: "xor", title: "exclusive or", inputs: 2 },
  { name: "moons", title: "two moons", inputs: 2 },
  { name: "circles", title: "two circles", inputs: 2 },
  { name: "spirals", title: "two spirals", inputs: 2 },
];

export function inputsOf(name) {
  return DATA_SETS.find((each) => each.name === name).inputs;
}

// noise is the standard deviation of what is added: to y of a curve, to both coordinates of a point in the plane.
export function examples(name, noise, seed) {
  const random = generator(seed);
  if (CURVES[name]) {
    return Array.from({ length: COUNT }, (_, i) => {
      const x = -5 + (10 * i) / (COUNT - 1);
      return { x: [x], y: CURVES[name](x) + noise * random.gauss() };
    });
  }
  if (!PLANES[name]) return [];
  return PLANES[name](random).map(([x, y, label]) => ({
    x: [x + noise * random.gauss(), y + noise * random.gauss()],
    y: label,
  }));
}

function xor(random) {
  return Array.from({ length: 60 }, (_, i) => {
    const [right, up] = [i % 2, (i >> 1) % 2];
    const place = (side) => (side ? 1 : -1) * random.between(0.15, 1);
    return [place(right), place(up), right === up ? -1 : 1];
  });
}

function moons() {
  return Array.from({ length: 60 }, (_, i) => {
    const t = (Math.PI * (i % 30)) / 29;
    return i < 30 ? [Math.cos(t) - 0.5, Math.sin(t) - 0.25, -1] : [0.5 - Math.cos(t), 0.25 - Math.sin(t), 1];
  });
}

function circles() {
  return Array.from({ length: 60 }, (_, i) => {
    const t = (2 * Math.PI * (i % 30)) / 30;
    const radius = i < 30 ? 0.4 : 1;
    return [radius * Math.cos(t), radius * Math.sin(t), i < 30 ? 1 : -1];
  });
}

function spirals() {
  return Array.from({ length: 80 }, (_, i) => {
    const t = (i % 40) / 39;
    const angle = 1.25 * 2 * Math.PI * t + (i < 40 ? 0 : Math.PI);
    const radius = 0.12 + 0.95 * t;
    return [radius * Math.cos(angle), radius * Math.sin(angle), i < 40 ? -1 : 1];
  });
}
