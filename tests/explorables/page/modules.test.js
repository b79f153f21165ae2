// The page's modules without a page: run by `node --test`, which tests/explorables/test_modules.py does.
import assert from "node:assert/strict";
import { test } from "node:test";

const page = process.env.PAGE;
const load = (name) => import(`${page}/${name}.js`);
const { addressText, readAddress } = await load("address");
const { afterStep } = await load("descent");
const { filledTree, inSymbols, latexText, plainText } = await load("formulas");
const { curvePath, headPath } = await load("graph");
const { sliderNumber, sliderPlace } = await load("inputs");
const { equalSign, pythonRepr, shownNumber, typedNumber } = await load("numbers");
const { extent, levelLine, levelsOf, ticks } = await load("plots");
const { isRight, nextQuestion } = await load("question");
const { derivationRows, pathsFrom } = await load("sheet");
const { evaluateAt, graphOf, hasGrad, hasValue, resultAt } = await load("state");
const { stepSentence, stepName } = await load("steps");
const { pythonText, tableText } = await load("takeaway");

// x = a + b, f = x * x, the graph as the library describes it.
const data = {
  nodes: [
    { name: "a" },
    { name: "b" },
    { name: "x", op: "+", formula: "a + b", code: "a + b", operands: [0, 1], tree: ["mrow", 0, "+", [1]] },
    { name: "f", op: "*", formula: "x × x", code: "x * x", operands: [2, 2], tree: ["mrow", 2, "×", [2]] },
  ],
  edges: [
    { from: 0, to: 2 },
    { from: 1, to: 2 },
    { from: 2, to: 3, rule: 2 },
    { from: 2, to: 3, rule: 2 },
  ],
  inputs: [0, 1],
  conditions: [],
  domains: {},
  heading: null,
};
const program = ([a, b]) => [
  [a, b, a + b, (a + b) ** 2],
  [2 * (a + b), 2 * (a + b), 2 * (a + b), 1],
  [1, 1, a + b, a + b],
  [],
];
const graph = graphOf(data, program);
const plain = (tree) => plainText(filledTree(tree, (node) => node.name));

test("steps go forward through the operations and backward through all nodes", () => {
  assert.deepEqual(
    graph.steps.map((_, i) => stepName(graph, i)),
    [
      "Start: the inputs",
      "Forward 1 of 2: x",
      "Forward 2 of 2: f",
      "Backward 1 of 4: f",
      "Backward 2 of 4: x",
      "Backward 3 of 4: b",
      "Backward 4 of 4: a",
    ],
  );
});

test("a step knows what has been computed so far", () => {
  evaluateAt(graph, [1, 2]);
  const [a, , x, f] = graph.nodes;
  assert.deepEqual(
    [hasValue(a, 0), hasValue(x, 0), hasValue(x, 1), hasGrad(graph, f, 2), hasGrad(graph, f, 3)],
    [true, false, true, false, true],
  );
});

test("a sentence says the rule with its numbers, and that uses add", () => {
  evaluateAt(graph, [1, -3]);
  assert.equal(stepSentence(graph, 1), "Forward 1 of 2: x = a + b = 1 + (−3) = −2.");
  assert.match(
    stepSentence(graph, 4),
    /^Backward 2 of 4: gradient of x = 1 × \(−2\) \+ 1 × \(−2\) = −4\. x is used twice/,
  );
});

test("a derivation has symbols, numbers and the result; x · x has two terms", () => {
  evaluateAt(graph, [1, 2]);
  assert.equal(plain(derivationRows(graph, "backward", graph.nodes[2])[0]), "∂f/∂x = x + x = 3 + 3 = 6");
  assert.equal(plain(derivationRows(graph, "backward", graph.nodes[0])[0]), "∂f/∂a = ∂f/∂x · ∂x/∂a = 6 · 1 = 6");
  assert.equal(plain(derivationRows(graph, "forward", graph.nodes[2])[0]), "x = a + b = 1 + 2 = 3");
});

test("every path is found, and the count where they are too many to list", () => {
  assert.equal(pathsFrom(graph, graph.nodes[0]).paths.length, 2);
  assert.deepEqual(pathsFrom(graph, graph.nodes[0], 1).paths.length, 1);
  assert.equal(pathsFrom(graph, graph.nodes[0], 1).count, 2);
});

test("formulas become LaTeX, with whatever a name holds escaped", () => {
  evaluateAt(graph, [1, 2]);
  assert.equal(
    latexText(derivationRows(graph, "backward", graph.nodes[0])[0]),
    "\\frac{\\partial f}{\\partial a}=\\frac{\\partial f}{\\partial x}\\cdot " +
      "\\frac{\\partial x}{\\partial a}=6\\cdot 1=6",
  );
  assert.equal(latexText(["mtext", "a_b \\ {c}"]), "\\mathrm{a\\_b \\backslash  \\{c\\}}");
  assert.equal(latexText(["msqrt", ["msup", "x", "2"]]), "\\sqrt{{x}^{2}}");
  assert.equal(inSymbols(graph.nodes[0]), "a");
});

