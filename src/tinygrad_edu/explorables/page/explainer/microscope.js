// 9. The microscope: one example through the real weights, phase by phase, both ways.
import { make, setText } from "../elements.js";
import { shownNumber } from "../numbers.js";
import { button, liveRegion, slider, toggle } from "./controls.js";
import { createNetworkView } from "./netview.js";
import { stepper } from "./stepper.js";

export function createMicroscope(root, lab) {
  let example = 0;
  let follows = true;
  const live = liveRegion();
  const sentence = make("p", { class: "sentence" });
  const scale = make("p", { class: "quiet" });
  const details = make("div", { class: "neuron-details" });
  const layersTable = make("div", { class: "layer-bars" });
  const view = createNetworkView(() => lab.ready && draw());
  const steps = stepper({
    count: 2,
    name: "Phases of a step",
    describe: (at) => words(at),
    onStep: (at, playing) => draw(playing),
  });
  const which = slider({
    name: "example",
    min: 1,
    max: 50,
    step: 1,
    value: 1,
    onChange: (v) => ((example = v - 1), (follows = false), (follow.value = false), draw()),
  });
  const follow = toggle({
    name: "follow the training: look at the example that comes next",
    value: true,
    onChange: (v) => ((follows = v), draw()),
  });
  const take = button("Take this step, and go on to the next example", () => {
    lab.stepOnce();
    steps.go(0);
  });

  // What each step of the walk shows: forward layer by layer, the loss, backward layer by layer, the update.
  function phases() {
    const last = lab.sizes.length - 1;
    const layers = Array.from({ length: last }, (_, i) => i + 1);
    return [
      ...layers.map((layer) => ({ kind: "forward", layer })),
      { kind: "loss", layer: last },
      ...layers.toReversed().map((layer) => ({ kind: "backward", layer })),
      { kind: "update", layer: 0 },
    ];
  }

  const nameOf = (layer) => (layer === lab.sizes.length - 1 ? "the output" : `layer ${layer}`);

  function words(at) {
    if (!lab.ready) return "There is no example yet: place some points in section 8.";
    const { kind, layer } = phases()[Math.min(at, phases().length - 1)];
    const { result, moved } = lab.training.preview(example);
    const [loss, z] = result;
    const output = z.at(-1);
    const target = lab.examples[example].y;
    if (kind === "forward")
      return layer === lab.sizes.length - 1
        ? `Forward: the output is ${shownNumber(output, 4)}; it should be ${shownNumber(target, 4)}.`
        : `Forward: ${nameOf(layer)} computes z = w·x + b and sends z through its activation.`;
    if (kind === "loss")
      return (
        `The loss of this example is (${shownNumber(output, 4)} − ${shownNumber(target, 4)})² = ` +
        `${shownNumber(loss, 4)}.`
      );
    if (kind === "backward")
      return layer === lab.sizes.length - 1
        ? `Backward: the gradient at the output is 2 · (${shownNumber(output, 4)} − ${shownNumber(target, 4)}) = ` +
            `${shownNumber(result[3].at(-1), 4)}.`
        : `Backward: the gradient reaches ${nameOf(layer)} through the same weights, times the slope of the ` +
            `activation. The arrows show which way each activation should move.`;
    const change = Math.max(...moved.map((p, i) => Math.abs(p - lab.training.parameters[i])));
    return `Update: every weight takes its step against its gradient. The largest change is ${shownNumber(change, 3)}.`;
  }

  function marks() {
    const name = lab.settings.activation;
    const hidden = lab.sizes.slice(1, -1).reduce((a, b) => a + b, 0);
    const results = lab.examples.map(({ x, y }) => lab.network(x, y, lab.training.parameters));
    return Array.from({ length: hidden }, (_, k) => {
      if (name === "relu" && results.every(([, z]) => z[k] <= 0)) return "off";
      const slope = { sigmoid: (a) => a * (1 - a), tanh: (a) => 1 - a * a }[name];
      return slope && results.every(([, , a]) => slope(a[k]) < 0.02) ? "flat" : "";
    });
  }

  // The root mean square of ∂L/∂z in each layer, over all examples.
  function gradientSizes() {
    const sums = lab.sizes.slice(1).map(() => 0);
    for (const { x, y } of lab.examples) {
      const dz = lab.network(x, y, lab.training.parameters)[3];
      let k = 0;
      lab.sizes.slice(1).forEach((n, layer) => {
        for (let i = 0; i < n; i++) sums[layer] += dz[k++] ** 2 / n;
      });
    }
    return sums.map((sum) => Math.sqrt(sum / lab.examples.length));
  }

  function drawLayers() {
    const found = gradientSizes();
    const top = Math.max(...found, 1e-12);
    layersTable.replaceChildren(
      make("h3", {}, "How large the gradient is in each layer"),
      make(
        "ol",
        {},
        ...found.map((g, i) => {
          const bar = make("span", { class: "bar", "aria-hidden": "true" });
          const part = g > 0 ? Math.max(0.02, 1 + Math.log10(g / top) / 8) : 0;
          bar.style.inlineSize = `${100 * Math.max(0, part)}%`;
          return make(
            "li",
            {},
            make("span", {}, i === found.length - 1 ? "output" : `layer ${i + 1}`),
            make("span", { class: "bar-room" }, bar),
            make("span", { class: "number" }, shownNumber(g, 2)),
          );
        }),
      ),
      make("p", { class: "quiet" }, "Each bar that is an eighth shorter is a gradient ten times smaller."),
    );
  }

  function draw(isPlaying = false) {
    const all = phases();
    if (lab.ready) {
      if (follows && lab.settings.batch === 1) example = lab.training.next ?? 0;
      example = Math.min(example, lab.examples.length - 1);
      which.value = example + 1;
    }
    steps.count = all.length;
    if (!lab.ready) return setText(sentence, words());
    const { kind, layer } = all[steps.at];
    const last = lab.sizes.length - 1;
    const reach = {
      forward: kind === "forward" ? layer : last,
      backward: kind === "backward" ? layer : kind === "update" ? 1 : last + 1,
      now: kind === "update" ? -1 : layer,
    };
    const { result, moved } = lab.training.preview(example);
    const [, z, a, dz, da, dp] = result;
    const p = kind === "update" ? moved : lab.training.parameters;
    const push = view.draw({ x: lab.examples[example].x, z, a, dz, da, dp, p }, reach, marks());
    setText(
      scale,
      reach.backward <= last
        ? `Arrows at the neurons: −∂L/∂a, the way the activation should move. The longest one stands for ` +
            `${shownNumber(push, 2)}.`
        : "",
    );
    setText(sentence, words(steps.at));
    take.hidden = !(kind === "update" && follows && lab.settings.batch === 1);
    drawDetails(view.chosen, { z, a, dz, da, dp, moved }, reach);
    drawLayers();
    live.say(words(steps.at), { now: !isPlaying && !lab.isPlaying });
  }

  function drawDetails(neuron, numbers, reach) {
    if (!neuron) return;
    const { layer, unit, start, inputs } = neuron;
    const k = lab.sizes.slice(1, layer).reduce((s, n) => s + n, 0) + unit;
    const hasGradient = reach.backward <= layer;
    const row = (name, i) =>
      make(
        "tr",
        {},
        make("th", { scope: "row" }, name),
        ...[lab.training.parameters[i], hasGradient ? numbers.dp[i] : null, hasGradient ? numbers.moved[i] : null].map(
          (v) => make("td", { class: "number" }, v === null ? "–" : shownNumber(v, 4)),
        ),
      );
    const from = (i) => (layer === 1 ? `w from input ${i + 1}` : `w from neuron ${i + 1}`);
    const isLast = layer === lab.sizes.length - 1;
    const facts = [`z = ${shownNumber(numbers.z[k], 4)}`];
    if (!isLast) facts.push(`a = ${shownNumber(numbers.a[k], 4)}`);
    if (hasGradient) facts.push(`∂L/∂z = ${shownNumber(numbers.dz[k], 4)}`);
    if (hasGradient && !isLast) facts.push(`∂L/∂a = ${shownNumber(numbers.da[k], 4)}`);
    details.replaceChildren(
      make("h3", {}, isLast ? "The output" : `Layer ${layer}, neuron ${unit + 1}`),
      make("p", {}, reach.forward >= layer ? facts.join(", ") : "Not computed yet."),
      make(
        "div",
        { class: "scroll", tabindex: 0, role: "region", "aria-label": "Weights of the neuron" },
        make(
          "table",
          {},
          make(
            "thead",
            {},
            make(
              "tr",
              {},
              ...["", "now", "gradient", "after the step"].map((t) =>
                t ? make("th", { scope: "col", class: "number" }, t) : make("td", {}),
              ),
            ),
          ),
          make(
            "tbody",
            {},
            ...Array.from({ length: inputs }, (_, i) => row(from(i), start + i)),
            row("bias", start + inputs),
          ),
        ),
      ),
    );
  }

  root.append(
    steps.element,
    sentence,
    view.element,
    scale,
    make(
      "div",
      { class: "figure-row" },
      details,
      make("div", { class: "panel" }, which.element, follow.element, take, layersTable),
    ),
    live.element,
  );
  return {
    reset() {
      view.setSizes(lab.sizes);
      draw();
    },
    setCount(n) {
      which.element.querySelector("input").max = String(Math.max(1, n));
    },
    draw,
    go: steps.go,
  };
}
