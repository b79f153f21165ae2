// Python in a worker of the page: starts, runs what it is sent, and sends back what comes of it.
import { loadPyodide } from "./pyodide.mjs";

let quiet = false; // while the lines before an example run, only their errors are of interest

function send(kind, text = "") {
  if (!quiet || kind === "error") self.postMessage({ kind, text });
}

async function loaded(name) {
  const response = await fetch(new URL(name, import.meta.url));
  if (!response.ok) throw new Error(`${name}: ${response.status} ${response.statusText}`);
  return response;
}

async function start() {
  const library = loaded("tinygrad_edu.zip");
  const cell = loaded("cell.py");
  const print = (line) => send("text", `${line}\n`);
  const python = await loadPyodide({ stdout: print, stderr: print });
  python.unpackArchive(await (await library).arrayBuffer(), "zip", { extractDir: "/home/pyodide" });
  python.FS.writeFile("/home/pyodide/cell.py", await (await cell).text());
  const module = python.pyimport("cell");
  const run = module.runner(send);
  python.runPython("import tinygrad_edu");
  return run;
}

const started = start();
started.then(
  () => send("ready"),
  (error) => send("failed", String(error)),
);

self.addEventListener("message", async ({ data }) => {
  const run = await started;
  for (const [i, source] of data.entries()) {
    quiet = i < data.length - 1;
    run(source);
  }
  send("done");
});
