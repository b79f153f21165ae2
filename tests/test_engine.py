"""The engine: what a node remembers, how backward uses it, levels, no_grad, errors."""

import asyncio
import contextvars
import math
import threading
from collections.abc import Callable
from fractions import Fraction
from typing import Any, ClassVar

import pytest

import tinygrad_edu as tg
from tinygrad_edu import Value, grad, no_grad, topological_order
from tinygrad_edu.core.recording import recorded
from tinygrad_edu.engine import NOT_COMPUTED, gradients


class Inner(Value):
    """Values of a nested transform."""

    __slots__ = ()
    level: ClassVar[int] = 1


class Named(Value):
    """A subclass that only adds a method, at the same level."""

    __slots__ = ()

    def double(self) -> Value:
        return self * 2


# --- what a node remembers ----------------------------------------------------------------------------------


def test_a_leaf_remembers_nothing_but_itself() -> None:
    x = Value(3.0, label="x")
    assert (x.data, x.label, x.op) == (3.0, "x", "")
    assert x.operands == x.parents == x.local_grads == tuple(x.edges()) == ()
    assert x.grad is NOT_COMPUTED
    assert x.grad == 0


def test_a_label_is_given_by_name_only() -> None:
    with pytest.raises(TypeError, match=r"a label is given by name: Value\(1\.0, label='x'\)"):
        Value(1.0, "x")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("f", "op", "data", "local_grads"),
    [
        (lambda x, y: x + y, "+", 5.0, (1, 1)),
        (lambda x, y: x - y, "-", -1.0, (1, -1)),
        (lambda x, y: x * y, "*", 6.0, (3.0, 2.0)),
        (lambda x, y: x / y, "/", 2 / 3, (1 / 3, -2 / 9)),
        (lambda x, y: x**y, "**", 8.0, (12.0, 8 * math.log(2))),
    ],
)
def test_each_operator_is_one_node_with_its_local_gradients(
    f: Callable[[Value, Value], Value], op: str, data: float, local_grads: tuple[float, ...]
) -> None:
    x, y = Value(2.0), Value(3.0)
    z = f(x, y)
    assert (z.op, z.parents, z.operands) == (op, (x, y), (x, y))
    assert z.data == pytest.approx(data, rel=1e-15)
    assert z.local_grads == pytest.approx(local_grads, rel=1e-15)
    assert list(z.edges()) == list(zip(z.parents, z.local_grads, strict=True))


@pytest.mark.parametrize(
    ("f", "op", "operands"),
    [
        (lambda x: x + 5, "+", ("x", 5)),
        (lambda x: 5 + x, "+", (5, "x")),
        (lambda x: x - 5.0, "-", ("x", 5.0)),
        (lambda x: 5 - x, "-", (5, "x")),
        (lambda x: x * 2, "*", ("x", 2)),
        (lambda x: 2 * x, "*", (2, "x")),
        (lambda x: x / 4, "/", ("x", 4)),
        (lambda x: 4 / x, "/", (4, "x")),
        (lambda x: x**3, "**", ("x", 3)),
        (lambda x: 3**x, "**", (3, "x")),
        (lambda x: tg.hypot(5, x), "hypot", ("x", 5)),
        (lambda x: tg.arctan2(5, x), "arctan2", (5, "x")),
        (lambda x: x.arctan2(5), "arctan2", ("x", 5)),
        (lambda x: x.maximum(5), "maximum", ("x", 5)),
        (lambda x: tg.leaky_relu(x, slope=0.5), "leaky_relu", ("x", 0.5)),
        (lambda x: tg.sum([1, x, 2]), "sum", (1, "x", 2)),
        (lambda x: tg.dot([x, 1], [2, 3]), "dot", ("x", 1, 2, 3)),
    ],
)
def test_a_number_operand_is_remembered_and_makes_no_node(
    f: Callable[[Value], Value], op: str, operands: tuple[Any, ...]
) -> None:
    x = Value(2.5)
    z = f(x)
    assert z.op == op
    assert z.operands == tuple(x if each == "x" else each for each in operands)
    assert z.parents == (x,)
    assert len(z.local_grads) == 1
    assert topological_order(z) == [x, z]


