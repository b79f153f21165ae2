// Elements: made and changed with text nodes only, so that no label can become markup.

export const SVG = "http://www.w3.org/2000/svg";
export const MATHML = "http://www.w3.org/1998/Math/MathML";

export function byId(id) {
  return document.getElementById(id);
}

// make("p", { class: "note" }, "some ", make("b", {}, "text")); a function under "onclick" becomes a listener.
export function make(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

export function makeIn(space, tag, attributes = {}, ...children) {
  return filled(document.createElementNS(space, tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== undefined) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

// Write only what changed: at 200 nodes this is most of the time that a moved slider takes.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

export function setClass(element, name, isOn) {
  if (element.classList.contains(name) !== isOn) element.classList.toggle(name, isOn);
}

export function isCalm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
