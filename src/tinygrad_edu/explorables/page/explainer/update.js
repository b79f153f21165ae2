// 5. Forward, backward, update: one neuron, one example, every number in reach, phase by phase, both ways.
import { make, setClass, setText } from "../elements.js";
import { shownNumber } from "../numbers.js";
import { button, liveRegion, puzzle, slider } from "./controls.js";
import { stepper } from "./stepper.js";

const ROUND_START = { x: 2.1, y: 4, w: 1, b: 0, rate: 0.01 };
const ROUNDS = 3;
const PHASES = [
  ["forward", "output", "The neuron multiplies and adds."],
  ["forward", "loss", "The loss is the squared error."],
  ["backward", "d_output", "Back through the square: twice the error."],
  ["backward", "d_w", "Back through the product: the gradient times x."],
  ["backward", "d_b", "Back through the sum: the gradient is copied."],
  ["update", "new_w", "The weight takes a small step against its gradient."],
  ["update", "new_b", "So does the bias. Then the next round begins."],
];

// A rule that breaks only after its sign, where it needs two lines.
function twoLines(rule) {
  const [left, sign, right] = rule.split(/ ([=←]) /);
  return [make("span", { class: "whole" }, `${left} ${sign}`), " ", make("span", { class: "whole" }, right)];
}

export function update(root, { neuron }) {
  const start = { ...ROUND_START };
  const live = liveRegion();
  const names = { x: "x", y: "y, the target", w: "w", b: "b", rate: "learning rate η" };
  const knobs = {
    x: slider({ name: names.x, min: -5, max: 5, step: 0.1, value: start.x, onChange: (v) => change("x", v) }),
    y: slider({ name: names.y, min: -10, max: 10, step: 0.1, value: start.y, onChange: (v) => change("y", v) }),
    w: slider({ name: names.w, min: -5, max: 5, step: 0.1, value: start.w, onChange: (v) => change("w", v) }),
    b: slider({ name: names.b, min: -5, max: 5, step: 0.1, value: start.b, onChange: (v) => change("b", v) }),
    rate: slider({
      name: names.rate,
      min: 1e-4,
      max: 0.5,
      value: start.rate,
      log: true,
      onChange: (v) => change("rate", v),
    }),
  };
  const rows = PHASES.map(([phase, key]) => ({
    phase,
    key,
    formula: make("td", { class: "formula" }),
    value: make("td", { class: "number" }),
  }));
  const titles = {
    output: "ŷ = w·x + b",
    loss: "L = (ŷ − y)²",
    d_output: "∂L/∂ŷ = 2(ŷ − y)",
    d_w: "∂L/∂w = ∂L/∂ŷ · x",
    d_b: "∂L/∂b = ∂L/∂ŷ",
    new_w: "w ← w − η·∂L/∂w",
    new_b: "b ← b − η·∂L/∂b",
  };
  const table = make(
    "table",
    { class: "phases" },
    make("caption", { class: "hidden" }, "The three phases with their numbers"),
    make(
      "thead",
      {},
      make(
        "tr",
        {},
        ...["phase", "rule", "with numbers"].map((t) => make("th", { scope: "col" }, t)),
        make("th", { scope: "col", class: "number" }, "result"),
      ),
    ),
    make(
      "tbody",
      {},
      ...rows.map((r) =>
        make(
          "tr",
          { class: `is-${r.phase}` },
          make("th", { scope: "row" }, r.phase),
          make("td", { class: "formula" }, ...twoLines(titles[r.key])),
          r.formula,
          r.value,
        ),
      ),
    ),
  );
  const rowOf = [...table.querySelectorAll("tbody tr")];
  const sentence = make("p", { class: "sentence" });
  const steps = stepper({
    count: PHASES.length * ROUNDS,
    name: "Phases",
    describe: told,
    onStep: (at, playing) => draw(playing),
  });
  const task = puzzle(
    "Find a learning rate at which the loss of the second round is larger than that of the first.",
    "The step must be so long that the output jumps past 4 and lands further away than 2.1 was. For these numbers " +
      "that is any η above 0.185.",
  );

  function change(key, v) {
    start[key] = v;
    steps.refresh();
    draw();
  }

  // The numbers of a round: the rounds before it have moved w and b.
  function round(k) {
    let { w, b } = start;
    for (let i = 0; i <= k; i++) {
      const [output, loss, [dOutput, dW, dB]] = neuron(start.x, start.y, w, b);
      const next = { w: w - start.rate * dW, b: b - start.rate * dB };
      if (i === k) return { w, b, output, loss, d_output: dOutput, d_w: dW, d_b: dB, new_w: next.w, new_b: next.b };
      ({ w, b } = next);
    }
  }

  function told(at) {
    const [phase, key] = PHASES[at % PHASES.length];
    const numbers = round(Math.floor(at / PHASES.length));
    return (
      `round ${Math.floor(at / PHASES.length) + 1}, ${phase}: ${titles[key].split(/ [=←]/)[0]} is ` +
      `${shownNumber(numbers[key], 6)}`
    );
  }

  function draw(isPlaying = false) {
    const at = steps.at;
    const k = Math.floor(at / PHASES.length);
    const n = round(k);
    const s = (v) => (v < 0 ? `(${shownNumber(v, 6)})` : shownNumber(v, 6));
    const put = {
      output: `${s(n.w)} · ${s(start.x)} + ${s(n.b)}`,
      loss: `(${s(n.output)} − ${s(start.y)})²`,
      d_output: `2 · (${s(n.output)} − ${s(start.y)})`,
      d_w: `${s(n.d_output)} · ${s(start.x)}`,
      d_b: shownNumber(n.d_output, 6),
      new_w: `${s(n.w)} − ${s(start.rate)} · ${s(n.d_w)}`,
      new_b: `${s(n.b)} − ${s(start.rate)} · ${s(n.d_b)}`,
    };
    rows.forEach((row, i) => {
      const isKnown = i <= at % PHASES.length;
      setText(row.formula, isKnown ? put[row.key] : "");
      setText(row.value, isKnown ? shownNumber(n[row.key], 6) : "");
      setClass(rowOf[i], "is-now", i === at % PHASES.length);
    });
    const [, , words] = PHASES[at % PHASES.length];
    setText(sentence, `Round ${k + 1}. ${words}`);
    live.say(told(at), { now: !isPlaying });
    task.solved(round(1).loss > round(0).loss, "Solved: the step was too long.");
  }

  root.append(
    steps.element,
    sentence,
    make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Table of the phases" }, table),
    make(
      "details",
      { class: "more" },
      make("summary", {}, "Change the numbers"),
      make("div", { class: "grid-2" }, ...Object.values(knobs).map((k) => k.element)),
      make(
        "div",
        { class: "buttons" },
        button("Start again", () => set(ROUND_START)),
      ),
    ),
    live.element,
    task.element,
  );

  function set(given) {
    Object.assign(start, given);
    for (const [key, knob] of Object.entries(knobs)) knob.value = start[key];
    steps.refresh();
    draw();
  }
  steps.go(4); // the page says something before anybody has touched it
  return { set, go: steps.go, state: () => ({ ...start, rounds: [round(0), round(1), round(2)] }) };
}
