// The state in the address: a link brings a reader to the same numbers and the same step.
import { byId, on, setText } from "./elements.js";
import { stepOf } from "./state.js";

// "in=-1,3,4&at=backward:1&p=0,1&rate=0.05", by places, so that names can be anything.
export function addressText(graph, { inputs, step, parameters, rate }) {
  const { phase, node } = graph.steps[step];
  return `in=${inputs}&at=${phase}:${node?.id ?? 0}&p=${parameters}&rate=${rate}`;
}

// What of a text can be read; anything else is left out.
export function readAddress(graph, text) {
  const given = Object.fromEntries(
    text
      .replace(/^#/, "")
      .split("&")
      .map((part) => part.split("=")),
  );
  const found = {};
  const numbers = (list) => (list ? list.split(",").map(Number) : []);
  const inputs = numbers(given.in);
  if (given.in && inputs.length === graph.inputs.length && inputs.every(Number.isFinite)) found.inputs = inputs;
  const [, phase, id] = /^(start|forward|backward):(\d+)$/.exec(given.at) ?? [];
  if (phase && graph.nodes[id]) found.step = stepOf(graph, [phase, id]);
  if (given.p !== undefined) found.parameters = numbers(given.p).filter((i) => i in graph.inputs);
  if (given.rate && Number.isFinite(Number(given.rate))) found.rate = Number(given.rate);
  return found;
}

// In a notebook's frame the address cannot change; there the button copies the state as text.
export const isFramed = () => window.origin === "null" && window.top !== window;

export function createAddress(store, showText) {
  let waiting = 0;
  const { graph, state } = store;
  const copy = byId("copy");
  if (isFramed()) setText(copy, "Copy state");

  function write() {
    try {
      history.replaceState(null, "", `#${addressText(graph, state)}`);
    } catch {
      // a frame forbids it: the button still copies the state
    }
  }
  store.listen((_, changed) => {
    if (!["inputs", "step", "parameters", "rate"].some((key) => changed.has(key))) return;
    clearTimeout(waiting);
    waiting = setTimeout(write, 250);
  });
  addEventListener("hashchange", () => store.change(readAddress(graph, location.hash)));
  on("copy", "click", () => {
    const text = `${isFramed() ? "" : location.href.split("#")[0]}#${addressText(graph, state)}`;
    return copyText(text, copy, () => showText("The state of this page", text));
  });
}

// Copy a text; the button says so for a moment. Where the browser forbids it, `otherwise` shows the text.
export async function copyText(text, button, otherwise) {
  try {
    await navigator.clipboard.writeText(text);
    const before = button.textContent;
    setText(button, "✓ Copied");
    setTimeout(() => setText(button, before), 1500);
  } catch {
    otherwise();
  }
}
