// What the page knows: the graph, all its numbers for the present inputs, and which step the reader is at.
import { whyUndefined } from "./undefined.js";

// The graph as objects that refer to each other: nodes with the arrows `into` and `out` of them, formulas with nodes in
// their slots, and the steps in their order. A node's `at` are its forward and its backward step.
export function graphOf(data, program) {
  const maths = (name) => (/^[a-z]\d+$/i.test(name) ? ["msub", name[0], name.slice(1)] : name);
  const nodes = data.nodes.map((node, id) => ({
    python: node.name,
    maths: maths(node.name),
    ...node,
    id,
    into: [],
    out: [],
    at: [0, 0],
  }));
  const resolved = (tree) => (typeof tree === "number" ? nodes[tree] : Array.isArray(tree) ? tree.map(resolved) : tree);
  const edges = data.edges.map((edge, id) => ({ ...edge, id, from: nodes[edge.from], to: nodes[edge.to] }));
  for (const node of nodes) {
    node.operands = (node.operands ?? []).map((x) => (typeof x === "number" ? nodes[x] : { value: x[0] }));
    node.tree = resolved(node.tree);
  }
  for (const edge of edges) {
    if ("rule" in edge) edge.rule = resolved(edge.rule);
    if ("rival" in edge) edge.rival = typeof edge.rival === "number" ? nodes[edge.rival] : { value: edge.rival[0] };
    edge.from.out.push(edge);
    edge.to.into.push(edge);
  }
  const forward = nodes.filter((node) => node.op);
  const steps = [
    { phase: "start" },
    ...forward.map((node) => ({ phase: "forward", node })),
    ...nodes.toReversed().map((node) => ({ phase: "backward", node })),
  ];
  steps.forEach(({ phase, node }, i) => {
    if (node) node.at[phase === "forward" ? 0 : 1] = i;
  });
  const conditions = data.conditions.map((each) =>
    typeof each[0] === "string"
      ? { parts: each.slice(1) }
      : { left: side(each[0]), test: each[1], right: side(each[2]) },
  );
  function side(x) {
    return x === null ? { name: "…" } : typeof x === "number" ? nodes[x] : { value: x[0] };
  }
  const inputs = data.inputs.map((i) => nodes[i]);
  return {
    ...data,
    program,
    nodes,
    edges,
    steps,
    conditions,
    inputs,
    turn: forward.length,
    root: nodes.at(-1),
    trouble: null,
  };
}

export function stepOf(graph, [phase, i]) {
  return phase === "start" ? 0 : graph.nodes[i].at[phase === "forward" ? 0 : 1];
}

// Work out all numbers for these inputs, into the nodes and edges: what is computed, what a `where` passes by (`off`,
// and `skipped` if it is not even computed), and the first operation that is undefined, with all that needs it
// (`broken`).
export function evaluateAt(graph, inputs) {
  const [values, grads, locals, holds] = graph.program(inputs);
  const { nodes, edges, root } = graph;
  graph.conditions.forEach((condition, i) => (condition.holds = holds[i] === 1));
  nodes.forEach((node, i) => {
    Object.assign(node, { value: values[i], grad: grads[i], broken: false, off: node !== root && node.out.length > 0 });
    node.skipped = (node.within ?? []).some(([k, outcome]) => holds[k] !== outcome);
  });
  for (const edge of edges) {
    const { to, operand, id } = edge;
    edge.local = locals[id];
    edge.flow = to.grad * edge.local;
    edge.taken =
      to.op !== "where" || to.operands.length < 2 || graph.conditions[to.condition].holds === (operand === 0);
  }
  for (const node of nodes.toReversed()) {
    for (const edge of node.into) {
      edge.taken &&= !node.off;
      if (edge.taken) edge.from.off = false;
    }
  }
  graph.trouble = null;
  for (const node of nodes) {
    if (!node.op || node.skipped) continue;
    const message =
      node.op === "where"
        ? ""
        : whyUndefined(
            node.op,
            node.operands.map((x) => x.value),
            node.value,
            graph.domains,
          );
    node.broken = Boolean(message) || node.into.some((edge) => edge.taken && edge.from.broken);
    if (message) graph.trouble ??= { node, message };
  }
}

// The result alone, for a plot; NaN where it is undefined.
export function resultAt(graph, inputs) {
  const values = graph.program(inputs)[0];
  return values.every(Number.isFinite) ? values.at(-1) : NaN;
}

// What has been computed at a step: a node's value, its gradient, and the arrows that have brought a part of it.
export const hasValue = (node, step) => node.at[0] <= step && !node.broken && !node.skipped;
export const hasGrad = (graph, node, step) => node.at[1] <= step && !graph.trouble;
export const arrivedEdges = (node, step) => node.out.filter((edge) => edge.to.at[1] <= step);
export const usesOf = (node) => node.out.filter((edge) => edge.taken);

// One state for the whole page. Listeners get it with the set of what changed: "inputs", "step", "pinned", …
export function createStore(graph, first) {
  const listeners = [];
  const state = { ...first };
  evaluateAt(graph, state.inputs);
  return {
    graph,
    state,
    listen: (listener) => listeners.push(listener),
    change(parts) {
      const changed = new Set(Object.keys(parts).filter((key) => state[key] !== parts[key]));
      if (!changed.size) return;
      Object.assign(state, parts);
      if (changed.has("inputs")) evaluateAt(graph, state.inputs);
      for (const listener of listeners) listener(state, changed);
    },
    setInput(i, x) {
      this.change({ inputs: state.inputs.with(i, x) });
    },
    go(step) {
      this.change({ step: Math.min(Math.max(step, 0), graph.steps.length - 1), pinned: null });
    },
  };
}
