// Training: the printed program of a network gives loss and gradients, the printed program of an optimiser the step.
import { generator, shuffled } from "./random.js";

const KEPT = 240; // snapshots at most; then every second one goes, and the distance between them doubles

export const INITIALISATIONS = {
  glorot: (random, inputs, outputs) => random.gauss() * Math.sqrt(2 / (inputs + outputs)),
  he: (random, inputs) => random.gauss() * Math.sqrt(2 / inputs),
  small: (random) => 0.1 * random.gauss(),
  large: (random) => 3 * random.gauss(),
  zeros: () => 0,
};

export function layerSizes(inputs, width, depth) {
  return [inputs, ...Array(depth).fill(width), 1];
}

// Where each neuron's parameters stand in the flat list: { layer, unit, start, inputs }, the bias after the weights.
export function neuronsOf(sizes) {
  const neurons = [];
  let start = 0;
  for (let layer = 1; layer < sizes.length; layer++) {
    for (let unit = 0; unit < sizes[layer]; unit++) {
      neurons.push({ layer, unit, start, inputs: sizes[layer - 1] });
      start += sizes[layer - 1] + 1;
    }
  }
  return neurons;
}

export function initialParameters(sizes, name, seed) {
  const random = generator(seed);
  const draw = INITIALISATIONS[name];
  return neuronsOf(sizes).flatMap(({ layer, inputs }) => [
    ...Array.from({ length: inputs }, () => draw(random, inputs, sizes[layer])),
    0,
  ]);
}

// A run of training that can go on, step by step, and back to any step it has taken.
export function createTraining({ network, update, remembered, examples, parameters, rate, batch, seed }) {
  const random = generator(seed ^ 0x9e3779b9);
  let state = {
    step: 0,
    p: [...parameters],
    memory: parameters.map(() => Array(remembered).fill(0)),
    order: [],
    at: 0,
    random: random.state,
    sum: 0,
    losses: [],
  };
  let rates = [[0, rate]]; // from which step on which learning rate
  let distance = 1;
  let snapshots = [];

  function copy(kept) {
    return { ...kept, p: [...kept.p], memory: kept.memory.map((m) => [...m]), losses: [...kept.losses] };
  }

  function keep() {
    if (state.step % distance || snapshots.at(-1)?.step === state.step) return;
    snapshots.push(copy(state));
    if (snapshots.length <= KEPT) return;
    snapshots = snapshots.filter((_, i) => i % 2 === 0);
    distance *= 2;
  }

  function beginEpoch() {
    random.state = state.random;
    state.order = shuffled(examples.length, random);
    state.random = random.state;
    state.at = 0;
    state.sum = 0;
  }

  // The gradient of the mean loss of the next batch, without a step: what the microscope shows.
  function gradient(chosen) {
    const total = Array(state.p.length).fill(0);
    let loss = 0;
    for (const i of chosen) {
      const result = network(examples[i].x, examples[i].y, state.p);
      loss += result[0];
      const dp = result[5];
      for (let k = 0; k < total.length; k++) total[k] += dp[k];
    }
    for (let k = 0; k < total.length; k++) total[k] /= chosen.length;
    return [loss, total];
  }

  const rateNow = () => rates.findLast(([step]) => step <= state.step)[1];

  function stepOnce() {
    keep();
    if (state.at >= state.order.length) beginEpoch();
    const chosen = state.order.slice(state.at, state.at + batch);
    let loss, g;
    if (chosen.length === 1) {
      const { x, y } = examples[chosen[0]];
      const result = network(x, y, state.p);
      loss = result[0];
      g = result[5];
    } else [loss, g] = gradient(chosen);
    if (!Number.isFinite(loss)) return false;
    const { p, memory } = state;
    const rate = rateNow();
    for (let k = 0; k < p.length; k++) {
      const [moved, kept] = update(p[k], g[k], memory[k], rate);
      p[k] = moved;
      memory[k] = kept;
    }
    state.sum += loss;
    state.at += chosen.length;
    state.step += 1;
    if (state.at >= state.order.length) state.losses.push(state.sum / state.order.length);
    return true;
  }

  function goTo(step) {
    const from = snapshots.findLast((each) => each.step <= step);
    if (!from) return;
    state = copy(from);
    snapshots = snapshots.filter((each) => each.step <= step);
    rates = rates.filter(([from]) => from <= step);
    while (state.step < step && stepOnce());
  }

  return {
    get step() {
      return state.step;
    },
    get parameters() {
      return state.p;
    },
    get losses() {
      return state.losses;
    },
    get epoch() {
      return state.losses.length;
    },
    // The example that the next step looks at first.
    get next() {
      if (state.at >= state.order.length && examples.length) beginEpoch();
      return state.order[state.at];
    },
    stepOnce,
    // What a step on this example alone would make of the parameters; nothing changes.
    preview(i) {
      const { x, y } = examples[i];
      const result = network(x, y, state.p);
      const moved = state.p.map((p, k) => update(p, result[5][k], state.memory[k], rateNow())[0]);
      return { result, moved };
    },
    epochOnce() {
      const before = state.losses.length;
      while (state.losses.length === before) if (!stepOnce()) return false;
      return true;
    },
    back(steps = 1) {
      if (state.step > 0) goTo(Math.max(0, state.step - steps));
    },
    rewind: () => goTo(0),
    replace(p) {
      state.p = [...p];
      state.memory = p.map(() => Array(remembered).fill(0));
      rates = [[0, rateNow()]];
      snapshots = [];
      distance = 1;
      state = { ...state, step: 0, losses: [], order: [], at: 0, sum: 0 };
    },
    get rate() {
      return rateNow();
    },
    set rate(x) {
      rates = [...rates.filter(([step]) => step < state.step), [state.step, x]];
    },
    meanLoss() {
      return examples.reduce((sum, { x, y }) => sum + network(x, y, state.p)[0], 0) / examples.length;
    },
  };
}
