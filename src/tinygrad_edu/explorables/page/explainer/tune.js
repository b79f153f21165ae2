// 1. Tune it by hand: a line through points, its loss, and the errors as squares.
import { make } from "../elements.js";
import { shownNumber } from "../numbers.js";
import { plot } from "./axes.js";
import { button, liveRegion, puzzle, readout, slider } from "./controls.js";

const DOT_XS = Array.from({ length: 21 }, (_, i) => (i - 10) / 10);
const DOT_YS = DOT_XS.map((x) => 0.65 * x - 0.3);

export function tune(root, { line }) {
  let [w, b] = [-0.5, 0.4];
  const picture = plot({
    x: [-1.15, 1.15],
    y: [-1.15, 1.15],
    xTitle: "x",
    yTitle: "y",
    label: "",
    width: 340,
    height: 340,
  });
  const squares = picture.squares("error-squares");
  const fit = picture.line("value-line");
  const points = picture.dots("data-dots");
  const numbers = readout({ loss: "loss, the mean area", slope: "largest error" });
  const live = liveRegion();
  const task = puzzle(
    "Bring the loss below 0.0001. Which of the two knobs do you have to turn first?",
    "Look at the squares. If they are large on both sides, the slope w is wrong. If they are large everywhere, the " +
      "height b is. The points lie on y = 0.65x − 0.3.",
  );
  const knobs = {
    w: slider({ name: "w", min: -2, max: 2, step: 0.01, value: w, onChange: (x) => ((w = x), draw()) }),
    b: slider({ name: "b", min: -1, max: 1, step: 0.01, value: b, onChange: (x) => ((b = x), draw()) }),
  };

  function set(newW, newB) {
    [w, b] = [newW, newB];
    knobs.w.value = w;
    knobs.b.value = b;
    draw();
  }

  function draw() {
    const [loss] = line([w, b], DOT_XS, DOT_YS);
    const errors = DOT_XS.map((x, i) => [x, w * x + b, DOT_YS[i]]);
    squares(errors);
    fit([
      [-1.15, -1.15 * w + b],
      [1.15, 1.15 * w + b],
    ]);
    points(DOT_XS.map((x, i) => [x, DOT_YS[i]]));
    numbers.set("loss", loss);
    numbers.set("slope", Math.max(...errors.map(([, out, y]) => Math.abs(out - y))));
    picture.describe(
      `21 points on a line, and the neuron's line with slope ${shownNumber(w, 3)} and height ${shownNumber(b, 3)}. ` +
        `The loss is ${shownNumber(loss, 4)}.`,
    );
    live.say(`Loss ${shownNumber(loss, 3)}.`);
    task.solved(loss < 1e-4, "Solved: the line goes through all points.");
  }

  root.append(
    make(
      "div",
      { class: "figure-row" },
      picture.svg,
      make(
        "div",
        { class: "panel" },
        knobs.w.element,
        knobs.b.element,
        numbers.element,
        make(
          "div",
          { class: "buttons" },
          button("Start again", () => set(-0.5, 0.4)),
          button("Show me", () => set(0.65, -0.3)),
        ),
      ),
    ),
    live.element,
    task.element,
  );
  draw();
  return { set, state: () => ({ w, b, loss: line([w, b], DOT_XS, DOT_YS) }) };
}
