// The player: first, back, play, next, last, a scrubber with its two halves, and the speed.
import { byId, make, on, setAttribute, setClass, setText } from "./elements.js";
import { stepName } from "./steps.js";

const DWELL = 1500; // milliseconds that a step stays, at speed 1
const SEGMENTS = 60; // of more steps the two halves are shown as wholes

export function createPlayer(store, announce) {
  const { graph, state } = store;
  const [scrubber, bar, play] = ["scrubber", "segments", "play"].map(byId);
  const last = graph.steps.length - 1;
  const isFine = last <= SEGMENTS;
  const segments = (isFine ? graph.steps.slice(1) : [{ phase: "forward" }, { phase: "backward" }]).map(({ phase }) =>
    make("i", { class: phase }),
  );
  let timer = 0;
  bar.append(...segments);
  scrubber.max = last;
  if (!isFine) segments.forEach((segment, i) => (segment.style.flexGrow = [graph.turn, last - graph.turn][i]));
  byId("halves").style.gridTemplateColumns = `${graph.turn}fr ${last - graph.turn}fr`;
  byId("halves").hidden = !graph.turn;

  function go(step) {
    pause();
    store.go(step);
    announce();
  }
  function pause() {
    clearTimeout(timer);
    timer = 0;
    show();
  }
  function toggle() {
    if (timer) {
      pause();
      announce();
      return;
    }
    if (state.step === last) store.go(0);
    timer = setTimeout(tick, DWELL / 4 / state.speed);
    show();
  }
  function tick() {
    if (!document.hidden) {
      store.go(state.step + 1);
      announce(state.step < last);
    }
    if (state.step === last) pause();
    else timer = setTimeout(tick, DWELL / state.speed);
  }
  const moves = {
    first: () => go(0),
    back: () => go(state.step - 1),
    next: () => go(state.step + 1),
    last: () => go(last),
  };
  for (const [id, move] of Object.entries(moves)) on(id, "click", move);
  on("play", "click", toggle);
  on("scrubber", "input", () => go(Number(scrubber.value)));
  on("speed", "change", ({ target }) => store.change({ speed: Number(target.value) }));

  function show() {
    const { step } = state;
    scrubber.value = step;
    setAttribute(scrubber, "aria-valuetext", stepName(graph, step));
    setText(play.querySelector("span"), timer ? "Pause" : "Play");
    setClass(play, "playing", timer);
    for (const [id, end] of [
      ["first", 0],
      ["back", 0],
      ["next", last],
      ["last", last],
    ])
      setAttribute(byId(id), "aria-disabled", step === end);
    segments.forEach((segment, i) => {
      const [start, size] = isFine ? [i, 1] : i ? [graph.turn, last - graph.turn] : [0, graph.turn];
      segment.style.setProperty("--done", `${Math.min(Math.max((step - start) / size, 0), 1) * 100}%`);
      setClass(segment, "here", isFine && i === step - 1);
    });
  }
  store.listen((_, changed) => changed.has("step") && show());
  show();
  return { ...moves, toggle, go };
}
