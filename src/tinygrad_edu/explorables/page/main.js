// The page: read the data, build the parts, and tell them of each other. `program` is the printed function.
/* global program */
import { createAddress, readAddress } from "./address.js";
import { createDescent } from "./descent.js";
import { byId, isCalm, setText } from "./elements.js";
import { joinedTree, maths, nameTree } from "./formulas.js";
import { createGraph } from "./graph.js";
import { createInputs } from "./inputs.js";
import { createMotion } from "./motion.js";
import { createPlayer } from "./player.js";
import { createQuestion } from "./question.js";
import { createSheet } from "./sheet.js";
import { createStore, graphOf, stepOf } from "./state.js";
import { sentence } from "./steps.js";
import { createTakeaway } from "./takeaway.js";

const QUIET = 2000; // milliseconds between announcements while it plays

function startPage() {
  const graph = graphOf(JSON.parse(byId("data").textContent));
  const first = { inputs: graph.start, step: stepOf(graph, graph.at), pinned: -1, speed: 1, digits: graph.digits, rate: graph.rate, parameters: graph.parameters };
  const store = createStore(graph, program, { ...first, ...readAddress(graph, location.hash) });
  const calm = { isSmooth: () => !isCalm() };
  showTitle(graph);

  const words = () => sentence(graph, store.state.numbers, store.state.step, store.state.digits);
  let said = 0;
  const announce = (isPlaying = false) => {
    const now = Date.now();
    if (isPlaying && now - said < QUIET) return;
    said = now;
    setText(byId("live"), words());
  };
  const player = createPlayer(store, announce);
  const view = createGraph(store, byId("frame"), calm);
  createMotion(store, view);
  createInputs(store, byId("inputs"), () => announce());
  createSheet(store, byId("sheet"));
  createQuestion(store, player.go);
  const descent = createDescent(store, () => announce());
  const { show } = createTakeaway(store, view);
  createAddress(store, show);
  const write = () => setText(byId("sentence"), words());
  store.listen(write);
  write();
  createTheme();
  listenToKeys(player, descent);
}

function showTitle(graph) {
  const title = byId("title");
  const tree = graph.heading ? joinedTree([nameTree(graph.nodes[graph.root]), graph.heading], "=") : null;
  const place = graph.titled ? byId("subtitle") : title;
  if (graph.titled || !tree) setText(title, graph.title);
  if (tree) place.replaceChildren(maths(tree));
  byId("subtitle").hidden = !(graph.titled && tree);
}

// Light or dark: the system's, until a reader chooses.
function createTheme() {
  const button = byId("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";
  const name = () => setText(button, isDark() ? "Light" : "Dark");
  button.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    name();
  });
  dark.addEventListener("change", name);
  name();
}

// Single letters, which do nothing while a reader types.
function listenToKeys(player, descent) {
  const help = byId("help-dialog");
  byId("help").addEventListener("click", () => help.showModal());
  byId("close-help").addEventListener("click", () => help.close());
  document.addEventListener("keydown", (event) => {
    const { target, key } = event;
    const isTyping = target.matches?.("input:not([type=range]):not([type=checkbox]), textarea, select");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const onButton = target.matches?.("button:not(.node), summary, input[type=checkbox]");
    const actions = {
      " ": onButton ? null : player.toggle,
      "[": player.back,
      "]": player.next,
      g: () => (descent.open(), descent.once()),
      r: descent.rewind,
      "?": () => help.showModal(),
    };
    const action = actions[key.length === 1 ? key.toLowerCase() : key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

startPage();
