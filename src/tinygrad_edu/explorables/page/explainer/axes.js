// Plots: axes with round ticks and titles, and lines, points and squares in their units. SVG, so it scales and prints.
import { SVG, makeIn, setAttribute, setText } from "../elements.js";
import { shownNumber } from "../numbers.js";
import { ticks } from "../plots.js";

const MARGIN = { left: 64, right: 14, top: 14, bottom: 44 };

export function plot({ x, y, xTitle, yTitle, label, width = 420, height = 290, logY = false }) {
  const svg = makeIn(SVG, "svg", {
    viewBox: `0 0 ${width} ${height}`,
    class: "plot",
    role: "img",
    "aria-label": label,
  });
  const frame = makeIn(SVG, "g", { class: "plot-frame" });
  const clip = `clip-${Math.random().toString(36).slice(2)}`;
  const [left, right, top, bottom] = [MARGIN.left, width - MARGIN.right, MARGIN.top, height - MARGIN.bottom];
  const clipPath = makeIn(
    SVG,
    "clipPath",
    { id: clip },
    makeIn(SVG, "rect", { x: left, y: top, width: right - left, height: bottom - top }),
  );
  const inside = makeIn(SVG, "g", { "clip-path": `url(#${clip})` });
  const above = makeIn(SVG, "g", {});
  svg.append(clipPath, frame, inside, above);
  let [xs, ys] = [x, y];
  let drawn = `${x}|${y}|${logY}`;
  const scale = (v) => (logY ? Math.log10(Math.max(v, 1e-300)) : v);

  const px = (v) => left + ((v - xs[0]) / (xs[1] - xs[0])) * (right - left);
  const py = (v) => bottom - ((scale(v) - scale(ys[0])) / (scale(ys[1]) - scale(ys[0]))) * (bottom - top);

  function drawFrame() {
    frame.replaceChildren(
      makeIn(SVG, "rect", { x: left, y: top, width: right - left, height: bottom - top, class: "plot-paper" }),
    );
    for (const t of ticks(...xs)) {
      frame.append(
        makeIn(SVG, "line", { x1: px(t), x2: px(t), y1: top, y2: bottom, class: "grid" }),
        makeIn(SVG, "text", { x: px(t), y: bottom + 17, class: "tick", "text-anchor": "middle" }, shownNumber(t, 4)),
      );
    }
    const levels = logY ? decades(...ys) : ticks(...ys);
    for (const t of levels) {
      frame.append(
        makeIn(SVG, "line", { x1: left, x2: right, y1: py(t), y2: py(t), class: "grid" }),
        makeIn(SVG, "text", { x: left - 6, y: py(t) + 4, class: "tick", "text-anchor": "end" }, shownNumber(t, 4)),
      );
    }
    frame.append(
      makeIn(
        SVG,
        "text",
        { x: (left + right) / 2, y: height - 8, class: "axis-title", "text-anchor": "middle" },
        xTitle,
      ),
      makeIn(
        SVG,
        "text",
        {
          x: 14,
          y: (top + bottom) / 2,
          class: "axis-title",
          "text-anchor": "middle",
          transform: `rotate(-90 14 ${(top + bottom) / 2})`,
        },
        yTitle,
      ),
    );
  }

  const pathOf = (points) =>
    points
      .map((point, i) => (point ? [point, i && points[i - 1] ? "L" : "M"] : null))
      .filter(Boolean)
      .map(([[u, v], move]) => `${move}${px(u).toFixed(1)} ${Math.min(1e5, Math.max(-1e5, py(v))).toFixed(1)}`)
      .join("");
  const handle = { svg, px, py, left, right, top, bottom };
  drawFrame();
  return {
    ...handle,
    get range() {
      return [xs, ys];
    },
    // From pixels of the screen to the units of the axes.
    unitsAt(event) {
      const box = svg.getBoundingClientRect();
      const [u, v] = [
        ((event.clientX - box.left) * width) / box.width,
        ((event.clientY - box.top) * height) / box.height,
      ];
      return [
        xs[0] + ((u - left) / (right - left)) * (xs[1] - xs[0]),
        ys[0] + ((bottom - v) / (bottom - top)) * (ys[1] - ys[0]),
      ];
    },
    setLog(isLog) {
      logY = isLog;
    },
    describe: (text) => setAttribute(svg, "aria-label", text),
    setRange(newX, newY) {
      const key = `${newX}|${newY}|${logY}`;
      if (key === drawn) return;
      drawn = key;
      [xs, ys] = [newX, newY];
      drawFrame();
    },
    line(className) {
      const path = makeIn(SVG, "path", { class: `line ${className}`, fill: "none" });
      inside.append(path);
      return (points) => setAttribute(path, "d", pathOf(points));
    },
    dots(className, radius = 4) {
      const group = makeIn(SVG, "g", { class: className });
      inside.append(group);
      return (points) => {
        while (group.childElementCount > points.length) group.lastChild.remove();
        points.forEach(([u, v], i) => {
          const dot = group.children[i] ?? group.appendChild(makeIn(SVG, "circle", { r: radius }));
          setAttribute(dot, "cx", px(u).toFixed(1));
          setAttribute(dot, "cy", py(v).toFixed(1));
        });
      };
    },
    // Squares on the errors: from (x, y) to (x, target), as wide as high.
    squares(className) {
      const group = makeIn(SVG, "g", { class: className });
      inside.append(group);
      return (errors) => {
        while (group.childElementCount > errors.length) group.lastChild.remove();
        errors.forEach(([u, v, target], i) => {
          const side = Math.abs(py(v) - py(target));
          const square = group.children[i] ?? group.appendChild(makeIn(SVG, "rect"));
          setAttribute(square, "x", (v > target ? px(u) : px(u) - side).toFixed(1));
          setAttribute(square, "y", Math.min(py(v), py(target)).toFixed(1));
          setAttribute(square, "width", side.toFixed(1));
          setAttribute(square, "height", side.toFixed(1));
        });
      };
    },
    text(className, anchor = "start") {
      const element = makeIn(SVG, "text", { class: className, "text-anchor": anchor });
      above.append(element);
      return (u, v, words, dx = 6, dy = -6) => {
        setAttribute(element, "x", (px(u) + dx).toFixed(1));
        setAttribute(element, "y", (py(v) + dy).toFixed(1));
        setText(element, words);
      };
    },
    arrow(className) {
      const path = makeIn(SVG, "path", { class: `arrow ${className}` });
      above.append(path);
      return (from, to) => {
        const [x1, y1, x2, y2] = [px(from[0]), py(from[1]), px(to[0]), py(to[1])];
        setAttribute(path, "d", arrowPath(x1, y1, x2, y2));
      };
    },
    inside,
    above,
  };
}

function decades(low, high) {
  const [a, b] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const every = Math.max(1, Math.ceil((b - a) / 6));
  return Array.from({ length: Math.max(0, Math.floor((b - a) / every) + 1) }, (_, i) => 10 ** (a + i * every));
}

// A line with a head; nothing if it is shorter than a pixel.
export function arrowPath(x1, y1, x2, y2) {
  const length = Math.hypot(x2 - x1, y2 - y1);
  if (!(length > 1)) return "";
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
  const head = Math.min(9, length * 0.6);
  const [bx, by] = [x2 - ux * head, y2 - uy * head];
  const side = head * 0.5;
  const f = (v) => v.toFixed(1);
  return (
    `M${f(x1)} ${f(y1)}L${f(bx)} ${f(by)}M${f(bx - uy * side)} ${f(by + ux * side)}L${f(x2)} ` +
    `${f(y2)}L${f(bx + uy * side)} ${f(by - ux * side)}Z`
  );
}
