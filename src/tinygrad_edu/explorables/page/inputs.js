// The inputs: a slider and a number field each, always showing the same number.
import { make, on, setAttribute } from "./elements.js";
import { shownNumber, typedNumber } from "./numbers.js";

const OPEN = 4; // sliders that are open; the others wait behind "more"
const PLACES = 400; // of a slider
const FIELD_DIGITS = 6;

// The number at a place of a slider, rounded to what its places can tell apart; and the place of a number.
export function sliderNumber(place, [low, high]) {
  const step = (high - low) / PLACES;
  const decimals = Math.min(Math.max(0, 1 - Math.floor(Math.log10(step))), 100);
  return Number((low + place * step).toFixed(decimals));
}

export const sliderPlace = (x, [low, high]) =>
  Math.min(Math.max(Math.round(((x - low) / (high - low)) * PLACES), 0), PLACES);

// A slider and a field; `onMove` hears every number, `onLetGo` when the reader has finished.
export function createInput(name, range, first, onMove, onLetGo) {
  const slider = make("input", { type: "range", min: 0, max: PLACES, "aria-label": name });
  const field = make("input", {
    type: "text",
    inputmode: "decimal",
    role: "spinbutton",
    "aria-label": name,
    autocomplete: "off",
  });
  const row = make(
    "div",
    { class: "input" },
    make("span", { class: "name", "aria-hidden": "true", title: name }, name),
    slider,
    field,
  );
  let now = first;

  function show(x) {
    now = x;
    const text = shownNumber(x, FIELD_DIGITS);
    if (document.activeElement !== field || typedNumber(field.value) !== x) field.value = text;
    slider.value = sliderPlace(x, range);
    slider.style.setProperty("--part", `${slider.value / (PLACES / 100)}%`);
    setAttribute(slider, "aria-valuetext", text);
    setAttribute(field, "aria-valuenow", x);
    setAttribute(field, "aria-valuetext", text);
    setAttribute(field, "aria-invalid", false);
  }

  on(slider, "input", () => onMove(sliderNumber(slider.value, range)));
  on(slider, "change", onLetGo);
  on(field, "input", () => {
    const x = typedNumber(field.value);
    setAttribute(field, "aria-invalid", !Number.isFinite(x));
    if (Number.isFinite(x)) onMove(x);
  });
  on(field, "change", () => {
    field.value = shownNumber(now, FIELD_DIGITS);
    setAttribute(field, "aria-invalid", false);
    onLetGo();
  });
  on(field, "keydown", (event) => {
    const places = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (!places) return;
    event.preventDefault();
    const size = range[1] - range[0];
    onMove(sliderNumber(places, [now, now + size]));
    field.value = shownNumber(now, FIELD_DIGITS);
    onLetGo();
  });
  show(first);
  return { row, show };
}

export function createInputs(store, place, onLetGo) {
  const { graph, state } = store;
  const all = graph.inputs.map(({ name }, i) =>
    createInput(name, graph.ranges[i], state.inputs[i], (x) => store.setInput(i, x), onLetGo),
  );
  const rows = all.map(({ row }) => row);
  place.append(...rows.slice(0, OPEN));
  if (rows.length > OPEN)
    place.append(
      make("details", { class: "more" }, make("summary", {}, `${rows.length - OPEN} more inputs`), ...rows.slice(OPEN)),
    );
  if (!rows.length) place.append(make("p", { class: "quiet" }, "There are no inputs: every number here is fixed."));
  const reset = make(
    "button",
    {
      class: "small",
      onclick: () => {
        store.change({ inputs: graph.start });
        onLetGo();
      },
    },
    "Reset the inputs",
  );
  place.append(reset);
  const update = ({ inputs }) => {
    inputs.forEach((x, i) => all[i].show(x));
    reset.hidden = inputs.every((x, i) => x === graph.start[i]);
  };
  store.listen((now, changed) => changed.has("inputs") && update(now));
  update(state);
}
