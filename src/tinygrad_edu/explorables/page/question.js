// A question before a step, answered in a field: what will the next gradient be? It never blocks.
import { byId, on, setClass, setText } from "./elements.js";
import { numberText, shownNumber, typedNumber } from "./numbers.js";
import { hasGrad, usesOf } from "./state.js";
import { termsText } from "./steps.js";

// Whether an answer is right: to two digits, or as shown.
export function isRight(answer, truth) {
  return Math.abs(answer - truth) <= 0.006 * Math.abs(truth) + 1e-12 || answer === Number(numberText(truth));
}

// The next backward step whose gradient can be asked for; that of the result, which is 1, is no question.
export function nextQuestion(graph, step) {
  return graph.steps.find(
    ({ phase, node }, i) => i > step && phase === "backward" && node !== graph.root && usesOf(node).length,
  );
}

export function createQuestion(store, player) {
  const { graph } = store;
  const [card, field] = ["question", "answer"].map(byId);
  let asked;

  function ask({ step }) {
    asked = !graph.trouble && nextQuestion(graph, step);
    card.hidden = !asked;
    if (!asked) return;
    const [name, result] = [asked.node.name, graph.root.name];
    setText(byId("asked"), `Raise ${name} by a little. How many times as much does ${result} change?`);
    setText(byId("wanted"), `∂${result}/∂${name} =`);
    field.setAttribute("aria-label", `∂${result}/∂${name}`);
    field.value = "";
    answer("", false);
    hint(step);
  }
  function answer(words, isRight) {
    setText(byId("reply"), words);
    setClass(card, "right", isRight);
  }
  // What arrives there, without the sum.
  function hint(step) {
    const uses = usesOf(asked.node);
    const isKnown = uses.length < 5 && uses.every(({ to }) => hasGrad(graph, to, step));
    const parts = uses.map(({ to, local }) => `${shownNumber(to.grad)} along × ${shownNumber(local)}`);
    setText(byId("hint"), isKnown ? `What comes back: ${parts.join(", and ")}.` : "");
  }

  on("ask", "submit", (event) => {
    event.preventDefault();
    const typed = typedNumber(field.value);
    if (Number.isNaN(typed)) answer("Type a number first.", false);
    else if (isRight(typed, asked.node.grad))
      answer(`✓ Yes: ${termsText(usesOf(asked.node))} = ${shownNumber(asked.node.grad)}.`, true);
    else answer("✗ Not that. Try again, or let it be shown.", false);
  });
  on("show", "click", () => player.go(asked.node.at[1]));
  store.listen((state, changed) => {
    if (changed.has("step") || (changed.has("inputs") && (card.hidden || graph.trouble || field.value))) ask(state);
    else if (changed.has("inputs")) hint(state.step);
  });
  ask(store.state);
}
