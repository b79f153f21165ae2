// Motion: dots that run along the arrows of a step in the direction of flow. None where a reader wants calm.
import { SVG, isCalm, makeIn } from "./elements.js";

const DURATION = 450; // milliseconds at speed 1

export function createMotion(store, graphView) {
  let run = 0;

  function show() {
    const flow = graphView.flow();
    const { dots, arrows, layout } = graphView.current();
    dots.replaceChildren();
    run += 1;
    if (!flow?.edges.length || isCalm() || !layout) return;
    const mine = run;
    const duration = DURATION / store.state.speed;
    const moving = flow.edges.slice(0, 12).map((e) => {
      const dot = makeIn(SVG, "circle", { r: "5.5", class: flow.back ? "back" : "forward" });
      dots.append(dot);
      return { dot, line: arrows[e].line, length: arrows[e].line.getTotalLength() };
    });
    const begin = performance.now();
    const frame = (now) => {
      if (mine !== run) return;
      const t = Math.min(Math.max((now - begin) / duration, 0), 1);
      const eased = t * t * (3 - 2 * t);
      for (const { dot, line, length } of moving) {
        const { x, y } = line.getPointAtLength(length * (flow.back ? 1 - eased : eased));
        dot.setAttribute("cx", x);
        dot.setAttribute("cy", y);
      }
      if (t < 1) requestAnimationFrame(frame);
      else dots.replaceChildren();
    };
    requestAnimationFrame(frame);
  }

  store.listen((state, changed) => {
    if (changed.has("step") || (changed.has("pinned") && state.pinned >= 0)) show();
  });
}
