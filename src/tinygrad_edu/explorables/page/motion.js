// Motion: dots that run along the arrows of a step in the direction of flow. None where a reader wants calm.
import { SVG, isCalm, makeIn } from "./elements.js";
import { flowAt } from "./graph.js";

const DURATION = 450; // milliseconds at speed 1
const MOST_DOTS = 12;

export function createMotion(store, { arrows, dots }) {
  let run = 0;

  function show(state) {
    const { edges, isBack } = flowAt(store.graph, state);
    const mine = ++run;
    dots.replaceChildren();
    if (isCalm()) return;
    const moving = edges.slice(0, MOST_DOTS).map(({ id }) => {
      const { line } = arrows[id];
      return {
        line,
        length: line.getTotalLength(),
        dot: dots.appendChild(makeIn(SVG, "circle", { r: 5.5, class: isBack ? "back" : "forward" })),
      };
    });
    const begin = performance.now();
    const frame = (now) => {
      if (mine !== run) return;
      const t = Math.min(Math.max(((now - begin) / DURATION) * state.speed, 0), 1);
      const eased = t * t * (3 - 2 * t);
      for (const { dot, line, length } of moving) {
        const { x, y } = line.getPointAtLength(length * (isBack ? 1 - eased : eased));
        dot.setAttribute("transform", `translate(${x},${y})`);
      }
      if (t < 1) requestAnimationFrame(frame);
      else dots.replaceChildren();
    };
    requestAnimationFrame(frame);
  }

  store.listen((state, changed) => {
    if (changed.has("step") || (changed.has("pinned") && state.pinned)) show(state);
  });
}
