// Python in a worker of the page: starts, runs what it is sent, and sends back what comes of it.
import { loadPyodide } from "./pyodide.mjs";

function send(kind, text = "") {
  self.postMessage({ kind, text });
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
  for (const source of data) run(source);
  send("done");
});
