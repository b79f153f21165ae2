// What the page knows: the graph, all its numbers for the present inputs, and which step the reader is at.
import { whyUndefined } from "./undefined.js";

// The graph with what follows from it: the arrows into and out of each node, and the order of the steps.
export function graphOf(data) {
  const { nodes, edges } = data;
  const into = nodes.map(() => []);
  const out = nodes.map(() => []);
  edges.forEach((edge, i) => {
    into[edge.to].push(i);
    out[edge.from].push(i);
  });
  const all = nodes.map((_, i) => i);
  const steps = [
    { phase: "start", node: -1 },
    ...all.filter((i) => nodes[i].op).map((node) => ({ phase: "forward", node })),
    ...all.reverse().map((node) => ({ phase: "backward", node })),
  ];
  const forwardAt = nodes.map(() => 0);
  const backwardAt = nodes.map(() => 0);
  steps.forEach(({ phase, node }, i) => {
    if (phase === "forward") forwardAt[node] = i;
    if (phase === "backward") backwardAt[node] = i;
  });
  return { ...data, into, out, steps, forwardAt, backwardAt, root: nodes.length - 1 };
}

export function stepOf(graph, [phase, node]) {
  return phase === "forward" ? graph.forwardAt[node] : phase === "backward" ? graph.backwardAt[node] : 0;
}

// All numbers for these inputs: values, gradients, local gradients, which nodes a `where` passes by, what is undefined.
export function evaluated(graph, program, inputs) {
  const [value, grad, local, holds] = program(inputs);
  const skipped = graph.nodes.map((node) => (node.within ?? []).some(([i, outcome]) => holds[i] !== outcome));
  const isTaken = graph.edges.map((edge) => {
    const node = graph.nodes[edge.to];
    return node.op !== "where" || node.operands.length < 2 || (holds[node.condition] === 1) === (edge.operand === 0);
  });
  const reached = graph.nodes.map((_, i) => i === graph.root);
  for (let i = graph.root; i >= 0; i--) {
    if (reached[i]) for (const e of graph.into[i]) if (isTaken[e]) reached[graph.edges[e].from] = true;
  }
  const off = graph.nodes.map((node, i) => !reached[i] && graph.out[i].length > 0);
  const numbers = { inputs, value, grad, local, holds, skipped, off, isTaken, trouble: null, broken: new Set() };
  findTrouble(graph, numbers);
  return numbers;
}

// The first node whose value is undefined, and all that depend on it.
function findTrouble(graph, numbers) {
  graph.nodes.forEach((node, i) => {
    if (!node.op || numbers.skipped[i]) return;
    if (graph.into[i].some((e) => numbers.isTaken[e] && numbers.broken.has(graph.edges[e].from))) {
      numbers.broken.add(i);
      return;
    }
    const xs = node.operands.map((x) => operandValue(numbers, x));
    const message = node.op === "where" ? "" : whyUndefined(node.op, xs, numbers.value[i], graph.domains);
    if (!message) return;
    numbers.broken.add(i);
    numbers.trouble ??= { node: i, message };
  });
}

// An operand is a node, or a plain number in a list.
export function operandValue(numbers, operand) {
  return typeof operand === "number" ? numbers.value[operand] : operand[0];
}

// What has been computed at a step: a node's value; its gradient; the part of it that has arrived.
export function hasValue(graph, numbers, node, step) {
  return graph.forwardAt[node] <= step && !numbers.broken.has(node) && !numbers.skipped[node];
}

export function hasGrad(graph, numbers, node, step) {
  return graph.backwardAt[node] <= step && !numbers.trouble;
}

export function arrived(graph, numbers, node, step) {
  return graph.out[node].filter((e) => graph.backwardAt[graph.edges[e].to] <= step);
}

export function contribution(graph, numbers, e) {
  return numbers.grad[graph.edges[e].to] * numbers.local[e];
}

// One state for the whole page. Listeners get it with the set of what changed: "inputs", "step", "pinned", …
export function createStore(graph, program, first) {
  const listeners = [];
  const state = { ...first, numbers: evaluated(graph, program, first.inputs) };
  return {
    graph,
    program,
    state,
    listen: (listener) => listeners.push(listener),
    change(parts) {
      const changed = new Set(Object.keys(parts).filter((key) => state[key] !== parts[key]));
      if (!changed.size) return;
      Object.assign(state, parts);
      if (changed.has("inputs")) state.numbers = evaluated(graph, program, state.inputs);
      for (const listener of listeners) listener(state, changed);
    },
    setInput(i, x) {
      this.change({ inputs: state.inputs.map((old, j) => (j === i ? x : old)) });
    },
    go(step) {
      this.change({ step: Math.min(Math.max(step, 0), graph.steps.length - 1), pinned: -1 });
    },
  };
}
