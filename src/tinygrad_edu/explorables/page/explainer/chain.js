// 4. The chain rule: three neurons in a row; the slopes multiply.
import { make, setText } from "../elements.js";
import { shownNumber } from "../numbers.js";
import { button, liveRegion, puzzle, slider } from "./controls.js";
import { generator } from "./random.js";

const ROW = { x: 34, w: [0.42, 0.3, 0.06], b: [0.75, 0.27, 0.29] };

export function chain(root, { chain: program }) {
  let { x, w, b } = structuredClone(ROW);
  const random = generator(7);
  const live = liveRegion();
  const boxes = ["x", "n₁", "n₂", "n₃"].map((name) => ({
    name,
    value: make("output", { "aria-label": `value of ${name}` }),
    slope: make("output", { "aria-label": `derivative of n₃ by ${name}` }),
  }));
  const row = make("ol", { class: "chain" });
  const product = make("p", { class: "sentence" });
  const task = puzzle(
    "Change one number only, so that n₃ no longer depends on x at all.",
    "A product is 0 as soon as one of its factors is. Set any of the three weights to 0. The biases cannot do it: " +
      "they do not appear in the product.",
  );
  const input = slider({ name: "x", min: -100, max: 100, step: 1, value: x, onChange: (v) => ((x = v), draw()) });
  const fields = [0, 1, 2].flatMap((i) => [
    slider({ name: `w${"₁₂₃"[i]}`, min: -2, max: 2, step: 0.01, value: w[i], onChange: (v) => ((w[i] = v), draw()) }),
    slider({ name: `b${"₁₂₃"[i]}`, min: -2, max: 2, step: 0.01, value: b[i], onChange: (v) => ((b[i] = v), draw()) }),
  ]);

  boxes.forEach((box, i) => {
    row.append(
      make(
        "li",
        { class: "chain-box" },
        make("span", { class: "chain-name" }, box.name),
        make("span", { class: "chain-value" }, "value ", box.value),
        make("span", { class: "chain-grad" }, `∂n₃/∂${box.name} `, box.slope),
      ),
    );
    if (i < 3)
      row.append(
        make(
          "li",
          { class: "chain-arrow" },
          make("output", { "aria-label": `slope from ${box.name} to ${boxes[i + 1].name}` }),
        ),
      );
  });
  const arrows = [...row.querySelectorAll(".chain-arrow output")];

  function draw() {
    const [values, slopes] = program(x, w, b);
    boxes.forEach((box, i) => {
      setText(box.value, shownNumber(values[i], 8));
      setText(box.slope, shownNumber(slopes[i], 8));
    });
    arrows.forEach((each, i) => setText(each, `× ${shownNumber(w[i], 4)}`));
    const factors = w.toReversed().map((v, i) => (i && v < 0 ? `(${shownNumber(v, 4)})` : shownNumber(v, 4)));
    const total = shownNumber(slopes[0], 8);
    setText(
      product,
      `dn₃/dx = ${factors.join(" · ")} = ${total}: raise x by 1, and n₃ changes by ${total}.`,
    );
    live.say(`dn₃/dx is ${total}.`);
    const same = (key, given) => given.filter((v, i) => v !== ROW[key][i]).length;
    task.solved(slopes[0] === 0 && same("w", w) + same("b", b) === 1, "Solved: one factor 0 makes the product 0.");
  }

  function set(newX, newW, newB) {
    [x, w, b] = [newX, [...newW], [...newB]];
    input.value = x;
    fields.forEach((field, i) => (field.value = i % 2 ? b[i >> 1] : w[i >> 1]));
    draw();
  }

  const anew = () =>
    set(
      Math.round(random.between(-50, 50)),
      w.map(() => Number(random.between(-1.5, 1.5).toFixed(2))),
      b.map(() => Number(random.between(-1.5, 1.5).toFixed(2))),
    );
  root.append(
    row,
    product,
    input.element,
    make(
      "details",
      { class: "more" },
      make("summary", {}, "Weights and biases"),
      make("div", { class: "grid-2" }, ...fields.map((f) => f.element)),
    ),
    make(
      "div",
      { class: "buttons" },
      button("New numbers", anew),
      button("Start again", () => set(ROW.x, ROW.w, ROW.b)),
    ),
    live.element,
    task.element,
  );
  draw();
  return { set, state: () => ({ x, w, b, result: program(x, w, b) }) };
}
