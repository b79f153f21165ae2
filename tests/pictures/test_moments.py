"""Steps of the passes, tangents, and a closer look at one value."""

import pytest

import tinygrad_edu as tg
from tests.pictures.looking import boxes, branching, edges, texts
from tinygrad_edu import Value
from tinygrad_edu.engine import NOT_COMPUTED
from tinygrad_edu.pictures.drawing import draw


def test_a_step_backward_knows_the_gradients_so_far_and_shows_what_adds_up():
    f = branching()
    drawing = draw(f, step="backward:b")
    assert [box.partition(", grad ")[2] for box in boxes(drawing)] == ["–", "9", "7", "2", "2", "1"]
    assert "∂f/∂b = 7 × 1 + 2 × 1 = 9" in texts(drawing)
    assert [edge for edge in edges(drawing) if len(edge) > 1] == [
        ["∂x/∂b = 1", "← 7 × 1 = 7"],
        ["∂y/∂b = 1", "← 2 × 1 = 2"],
    ]
    assert drawing.svg.count('stroke-width="2.5"') == 2


def test_a_step_forward_knows_the_values_so_far():
    f = branching()
    f.backward()
    drawing = draw(f, step="forward:x")
    assert [box.partition(": ")[2] for box in boxes(drawing)] == [
        "value -1, grad –",
        "value 3, grad –",
        "value 2, grad –",
        *["value –, grad –"] * 3,
    ]
    assert "x = a + b = -1 + 3 = 2" in texts(drawing)
    assert sorted(filter(None, edges(drawing))) == [["∂x/∂a = 1"], ["∂x/∂b = 1"]]
    assert not any("not computed yet" in text for text in texts(drawing))


def test_the_first_step_of_each_pass():
    f = branching()
    assert "a = -1 is given" in texts(draw(f, step="forward:a"))
    assert "∂f/∂f = 1" in texts(draw(f, step="backward:f"))


def test_a_step_changes_no_gradient_and_does_not_depend_on_one():
    f = branching()
    before = draw(f, step="backward:a").svg
    assert f.grad is NOT_COMPUTED
    f.backward()
    f.backward()
    assert draw(f, step="backward:a").svg == before


def test_a_step_at_a_value_used_many_times_is_cut_short():
    x = Value(2.0, label="x")
    drawing = draw(tg.sum([x] * 20), step="backward:x")
    assert "∂v1/∂x = 1 × 1 + 1 × 1 + 1 × 1 + 1 × 1 + … + 1 × 1 = 20" in texts(drawing)


def test_a_step_of_an_expanded_dot_and_of_a_group():
    x, y = Value(2.0, label="x"), Value(3.0, label="y")
    z = tg.dot([x, y], [y, 5.0])
    z.label = "z"
    drawing = draw(z, step="forward:y", expand=True)
    assert "x × y: value –, grad –" in boxes(drawing)
    assert "z = x × y + y × 5: value –, grad –" in boxes(drawing)
    for factor, slope in (("x", 3), ("y", 2)):
        flow = [edge for edge in edges(draw(z, step=f"backward:{factor}", expand=True)) if len(edge) > 1]
        assert [f"∂(product)/∂{factor} = {slope}", f"← 1 × {slope} = {slope}"] in flow
        assert ["∂z/∂(product) = 1", "← 1 × 1 = 1"] in flow
    whole = draw(z * 2.0, step="backward:z", fold={"sum": [x, y, z]})
    assert "sum: value 21, grad 2" in boxes(whole)
    assert 'stroke-width="3"' in whole.svg


def test_a_step_in_small_boxes():
    drawing = draw(branching(), step="backward:x", style="compact")
    assert ["← 1 × 7 = 7"] in edges(drawing)
    assert "∂f/∂x = 1 × 7 = 7" in texts(drawing)


@pytest.mark.parametrize("step", ["backward:nobody", "backward", "sideways:x", "x", ""])
def test_an_unknown_step_is_answered_with_the_known_ones(step):
    with pytest.raises(ValueError, match=r"write step=\"forward:x\" or .*; there are a, b, x, c, y, f") as error:
        draw(branching(), step=step)
    assert repr(step) in str(error.value)


@pytest.mark.parametrize(
    ("count", "known"),
    [(12, "x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, s"), (13, "x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, …, s")],
)
def test_of_more_than_twelve_values_not_all_are_named(count, known):
    y = tg.sum([Value(1.0, label=f"x{i}") for i in range(1, count)])
    y.label = "s"
    with pytest.raises(ValueError, match=f"; there are {known}$"):
        draw(y, step="forward:nobody")


def test_a_step_shows_a_value_of_another_level_as_a_number():
    class Inner(Value):
        __slots__ = ()
        level = 1

    y = Value(2.0, label="outer") * Inner(Value(3.0), label="x")
    y.label = "y"
    assert "y = 2 × x = 2 × 3 = 6" in texts(draw(y, step="forward:y"))


def test_a_sentence_below_is_cut_after_120_letters():
    w, x = Value(2.0, label="w" * 40), Value(3.0, label="x" * 40)
    y = w + x
    for length, end in ((22, " = 5"), (23, " =…")):
        y.label = "y" * length
        sentence = f"{y.label} = {w.label} + {x.label} = 2 + 3 = 5"
        assert sentence[:119].rpartition("+")[0] + "+ 3" + end in texts(draw(y, step=f"forward:{y.label}"))


