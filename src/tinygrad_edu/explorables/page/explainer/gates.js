// 6. Gates: an addition, a multiplication and a maximum, each with an upstream gradient and what it hands on.
import { make, setClass, setText } from "../elements.js";
import { shownNumber } from "../numbers.js";
import { liveRegion, puzzle, slider } from "./controls.js";

const GATES = [
  { key: "add", title: "+ copies", sign: "+", words: "Both sides get the gradient as it is." },
  {
    key: "multiply",
    title: "× switches and scales",
    sign: "×",
    words: "Each side gets the gradient times the other side's value.",
  },
  { key: "max", title: "max routes", sign: "max", words: "The larger side gets all of it, the other nothing." },
];

export function gates(root, programs) {
  let [x, y, upstream] = [3, -4, 2];
  const live = liveRegion();
  const cards = GATES.map((gate) => {
    const cells = Object.fromEntries(
      ["x", "y", "z", "up", "gx", "gy"].map((key) => [
        key,
        make("output", { class: key.length > 1 ? "grad" : "value" }),
      ]),
    );
    const sideX = make(
      "div",
      { class: "gate-side" },
      make("span", {}, "x = "),
      cells.x,
      make("span", { class: "back" }, " ← ", cells.gx),
    );
    const sideY = make(
      "div",
      { class: "gate-side" },
      make("span", {}, "y = "),
      cells.y,
      make("span", { class: "back" }, " ← ", cells.gy),
    );
    const element = make(
      "div",
      { class: "gate" },
      make("h3", {}, gate.title),
      make(
        "div",
        { class: "gate-row" },
        make("div", {}, sideX, sideY),
        make("div", { class: "gate-sign", "aria-hidden": "true" }, gate.sign),
        make(
          "div",
          { class: "gate-side" },
          make("span", {}, "result "),
          cells.z,
          make("span", { class: "back" }, " ← ", cells.up),
        ),
      ),
      make("p", { class: "quiet" }, gate.words),
    );
    return { ...gate, cells, sideX, sideY, element };
  });
  const knobs = [
    slider({ name: "x", min: -6, max: 6, step: 0.5, value: x, onChange: (v) => ((x = v), draw()) }),
    slider({ name: "y", min: -6, max: 6, step: 0.5, value: y, onChange: (v) => ((y = v), draw()) }),
    slider({
      name: "gradient that arrives",
      min: -4,
      max: 4,
      step: 0.5,
      value: upstream,
      onChange: (v) => ((upstream = v), draw()),
    }),
  ];
  const task = puzzle(
    "With a gradient that arrives other than 0, make the product hand on 0 to x, while the maximum hands everything " +
      "to x.",
    "The product hands x the gradient times y, so y must be 0. The maximum chooses x if x is larger than y, so x " +
      "must be above 0.",
  );

  function draw() {
    const told = [];
    for (const card of cards) {
      const [z, dx, dy] = programs[`gate_${card.key}`](x, y);
      const [gx, gy] = [upstream * dx, upstream * dy];
      const show = { x, y, z, up: upstream, gx, gy };
      for (const [key, v] of Object.entries(show)) setText(card.cells[key], shownNumber(v, 4));
      setClass(card.sideX, "is-off", gx === 0);
      setClass(card.sideY, "is-off", gy === 0);
      told.push(`${card.sign} hands ${shownNumber(gx, 3)} and ${shownNumber(gy, 3)}`);
    }
    live.say(`${told.join("; ")}.`);
    task.solved(upstream !== 0 && y === 0 && x > 0, "Solved.");
  }

  root.append(
    make("div", { class: "gate-grid" }, ...cards.map((c) => c.element)),
    ...knobs.map((k) => k.element),
    live.element,
    task.element,
  );
  draw();
  return {
    set(newX, newY, newUpstream) {
      [x, y, upstream] = [newX, newY, newUpstream];
      [x, y, upstream].forEach((v, i) => (knobs[i].value = v));
      draw();
    },
    state: () => ({
      x,
      y,
      upstream,
      results: Object.fromEntries(GATES.map(({ key }) => [key, programs[`gate_${key}`](x, y)])),
    }),
  };
}
