"""Names, formulas and code of a graph, as the page gets them."""

import json

import pytest

import tinygrad_edu as tg
from tests.explorables.examples import EXAMPLES, choosing
from tests.explorables.test_modules import PAGE, needs_node, run
from tinygrad_edu import Value
from tinygrad_edu.explorables.content import Content, script_json
from tinygrad_edu.explorables.program import of_function, of_value
from tinygrad_edu.trees.tree import map_leaves


def content(f, **inputs):
    return Content(of_function(f, inputs), 4)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_code_of_each_node_computes_it(name):
    f, inputs = EXAMPLES[name]
    found = Content(of_function(f, inputs), 4)
    if f is choosing:
        return
    data = found.data()
    names = {"tg": tg}
    starts = dict(zip(data["inputs"], data["start"], strict=True))
    for i, node in enumerate(data["nodes"]):
        python = node.get("python", node["name"])
        names[python] = eval(node["code"], names) if "op" in node else Value(starts[i])  # noqa: S307 - our own text
    assert names[python].data == pytest.approx(f(**map_leaves(Value, inputs)).data, rel=1e-12)


def test_all_of_it_is_json():
    json.loads(script_json(content(choosing, x=1.0, y=2.0).data()))
    assert script_json({"a": "</script>"}) == '{"a":"\\u003c/script>"}'
    assert script_json(["é", 1, 0.5]) == '["é",1,0.5]'
    with pytest.raises(ValueError, match="not JSON compliant"):
        script_json([float("nan")])


def test_constants_are_nodes_with_their_number_and_names_are_identifiers():
    data = content(lambda a: a * Value(2.0, label="class") + Value(3.0, label="two words"), a=1.0).data()
    constants = {node["name"]: (node["constant"], node["python"]) for node in data["nodes"] if "constant" in node}
    assert constants == {"class": (2.0, "v"), "two words": (3.0, "two_words")}


def test_no_two_identifiers_are_the_same():
    leaves = [Value(float(i), label=label) for i, label in enumerate(["a b", "a_b", "a-b", "tg", "1"])]
    nodes = Content(of_value(tg.sum(leaves)), 4).data()["nodes"]
    assert [node.get("python", node["name"]) for node in nodes][:5] == ["a_b", "a_b_2", "a_b_3", "tg_2", "v"]


def test_a_comparison_of_what_is_no_node_is_written_as_dots():
    found = content(lambda x: tg.where(x * x > 1.0, x, -x), x=2.0)
    assert found.title() == "v2 = x if … > 1 else -x"


def test_conditions_combine_in_the_title_and_in_the_data():
    """Each comparison is a condition of its own, so that the page knows which of them hold."""

    def f(x):
        return tg.where(~((x > 0) & (x < 2)) | (x > 7.0), x * x, lambda: -x)

    found = content(f, x=1.0)
    assert found.title().startswith("v3 = v1 if (not (x > 0 and x < 2)) or x > 7 else v2")
    assert found.data()["conditions"] == [
        ["or", 1, 2],
        ["not", 3],
        [0, ">", [7.0]],
        ["and", 4, 5],
        [0, ">", [0.0]],
        [0, "<", [2.0]],
    ]
    assert content(lambda x: tg.where(~(x > 0), x, -x), x=1.0).title() == "v2 = x if not x > 0 else -x"


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (lambda x: (x > 0) & (x < 2.0), "x = 1 > 0 and x = 1 < 2."),
        (lambda x: (x > 3.0) | (x < 2.0), "x = 1 ≤ 3 and x = 1 < 2."),
        (lambda x: ~(x > 3.0), "x = 1 ≤ 3."),
        (lambda x: ~((x > 0) & (x < 2.0)), "x = 1 > 0 and x = 1 < 2."),
        (lambda x: (x > 0) & ~(x > 0), "x = 1 > 0."),
    ],
)
@needs_node
def test_the_page_says_how_each_comparison_came_out(condition, words):
    staged = of_function(lambda x: tg.where(condition(x), -x, x), {"x": 1.0})
    script = (
        f'import {{ graphOf, evaluateAt }} from "{PAGE}/state.js"; import {{ stepSentence }} from "{PAGE}/steps.js";'
        f"{staged.source}; const graph = graphOf(data, program); evaluateAt(graph, data.start);"
        "console.log(JSON.stringify(graph.steps.map((_, i) => stepSentence(graph, i))))"
    )
    said = [x for x in run(script, Content(staged, 4).data()) if "because" in x]
    assert [x.partition("because ")[2] for x in said] == [words]


def test_negations_and_negative_numbers_are_safe_in_code():
    codes = [node["code"] for node in content(lambda x: abs(-x) ** -2.0 + -1.5, x=2.0).data()["nodes"] if "op" in node]
    assert codes == ["-x", "abs(v1)", "v2 ** (-2.0)", "v3 + (-1.5)"]


def test_a_title_is_short():
    found = content(EXAMPLES["micrograd"][0], a=1.0, b=2.0)
    assert len(found.title()) < 60
    assert found.heading() is None
    assert content(lambda a: +a, a=1.0).title() == "a"
    assert content(lambda a: +a, a=1.0).heading() is None


def test_without_a_branch_the_page_opens_where_all_is_computed():
    assert content(lambda a: a * 2.0, a=1.0).branch_step() == ["backward", 0]


def test_leaves_without_a_label_become_inputs_too():
    assert [node["name"] for node in Content(of_value(Value(2.0) * Value(3.0)), 4).data()["nodes"]] == [
        "v1",
        "v2",
        "v3",
    ]


def test_a_wheres_taken_branch_is_what_a_value_has():
    x = Value(2.0, label="x")
    assert Content(of_value(tg.where(x > 0, lambda: x * x, 0.0)), 4).title().endswith("= x × x")


def test_an_operation_that_cannot_be_done_again_is_named():
    x = Value(2.0)
    strange = x._node("strange", 4.0, 1.0)
    with pytest.raises(TypeError, match="the operation 'strange' cannot be done again"):
        of_value(strange)