def test_subtraction_and_division_are_not_swapped() -> None:
    x = Value(2.0)
    assert [(5 - x).data, (x - 5).data, (5 / x).data, (x / 5).data] == [3.0, -3.0, 2.5, 0.4]
    assert [(5 - x).local_grads, (x - 5).local_grads] == [(-1,), (1,)]


def test_signs() -> None:
    x = Value(-2.0)
    assert (-x).data == 2.0
    assert (-x).op == "neg"
    assert +x is x
    assert abs(x).data == 2.0
    assert abs(x).local_grads == (-1,)


def test_repr_shows_data_gradient_and_label() -> None:
    x = Value(2.0, label="x")
    assert repr(x) == "Value(data=2.0, grad=0, label='x')"
    (x * 3).backward()
    assert repr(x) == "Value(data=2.0, grad=3.0, label='x')"
    assert repr(Value(1)) == "Value(data=1, grad=0)"
    assert repr(Named(1.0)) == "Named(data=1.0, grad=0)"
    assert f"{x:.3f}" == "2.000"
    assert f"{x}" == repr(x)


def test_unknown_attributes_are_refused() -> None:
    with pytest.raises(AttributeError):
        Value(1.0).gard = 0.0  # type: ignore[attr-defined]


# --- the backward pass --------------------------------------------------------------------------------------


def test_gradients_add_at_branches() -> None:
    a, b, c = Value(-1.0), Value(3.0), Value(4.0)
    f = (a + b) * (b + c)
    f.backward()
    assert (a.grad, b.grad, c.grad, f.grad) == (7.0, 9.0, 2.0, 1.0)


def test_a_seed_gradient_scales_all() -> None:
    x = Value(3.0)
    y = x * x
    y.backward(10)
    assert (x.grad, y.grad) == (60.0, 10)
    with pytest.raises(TypeError, match="expected a number, got 'one'"):
        y.backward("one")
    assert (x.grad, y.grad) == (60.0, 10)


def test_the_seed_is_of_the_kind_of_the_data() -> None:
    for one in (1.0, 1, Fraction(1)):
        x = Value(one)
        y = +(x * 1)
        y.backward()
        assert type(y.grad) is type(one)


def test_zero_grad_forgets_the_whole_graph() -> None:
    x = Value(3.0)
    y = x * x
    z = y + 1
    z.backward()
    z.zero_grad()
    assert x.grad is y.grad is z.grad is NOT_COMPUTED


def test_a_gradient_set_by_hand_is_added_to() -> None:
    x = Value(3.0)
    x.grad = 0
    (x * 2).backward()
    x.grad += 1
    (x * 2).backward()
    assert x.grad == 5.0


def test_backward_through_wide_nodes_skips_numbers() -> None:
    x, y = Value(2.0), Value(5.0)
    z = tg.sum([x, 1.0, x, y, 2]) * tg.prod([3, x, y])
    z.backward()
    assert z.data == 12.0 * 30.0 or z.data == (2 + 1 + 2 + 5 + 2) * 30.0
    assert (x.grad, y.grad) == (2 * 30.0 + 12 * 15.0, 30.0 + 12 * 6.0)


def test_an_error_in_the_backward_pass_restores_all_gradients() -> None:
    x = Value(2)
    y = x * 10**400
    y.backward()
    before = x.grad, y.grad
    with pytest.raises(OverflowError, match=r"backward through \*.*too large"):
        y.backward(0.5)
    assert (x.grad, y.grad) == before


def test_other_errors_in_the_backward_pass_come_through() -> None:
    x = Value(Fraction(1, 2))
    y = x * 2
    y.d_left = "not a number"
    with pytest.raises(TypeError):
        y.backward()
    assert x.grad is y.grad is NOT_COMPUTED


# --- order --------------------------------------------------------------------------------------------------


def test_order_lists_each_node_once_parents_first() -> None:
    a = Value(1.0)
    b = a + a
    c = b * a
    d = tg.sum([c, b, a, c])
    assert topological_order(d) == [a, b, c, d]
    assert topological_order(a) == [a]


