// Elements: made and changed with text nodes only, so that no label can become markup.

export const SVG = "http://www.w3.org/2000/svg";
export const MATHML = "http://www.w3.org/1998/Math/MathML";

export const byId = (id) => document.getElementById(id);

// Of an element, or of that with an id.
export const on = (target, type, listener) =>
  (target.addEventListener ? target : byId(target)).addEventListener(type, listener);

// make("p", { class: "note" }, "some ", make("b", {}, "text")); a function under "onclick" becomes a listener.
export const make = (tag, attributes = {}, ...children) => filled(document.createElement(tag), attributes, children);

export const makeIn = (space, tag, attributes = {}, ...children) =>
  filled(document.createElementNS(space, tag), attributes, children);

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) on(element, name.slice(2), value);
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

// Write only what changed: at 200 nodes this is most of the time that a moved slider takes.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

export function setClass(element, name, isOn) {
  if (element.classList.contains(name) !== Boolean(isOn)) element.classList.toggle(name);
}

export const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
