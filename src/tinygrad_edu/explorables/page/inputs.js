// The inputs: a slider and a number field each, always showing the same number.
import { make, setAttribute } from "./elements.js";
import { numberText, shownNumber, typedNumber } from "./numbers.js";

const OPEN = 4; // sliders that are open; the others wait behind "more"

// The number that a slider of 400 steps gives for a place, rounded to what its steps can tell apart.
export function sliderNumber(place, [low, high]) {
  const step = (high - low) / 400;
  const decimals = Math.min(Math.max(0, 1 - Math.floor(Math.log10(step))), 100);
  return Number((low + place * step).toFixed(decimals));
}

export function sliderPlace(x, [low, high]) {
  return Math.min(Math.max(Math.round(((x - low) / (high - low)) * 400), 0), 400);
}

export function createInput(name, range, first, onMove, onLetGo) {
  const slider = make("input", { type: "range", min: "0", max: "400", step: "1", "aria-label": name });
  const field = make("input", { type: "text", inputmode: "decimal", role: "spinbutton", "aria-label": name, autocomplete: "off", spellcheck: "false" });
  const row = make("div", { class: "input" }, make("span", { class: "name", "aria-hidden": "true", title: name }, name), slider, field);
  let now = first;

  function show(x) {
    now = x;
    const text = shownNumber(x, 6);
    if (document.activeElement !== field || typedNumber(field.value) !== x) field.value = text;
    slider.value = String(sliderPlace(x, range));
    setAttribute(slider, "aria-valuetext", text);
    setAttribute(field, "aria-valuenow", numberText(x, 17));
    setAttribute(field, "aria-valuetext", text);
    slider.style.setProperty("--part", `${Number(slider.value) / 4}%`);
    field.removeAttribute("aria-invalid");
  }

  slider.addEventListener("input", () => onMove(sliderNumber(Number(slider.value), range)));
  slider.addEventListener("change", onLetGo);
  field.addEventListener("input", () => {
    const x = typedNumber(field.value);
    setAttribute(field, "aria-invalid", String(!Number.isFinite(x)));
    if (Number.isFinite(x)) onMove(x);
  });
  field.addEventListener("change", () => {
    show(now);
    onLetGo();
  });
  field.addEventListener("keydown", (event) => {
    const step = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (!step) return;
    event.preventDefault();
    onMove(sliderNumber(0, [now + (step * (range[1] - range[0])) / 400, now + 1]));
    field.value = shownNumber(now, 6);
    onLetGo();
  });
  show(first);
  return { row, show };
}

export function createInputs(store, place, onLetGo) {
  const { graph } = store;
  const all = graph.inputs.map((node, i) =>
    createInput(graph.nodes[node].name, graph.ranges[i], store.state.inputs[i], (x) => store.setInput(i, x), onLetGo),
  );
  place.append(...all.slice(0, OPEN).map(({ row }) => row));
  if (all.length > OPEN) {
    const more = make("details", { class: "more" }, make("summary", {}, `${all.length - OPEN} more inputs`));
    more.append(...all.slice(OPEN).map(({ row }) => row));
    place.append(more);
  }
  if (!all.length) place.append(make("p", { class: "quiet" }, "No inputs: every number here is fixed."));
  const reset = make("button", { type: "button", class: "small", onclick: () => {
    store.change({ inputs: [...graph.start] });
    onLetGo();
  } }, "Reset the inputs");
  if (all.length) place.append(make("p", { class: "reset" }, reset));
  const mark = (state) => {
    reset.hidden = state.inputs.every((x, i) => x === graph.start[i]);
  };
  store.listen((state, changed) => {
    if (!changed.has("inputs")) return;
    state.inputs.forEach((x, i) => all[i].show(x));
    mark(state);
  });
  mark(store.state);
}