def test_a_step_is_of_one_value():
    f = branching()
    with pytest.raises(ValueError, match="a single value"):
        draw([f, f.parents[0]], step="backward:x")
    with pytest.raises(ValueError, match="leave one of them out"):
        draw(f, step="backward:x", tangents={f.parents[0]: 1.0})
    with pytest.raises(TypeError, match="step"):
        draw(f, step=3)


# --- tangents --------------------------------------------------------------------------------------------------------


def test_tangents_are_those_of_forward_mode():
    f = branching()
    b = f.parents[0].parents[1]
    drawing = draw(f, tangents={b: 1.0}, products=True)
    assert [box.partition(", tangent ")[2] for box in boxes(drawing)] == ["0", "1", "1", "0", "1", "9"]
    assert ["∂f/∂x = 7", "→ 1 × 7 = 7"] in edges(drawing)
    assert ["∂f/∂y = 2", "↓ 1 × 2 = 2"] in edges(draw(f, tangents={b: 1.0}, products=True, rankdir="TB"))
    expected = tg.derivative(lambda b: (-1.0 + b) * (b + 4.0))(3.0)
    assert boxes(drawing)[-1].endswith(f"tangent {expected:g}")


def test_several_inputs_may_move_and_a_value_on_the_way_too():
    f = branching()
    x, y = f.parents
    a, _ = x.parents
    drawing = draw(f, tangents={a: 2.0, y: 10.0})
    assert [box.rpartition(" ")[2] for box in boxes(drawing)] == ["2", "0", "2", "0", "10", "34"]


def test_tangents_of_an_expanded_dot():
    x, y = Value(2.0, label="x"), Value(3.0, label="y")
    drawing = draw(tg.dot([x, x], [y, 5.0]), tangents={x: 1.0}, expand=True, products=True)
    assert "x × y: value 6, tangent 3" in boxes(drawing)
    assert ["∂v1/∂(product) = 1", "→ 3 × 1 = 3"] in edges(drawing)
    assert "v1 = x × y + x × 5: value 16, tangent 8" in boxes(drawing)


def test_tangents_of_strangers_are_refused():
    with pytest.raises(ValueError, match=r"tangents: Value\(.*label='z'\) is not in this graph"):
        draw(branching(), tangents={Value(1.0, label="z"): 1.0})


def test_a_dual_has_no_graph_and_the_error_says_what_has():
    with pytest.raises(TypeError, match=r"Dual\(.*keeps no graph to draw: .*tangents=\{x: 1.0\}"):
        draw(tg.Dual(2.0, 1.0))


# --- a closer look ---------------------------------------------------------------------------------------------------


def test_a_closer_look_shows_a_value_with_its_neighbours():
    f = branching()
    f.backward()
    x, _ = f.parents
    drawing = draw(f, around=x)
    assert [box.partition(":")[0] for box in boxes(drawing)] == ["a", "b", "x = a + b", "f = x × y"]
    assert sorted(edges(drawing)) == [
        ["∂f/∂x = 7", "← 1 × 7 = 7"],
        ["∂x/∂a = 1", "← 7 × 1 = 7"],
        ["∂x/∂b = 1", "← 7 × 1 = 7"],
    ]
    assert drawing.svg.count('stroke-width="3"') == 1


def test_a_closer_look_at_a_large_graph_is_no_large_picture():
    x = Value(1.0, label="x")
    y = x
    for _ in range(1000):
        y = y + 1.0
    assert repr(draw(y, around=x)) == "<Drawing: Computation graph of v1000, 2 boxes, 1 arrow>"


def test_a_closer_look_with_a_group_and_an_expanded_dot():
    x, y = Value(2.0, label="x"), Value(3.0, label="y")
    z = tg.dot([x, y], [5.0, 7.0])
    u = (z + x).tanh()
    folded = draw(u, around=z, fold={"rest": [u, u.parents[0]]}, expand=True)
    assert "rest" in [box.partition(":")[0] for box in boxes(folded)]
    near = draw(u, around=x, expand=True)
    assert [box.partition(":")[0] for box in boxes(near)] == ["x", "x × 5", "v1 = x × 5 + y × 7", "v2 = v1 + x"]


def test_a_closer_look_at_a_stranger_is_refused():
    with pytest.raises(ValueError, match=r"around: Value\(.*\) is not in this graph"):
        draw(branching(), around=Value(1.0))
    with pytest.raises(TypeError, match="around"):
        draw(branching(), around="x")


def test_a_branch_that_was_not_taken_hands_nothing_back_in_steps_and_tangents_either():
    x = Value(0.3, label="x")
    y = Value(-1.2, label="y") ** tg.maximum(x, 2.0)
    y.label = "y2"
    y.backward()
    assert (x.grad, boxes(draw(y))[1]) == (0.0, "x: value 0.3, grad 0")
    assert "x: value 0.3, grad 0" in boxes(draw(y, step="backward:x"))
    assert boxes(draw(y, tangents={x: 1.0}))[2].endswith("value 2, tangent 0")
