// 2. The slope by nudging: a secant through two points becomes the tangent as h goes to 0.
import { make } from "../elements.js";
import { shownNumber } from "../numbers.js";
import { plot } from "./axes.js";
import { choice, liveRegion, puzzle, readout, slider } from "./controls.js";

const CURVE_CHOICES = [
  ["square", "x²", [-3, 3], [-2, 9]],
  ["cubic", "x³/3 − x", [-2.5, 2.5], [-3, 3]],
  ["sine", "sin x", [-4, 4], [-1.6, 1.6]],
  ["exponential", "e^(x/2)", [-3, 3], [-1, 4.5]],
];

export function nudge(root, curves) {
  let [name, x, h] = ["square", 1, 1];
  const picture = plot({ x: [-3, 3], y: [-2, 9], xTitle: "x", yTitle: "f(x)", label: "" });
  const curve = picture.line("value-line");
  const tangent = picture.line("gradient-line");
  const secant = picture.line("secant-line");
  const dots = picture.dots("data-dots", 5);
  const numbers = readout({ quotient: "(f(x + h) − f(x)) / h", slope: "slope f′(x)", error: "apart by" }, 7);
  const sentence = make("p", { class: "sentence" });
  const live = liveRegion();
  const task = puzzle(
    "Choose x³/3 − x. At which two places is the slope 0, and what does the curve do there?",
    "The slope is x² − 1. It is 0 at x = 1 and at x = −1: the bottom of the valley and the top of the hill.",
  );
  const which = choice({
    name: "curve",
    options: CURVE_CHOICES.map(([key, title]) => [key, title]),
    value: name,
    onChange: (key) => ((name = key), draw()),
  });
  const atX = slider({ name: "x", min: -2.5, max: 2.5, step: 0.05, value: x, onChange: (v) => ((x = v), draw()) });
  const byH = slider({ name: "h", min: 1e-6, max: 2, value: h, log: true, onChange: (v) => ((h = v), draw()) });

  function draw() {
    const f = (v) => curves[name](v)[0];
    const [, , xRange, yRange] = CURVE_CHOICES.find(([key]) => key === name);
    picture.setRange(xRange, yRange);
    const [at, slope] = curves[name](x);
    const quotient = (f(x + h) - at) / h;
    const [low, high] = xRange;
    curve(Array.from({ length: 121 }, (_, i) => low + ((high - low) * i) / 120).map((v) => [v, f(v)]));
    const through = (m) => [
      [low, at + m * (low - x)],
      [high, at + m * (high - x)],
    ];
    tangent(through(slope));
    secant(through(quotient));
    dots([
      [x, at],
      [x + h, f(x + h)],
    ]);
    numbers.set("quotient", quotient);
    numbers.set("slope", slope);
    numbers.set("error", Math.abs(quotient - slope));
    const way = slope > 0 ? "rises" : slope < 0 ? "falls" : "hardly changes";
    const amount = slope ? ` by about ${shownNumber(Math.abs(slope) * 0.01, 3)}` : "";
    sentence.textContent =
      `Sensitivity: at x = ${shownNumber(x, 3)}, raise x by 0.01, and f ${way}${amount}: ` +
      `${shownNumber(Math.abs(slope), 4)} times as much.`;
    picture.describe(
      `A curve with its tangent at x = ${shownNumber(x, 3)}, slope ${shownNumber(slope, 4)}, and the secant to x + ` +
        `h, slope ${shownNumber(quotient, 4)}.`,
    );
    live.say(`Quotient ${shownNumber(quotient, 5)}, slope ${shownNumber(slope, 5)}.`);
    task.solved(name === "cubic" && Math.abs(slope) < 1e-9, "Solved: the tangent lies flat.");
  }

  root.append(
    make(
      "div",
      { class: "figure-row" },
      picture.svg,
      make(
        "div",
        { class: "panel" },
        which.element,
        atX.element,
        byH.element,
        numbers.element,
        make(
          "ul",
          { class: "key" },
          make("li", { class: "key-value" }, "the curve"),
          make("li", { class: "key-secant" }, "secant, dashed"),
          make("li", { class: "key-gradient" }, "tangent"),
        ),
      ),
    ),
    sentence,
    live.element,
    task.element,
  );
  draw();
  return {
    set(newName, newX, newH) {
      [name, x, h] = [newName, newX, newH];
      which.value = name;
      atX.value = x;
      byH.value = h;
      draw();
    },
    state: () => ({ name, x, h, result: curves[name](x) }),
  };
}
