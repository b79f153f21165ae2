"use strict";
// Blocks of code: what is copied has no prompts and nothing that was printed, and Python can be tried in the page.
{
  const site = JSON.parse(document.getElementById("__config").textContent).base;

  /** What one types to get the block: Python without `>>>`, commands without `$`; all of it without prompts. */
  function typed(text) {
    const lines = text.trimEnd().split("\n");
    if (!lines.some((line) => /^(>>>|\$) /.test(line))) return text.trimEnd() + "\n";
    const kept = [];
    let inside = false; // an example goes on: after its prompt, or after a backslash
    for (const line of lines) {
      const prompt = /^(>>>|\$)( |$)/.exec(line);
      const more = inside && (/^\.\.\.( |$)/.test(line) || kept.at(-1).endsWith("\\"));
      inside = prompt !== null || more;
      if (inside) kept.push(line.replace(/^(>>>|\$|\.\.\.)( |$)/, ""));
    }
    return kept.join("\n") + "\n";
  }

  /** What must run before a block: the Python blocks above it; in the reference, an import of what its module knows. */
  function before(block, blocks) {
    const module = block.closest("[data-module]")?.dataset.module;
    if (module !== undefined) return `import tinygrad_edu as tg\nfrom tinygrad_edu.${module} import *\n`;
    return blocks.slice(0, blocks.indexOf(block)).map((each) => typed(each.querySelector("code").textContent)).join("");
  }

  /** The text in letters and digits, since the theme looks for an element of the name that stands after a #. */
  function packed(text) {
    return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
  }

  // The theme copies `data-clipboard-text`, if a button has it by the time of the click.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-clipboard-target]");
    const code = button && document.querySelector(button.dataset.clipboardTarget);
    if (code) button.dataset.clipboardText = typed(code.textContent);
  }, true);

  const blocks = [...document.querySelectorAll(".language-pycon")];
  for (const block of blocks) {
    const link = document.createElement("a");
    link.className = "try-link";
    link.target = "tinygrad-edu-try";
    link.textContent = "Try";
    link.title = "Run this in the page";
    const found = { before: before(block, blocks), code: typed(block.querySelector("code").textContent) };
    link.href = `${site}/try.html#try=${packed(JSON.stringify(found))}`;
    block.append(link);
  }
}