def test_order_visits_left_before_right() -> None:
    a, b, c = Value(1.0), Value(2.0), Value(3.0)
    assert topological_order((a + b) * c)[:2] == [a, b]
    assert topological_order(tg.sum([a, b, c]))[:3] == [a, b, c]
    assert topological_order(tg.dot([a, b], [c, 1.0]))[:3] == [a, b, c]


def test_a_long_ladder_of_diamonds_is_visited_once_per_node() -> None:
    x = Value(1.0)
    y = x
    for _ in range(1000):  # 2¹⁰⁰⁰ paths
        y = (y + y) * 0.5
    y.backward()
    assert x.grad == 1.0
    assert len(topological_order(y)) == 2001


# --- detach and no_grad -------------------------------------------------------------------------------------


def test_detach_cuts_the_graph() -> None:
    x = Value(3.0, label="x")
    y = x * x
    z = y.detach() * x
    z.backward()
    assert x.grad == 9.0
    assert x.detach().label == "x"
    assert x.detach().grad is NOT_COMPUTED
    assert type(Named(1.0).detach()) is Named


def test_no_grad_remembers_nothing() -> None:
    x, y = Value(3.0), Value(4.0)
    with no_grad():
        results = [x * y, x + 1, -x, x.exp(), 2**x]
        results += [tg.sum([x, y]), tg.dot([x], [y]), tg.hypot(x, 1), tg.where(x > 0, x, y)]
    assert results[0].data == 12.0
    assert all(z.parents == z.operands == () and z.op == "" for z in results)
    assert (x * y).parents == (x, y)


def test_no_grad_nests_and_ends_with_an_error() -> None:
    x = Value(1.0)

    def fail_within() -> None:
        with no_grad():
            with no_grad():
                pass
            assert (x + 1).parents == ()
            _ = x / 0

    with pytest.raises(ZeroDivisionError):
        fail_within()
    assert (x + 1).parents == (x,)


def test_no_grad_decorates_a_function() -> None:
    @no_grad()
    def predict(x: Value) -> Value:
        return x * 2

    x = Value(1.0)
    for _ in range(2):
        assert predict(x).parents == ()
        assert (x * 2).parents == (x,)


def test_recorded_undoes_no_grad_within_it() -> None:
    x = Value(1.0)
    with no_grad():
        with recorded():
            assert (x * 2).parents == (x,)
        assert (x * 2).parents == ()


def test_no_grad_holds_for_its_own_thread() -> None:
    x = Value(1.0)
    entered, checked = threading.Event(), threading.Event()
    seen: list[Any] = []

    def predict() -> None:
        with no_grad():
            entered.set()
            checked.wait(10)
            seen.append((x + 1).parents)

    thread = threading.Thread(target=predict)
    thread.start()
    entered.wait(10)
    here = (x + 1).parents
    checked.set()
    thread.join()
    assert here == (x,)
    assert seen == [()]


