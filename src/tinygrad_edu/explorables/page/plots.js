// Plots in SVG: axes with round numbers, lines, and the level lines of a function of two numbers.
import { SVG, makeIn } from "./elements.js";
import { shownNumber } from "./numbers.js";

const [LEFT, RIGHT, TOP, BOTTOM] = [46, 10, 10, 26];

// Round numbers between low and high, about `count` of them.
export function ticks(low, high, count = 4) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough);
  if (!Number.isFinite(step) || step <= 0) return [];
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9 && found.length < 12; k++) found.push(Number((k * step).toPrecision(12)));
  return found;
}

// Ends for an axis that shows these numbers, with a little room.
export function extent(numbers) {
  const finite = numbers.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  if (!finite.length) return [0, 1];
  const room = (high - low) * 0.05 || Math.abs(low) * 0.1 || 1;
  return [low - room, high + room];
}

// A plot of that size and with these ends; the names of its axes stand at their ends.
export function createPlot(size, xEnds, yEnds, xName, yName, label) {
  const [width, height] = size;
  const root = makeIn(SVG, "svg", { viewBox: `0 0 ${width} ${height}`, class: "plot", role: "img", "aria-label": label });
  const x = (u) => LEFT + ((u - xEnds[0]) / (xEnds[1] - xEnds[0])) * (width - LEFT - RIGHT);
  const y = (v) => height - BOTTOM - ((v - yEnds[0]) / (yEnds[1] - yEnds[0])) * (height - TOP - BOTTOM);
  const put = (tag, attributes, ...children) => root.appendChild(makeIn(SVG, tag, attributes, ...children));
  for (const u of ticks(...xEnds)) {
    put("path", { class: "grid", d: `M${x(u)},${TOP}V${height - BOTTOM}` });
    put("text", { x: x(u), y: height - 9, class: "tick middle" }, shownNumber(u, 3));
  }
  for (const v of ticks(...yEnds)) {
    put("path", { class: "grid", d: `M${LEFT},${y(v)}H${width - RIGHT}` });
    put("text", { x: LEFT - 5, y: y(v) + 4, class: "tick end" }, shownNumber(v, 3));
  }
  put("text", { x: width - RIGHT, y: height - BOTTOM - 5, class: "axis end" }, xName);
  put("text", { x: LEFT + 5, y: TOP + 10, class: "axis" }, yName);
  const inside = (v) => Math.min(Math.max(v, -1e4), 1e4).toFixed(1);
  const path = (points) => points.map(([u, v], i) => `${i ? "L" : "M"}${inside(x(u))},${inside(y(v))}`).join("");
  return {
    root,
    line: (points, name) => put("path", { class: name, d: runs(points).map(path).join("") }),
    segments: (pairs, name) => put("path", { class: name, d: pairs.map(path).join("") }),
    dot: ([u, v], name) => put("circle", { class: name, cx: inside(x(u)), cy: inside(y(v)), r: "5" }),
  };
}

// The stretches of points that are finite.
function runs(points) {
  const found = [[]];
  for (const point of points) {
    if (point.every(Number.isFinite)) found.at(-1).push(point);
    else if (found.at(-1).length) found.push([]);
  }
  return found.filter((run) => run.length);
}

// The pieces of the lines where a grid of numbers has that level: two ends in each square that it crosses.
export function levelLine(xs, ys, grid, level) {
  const pairs = [];
  for (let j = 0; j + 1 < ys.length; j++) {
    for (let i = 0; i + 1 < xs.length; i++) {
      const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
      const ends = [];
      corners.forEach(([a, b], k) => {
        const [c, d] = corners[(k + 1) % 4];
        const [u, v] = [grid[b][a] - level, grid[d][c] - level];
        if (u < 0 === v < 0 || !Number.isFinite(u - v)) return;
        const t = u / (u - v);
        ends.push([xs[a] + t * (xs[c] - xs[a]), ys[b] + t * (ys[d] - ys[b])]);
      });
      for (let k = 0; k + 1 < ends.length; k += 2) pairs.push([ends[k], ends[k + 1]]);
    }
  }
  return pairs;
}

// Levels such that about equally much of the grid lies between two of them.
export function levelsOf(grid, count = 9) {
  const sorted = grid.flat().filter(Number.isFinite).sort((a, b) => a - b);
  if (!sorted.length) return [];
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
  return [...new Set(Array.from({ length: count }, (_, i) => at(((i + 0.5) / count) ** 1.5)))];
}
