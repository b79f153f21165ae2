// Light and dark for what is painted: canvases ask, and are told when it changes.

const watchers = [];

export function isDarkNow() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

export function watchTheme(paintAgain) {
  watchers.push(paintAgain);
  paintAgain(isDarkNow());
}

export function listenToTheme() {
  const tell = () => watchers.forEach((each) => each(isDarkNow()));
  new MutationObserver(tell).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);
}
