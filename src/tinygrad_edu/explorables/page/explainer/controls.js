// Controls: sliders with a number field, choices, switches and buttons, named for the keyboard and for the ear.
import { make, setAttribute, setText } from "../elements.js";
import { shownNumber, typedNumber } from "../numbers.js";

// Two digits of a number, for places with little room: 160, where others would write 1.6×10².
export const roughNumber = (x) => shownNumber(Math.abs(x) < 1e6 ? Number(x.toPrecision(2)) : x, 2);

// A slider and a field for the same number. With `log`, equal ways of the slider are equal factors.
export function slider({ name, min, max, step, value, log = false, digits = 4, onChange }) {
  const to = log ? Math.log10 : (x) => x;
  const from = log ? (x) => 10 ** x : (x) => x;
  const range = make("input", {
    type: "range",
    "aria-label": name,
    min: to(min),
    max: to(max),
    step: log ? 0.01 : step,
  });
  const field = make("input", {
    type: "text",
    inputmode: "decimal",
    role: "spinbutton",
    "aria-label": name,
    size: 7,
    "aria-valuemin": min,
    "aria-valuemax": max,
  });
  let now = value;

  function show() {
    range.value = String(to(now));
    range.style.setProperty("--part", `${(100 * (to(now) - to(min))) / (to(max) - to(min))}%`);
    setAttribute(range, "aria-valuetext", shownNumber(now, digits));
    setAttribute(field, "aria-valuenow", String(now));
    if (document.activeElement !== field) field.value = shownNumber(now, digits);
  }
  function take(x) {
    now = Math.min(max, Math.max(min, x));
    show();
    onChange(now);
  }
  range.addEventListener("input", () =>
    take(log ? Number(from(Number(range.value)).toPrecision(3)) : Number(range.value)),
  );
  field.addEventListener("change", () => {
    const typed = typedNumber(
      field.value.replace(/×10/, "e").replace(/[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]/g, (c) => "-0123456789"["⁻⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(c)]),
    );
    if (Number.isFinite(typed)) take(typed);
    field.value = shownNumber(now, digits);
  });
  field.addEventListener("keydown", (event) => {
    const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!direction) return;
    event.preventDefault();
    take(log ? now * 10 ** (0.1 * direction) : now + direction * step);
    field.value = shownNumber(now, digits);
  });
  show();
  const element = make(
    "div",
    { class: "input control" },
    make("span", { class: "name", "aria-hidden": "true" }, name),
    range,
    field,
  );
  return {
    element,
    get value() {
      return now;
    },
    set value(x) {
      now = x;
      show();
    },
  };
}

// A choice among a few: [["sin", "5 · sin x"], …].
export function choice({ name, options, value, onChange }) {
  const select = make(
    "select",
    { "aria-label": name },
    ...options.map(([key, title]) => make("option", { value: key }, title)),
  );
  select.value = value;
  select.addEventListener("change", () => onChange(select.value));
  return {
    element: make("label", { class: "choice" }, make("span", { class: "control-name" }, name), select),
    get value() {
      return select.value;
    },
    set value(key) {
      select.value = key;
    },
  };
}

export function toggle({ name, value, onChange }) {
  const box = make("input", { type: "checkbox", checked: value });
  box.checked = value;
  box.addEventListener("change", () => onChange(box.checked));
  return {
    element: make("label", { class: "toggle" }, box, ` ${name}`),
    get value() {
      return box.checked;
    },
    set value(x) {
      box.checked = x;
    },
  };
}

export function button(text, onClick, attributes = {}) {
  return make("button", { type: "button", onclick: onClick, ...attributes }, text);
}

// A row of numbers with their names: readout.set("loss", 0.25).
export function readout(names, digits = 5) {
  const cells = Object.fromEntries(
    Object.entries(names).map(([key, title]) => [key, make("output", { "aria-label": title }, "")]),
  );
  const element = make(
    "dl",
    { class: "readout" },
    ...Object.entries(names).map(([key, title]) => make("div", {}, make("dt", {}, title), make("dd", {}, cells[key]))),
  );
  return {
    element,
    set(key, x) {
      setText(cells[key], typeof x === "number" ? shownNumber(x, digits) : x);
    },
  };
}

// A puzzle: what to try, and whether it is done.
export function puzzle(text, answer) {
  const verdict = make("span", { class: "verdict" }, "");
  const details = make("details", {}, make("summary", {}, "A hint"), make("p", {}, answer));
  const element = make(
    "div",
    { class: "puzzle" },
    make("p", {}, make("strong", {}, "Puzzle. "), text, " ", verdict),
    details,
  );
  return {
    element,
    solved(isSolved, praise = "Solved.") {
      setText(verdict, isSolved ? `✓ ${praise}` : "");
      element.classList.toggle("is-solved", isSolved);
    },
  };
}

// A line that a screen reader speaks when it changes, at most every two seconds.
export function liveRegion() {
  const element = make("p", { class: "live", role: "status", "aria-live": "polite" });
  let last = 0;
  return {
    element,
    say(text, { now = false } = {}) {
      const time = performance.now();
      if (!now && time - last < 2000) return;
      last = time;
      setText(element, text);
    },
  };
}

// Repeats `tick` while it plays; a hidden tab pauses it.
export function player({ play = "Play", pause = "Pause", tick, every = 0, onStop = () => {} }) {
  let isPlaying = false;
  let due = 0;
  const element = button(play, () => (isPlaying ? stop() : start()), { class: "primary" });
  function frame(time) {
    if (!isPlaying) return;
    if (!document.hidden && time >= due) {
      due = time + every;
      if (tick(time) === false) return stop();
    }
    requestAnimationFrame(frame);
  }
  function start() {
    isPlaying = true;
    due = 0;
    setText(element, pause);
    requestAnimationFrame(frame);
  }
  function stop() {
    if (!isPlaying) return;
    isPlaying = false;
    setText(element, play);
    onStop();
  }
  return {
    element,
    start,
    stop,
    get isPlaying() {
      return isPlaying;
    },
  };
}
