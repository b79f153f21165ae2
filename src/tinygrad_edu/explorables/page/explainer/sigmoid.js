// 7. A sigmoid neuron: z slides along the curve, and the error δ shrinks where the curve is flat.
import { make, setText } from "../elements.js";
import { shownNumber } from "../numbers.js";
import { plot } from "./axes.js";
import { button, liveRegion, puzzle, readout, slider } from "./controls.js";

const NEURON_START = { w: [2, -3], b: -3, x: [-1, -2], y: 1 };

export function sigmoidNeuron(root, { sigmoid_neuron: program, curve_sigmoid: curve }) {
  let now = structuredClone(NEURON_START);
  let path = [];
  const picture = plot({ x: [-8, 8], y: [-0.1, 1.1], xTitle: "z = w₁x₁ + w₂x₂ + b", yTitle: "a = σ(z)", label: "" });
  picture.line("value-line")(Array.from({ length: 161 }, (_, i) => -8 + i / 10).map((z) => [z, curve(z)[0]]));
  const target = picture.line("target-line");
  const tangent = picture.line("gradient-line");
  const dot = picture.dots("now-dot", 6);
  const numbers = readout(
    {
      z: "z",
      a: "a = σ(z)",
      cost: "C = ½(y − a)²",
      da: "∂C/∂a = a − y",
      slope: "σ′(z) = a(1 − a)",
      delta: "δ = ∂C/∂z",
      db: "∂C/∂b = δ",
      dw1: "∂C/∂w₁ = δ·x₁",
      dw2: "∂C/∂w₂ = δ·x₂",
    },
    6,
  );
  const sentence = make("p", { class: "sentence" });
  const live = liveRegion();
  const task = puzzle(
    "Make the neuron as wrong as possible (a near 0, with y = 1), and then look at δ. Is it large?",
    "Move b down to −15 or so. a is almost 0, the cost almost ½, and yet δ is tiny: the curve is flat there. The " +
      "neuron is saturated, and it learns slowly although it is very wrong.",
  );
  const knobs = [
    slider({ name: "w₁", min: -5, max: 5, step: 0.1, value: now.w[0], onChange: (v) => change(() => (now.w[0] = v)) }),
    slider({ name: "w₂", min: -5, max: 5, step: 0.1, value: now.w[1], onChange: (v) => change(() => (now.w[1] = v)) }),
    slider({ name: "b", min: -20, max: 20, step: 0.1, value: now.b, onChange: (v) => change(() => (now.b = v)) }),
    slider({
      name: "y, the target",
      min: 0,
      max: 1,
      step: 0.05,
      value: now.y,
      onChange: (v) => change(() => (now.y = v)),
    }),
  ];

  function change(put) {
    put();
    path = [];
    draw();
  }
  const result = () => program(now.w, now.b, now.x, now.y);

  function step() {
    const [, , , [, , db, dw]] = result();
    path.push(structuredClone(now));
    now = { ...now, w: now.w.map((w, i) => w - dw[i]), b: now.b - db };
    draw();
  }

  function draw() {
    const [z, a, cost, [da, delta, db, dw]] = result();
    const slope = curve(z)[1];
    for (const [key, v] of Object.entries({ z, a, cost, da, slope, delta, db, dw1: dw[0], dw2: dw[1] }))
      numbers.set(key, v);
    const at = Math.min(7.9, Math.max(-7.9, z));
    tangent([
      [at - 1.6, curve(at)[0] - 1.6 * slope],
      [at + 1.6, curve(at)[0] + 1.6 * slope],
    ]);
    target([
      [-8, now.y],
      [8, now.y],
    ]);
    dot([[at, a]]);
    [now.w[0], now.w[1], now.b, now.y].forEach((v, i) => (knobs[i].value = v));
    const flat = slope < 0.01 ? " The curve is flat here: the neuron is saturated." : "";
    setText(
      sentence,
      `Inputs x₁ = ${shownNumber(now.x[0], 3)}, x₂ = ${shownNumber(now.x[1], 3)}. The output is ${shownNumber(a, 4)} ` +
        `and should be ${shownNumber(now.y, 3)}.${flat}`,
    );
    picture.describe(
      `The sigmoid curve; z is ${shownNumber(z, 4)}, the output ${shownNumber(a, 4)}, the slope ` +
        `${shownNumber(slope, 4)}.`,
    );
    live.say(`Output ${shownNumber(a, 4)}, δ ${shownNumber(delta, 4)}.`);
    task.solved(now.y === 1 && a < 0.01, `Solved: δ is only ${shownNumber(delta, 2)}.`);
  }

  function set(given) {
    now = structuredClone(given);
    path = [];
    draw();
  }

  root.append(
    make(
      "div",
      { class: "figure-row" },
      picture.svg,
      make(
        "div",
        { class: "panel" },
        ...knobs.map((k) => k.element),
        make(
          "div",
          { class: "buttons" },
          button("One step, η = 1", step, { class: "primary" }),
          button("Back", () => path.length && ((now = path.pop()), draw())),
          button("Start again", () => set(NEURON_START)),
        ),
      ),
    ),
    sentence,
    numbers.element,
    live.element,
    task.element,
  );
  draw();
  return { set, step, state: () => ({ ...now, result: result() }) };
}
