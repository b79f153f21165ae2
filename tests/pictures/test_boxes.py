"""What a picture shows: boxes, arrows, folded groups, expanded dots, and what is too large."""

from decimal import Decimal
from fractions import Fraction

import pytest

import tinygrad_edu as tg
from tests.pictures.looking import boxes, branching, edges, texts
from tinygrad_edu import Value
from tinygrad_edu.pictures.drawing import between, draw


def neuron():
    """The parameters, output and cost of W6's sigmoid neuron."""
    w, b = [Value(2.0, label="w1"), Value(-3.0, label="w2")], Value(-3.0, label="b")
    a = tg.sigmoid(tg.dot(w, [-1.0, -2.0]) + b)
    cost = (1 - a) ** 2 * 0.5
    a.label, cost.label = "a", "C"
    cost.backward()
    return [*w, b], a, cost


# --- what is shown ---------------------------------------------------------------------------------------------------


def test_boxes_show_formula_value_and_gradient():
    f = branching()
    f.backward()
    assert boxes(draw(f)) == [
        "a: value -1, grad 7",
        "b: value 3, grad 9",
        "x = a + b: value 2, grad 7",
        "c: value 4, grad 2",
        "y = b + c: value 7, grad 2",
        "f = x × y: value 14, grad 1",
    ]
    shown = texts(draw(f))
    assert [shown.count(word) for word in ("value", "grad", "+", "×", "14", "9")] == [6, 6, 2, 1, 1, 1]


def test_arrows_show_local_gradients():
    shown = edges(draw(branching()))
    assert sorted(shown) == [
        ["∂f/∂x = 7"],
        ["∂f/∂y = 2"],
        ["∂x/∂a = 1"],
        ["∂x/∂b = 1"],
        ["∂y/∂b = 1"],
        ["∂y/∂c = 1"],
    ]


def test_a_computed_gradient_of_zero_is_shown_as_zero():
    x = Value(-1.0, label="x")
    y = tg.relu(x)
    y.backward()
    assert boxes(draw(y))[0] == "x: value -1, grad 0"


def test_products_are_what_flows_back():
    f = branching()
    f.backward()
    assert ["∂x/∂b = 1", "← 7 × 1 = 7"] in edges(draw(f, products=True))
    assert ["∂x/∂b = 1", "↑ 7 × 1 = 7"] in edges(draw(f, products=True, rankdir="TB"))


def test_x_times_x_has_two_arrows():
    x = Value(3.0, label="x")
    y = x * x
    y.label = "y"
    y.backward()
    assert edges(draw(y)) == [["∂y/∂(left x) = 3"], ["∂y/∂(right x) = 3"]]
    assert boxes(draw(y))[0] == "x: value 3, grad 6"


def test_repeated_operands_of_a_wide_node_are_numbered():
    x = Value(3.0, label="x")
    assert edges(draw(tg.sum([x, 1.0, x]))) == [["∂v1/∂(x no. 1) = 1"], ["∂v1/∂(x no. 2) = 1"]]


@pytest.mark.parametrize(
    ("function", "formula", "badge"),
    [
        (lambda x: x * 2, "x × 2", "× 2"),
        (lambda x: 5 - x, "5 - x", "5 −"),
        (lambda x: x**3, "x³", "** 3"),
        (lambda x: 1 / x, "1 / x", "1 ÷"),
        (lambda x: -x, "-x", "−"),
        (lambda x: tg.maximum(x, 0.5), "maximum(x, 0.5)", "maximum(·, 0.5)"),
        (tg.exp, "exp(x)", "exp"),
        (lambda x: x + x, "x + x", "+"),
        (lambda x: tg.dot([x, x], [2, 3]), "x × 2 + x × 3", "dot"),
        (lambda x: tg.dot([x] * 9, range(9)), "x × 0 + x × 1 + x × 2 + x × 3 + … + x × 8", "dot"),
        (lambda x: tg.sum([x, 1, 2]), "x + 1 + 2", "sum"),
        (lambda x: tg.sum([x, *range(9)]), "x + 0 + 1 + 2 + … + 8", "sum"),
    ],
)
def test_number_operands_are_shown(function, formula, badge):
    y = function(Value(2.0, label="x"))
    y.label = "y"
    assert boxes(draw(y, show="formula")) == ["x", f"y = {formula}"]
    assert badge in texts(draw(y, show="value"))


def test_show_selects_the_parts():
    f = branching()
    f.backward()
    assert set(texts(draw(f, show=[]))) == {"a", "b", "c", "x", "y", "f", "+", "×"}
    assert not any("grad" in line for line in boxes(draw(f, show=["formula", "value"])))
    assert edges(draw(f, show=["grad"])) == [[]] * 6
    assert edges(draw(f, show=[], products=True))[0] == ["← 7 × 1 = 7"]


