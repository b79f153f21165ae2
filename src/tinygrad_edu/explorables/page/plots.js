// Plots in SVG: axes with round numbers, lines, and the level lines of a function of two numbers.
import { SVG, makeIn } from "./elements.js";
import { shownNumber } from "./numbers.js";

const [LEFT, RIGHT, TOP, BOTTOM] = [56, 10, 10, 26];

// Round numbers between low and high, about `count` of them.
export function ticks(low, high, count = 4) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough);
  if (!Number.isFinite(step)) return [];
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9 && found.length < 12; k++)
    found.push(Number((k * step).toPrecision(12)));
  return found;
}

// Ends for an axis that shows these numbers, with a little room.
export function extent(numbers) {
  const finite = numbers.filter(Number.isFinite);
  if (!finite.length) return [0, 1];
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const room = (high - low) * 0.05 || Math.abs(low) * 0.1 || 1;
  return [low - room, high + room];
}

export const spacedNumbers = ([low, high], count) =>
  Array.from({ length: count + 1 }, (_, k) => low + ((high - low) * k) / count);

// A plot with these ends; the names of its axes stand at their ends.
export function createPlot([xEnds, yEnds], [xName, yName], label, [width, height] = [320, 210]) {
  const root = makeIn(SVG, "svg", {
    viewBox: `0 0 ${width} ${height}`,
    class: "plot",
    role: "img",
    "aria-label": label,
  });
  const put = (tag, attributes, ...children) => root.appendChild(makeIn(SVG, tag, attributes, ...children));
  const inside = (v) => Math.min(Math.max(v, -1e4), 1e4).toFixed(1);
  const x = (u) => inside(LEFT + ((u - xEnds[0]) / (xEnds[1] - xEnds[0])) * (width - LEFT - RIGHT));
  const y = (v) => inside(height - BOTTOM - ((v - yEnds[0]) / (yEnds[1] - yEnds[0])) * (height - TOP - BOTTOM));
  for (const u of ticks(...xEnds)) {
    put("path", { class: "grid", d: `M${x(u)},${TOP}V${height - BOTTOM}` });
    put("text", { x: x(u), y: height - 9, class: "middle" }, shownNumber(u, 6));
  }
  for (const v of ticks(...yEnds)) {
    put("path", { class: "grid", d: `M${LEFT},${y(v)}H${width - RIGHT}` });
    put("text", { x: LEFT - 5, y: Number(y(v)) + 4, class: "end" }, shownNumber(v, 6));
  }
  put("text", { x: width - RIGHT - 4, y: TOP + 10, class: "axis end" }, xName);
  put("text", { x: LEFT + 5, y: TOP + 10, class: "axis" }, yName);
  const path = (points) => points.map(([u, v], i) => `${i ? "L" : "M"}${x(u)},${y(v)}`).join("");
  return {
    root,
    lines: (pieces, name) => put("path", { class: name, d: pieces.map(path).join("") }),
    line: (points, name) => put("path", { class: name, d: runs(points).map(path).join("") }),
    dot: ([u, v]) => put("circle", { class: "now", cx: x(u), cy: y(v), r: 5 }),
  };
}

// The stretches of points that are finite.
function runs(points) {
  const found = [[]];
  for (const point of points) {
    if (point.every(Number.isFinite)) found.at(-1).push(point);
    else found.push([]);
  }
  return found;
}

// The pieces of the line where a grid of numbers has that level: two ends in each square that it crosses.
export function levelLine(xs, ys, grid, level) {
  const pieces = [];
  for (let j = 0; j + 1 < ys.length; j++) {
    for (let i = 0; i + 1 < xs.length; i++) {
      const corners = [
        [i, j],
        [i + 1, j],
        [i + 1, j + 1],
        [i, j + 1],
      ];
      const ends = corners.flatMap(([a, b], k) => {
        const [c, d] = corners[(k + 1) % 4];
        const [u, v] = [grid[b][a] - level, grid[d][c] - level];
        const t = u / (u - v);
        return u < 0 !== v < 0 && Number.isFinite(t)
          ? [[xs[a] + t * (xs[c] - xs[a]), ys[b] + t * (ys[d] - ys[b])]]
          : [];
      });
      for (let k = 0; k + 1 < ends.length; k += 2) pieces.push([ends[k], ends[k + 1]]);
    }
  }
  return pieces;
}

// Levels closer together where the grid is low, where descent leads.
export function levelsOf(grid, count = 9) {
  const sorted = grid
    .flat()
    .filter(Number.isFinite)
    .toSorted((a, b) => a - b);
  return sorted.length
    ? Array.from({ length: count }, (_, i) => sorted[Math.floor(((i + 0.5) / count) ** 1.5 * sorted.length)])
    : [];
}
