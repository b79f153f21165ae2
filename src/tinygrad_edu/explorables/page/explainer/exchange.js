// Weights to take along, and to bring back: as JSON, and as Python that runs with the library.
import { make, setText } from "../elements.js";
import { button } from "./controls.js";
import { layerSizes, neuronsOf } from "./training.js";

export function asJson({ inputs, width, depth, activation, parameters }) {
  return JSON.stringify({ inputs, width, depth, activation, parameters });
}

export function asPython({ inputs, width, depth, activation, parameters }) {
  const sizes = [...Array(depth).fill(width), 1].join(", ");
  return [
    "from tinygrad_edu import nn",
    "",
    `model = nn.MLP(${inputs}, [${sizes}], activation="${activation}")`,
    "numbers = [",
    ...parameters.map((p) => `    ${p},`),
    "]",
    "for parameter, number in zip(model.parameters(), numbers, strict=True):",
    "    parameter.data = float(number)",
    "",
    `print(model([${Array(inputs).fill("0.5").join(", ")}]).data)`,
    "",
  ].join("\n");
}

// What a text says, or an error in words.
export function fromJson(text) {
  let found;
  try {
    found = JSON.parse(text);
  } catch {
    throw new Error("This is not JSON: paste the whole text that the page gave you.");
  }
  const { inputs, width, depth, activation, parameters } = found ?? {};
  const fits =
    [1, 2].includes(inputs) && Number.isInteger(width) && width >= 2 && width <= 8 && [1, 2, 3].includes(depth);
  if (!fits) throw new Error("The network must have 1 or 2 inputs and 1 to 3 hidden layers of 2 to 8 neurons.");
  if (!["relu", "leaky_relu", "tanh", "sigmoid"].includes(activation))
    throw new Error("The activation must be relu, leaky_relu, tanh or sigmoid.");
  const count = neuronsOf(layerSizes(inputs, width, depth)).reduce((sum, neuron) => sum + neuron.inputs + 1, 0);
  if (!Array.isArray(parameters) || parameters.length !== count || !parameters.every(Number.isFinite))
    throw new Error(`This network has ${count} parameters; the text must list as many finite numbers.`);
  return { inputs, width, depth, activation, parameters };
}

export function createExchange({ lab, load }) {
  const box = make("textarea", { rows: 6, "aria-label": "The network as text", spellcheck: "false" });
  const note = make("p", { role: "status" });
  const now = () => ({
    inputs: lab.sizes[0],
    width: lab.settings.width,
    depth: lab.settings.depth,
    activation: lab.settings.activation,
    parameters: [...lab.training.parameters],
  });
  const give = (write) => () => {
    box.value = write(now());
    box.focus();
    box.select();
    setText(note, "Copy the text, or change it and load it again.");
  };
  const take = () => {
    try {
      load(fromJson(box.value));
      setText(note, "Loaded.");
    } catch (error) {
      setText(note, error.message);
    }
  };
  const element = make(
    "details",
    { class: "more" },
    make("summary", {}, "Take the weights along, or bring some"),
    make(
      "div",
      { class: "buttons" },
      button("As JSON", give(asJson)),
      button("As Python", give(asPython)),
      button("Load this JSON", take),
    ),
    box,
    note,
  );
  return { element };
}