def test_digits():
    assert boxes(draw(Value(1 / 3, label="x"), digits=2, show="value")) == ["x: value 0.33"]
    assert boxes(draw(Value(1 / 3, label="x"), digits=17, show="value")) == ["x: value 0.33333333333333331"]


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (Fraction(-1, 3), "-1/3"),
        (Decimal("0.1"), "0.1"),
        (7, "7"),
        (10**50, "an int of 167 bits"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (-0.0, "0"),
        (Fraction(10**40 + 1, 3), "3.333e+39"),
    ],
)
def test_numbers_of_other_kinds(data, shown):
    assert boxes(draw(Value(data, label="x"), show="value")) == [f"x: value {shown}"]


def test_symbols_of_sympy():
    sympy = pytest.importorskip("sympy")
    x = Value(sympy.Symbol("t"), label="x")
    y = x * x
    y.backward()
    assert boxes(draw(y)) == ["x: value t, grad 2*t", "v1 = x × x: value t**2, grad 1"]


def test_a_node_of_another_level_is_a_constant():
    class Inner(Value):
        __slots__ = ()
        level = 1

    x, y = Value(2.0, label="outer"), Inner(Value(3.0), label="y")
    assert {"2 ×", "+ 1"} <= set(texts(draw(x * y + 1, style="compact")))
    assert boxes(draw(x * y + 1)) == [
        "y: value 3, grad –",
        "v1 = 2 × y: value 6, grad –",
        "v2 = v1 + 1: value 7, grad –",
    ]


def test_long_labels_are_cut():
    assert boxes(draw(Value(1.0, label="weight " * 9), show=[])) == ["weight weight weight we…"]
    for label, shown in (("w" * 24, "w" * 24), ("w" * 25, "w" * 23 + "…")):
        x = Value(1.0, label=label)
        assert boxes(draw(x, show=[])) == [shown]
        group = draw(x, show=[], fold={label: [x]})
        assert boxes(group) == [shown]
        assert texts(group) == [shown, "1 value folded"]


def test_long_names_are_cut_in_slopes():
    for name, shown in (("n" * 12, "n" * 12), ("n" * 13, "n" * 11 + "…")):
        x, y = Value(2.0, label=name), Value(3.0, label="y")
        z = x * y
        assert edges(draw(z)) == [[f"∂v1/∂{shown} = 3"], ["∂v1/∂y = 2"]]
        assert [f"∂(product)/∂{shown} = 3"] in edges(draw(tg.dot([x], [y]), expand=True))
        assert [f"∂(product)/∂(left {shown}) = 2"] in edges(draw(tg.dot([x], [x]), expand=True))
        assert edges(draw(x * x)) == [[f"∂v1/∂(left {shown}) = 2"], [f"∂v1/∂(right {shown}) = 2"]]
        x.label, z.label = "x", name
        assert edges(draw(z, fold={"one": [x]})) == [[f"∂{shown}/∂one = 3"], [f"∂{shown}/∂y = 2"]]


def test_long_formulas_and_numbers_are_cut():
    for last, end in ((11, "v" * 11), (12, "v" * 10 + "…")):
        names = ["x" * 21, "y" * 22, "v" * last]
        total = tg.sum([Value(1.0, label=name) for name in names])
        total.label = "s"
        assert boxes(draw(total, show="formula"))[-1] == f"s = {names[0]} + {names[1]} + {end}"

    for number, shown in ((10**23, f"{10**23}"), (10**24, "1" + "0" * 22 + "…")):
        assert boxes(draw(Value(number, label="x"), show="value")) == [f"x: value {shown}"]


# --- large graphs ----------------------------------------------------------------------------------------------------


def test_a_graph_beyond_the_cap_is_refused_with_the_ways_out():
    x = Value(1.0)
    for _ in range(100_000):
        x = x + 1.0
    with pytest.raises(ValueError, match="a picture of 100001 boxes is more than max_nodes=300 allows") as error:
        draw(x)
    assert all(way in str(error.value) for way in ("smaller part", "fold", "between(inputs, outputs)", "max_nodes"))


def test_300_boxes_are_drawn_unless_more_are_asked_for():
    x = Value(1.0)
    for _ in range(299):
        x = -x
    assert "300 boxes" in repr(draw(x))
    with pytest.raises(ValueError, match="a picture of 301 boxes is more than max_nodes=300 allows"):
        draw(-x)


