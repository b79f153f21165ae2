// A landscape: a function of two numbers as shades with a colour key, and level lines, on one canvas below a plot.
import { make } from "../elements.js";
import { roughNumber } from "./controls.js";

const SHADES = 10;

// Levels that split the range evenly on a logarithmic scale, so that the bottom of a bowl is seen too.
export function shadeLevels(low, high, count = SHADES) {
  const from = Math.log10(Math.max(low, high * 1e-4));
  const to = Math.log10(high);
  return Array.from({ length: count - 1 }, (_, i) => 10 ** (from + ((to - from) * (i + 1)) / count));
}

// The colour of a shade: lightness alone carries the height, dark is low in the light and light is low in the dark.
export function shadeColour(part, isDark) {
  const lightness = isDark ? 16 + 42 * (1 - part) : 54 + 42 * part;
  return `hsl(215 45% ${lightness}%)`;
}

// Paints f over the plot's ranges into an image behind it, each pixel block the colour of its shade.
export function paint(canvas, f, [xs, ys], levels, isDark) {
  const { width, height } = canvas;
  const context = canvas.getContext("2d");
  const block = 2;
  for (let i = 0; i < width; i += block) {
    for (let j = 0; j < height; j += block) {
      const x = xs[0] + ((i + block / 2) / width) * (xs[1] - xs[0]);
      const y = ys[1] - ((j + block / 2) / height) * (ys[1] - ys[0]);
      const z = f(x, y);
      const shade = levels.findIndex((level) => z < level);
      context.fillStyle = shadeColour((shade < 0 ? levels.length : shade) / levels.length, isDark);
      context.fillRect(i, j, block, block);
    }
  }
}

export function colourKey(levels, title) {
  const list = make("ol", { class: "shades", "aria-label": title });
  const cells = [...levels, Infinity].map((level, i) => {
    const cell = make(
      "li",
      {},
      i < levels.length ? `< ${roughNumber(level)}` : `≥ ${roughNumber(levels.at(-1))}`,
    );
    list.append(cell);
    return cell;
  });
  return {
    element: make("div", { class: "colour-key" }, make("span", {}, title), list),
    colour(isDark) {
      cells.forEach((cell, i) => cell.style.setProperty("--shade", shadeColour(i / levels.length, isDark)));
    },
  };
}
