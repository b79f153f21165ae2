// The glossary: a term shows its definition on hover, on focus and on tap; Escape hides it.
import { byId, make, setText } from "../elements.js";

export function createGlossary(entries) {
  const bubble = byId("definition");
  let owner = null;

  function show(term) {
    const entry = entries[term.dataset.term];
    if (!entry) return;
    owner = term;
    bubble.replaceChildren(
      make("strong", {}, term.dataset.term),
      " ",
      entry.text,
      ...(entry.formula ? [make("span", { class: "formula" }, entry.formula)] : []),
    );
    bubble.hidden = false;
    const box = term.getBoundingClientRect();
    const width = Math.min(340, window.innerWidth - 24);
    bubble.style.width = `${width}px`;
    bubble.style.left = `${Math.max(12, Math.min(box.left, window.innerWidth - width - 12))}px`;
    const below = box.bottom + 8 + bubble.offsetHeight < window.innerHeight;
    bubble.style.top = `${below ? box.bottom + 8 : Math.max(8, box.top - bubble.offsetHeight - 8)}px`;
    term.setAttribute("aria-describedby", "definition");
  }
  function hide() {
    owner?.removeAttribute("aria-describedby");
    owner = null;
    bubble.hidden = true;
    setText(bubble, "");
  }
  for (const term of document.querySelectorAll("[data-term]")) {
    term.addEventListener("pointerenter", () => show(term));
    term.addEventListener("pointerleave", () => document.activeElement !== term && hide());
    term.addEventListener("focus", () => show(term));
    term.addEventListener("blur", hide);
    term.addEventListener("click", () => show(term));
  }
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  document.addEventListener("scroll", () => owner && hide(), { passive: true });
}