def several():
    """Graphs, and how they are drawn: with what is folded, expanded or left out."""
    f = branching()
    x, y = f.parents
    a, b, c = (Value(float(i), label=name) for i, name in enumerate("abc"))
    total = tg.dot([a, 2.0, b, 4.0], [a, b, c, 5.0])
    others = [Value(1.0) for _ in range(9)]
    return [
        (f, {}),
        ([f, x, Value(1.0)], {}),
        (f, {"fold": {"inside": [x, y]}}),
        (f, {"fold": {"left": [x, *x.parents], "right": [y]}}),
        (f, {"around": x}),
        (f, {"around": x, "fold": {"inputs": x.parents}}),
        (total, {}),
        (total, {"expand": True}),
        (total * total, {"expand": True, "fold": {"dot": [total, a]}}),
        (total, {"expand": True, "fold": {"inputs": [a, b]}}),
        (total, {"expand": True, "around": a}),
        (total, {"expand": True, "around": total}),
        (tg.dot(others, others[::-1]), {"expand": True, "around": others[0]}),
        (tg.sum(others), {"around": others[0]}),
    ]


def test_max_nodes_counts_what_is_drawn():
    found = []
    for value, options in several():
        count = len(boxes(draw(value, **options)))
        assert len(boxes(draw(value, max_nodes=count, **options))) == count
        with pytest.raises(ValueError, match=f"a picture of {count} boxes is more than max_nodes={count - 1} allows"):
            draw(value, max_nodes=count - 1, **options)
        found.append(count)
    assert found == [6, 7, 5, 4, 4, 3, 4, 7, 4, 6, 3, 7, 4, 2]


def uses(parts):
    """The sum of these values, each used so many times."""
    return tg.sum([value for value, times in parts for _ in range(times)])


def test_more_arrows_than_anyone_can_follow_are_refused():
    x = Value(1.0)
    with pytest.raises(ValueError, match="a picture of 3001 arrows is more than 10 × max_nodes=300 allows"):
        draw(uses([(x, 3001)]))
    assert "2 boxes, 20 arrows" in repr(draw(uses([(x, 20)]), max_nodes=2))
    with pytest.raises(ValueError, match="a picture of 21 arrows is more than 10 × max_nodes=2 allows"):
        draw(uses([(x, 21)]), max_nodes=2)


def test_arrows_are_counted_as_they_are_drawn():
    """One for all between a group and a box or another group, none within a group, and around a value its own."""
    a, b = Value(1.0, label="a"), Value(2.0, label="b")
    inner = uses([(a, 40)])
    y = uses([(inner, 40), (b, 29), (a, 40)])
    assert "3 boxes, 30 arrows" in repr(draw(y, fold={"group": [a, inner]}, max_nodes=3))
    more = uses([(inner, 40), (b, 30), (a, 40)])
    with pytest.raises(ValueError, match="a picture of 31 arrows is more than 10 × max_nodes=3 allows"):
        draw(more, fold={"group": [a, inner]}, max_nodes=3)
    assert "3 boxes, 2 arrows" in repr(draw(more, fold={"one": [a, inner], "two": [more]}, max_nodes=3))
    assert "1 box, 0 arrows" in repr(draw(more, fold={"all": [a, b, inner, more]}, max_nodes=1))
    assert "2 boxes, 30 arrows" in repr(draw(more, around=b, max_nodes=3))


def test_a_close_up_of_a_large_graph_is_small():
    many = [Value(1.0) for _ in range(4000)]
    assert "2 boxes, 1 arrow" in repr(draw(tg.sum(many), around=many[0]))
    assert "3 boxes, 3 arrows" in repr(draw(tg.dot(many, many), around=many[0], expand=True))


def test_a_close_up_shows_no_arrows_between_others_even_where_groups_are_folded():
    p = Value(2.0, label="p")
    x = tg.exp(p)
    y = x * p
    for options in ({}, {"fold": {"last": [y]}}, {"fold": {"first": [p]}}, {"fold": {"first": [p], "last": [y]}}):
        assert "3 boxes, 2 arrows" in repr(draw(y, around=x, **options))


# --- folded groups ---------------------------------------------------------------------------------------------------


def test_a_folded_group_is_one_box_with_the_value_of_its_output():
    parameters, a, cost = neuron()
    drawing = draw(cost, fold={"neuron": between(parameters, [a])})
    assert boxes(drawing) == [
        "w1: value 2, grad 0.05288",
        "w2: value -3, grad 0.1058",
        "neuron: value 0.7311, grad -0.2689",
        "b: value -3, grad -0.05288",
        "v3 = 1 - neuron: value 0.2689, grad 0.2689",
        "v4 = v3²: value 0.07233, grad 0.5",
        "C = v4 × 0.5: value 0.03616, grad 1",
    ]
    assert "3 values folded" in texts(drawing)
    assert sorted(edges(drawing)) == [[], [], [], ["∂C/∂v4 = 0.5"], ["∂v3/∂neuron = -1"], ["∂v4/∂v3 = 0.5379"]]


