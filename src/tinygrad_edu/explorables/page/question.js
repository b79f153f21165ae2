// A question before a step, answered in a field: what will the next gradient be? It never blocks.
import { byId, setClass, setText } from "./elements.js";
import { numberText, shownNumber, typedNumber } from "./numbers.js";
import { termsText } from "./steps.js";

// Whether an answer is right: equal to two digits, or to what is shown.
export function isRight(answer, truth, digits) {
  if (!Number.isFinite(answer)) return false;
  const close = Math.abs(answer - truth) <= 0.006 * Math.abs(truth) + 1e-12;
  return close || answer === Number(numberText(truth, digits));
}

// The next backward step, whose gradient is asked for; the first one, which is 1, is no question.
export function nextQuestion(graph, step) {
  for (let i = Math.max(step + 1, 1); i < graph.steps.length; i++) {
    const { phase, node } = graph.steps[i];
    if (phase === "backward" && node !== graph.root && graph.out[node].length) return { step: i, node };
  }
  return null;
}

export function createQuestion(store, onShow) {
  const { graph } = store;
  const [card, form, field, reply] = ["question", "ask", "answer", "reply"].map(byId);
  let asked = null;

  function ask(state) {
    asked = nextQuestion(graph, state.step);
    const isAsked = asked !== null && !state.numbers.trouble && !state.numbers.off[asked.node];
    card.hidden = !isAsked;
    if (!isAsked) return;
    const [name, result] = [graph.nodes[asked.node].name, graph.nodes[graph.root].name];
    setText(byId("asked"), `Raise ${name} by a little. How many times as much does ${result} change?`);
    setText(byId("hint"), hint(state));
    field.setAttribute("aria-label", `∂${result}/∂${name}`);
    setText(byId("wanted"), `∂${result}/∂${name} =`);
    setText(reply, "");
    field.value = "";
    setClass(card, "right", false);
  }

  // What arrives there, without the sum: "7 comes back one way, 2 the other."
  function hint({ numbers, digits, step }) {
    const uses = graph.out[asked.node].filter((e) => numbers.isTaken[e]);
    const known = uses.filter((e) => graph.backwardAt[graph.edges[e].to] <= step);
    if (!known.length || known.length < uses.length) return "";
    const parts = known.map((e) => `${shownNumber(numbers.grad[graph.edges[e].to], digits)} (along × ${shownNumber(numbers.local[e], digits)})`);
    return parts.length > 4 ? "" : `What comes back: ${parts.join(" and ")}.`;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { numbers, digits } = store.state;
    const answer = typedNumber(field.value);
    const right = isRight(answer, numbers.grad[asked.node], digits);
    setClass(card, "right", right);
    const uses = graph.out[asked.node].filter((e) => numbers.isTaken[e]);
    if (right) setText(reply, `✓ Yes: ${termsText(graph, numbers, uses, digits)}.`);
    else setText(reply, Number.isFinite(answer) ? "✗ Not yet. Try again, or show it." : "Type a number.");
  });
  byId("show").addEventListener("click", () => onShow(asked.step));

  store.listen((state, changed) => {
    if (changed.has("step")) ask(state);
    else if (changed.has("inputs")) {
      if (card.hidden || state.numbers.trouble || field.value) ask(state);
      else setText(byId("hint"), hint(state));
    }
  });
  ask(store.state);
}
