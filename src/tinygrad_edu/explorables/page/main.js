// The page: read the data, build the parts, and tell them of each other. `program` is the printed function.
import { createAddress, readAddress } from "./address.js";
import { createDescent } from "./descent.js";
import { byId, make, on, setClass, setText } from "./elements.js";
import { joinedTree, mathsOf, nameOf } from "./formulas.js";
import { createGraph } from "./graph.js";
import { createInputs } from "./inputs.js";
import { createMotion } from "./motion.js";
import { setDigits } from "./numbers.js";
import { createPlayer } from "./player.js";
import { createQuestion } from "./question.js";
import { createSheet } from "./sheet.js";
import { createStore, graphOf, stepOf } from "./state.js";
import { stepSentence } from "./steps.js";
import { createTakeaway } from "./takeaway.js";

const SILENCE = 2000; // milliseconds between announcements while it plays

function startPage() {
  const graph = graphOf(JSON.parse(byId("data").textContent), program);
  const { start, at, digits, rate, parameters } = graph;
  setDigits(digits);
  const first = { inputs: start, step: stepOf(graph, at), pinned: null, speed: 1, rate, parameters };
  const store = createStore(graph, { ...first, ...readAddress(graph, location.hash) });
  const { state } = store;
  showTitle(graph);

  let said = 0;
  const announce = (isPlaying = false) => {
    if (isPlaying === true && Date.now() - said < SILENCE) return;
    said = Date.now();
    setText(byId("live"), stepSentence(graph, state.step));
  };
  const player = createPlayer(store, announce);
  const view = createGraph(store, byId("frame"));
  createMotion(store, view);
  createInputs(store, byId("inputs"), announce);
  createSheet(store, byId("sheet"));
  createQuestion(store, player);
  const descent = createDescent(store, announce);
  createAddress(store, createTakeaway(store, view));
  const write = () => {
    setText(byId("sentence"), stepSentence(graph, state.step));
    setClass(byId("sentence"), "trouble", graph.trouble);
  };
  store.listen(write);
  write();
  createTheme();
  listenToKeys(player, descent);
}

// The reader's title if there is one, with the formula below it; else the formula.
function showTitle({ title, titled, heading, root }) {
  const formula = heading ? mathsOf(joinedTree([nameOf(root), heading], "=")) : "";
  if (titled || !heading) byId("title").append(title);
  else byId("title").append(make("span", { class: "unseen" }, title), formula);
  if (titled) byId("subtitle").append(formula);
  if (heading && !titled) formula.setAttribute("aria-hidden", "true"); // the title says it as text
}

// Light or dark: the system's, until a reader chooses.
function createTheme() {
  const { dataset } = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (dataset.theme ? dataset.theme === "dark" : system.matches);
  const name = () => setText(byId("theme"), isDark() ? "Light" : "Dark");
  on("theme", "click", () => {
    dataset.theme = isDark() ? "light" : "dark";
    name();
  });
  on(system, "change", name);
  name();
}

// Single letters, which do nothing while a reader types.
function listenToKeys(player, descent) {
  const help = byId("help-dialog");
  on("help", "click", () => help.showModal());
  on("close-help", "click", () => help.close());
  on(document, "keydown", (event) => {
    const { target, key } = event;
    const isTyping = target.matches("input:not([type=range], [type=checkbox]), textarea, select");
    const isPressing = key === " " && target.matches("button, summary, input[type=checkbox]");
    if (
      isTyping ||
      isPressing ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      document.querySelector("dialog[open]")
    )
      return;
    const descend = () => {
      byId("descent").open = true;
      descent.once();
    };
    const action = {
      " ": player.toggle,
      "[": player.back,
      "]": player.next,
      g: descend,
      r: descent.rewind,
      "?": () => help.showModal(),
    }[key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

startPage();
