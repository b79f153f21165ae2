// The state in the address: a link brings a reader to the same numbers and the same step.
import { byId, setText } from "./elements.js";
import { stepOf } from "./state.js";

// "in=-1,3,4&at=backward:1&p=0,1&rate=0.05", by places, so that names can be anything.
export function addressText(graph, state) {
  const { phase, node } = graph.steps[state.step];
  const parts = { in: state.inputs.join(), at: `${phase}:${Math.max(node, 0)}`, p: state.parameters.join(), rate: state.rate };
  return Object.entries(parts).map(([key, value]) => `${key}=${value}`).join("&");
}

// What of the text can be read; anything else is left out.
export function readAddress(graph, text) {
  const given = new URLSearchParams(text.replace(/^#/, "").replace(/\+/g, "%2B"));
  const found = {};
  const inputs = (given.get("in") ?? "").split(",").map(Number);
  if (given.get("in") && inputs.length === graph.inputs.length && inputs.every(Number.isFinite)) found.inputs = inputs;
  const [phase, node] = (given.get("at") ?? "").split(":");
  const isNode = /^\d+$/.test(node ?? "") && Number(node) < graph.nodes.length;
  if (isNode && ["start", "forward", "backward"].includes(phase)) found.step = stepOf(graph, [phase, Number(node)]);
  const parameters = given.get("p");
  if (parameters !== null && /^[\d,]*$/.test(parameters)) found.parameters = parameters.split(",").filter(Boolean).map(Number).filter((i) => i < graph.inputs.length);
  const rate = Number(given.get("rate") ?? NaN);
  if (Number.isFinite(rate)) found.rate = rate;
  return found;
}

// In a notebook's frame the address cannot change; there the button copies the state as text.
export function isFramed() {
  return window.origin === "null" && window.top !== window;
}

export function createAddress(store, showText) {
  let waiting = 0;
  const copy = byId("copy");
  const framed = isFramed();
  if (framed) setText(copy, "Copy state");

  function write() {
    try {
      history.replaceState(null, "", `#${addressText(store.graph, store.state)}`);
    } catch {
      // a frame forbids it: the button still copies the state
    }
  }
  store.listen((state, changed) => {
    if (!["inputs", "step", "parameters", "rate"].some((key) => changed.has(key))) return;
    clearTimeout(waiting);
    waiting = setTimeout(write, 250);
  });
  addEventListener("hashchange", () => store.change(read(store.graph, location.hash)));
  copy.addEventListener("click", async () => {
    const state = addressText(store.graph, store.state);
    const text = framed ? `#${state}` : `${location.href.split("#")[0]}#${state}`;
    await copied(text, copy, () => showText(framed ? "State of this page" : "Link to this state", text));
  });
}

// Copy a text; the button says so for a moment. Where the browser forbids it, `otherwise` shows the text.
export async function copied(text, button, otherwise) {
  try {
    await navigator.clipboard.writeText(text);
    const before = button.textContent;
    setText(button, "✓ Copied");
    setTimeout(() => setText(button, before), 1500);
  } catch {
    otherwise();
  }
}
