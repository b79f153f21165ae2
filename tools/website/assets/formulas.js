"use strict";
// Formulas are set by KaTeX, which is loaded on pages that have some.
{
  const folder = document.currentScript.src.replace(/[^/]*$/, "katex/");
  const formulas = document.querySelectorAll(".arithmatex");

  function set() {
    for (const formula of formulas) {
      const text = formula.textContent.trim();
      window.katex.render(text.slice(2, -2), formula, { displayMode: text.startsWith("\\["), throwOnError: false });
    }
  }

  if (formulas.length > 0) {
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = `${folder}katex.min.css`;
    const script = document.createElement("script");
    script.src = `${folder}katex.min.js`;
    script.addEventListener("load", set);
    document.head.append(style, script);
  }
}
