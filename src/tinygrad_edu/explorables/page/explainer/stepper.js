// Steps that the reader walks both ways: First, Back, Play, Next, Last and a scrubber, all by keyboard.
import { make, setAttribute, setText } from "../elements.js";
import { button, player } from "./controls.js";

export function stepper({ count, name, describe, onStep, every = 900 }) {
  let at = 0;
  const scrubber = make("input", { type: "range", min: 0, max: count - 1, step: 1, "aria-label": name });
  const place = make("span", { class: "stepper-place" });
  const play = player({ every, tick: () => (at < count - 1 ? go(at + 1) : false) });
  const buttons = {
    first: button("First", () => leave(0)),
    back: button("Back", () => leave(at - 1)),
    next: button("Next", () => leave(at + 1)),
    last: button("Last", () => leave(count - 1)),
  };
  play.element.addEventListener("click", () => {
    if (play.isPlaying && at === count - 1) go(0);
  });
  scrubber.addEventListener("input", () => leave(Number(scrubber.value)));

  function leave(step) {
    play.stop();
    go(step);
  }
  function go(step) {
    at = Math.min(Math.max(step, 0), count - 1);
    show();
    onStep(at, play.isPlaying);
  }
  function show() {
    scrubber.max = String(count - 1);
    scrubber.value = String(at);
    setAttribute(scrubber, "aria-valuetext", describe(at));
    setText(place, `${at + 1} of ${count}`);
    for (const each of [buttons.first, buttons.back]) each.setAttribute("aria-disabled", String(at === 0));
    for (const each of [buttons.next, buttons.last]) each.setAttribute("aria-disabled", String(at === count - 1));
  }
  show();
  return {
    element: make(
      "div",
      { class: "stepper", role: "group", "aria-label": name },
      make("div", { class: "buttons" }, buttons.first, buttons.back, play.element, buttons.next, buttons.last),
      scrubber,
      place,
    ),
    go: leave,
    stop: play.stop,
    get at() {
      return at;
    },
    get count() {
      return count;
    },
    set count(n) {
      count = n;
      at = Math.min(at, count - 1);
      show();
    },
    refresh: show,
  };
}
