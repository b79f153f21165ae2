// The explainer: builds each section's figure. `programs` are the printed functions, by name.
import { byId, setText } from "../elements.js";
import { chain } from "./chain.js";
import { inLines } from "./code.js";
import { downhill } from "./downhill.js";
import { gates } from "./gates.js";
import { createGlossary } from "./glossary.js";
import { networkLab } from "./lab.js";
import { nudge } from "./nudge.js";
import { sigmoidNeuron } from "./sigmoid.js";
import { listenToTheme } from "./theme.js";
import { tune } from "./tune.js";
import { update } from "./update.js";

function startExplainer() {
  const { glossary, presets } = JSON.parse(byId("lesson-data").textContent);
  const group = (prefix) =>
    Object.fromEntries(
      Object.entries(programs)
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, f]) => [name.slice(prefix.length), f]),
    );
  listenToTheme();
  // What a test, or a curious reader in the console, can set and ask.
  window.explainer = {
    programs,
    tune: tune(byId("tune"), programs),
    nudge: nudge(byId("nudge"), group("curve_")),
    downhill: downhill(byId("downhill"), { line: programs.line, steps: group("step_") }),
    chain: chain(byId("chain"), programs),
    update: update(byId("update"), programs),
    gates: gates(byId("gates"), programs),
    sigmoid: sigmoidNeuron(byId("sigmoid"), programs),
    network: networkLab(byId("network"), byId("microscope"), programs, presets),
  };
  showDerivedCode(window.explainer.network.lab);
  createGlossary(glossary);
  // The keys of the live figure, above all Space, are its own only where a reader is in it: elsewhere Space scrolls.
  const live = document.querySelector(".explore-figure");
  const isOurs = ({ key, target }) => [" ", "[", "]", "g", "r"].includes(key.toLowerCase()) && !live.contains(target);
  addEventListener("keydown", (event) => isOurs(event) && event.stopPropagation(), { capture: true });
}

// The program of the network as it is; a choice or a preset may have changed it since the last look.
function showDerivedCode(lab) {
  const show = () => setText(byId("derived"), inLines(lab.network.toString()));
  for (const event of ["change", "click"]) document.addEventListener(event, show);
  show();
}

startExplainer();