def test_many_threads_enter_and_leave_no_grad() -> None:
    x = Value(1.0)
    wrong: list[Any] = []

    def work(paused: bool) -> None:
        for _ in range(300):
            if paused:
                with no_grad():
                    wrong.extend((x * 2).parents)
            elif (x * 2).parents != (x,):
                wrong.append(x)

    threads = [threading.Thread(target=work, args=(i % 2 == 0,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert (x * 2).parents == (x,)


def test_no_grad_holds_for_its_own_task() -> None:
    x = Value(1.0)

    async def predict() -> Any:
        with no_grad():
            await asyncio.sleep(0)
            return (x + 1).parents

    async def train() -> Any:
        await asyncio.sleep(0)
        return (x + 1).parents

    async def both() -> Any:
        return await asyncio.gather(predict(), train(), predict())

    assert asyncio.run(both()) == [(), (x,), ()]


# --- levels and subclasses ----------------------------------------------------------------------------------


def test_a_nested_derivative_sees_the_outer_variable_as_a_constant() -> None:
    """d/dx [x · d/dy (x + y)] = 1, where confusing the two gives 2."""
    x = Value(3.0)
    y = Inner(4.0)
    (x + y).backward()
    f = x * y.grad
    f.backward()
    assert x.grad == 1.0


def test_a_nested_derivative_depends_on_the_outer_variable() -> None:
    """d/dx [x · d/dy (x · y²)] = d/dx [2x²y] = 4xy."""
    x = Value(3.0)
    y = Inner(5.0)
    (x * y**2).backward()
    f = x * y.grad
    f.backward()
    assert (f.data, x.grad) == (90.0, 60.0)


@pytest.mark.parametrize(
    "f",
    [
        lambda x, y: x + y,
        lambda x, y: x - y,
        lambda x, y: x * y,
        lambda x, y: x / y,
        lambda x, y: x**y,
        tg.hypot,
        tg.arctan2,
        tg.maximum,
        tg.minimum,
        lambda x, y: tg.sum([x, y]),
        lambda x, y: tg.dot([x], [y]),
        lambda x, y: tg.prod([x, y]),
        lambda x, y: tg.max([x, y]),
        lambda x, y: tg.logsumexp([x, y]),
        lambda x, y: tg.softmax([x, y])[0],
        lambda x, y: tg.log_softmax([x, y])[1],
        lambda x, y: tg.where(x > y, x, y),
        lambda x, y: x.hypot(y),
        lambda x, y: x.arctan2(y),
        lambda x, y: x.rarctan2(y),
        lambda x, y: x.maximum(y),
        lambda x, y: x.minimum(y),
    ],
)
def test_the_deeper_of_two_levels_makes_the_node(f: Callable[[Any, Any], Any]) -> None:
    for swapped in (False, True):
        x, y = Value(2.0), Inner(3.0)
        a, b = (y, x) if swapped else (x, y)
        flat_x, flat_y = Value(2.0), Value(3.0)
        flat = f(flat_y, flat_x) if swapped else f(flat_x, flat_y)
        flat.backward()
        z = f(a, b)
        assert type(z) is Inner
        z.backward()
        bottom = z.data.data if isinstance(z.data, Value) else z.data
        slope = y.grad.data if isinstance(y.grad, Value) else y.grad
        assert (bottom, slope) == pytest.approx((flat.data, flat_y.grad), rel=1e-14)
        assert x.grad is NOT_COMPUTED
        if isinstance(z.data, Value):
            z.data.backward()
            assert x.grad == pytest.approx(flat_x.grad, rel=1e-14)


def test_levels_compare_by_data() -> None:
    x, y = Value(2.0), Inner(3.0)
    assert x < y
    assert y > x
    assert not y <= x
    assert Inner(x) < y
    assert Inner(x) >= x


def test_where_keeps_the_deepest_class_for_constants() -> None:
    x, y = Value(2.0), Inner(3.0)
    chosen = tg.where(True, x, y)
    assert type(chosen) is Inner
    assert chosen.data is x
    assert chosen.parents == ()
    assert type(tg.where(True, 1.0, x)) is Value


def test_the_mixed_second_derivative_of_a_power_at_exponent_zero() -> None:
    """∂²(x^y)/∂x∂y = x^(y-1)·(1 + y·log x), 1/x at y = 0."""
    x, y = Inner(2.0), Value(0.0)
    (x**y).backward()
    x.grad.backward()
    assert y.grad == 0.5


def test_a_nested_power_of_zero() -> None:
    """∂(x^y)/∂y = 0 at x = 0, whatever x is made of."""
    x, y = Inner(Value(0.0)), Inner(Value(2.0))
    (x**y).backward()
    assert tg.isclose(x.grad, 0.0)
    assert tg.isclose(y.grad, 0.0)


def test_a_power_of_nan_has_no_slopes() -> None:
    x, y = Value(math.nan), Value(2.0)
    (x**y).backward()
    assert math.isnan(x.grad)
    assert math.isnan(y.grad)


def test_a_nested_slope_beyond_the_range_of_floats() -> None:
    """-1.9·x^-2.9 at x = 1e-160 is too large for a float: -inf, as without nesting."""
    flat = Value(1e-160)
    (flat**-1.9).backward()
    assert flat.grad == -math.inf
    x, y = Inner(Value(1e-160)), Inner(Value(-1.9))
    (x**y).backward()
    assert float(getattr(x.grad, "data", x.grad)) == -math.inf


@pytest.mark.parametrize("x", [-1e-160, 1e-160])
@pytest.mark.parametrize("n", [-1, -1.0, -2, -2.0])
def test_a_slope_beyond_the_range_of_floats_has_the_right_sign(x: float, n: float) -> None:
    if n == -2 and x != 0:
        x *= 1e6
    v = Value(x)
    (v**n).backward()
    assert v.grad == math.copysign(math.inf, n * (x if n % 2 == 0 else 1.0))


def test_subclasses_of_the_same_level_are_parents() -> None:
    x, y = Named(2.0), Value(3.0)
    for z in (x * y, y * x):
        z.backward()
        assert (x.grad, y.grad) == (3.0, 2.0)
        assert set(z.parents) == {x, y}
        z.zero_grad()
    assert type(x * 2) is Named
    assert (x * 2).double().data == 8.0  # type: ignore[attr-defined]
    total = tg.sum([x, y, 1.0])
    total.backward()
    assert (x.grad, y.grad) == (1, 1)
    assert (x < y, y < x) == (True, False)


def test_a_subclass_may_meet_a_value_in_hypot_and_maximum() -> None:
    x, y = Named(3.0), Value(4.0)
    z = tg.hypot(x, y) + tg.maximum(y, x)
    z.backward()
    assert (z.data, x.grad, y.grad) == (9.0, 0.6, 1.8)


def test_backward_in_a_deeper_level_leaves_outer_gradients_alone() -> None:
    x = Value(2.0)
    y = Inner(x)
    (y * y * x).backward()
    assert x.grad is NOT_COMPUTED
    y.grad.backward()
    assert x.grad == 8.0  # d/dx of 2·y·x with y = x: 4x


# --- errors -------------------------------------------------------------------------------------------------


class Stubborn:
    """A number that refuses to be computed with."""

    def __add__(self, other: Any) -> Any:
        raise TypeError("no")

    __sub__ = __mul__ = __truediv__ = __pow__ = __radd__ = __rsub__ = __rmul__ = __add__

    def __repr__(self) -> str:
        return "Stubborn()"


@pytest.mark.parametrize(
    ("f", "text"),
    [
        (lambda x: x + 1.5, r"Stubborn\(\) \+ 1\.5: no"),
        (lambda x: x - 1.5, r"Stubborn\(\) - 1\.5: no"),
        (lambda x: x * 1.5, r"Stubborn\(\) \* 1\.5: no"),
        (lambda x: x / 1.5, r"Stubborn\(\) / 1\.5: no"),
        (lambda x: x**1.5, r"Stubborn\(\) \*\* 1\.5: no"),
        (lambda x: 1.5 + x, r"1\.5 \+ Stubborn\(\): no"),
    ],
)
def test_an_error_of_the_numbers_names_the_operation(f: Callable[[Value], Value], text: str) -> None:
    with pytest.raises(TypeError, match=text):
        f(Value(Stubborn()))


def test_operands_of_unknown_operators_are_refused_by_python() -> None:
    for f in (lambda x: x % 2, lambda x: x // 2, lambda x: x @ x, lambda x: x & 1):
        with pytest.raises(TypeError, match=r"of a Value: write|combine conditions"):
            f(Value(5.0))


def test_a_gradient_that_is_no_number_leaves_all_as_it_was() -> None:
    x, y = Value(1.0), Value(2.0)
    x.grad = "none"
    z = y * x * y
    with pytest.raises(TypeError, match="str"):
        z.backward()
    assert x.grad == "none"
    assert y.grad is z.grad is NOT_COMPUTED


def test_a_gradient_set_to_none_counts_as_cleared() -> None:
    x = Value(3.0)
    x.grad = None
    (x * x).backward()
    assert x.grad == 6.0


def test_a_label_is_text() -> None:
    with pytest.raises(TypeError, match="label is text, got 5"):
        Value(1.0, label=5)  # type: ignore[arg-type]


def test_a_huge_gradient_can_be_shown() -> None:
    x = Value(10**3000)
    (x * x * x).backward()
    assert "bits" in repr(x)


def test_no_grad_decorates_generators_and_coroutines() -> None:
    x = Value(3.0)

    @tg.no_grad()
    def squares() -> Any:
        got = yield x * x
        yield got * x
        return "done"

    steps = squares()
    assert next(steps).op == ""
    assert (x * x).op == "*"
    assert steps.send(x).op == ""
    with pytest.raises(StopIteration, match="done"):
        next(steps)

    @tg.no_grad()
    async def square() -> Value:
        await asyncio.sleep(0)
        return x * x

    assert asyncio.run(square()).op == ""
    assert (x * x).op == "*"


def test_a_context_copied_inside_no_grad_records_when_the_block_is_over() -> None:
    x = Value(3.0)
    with tg.no_grad():
        inside = contextvars.copy_context()
        assert inside.run(lambda: (x * x).op) == ""
    assert inside.run(lambda: (x * x).op) == "*"
    with tg.no_grad():
        assert inside.run(lambda: (x * x).op) == "*"


def test_one_no_grad_may_be_entered_again() -> None:
    x, paused = Value(3.0), tg.no_grad()
    with paused:
        with paused:
            assert (x * x).op == ""
        assert (x * x).op == ""
    assert (x * x).op == "*"


def test_blocks_of_no_grad_may_end_in_any_order() -> None:
    def held() -> Any:
        with tg.no_grad():
            yield

    x, generator = Value(3.0), held()
    next(generator)
    with tg.no_grad():
        generator.close()
        assert (x * x).op == ""
    assert (x * x).op == "*"


@pytest.mark.parametrize("number", [2.5, 3, Fraction(1, 3)])
def test_item_is_the_plain_number_as_in_pytorch(number: Any) -> None:
    x = Value(number)
    assert x.item() == number
    assert type(x.item()) is type(number)
    assert (x * x).item() == number * number


def test_item_inside_a_transform_is_a_plain_number_too() -> None:
    seen: list[Any] = []
    grad(grad(lambda x: seen.append((x * x).item()) or x * x))(3.0)
    assert seen == [9.0]
    assert type(seen[0]) is float


# --- what is assigned to data -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", ["3", b"3", None, [1.0], (), {}, 1j])
def test_data_that_is_no_number_is_refused_at_its_first_use(data: Any) -> None:
    for use in (lambda w: w * 2, lambda w: 2 * w, lambda w: w**2, lambda w: w.backward(), tg.exp):
        w = Value(1.0, label="w")
        w.data = data
        with pytest.raises(TypeError, match="expected a number"):
            use(w)
    if not isinstance(data, complex):  # a complex number is found out by `backward`
        with pytest.raises(TypeError, match=r"\+ 1\.5"):
            w + 1.5


def test_a_value_assigned_to_data_is_refused_with_the_reason() -> None:
    w, x = Value(1.0, label="w"), Value(2.0)
    w.data = w - 0.1 * x
    for use in (lambda: w * 2, w.backward, (w * w).backward, (w * 2.0).backward):
        with pytest.raises(TypeError, match=r"\.data of w is itself a Value: assign a number, as in p\.data -= lr"):
            use()


def test_numpys_scalars_assigned_to_data_become_floats() -> None:
    np = pytest.importorskip("numpy")
    w = Value(1.0)
    w.data = np.float64(3.0)
    (w * 2.0).backward()
    assert (type(w.data), w.data, w.grad) == (float, 3.0, 2.0)


def test_the_sweep_that_stores_nothing_agrees_with_backward() -> None:
    x, y = Value(2.0), Value(3.0)
    z = tg.log(x * y + x) * tg.relu(y - 5.0) + tg.dot([x, y], [y, 2.0])
    found = gradients(tg.topological_order(z))
    assert all(node.grad is NOT_COMPUTED for node in found)
    z.backward()
    assert found == {node: node.grad for node in tg.topological_order(z)}


@pytest.mark.parametrize("f", [tg.max, tg.min])
def test_the_largest_of_two_numbers_says_to_write_a_list(f: Any) -> None:
    with pytest.raises(TypeError, match=rf"{f.__name__} takes one sequence of numbers: write {f.__name__}\(\[a, b\]\)"):
        f(Value(1.0), Value(2.0))