def test_parallel_arrows_of_a_folded_group_are_merged_and_counted():
    x = Value(1.0, label="x")
    hidden = [tg.tanh(x * k) for k in (1.0, 2.0, 3.0)]
    y = tg.sum(hidden)
    drawing = draw(y, fold={"layer 1": between([x], hidden)})
    assert boxes(drawing) == ["x: value 1, grad –", "layer 1", "v7 = v2 + v4 + v6: value 2.721, grad –"]
    assert edges(drawing) == [["3 arrows"], ["3 arrows"]]


def test_a_folded_result_and_a_group_of_one():
    x = Value(2.0, label="x")
    y = x * x
    drawing = draw(y, fold={"all": [x, y]}, show="value")
    assert boxes(drawing) == ["all: value 4"]
    assert edges(drawing) == []
    assert "1 value folded" in texts(draw(y, fold={"input": [x]}))


def test_folding_what_is_not_in_the_graph_changes_nothing():
    f = branching()
    assert draw(f, fold={"elsewhere": [Value(1.0)], "empty": []}).dot == draw(f).dot


def test_a_value_in_two_groups_is_refused():
    x = Value(1.0, label="x")
    with pytest.raises(ValueError, match=r"fold: Value\(.*label='x'\) is in two groups, 'one' and 'two'"):
        draw(x, fold={"one": [x], "two": [x]})


# --- expanded dots ---------------------------------------------------------------------------------------------------


def test_a_dot_expands_into_products_and_their_sum():
    _, _, cost = neuron()
    drawing = draw(cost, expand=True)
    shown = boxes(drawing)
    assert shown[:5] == [
        "w1: value 2, grad 0.05288",
        "w2: value -3, grad 0.1058",
        "w1 × (-1): value -2, grad -0.05288",
        "w2 × (-2): value 6, grad -0.05288",
        "v1 = w1 × (-1) + w2 × (-2): value 4, grad -0.05288",
    ]
    assert sorted(edges(drawing)).count(["∂v1/∂(product) = 1"]) == 2
    assert ["∂(product)/∂w2 = -2"] in edges(drawing)
    assert ["∂(product)/∂w2 = -2", "← -0.05288 × -2 = 0.1058"] in edges(draw(cost, expand=True, products=True))


def test_an_expanded_square_keeps_its_two_arrows_and_numbers_alone_make_no_product():
    x, y = Value(3.0, label="x"), Value(5.0, label="y")
    z = tg.dot([x, 2.0, 4.0], [x, y, 10.0])
    drawing = draw(z, expand=True, show=["value", "local"])
    assert boxes(drawing) == ["x: value 3", "y: value 5", "x × x: value 9", "2 × y: value 10", "v1: value 59"]
    assert ["∂(product)/∂(left x) = 3"] in edges(drawing)
    assert ["∂(product)/∂(right x) = 3"] in edges(drawing)
    assert ["∂(product)/∂y = 2"] in edges(drawing)


# --- blanks ----------------------------------------------------------------------------------------------------------


def test_blanks_leave_out_values_or_gradients_and_never_what_is_given():
    f = branching()
    f.backward()
    assert "y = b + c: value ______, grad 2" in boxes(draw(f, blanks="values"))
    assert "y = b + c: value 7, grad ______" in boxes(draw(f, blanks="gradients"))
    assert "b: value 3, grad ______" in boxes(draw(f, blanks=True))
    assert boxes(draw(f, blanks=False)) == boxes(draw(f))


def test_arrows_leave_out_local_gradients_and_products():
    f = branching()
    f.backward()
    labels = edges(draw(f, blanks="gradients", products=True))
    assert ["∂f/∂x = ______", "← ______ × ______ = ______"] in labels
    assert ["∂f/∂x = 7", "← 1 × 7 = 7"] in edges(draw(f, blanks="values", products=True))


def test_tangents_and_expanded_products_leave_out_theirs():
    x, y = Value(2.0, label="x"), Value(3.0, label="y")
    shown = draw(tg.dot([x, y], [4.0, 5.0]), tangents={x: 1.0}, expand=True, products=True, blanks=True)
    assert all("tangent ______" in box for box in boxes(shown))
    assert not any(
        character.isdecimal() for label in edges(shown) for line in label for character in line.replace("v1", "")
    )