test("numbers are shown with a true minus, powers of ten and ≈ where they are rounded", () => {
  assert.deepEqual(
    [-1, 1e-9, -2.5e12, Infinity, 1 / 3].map((x) => shownNumber(x)),
    ["−1", "1×10⁻⁹", "−2.5×10¹²", "∞", "0.3333"],
  );
  assert.deepEqual([equalSign(0.5, 3), equalSign(0.1 + 0.2), equalSign(1 / 3)], ["=", "=", "≈"]);
  assert.deepEqual(["−1,5", " 2 ", "", "x"].map(typedNumber), [-1.5, 2, NaN, NaN]);
});

test("the address holds the state, and reading it back gives the same", () => {
  const state = { inputs: [1.5, -2], step: 5, parameters: [1], rate: 0.1 };
  assert.equal(addressText(graph, state), "in=1.5,-2&at=backward:1&p=1&rate=0.1");
  assert.deepEqual(readAddress(graph, `#${addressText(graph, state)}`), state);
});

test("nonsense in an address is left out", () => {
  for (const text of [
    "",
    "#",
    "#in=1",
    "#in=1,x",
    "#in=1,Infinity",
    "#at=backward:99",
    "#at=sideways:1",
    "#rate=x",
    "#in=",
    "#%",
  ]) {
    assert.deepEqual(readAddress(graph, text), {}, text);
  }
  assert.deepEqual(readAddress(graph, "#p=7,0,-1"), { parameters: [0] });
});

test("a slider gives round numbers, and finds the place of any number", () => {
  assert.deepEqual([sliderNumber(0, [-5, 5]), sliderNumber(241, [-5, 5]), sliderNumber(400, [-5, 5])], [-5, 1.025, 5]);
  assert.deepEqual([sliderPlace(-7, [-5, 5]), sliderPlace(0, [-5, 5]), sliderPlace(1.025, [-5, 5])], [0, 200, 241]);
  assert.equal(sliderNumber(100, [0, 1e-9]), 2.5e-10);
});

test("descent moves the chosen inputs against their gradients", () => {
  assert.deepEqual(afterStep([1, 2, 3], [10, 20, 30], [0, 2], 0.1), [0, 2, 0]);
});

test("an answer is right to two digits", () => {
  assert.deepEqual(
    [isRight(9, 9), isRight(0.33, 1 / 3), isRight(0.3333, 1 / 3), isRight(8.9, 9), isRight(NaN, 0), isRight(0, 0)],
    [true, false, true, false, false, true],
  );
});

test("the next question is about a gradient that is not shown yet", () => {
  evaluateAt(graph, [1, 2]);
  assert.equal(nextQuestion(graph, 0).node.name, "x");
  assert.equal(nextQuestion(graph, 5).node.name, "a");
  assert.equal(nextQuestion(graph, 6), undefined);
});

test("axes have round numbers within their ends", () => {
  assert.deepEqual(ticks(-5, 5), [-5, 0, 5]);
  assert.deepEqual(ticks(0, 1), [0, 0.5, 1]);
  assert.deepEqual(ticks(1, 1), []);
  assert.deepEqual(extent([NaN, Infinity]), [0, 1]);
});

test("level lines of x² + y² at 1 lie on the unit circle", () => {
  const xs = Array.from({ length: 81 }, (_, i) => -2 + i * 0.05);
  const grid = xs.map((y) => xs.map((x) => x * x + y * y));
  const points = levelLine(xs, xs, grid, 1).flat();
  assert.ok(points.length > 100);
  for (const [x, y] of points) assert.ok(Math.abs(Math.hypot(x, y) - 1) < 1e-3);
  assert.equal(levelsOf(grid).length, 9);
  assert.deepEqual(levelsOf([[NaN]]), []);
});

test("an arrow's curve leaves and arrives in the direction of the graph", () => {
  assert.equal(curvePath([0, 0, 10, 20], true), "M0,0C5,0 5,20 10,20");
  assert.equal(curvePath([0, 0, 10, 20], false), "M0,0C0,10 10,10 10,20");
  assert.equal(headPath([0, 0, 10, 20], true, false), "M10,20l-10,-6v12z");
  assert.equal(headPath([0, 0, 10, 20], true, true), "M4,0l9,-6v12z");
});

test("the table and the program to take away hold all digits", () => {
  evaluateAt(graph, [0.1, 0.2]);
  assert.ok(tableText(graph).includes("x\ta + b\t0.30000000000000004\t0.6000000000000001"));
  const lines = [
    "import tinygrad_edu as tg",
    "",
    'a = tg.Value(0.1, label="a")',
    'b = tg.Value(0.2, label="b")',
    "x = a + b",
    "f = x * x",
    "f.backward()",
    "print(f.data, a.grad, b.grad)",
    "",
  ];
  assert.equal(pythonText(graph), lines.join("\n"));
  assert.equal(pythonRepr(1e22), "1e+22");
});

test("the result alone is NaN where something is undefined", () => {
  assert.equal(resultAt(graph, [1, 2]), 9);
  assert.ok(Number.isNaN(resultAt(graph, [NaN, 2])));
});
