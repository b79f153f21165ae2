"use strict";
// The page that runs Python: a cell with Run and Stop, the lines before it in a fold, and what comes of them below.
{
  const place = document.getElementById("try");
  const folder = new URL("../python/", document.currentScript.src);
  const FIRST = `import tinygrad_edu as tg

a, b, c = tg.Value(-1.0, label="a"), tg.Value(3.0, label="b"), tg.Value(4.0, label="c")
f = (a + b) * (b + c)
f.label = "f"
f.backward()
f.data, a.grad, b.grad, c.grad
tg.draw(f, products=True)
`;
  const MADE = `
<details><summary>Lines before</summary>
<textarea id="before" aria-label="Lines before" spellcheck="false" rows="8"></textarea></details>
<textarea id="code" aria-label="Python code" spellcheck="false" autocapitalize="off" rows="10"></textarea>
<p class="actions"><button id="run" class="md-button md-button--primary">Run</button>
<button id="stop" class="md-button" disabled>Stop</button>
<span id="status" role="status"></span></p>
<div id="output" tabindex="0" role="region" aria-label="Output"></div>`;

  let worker = null;
  let ran = null; // the lines before that this Python has run already

  function part(name) {
    return document.getElementById(name);
  }

  function say(text) {
    part("status").textContent = text;
  }

  /** The code in the link that led here, or the first example. */
  function given() {
    const packed = /^#try=(.+)$/.exec(location.hash);
    if (packed === null) return { before: "", code: FIRST };
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(packed[1]), (letter) => letter.charCodeAt(0))));
  }

  function readAddress() {
    const { before, code } = given();
    part("before").value = before;
    part("before").parentElement.hidden = before === "";
    part("code").value = code;
    part("code").rows = Math.min(24, Math.max(10, part("code").value.split("\n").length + 1));
  }

  function framed(html) {
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.title = "Live page";
    frame.className = "live";
    const theme = document.body.dataset.mdColorScheme === "slate" ? "dark" : "light";
    frame.srcdoc = html.replace("<html ", `<html data-theme="${theme}" `);
    return frame;
  }

  function pictured(svg) {
    const image = document.createElement("img");
    image.alt = new DOMParser().parseFromString(svg, "image/svg+xml").querySelector("title")?.textContent ?? "Picture";
    image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
    return image;
  }

  /** Text goes on where text was printed last; a picture or an error starts anew. */
  function show(kind, text) {
    const output = part("output");
    if (kind === "svg") output.append(pictured(text));
    else if (kind === "html") output.append(framed(text));
    else {
      if (output.lastChild?.className !== kind) {
        output.append(document.createElement("pre"));
        output.lastChild.className = kind;
      }
      output.lastChild.append(text);
    }
  }

  function ended(text) {
    part("run").disabled = false;
    part("stop").disabled = true;
    say(text);
  }

  function stop(text) {
    worker?.terminate();
    worker = null;
    ran = null;
    ended(text);
  }

  function receive({ data }) {
    if (data.kind === "ready") say("Running …");
    else if (data.kind === "done") ended("Done.");
    else if (data.kind === "failed") stop(`Python could not be loaded: ${data.text}`);
    else show(data.kind, data.text);
  }

  function start() {
    worker = new Worker(new URL("worker.js", folder), { type: "module" });
    worker.addEventListener("message", receive);
    worker.addEventListener("error", () => stop("Python could not be loaded."));
    say("Loading Python …");
  }

  function run() {
    part("output").replaceChildren();
    part("run").disabled = true;
    part("stop").disabled = false;
    if (worker === null) start();
    else say("Running …");
    const before = part("before").value;
    worker.postMessage(before === "" || before === ran ? [part("code").value] : [before, part("code").value]);
    ran = before;
  }

  /** Enter keeps the indentation of the line, and deepens it after a colon. Ctrl and Enter run. */
  function key(event) {
    if (event.key !== "Enter") return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      if (!part("run").disabled) run();
      return;
    }
    const { value, selectionStart } = event.target;
    const line = value.slice(0, selectionStart).split("\n").at(-1);
    const indent = /^ */.exec(line)[0] + (line.trimEnd().endsWith(":") ? "    " : "");
    if (indent === "") return;
    event.preventDefault();
    event.target.setRangeText(`\n${indent}`, selectionStart, event.target.selectionEnd, "end");
  }

  if (place !== null) {
    place.innerHTML = MADE;
    readAddress();
    addEventListener("hashchange", readAddress);
    part("run").addEventListener("click", run);
    part("stop").addEventListener("click", () => stop("Stopped. The next run starts Python anew."));
    part("code").addEventListener("keydown", key);
    if (location.protocol === "file:") {
      say(
        "From disk, browsers let no page load Python. Serve this folder: python3 -m http.server, then open " +
          "http://localhost:8000/try.html",
      );
      part("run").disabled = true;
    }
  }
}
