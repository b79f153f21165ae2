// The player: first, back, play, next, last, a scrubber with its two halves, and the speed.
import { byId, make, setAttribute, setClass, setText } from "./elements.js";
import { stepName } from "./steps.js";

const DWELL = 1500; // milliseconds that a step stays, at speed 1
const SEGMENTS = 60; // of more steps the two halves are shown as wholes

export function createPlayer(store, announce) {
  const { graph } = store;
  const last = graph.steps.length - 1;
  const scrubber = byId("scrubber");
  const play = byId("play");
  const bar = byId("segments");
  let timer = 0;
  scrubber.max = String(last);
  const forward = graph.steps.filter(({ phase }) => phase === "forward").length;
  const backward = graph.nodes.length;
  const isFine = last <= SEGMENTS;
  const segments = isFine ? graph.steps.slice(1).map(({ phase }) => make("i", { class: phase })) : [make("i", { class: "forward" }), make("i", { class: "backward" })];
  if (!isFine) {
    segments[0].style.flexGrow = String(forward);
    segments[1].style.flexGrow = String(backward);
  }
  bar.append(...segments);
  byId("halves").style.gridTemplateColumns = `${Math.max(forward, 0.001)}fr ${backward}fr`;
  byId("halves").hidden = forward === 0;

  const go = (step) => {
    pause();
    store.go(step);
    announce();
  };
  function pause() {
    clearTimeout(timer);
    if (timer) announce();
    timer = 0;
    show(store.state);
  }
  function start() {
    if (store.state.step === last) store.go(0);
    timer = setTimeout(tick, DWELL / 3 / store.state.speed);
    show(store.state);
  }
  function tick() {
    if (document.hidden) {
      timer = setTimeout(tick, DWELL);
      return;
    }
    store.go(store.state.step + 1);
    if (store.state.step === last) pause();
    else timer = setTimeout(tick, DWELL / store.state.speed);
    announce(true);
  }
  const toggle = () => (timer ? pause() : start());

  byId("first").addEventListener("click", () => go(0));
  byId("back").addEventListener("click", () => go(store.state.step - 1));
  byId("next").addEventListener("click", () => go(store.state.step + 1));
  byId("last").addEventListener("click", () => go(last));
  play.addEventListener("click", toggle);
  scrubber.addEventListener("input", () => go(Number(scrubber.value)));
  byId("speed").addEventListener("change", (event) => store.change({ speed: Number(event.target.value) }));

  function show(state) {
    const { step } = state;
    scrubber.value = String(step);
    setAttribute(scrubber, "aria-valuetext", stepName(graph, step));
    setText(byId("place"), stepName(graph, step));
    setText(play.querySelector("span"), timer ? "Pause" : "Play");
    setClass(play, "playing", Boolean(timer));
    for (const [id, isEnd] of [["first", step === 0], ["back", step === 0], ["next", step === last], ["last", step === last]]) {
      setAttribute(byId(id), "aria-disabled", String(isEnd));
    }
    if (isFine) segments.forEach((segment, i) => (setClass(segment, "done", i < step), setClass(segment, "here", i === step - 1)));
    else bar.style.setProperty("--done", `${(100 * step) / last}%`);
  }
  store.listen((state, changed) => {
    if (changed.has("step")) show(state);
  });
  show(store.state);
  return { toggle, go, isPlaying: () => Boolean(timer), back: () => go(store.state.step - 1), next: () => go(store.state.step + 1) };
}
