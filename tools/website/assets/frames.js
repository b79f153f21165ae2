"use strict";
// Live pages in frames follow the site's switch for light and dark: their own button is pressed. (From disk a browser
// lets no page reach into a frame; there they follow the system.)
{
  const system = matchMedia("(prefers-color-scheme: dark)");

  function follow(frame) {
    const shown = frame.contentDocument;
    const button = shown?.getElementById("theme");
    if (!button) return;
    const theme = shown.documentElement.dataset.theme ?? (system.matches ? "dark" : "light");
    if ((theme === "dark") !== (document.body.dataset.mdColorScheme === "slate")) button.click();
  }

  function all() {
    for (const frame of document.querySelectorAll("iframe.live")) follow(frame);
  }

  addEventListener("load", all);
  new MutationObserver(all).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
}
