// To take away: this step as a picture, the numbers as a table, the derivation in Python and in LaTeX.
import { copyText, isFramed } from "./address.js";
import { byId, on, setText } from "./elements.js";
import { latexText } from "./formulas.js";
import { curvePath, flowAt, headPath, labelPlace, labelText } from "./graph.js";
import { pythonRepr } from "./numbers.js";
import { boxNumbers, derivationRows } from "./sheet.js";

export function tableText({ nodes }) {
  const rows = nodes.map(({ name, formula, value, grad }) => [
    name,
    formula ?? "",
    pythonRepr(value),
    pythonRepr(grad),
  ]);
  return [["name", "formula", "value", "gradient"], ...rows].map((row) => `${row.join("\t")}\n`).join("");
}

// The computation as a Python program; of a `where`, the branch that is taken, which is all that is computed.
export function pythonText(graph) {
  const lines = ["import tinygrad_edu as tg", ""];
  for (const node of graph.nodes) {
    const { python, op, code, name, value } = node;
    if (node.off) continue;
    const taken = op === "where" && node.operands[graph.conditions[node.condition].holds ? 0 : 1];
    const leaf = (x) => `tg.Value(${pythonRepr(x)}, label=${JSON.stringify(name)})`;
    lines.push(`${python} = ${!op ? leaf(value) : taken ? (taken.python ?? leaf(taken.value)) : code}`);
  }
  const shown = [`${graph.root.python}.data`, ...graph.inputs.map(({ python, off }) => (off ? "0" : `${python}.grad`))];
  return [...lines, `${graph.root.python}.backward()`, `print(${shown.join(", ")})`, ""].join("\n");
}

export function derivationLatex(graph) {
  const steps = graph.steps.slice(1).filter(({ node }) => !node.skipped);
  const rows = steps.flatMap(({ phase, node }) => derivationRows(graph, phase, node));
  return `\\begin{gather*}\n${rows.map(latexText).join(" \\\\\n")}\n\\end{gather*}\n`;
}

const [INK, QUIET, EDGE, RIM, BLUE, RED] = ["#0f172a", "#475569", "#64748b", "#cbd5e1", "#1d4ed8", "#b91c1c"];

// The picture of this step as a document of its own, on white, for slides and papers.
export function pictureText(graph, state, view) {
  const { layout, isWide } = view;
  const { edges, isBack } = flowAt(graph, state);
  const { node: current } = graph.steps[state.step];
  const strong = isBack ? RED : BLUE;
  const { width, height } = layout;
  const text = (x, y, words, style) =>
    `<text x="${x}" y="${y}" ${style}>${words.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`)}</text>`;
  const parts = graph.edges.map((edge, i) => {
    const points = layout.arrows[i];
    const isFlow = edges.includes(edge);
    const colour = isFlow ? strong : EDGE;
    const line =
      `<path d="${curvePath(points, isWide)}" fill="none" stroke="${colour}" ` +
      `stroke-width="${isFlow ? 3 : 1.5}"${edge.taken ? "" : ' stroke-dasharray="2 5"'}/>`;
    const [u, v] = labelPlace(layout, i);
    const style =
      `font-size="13" text-anchor="middle" stroke="#fff" stroke-width="7" paint-order="stroke" ` +
      `fill="${isFlow ? strong : QUIET}"`;
    return (
      `${line}<path d="${headPath(points, isWide, isFlow && isBack)}" ` +
      `fill="${colour}"/>${text(u, v + 4, labelText(edge, state.step, isFlow && isBack, view), style)}`
    );
  });
  graph.nodes.forEach((node, i) => {
    const [x, y, w] = layout.boxes[i];
    const frame = node === current ? `${strong}" stroke-width="2.5` : RIM;
    parts.push(`<rect x="${x}" y="${y}" width="${w}" height="98" rx="12" fill="#fff" stroke="${frame}"/>`);
    parts.push(
      text(
        x + 12,
        y + 27,
        node.op ? `${node.name} = ${node.formula}` : node.name,
        `font-size="15" font-weight="bold" fill="${INK}"`,
      ),
    );
    boxNumbers(graph, node, state.step).forEach((number, k) => {
      const style = `font-size="14" fill="${[BLUE, `${RED}" font-style="italic`][k]}"`;
      const word = 9 * number.length + 66 < w ? ["value", "grad"][k] : ""; // if there is room
      parts.push(
        text(x + 12, y + 58 + 24 * k, word, style),
        text(x + w - 12, y + 58 + 24 * k, number, `${style} text-anchor="end"`),
      );
    });
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ` +
    `${height}" font-family="system-ui, sans-serif"><rect width="100%" height="100%" ` +
    `fill="#fff"/>${parts.join("\n")}</svg>\n`
  );
}

export function createTakeaway(store, view) {
  const { graph, state } = store;
  const [dialog, area, copy] = ["text-dialog", "text-area", "copy-text"].map(byId);
  let file;

  function show(title, text, name = "state.txt") {
    file = name;
    setText(byId("text-title"), title);
    area.value = text;
    byId("save").hidden = isFramed();
    dialog.showModal();
    area.select();
  }
  on("take-svg", "click", () => show("This step as a picture (SVG)", pictureText(graph, state, view), "step.svg"));
  on("take-table", "click", () => show("The numbers as a table", tableText(graph), "numbers.tsv"));
  on("take-python", "click", () => show("The computation in Python", pythonText(graph), "graph.py"));
  on("take-latex", "click", () => show("The derivation in LaTeX", derivationLatex(graph), "derivation.tex"));
  on("copy-text", "click", () => copyText(area.value, copy, () => area.select()));
  on("save", "click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([area.value]));
    link.download = file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  on("close-text", "click", () => dialog.close());
  return show;
}
