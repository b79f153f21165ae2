// To take away: this step as a picture, the numbers as a table, the derivation in Python and in LaTeX.
import { byId, setText } from "./elements.js";
import { copied, isFramed } from "./address.js";
import { latexText } from "./formulas.js";
import { curve, head } from "./graph.js";
import { pythonRepr, shownNumber } from "./numbers.js";
import { derivation, partText } from "./sheet.js";
import { contribution, hasGrad, hasValue } from "./state.js";

export function tableText(graph, { numbers }) {
  const rows = graph.nodes.map((node, i) => [node.name, node.formula ?? "", pythonRepr(numbers.value[i]), pythonRepr(numbers.grad[i])]);
  return [["name", "formula", "value", "gradient"], ...rows].map((row) => row.join("\t")).join("\n") + "\n";
}

// The computation as a Python program; a `where` is its taken branch, which is all that is computed.
export function pythonText(graph, { numbers }) {
  const lines = ["import tinygrad_edu as tg", ""];
  graph.nodes.forEach((node, i) => {
    if (numbers.skipped[i] || numbers.off[i]) return;
    const name = `label=${JSON.stringify(node.name)}`;
    if (!node.op) lines.push(`${node.python} = tg.Value(${pythonRepr(numbers.value[i])}, ${name})`);
    else lines.push(`${node.python} = ${node.op === "where" ? takenCode(graph, numbers, i) : node.code}`);
  });
  const root = graph.nodes[graph.root].python;
  const leaves = graph.inputs.map((i) => graph.nodes[i].python);
  return [...lines, "", `${root}.backward()`, `print(${[`${root}.data`, ...leaves.map((leaf) => `${leaf}.grad`)].join(", ")})`, ""].join("\n");
}

function takenCode(graph, numbers, i) {
  const { operands, condition } = graph.nodes[i];
  const taken = operands[numbers.holds[condition] === 1 ? 0 : 1];
  return `+${typeof taken === "number" ? graph.nodes[taken].python : `tg.Value(${pythonRepr(taken[0])})`}  # the branch that where takes`;
}

export function latexLines(graph, { numbers, digits }) {
  const rows = graph.steps.filter(({ phase }) => phase !== "start").flatMap(({ phase, node }) => (numbers.skipped[node] ? [] : derivation(graph, numbers, node, phase, digits)));
  return `\\begin{gather*}\n${rows.map(latexText).join(" \\\\\n")}\n\\end{gather*}\n`;
}

const INK = { ink: "#0f172a", quiet: "#475569", line: "#64748b", value: "#1d4ed8", grad: "#b91c1c" };

// The picture of this step as a document of its own, on white, for slides and papers.
export function pictureText(graph, state, layout, isWide, flow) {
  const { numbers, step, digits } = state;
  const xml = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
  const text = (x, y, words, style) => `<text x="${x}" y="${y}" ${style}>${xml(words)}</text>`;
  const parts = graph.edges.map((edge, e) => {
    const points = layout.arrows[e];
    const isFlow = flow?.edges.includes(e);
    const colour = !isFlow ? INK.line : flow.back ? INK.grad : INK.value;
    const dashes = numbers.isTaken[e] ? "" : ' stroke-dasharray="2 5"';
    const at = isFlow && flow.back ? points.slice(0, 2) : points.slice(-2);
    const line = `<path d="${curve(points, isWide)}" fill="none" stroke="${colour}" stroke-width="${isFlow ? 3 : 1.5}"${dashes}/>`;
    const point = `<path d="${head(...at, isWide, isFlow && flow.back)}" fill="${colour}"/>`;
    const words = isFlow && flow.back ? `${isWide ? "←" : "↑"} ${shownNumber(contribution(graph, numbers, e), digits)}` : `× ${shownNumber(numbers.local[e], digits)}`;
    const shown = layout.labels[e] && numbers.isTaken[e] && hasValue(graph, numbers, edge.to, step);
    const halo = `font-size="13" text-anchor="middle" stroke="#fff" stroke-width="6" paint-order="stroke" fill="${isFlow ? colour : INK.quiet}"`;
    return line + point + (shown ? text(layout.labels[e][0], layout.labels[e][1] + 4, words, halo) : "");
  });
  graph.nodes.forEach((node, i) => {
    const [x, y, width] = layout.boxes[i];
    const isNow = i === graph.steps[step].node;
    const frame = isNow ? (graph.steps[step].phase === "backward" ? INK.grad : INK.value) : "#cbd5e1";
    parts.push(`<rect x="${x}" y="${y}" width="${width}" height="98" rx="12" fill="#fff" stroke="${frame}" stroke-width="${isNow ? 2.5 : 1}"/>`);
    parts.push(text(x + 12, y + 27, node.op ? `${node.name} = ${node.formula}` : node.name, `font-size="15" font-weight="bold" fill="${INK.ink}"`));
    const value = hasValue(graph, numbers, i, step) ? shownNumber(numbers.value[i], digits) : "–";
    const grad = hasGrad(graph, numbers, i, step) ? shownNumber(numbers.grad[i], digits) : partText(graph, state, i, "–");
    for (const [word, number, colour, down] of [["value", value, INK.value, 58], ["grad", grad, INK.grad, 82]]) {
      const slant = word === "grad" ? ' font-style="italic"' : "";
      parts.push(text(x + 12, y + down, word, `font-size="14" fill="${colour}"${slant}`), text(x + width - 12, y + down, number, `font-size="14" text-anchor="end" fill="${colour}"${slant}`));
    }
  });
  const { width, height } = layout;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif"><rect width="100%" height="100%" fill="#fff"/>${parts.join("\n")}</svg>\n`;
}

export function createTakeaway(store, graphView) {
  const { graph } = store;
  const [dialog, area] = [byId("text-dialog"), byId("text-area")];
  let file = "explore.txt";

  function show(title, text, name = "explore.txt") {
    file = name;
    setText(byId("text-title"), title);
    area.value = text;
    byId("save").hidden = isFramed();
    dialog.showModal();
    area.select();
  }
  byId("take-svg").addEventListener("click", () => {
    const { layout, isWide } = graphView.current();
    show("This step as SVG", pictureText(graph, store.state, layout, isWide, graphView.flow()), "step.svg");
  });
  byId("take-table").addEventListener("click", () => show("The numbers as a table", tableText(graph, store.state), "numbers.tsv"));
  byId("take-python").addEventListener("click", () => show("The computation in Python", pythonText(graph, store.state), "graph.py"));
  byId("take-latex").addEventListener("click", () => show("The derivation in LaTeX", latexLines(graph, store.state), "derivation.tex"));
  byId("copy-text").addEventListener("click", () => copied(area.value, byId("copy-text"), () => area.select()));
  byId("save").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([area.value], { type: "text/plain" }));
    link.download = file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  byId("close-text").addEventListener("click", () => dialog.close());
  return { show };
}
