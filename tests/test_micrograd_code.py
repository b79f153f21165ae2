"""Code written for micrograd runs with only its imports changed, and gives micrograd's numbers."""

import math
from typing import Any

import pytest

import tinygrad_edu as tg
from tinygrad_edu.engine import Value

EXACT = {"g": 24.70408163265306, "a": 138.8338192419825, "b": 645.5772594752186}


def many_operations(Value: Any) -> tuple[Any, Any, Any]:
    """The expression that every small engine is measured on."""
    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    return a, b, g


def relu_chain(Value: Any) -> tuple[Any, Any]:
    """In the manner of its first test: relu, sums and products of one variable."""
    x = Value(-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    y = h + q + q * x
    y.backward()
    return x, y


def test_the_expression_of_the_readme() -> None:
    a, b, g = many_operations(Value)
    assert g.data == pytest.approx(EXACT["g"], rel=1e-12)
    assert a.grad == pytest.approx(EXACT["a"], rel=1e-12)
    assert b.grad == pytest.approx(EXACT["b"], rel=1e-12)
    assert f"{g.data:.4f} {a.grad:.4f} {b.grad:.4f}" == "24.7041 138.8338 645.5773"


def test_the_expression_of_its_first_test() -> None:
    x, y = relu_chain(Value)
    assert (y.data, x.grad) == (-20.0, 46.0)


def test_the_numbers_are_those_of_micrograd() -> None:
    theirs = pytest.importorskip("micrograd.engine").Value
    for program in (many_operations, relu_chain):
        for ours, other in zip(program(Value), program(theirs), strict=True):
            assert ours.data == other.data
            assert ours.grad == pytest.approx(other.grad, rel=1e-12)


def neuron() -> dict[str, Value]:
    """The neuron of the lecture, its activation written out with exp."""
    x1 = Value(2.0, label="x1")
    x2 = Value(0.0, label="x2")
    w1 = Value(-3.0, label="w1")
    w2 = Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    x1w1 = x1 * w1
    x1w1.label = "x1*w1"
    x2w2 = x2 * w2
    x2w2.label = "x2*w2"
    x1w1x2w2 = x1w1 + x2w2
    x1w1x2w2.label = "x1*w1 + x2*w2"
    n = x1w1x2w2 + b
    n.label = "n"
    e = (2 * n).exp()
    o = (e - 1) / (e + 1)
    o.label = "o"
    return {v.label: v for v in (x1, x2, w1, w2, b, x1w1, x2w2, x1w1x2w2, n, o)}


LECTURE = {"x1": -1.5, "w1": 1.0, "x2": 0.5, "w2": 0.0, "n": 0.5, "o": 1.0}


def test_the_neuron_of_the_lecture() -> None:
    v = neuron()
    v["o"].backward()
    assert v["o"].data == pytest.approx(0.7071067811865476, rel=1e-12)
    for label, grad in LECTURE.items():
        assert v[label].grad == pytest.approx(grad, rel=1e-12, abs=1e-15), label


def test_the_neuron_with_tanh_and_backward_by_hand() -> None:
    """Before there is `backward`, the lecture calls `_backward` on each node, from the output on."""
    v = neuron()
    o = v["n"].tanh()
    o.grad = 1.0
    o._backward()
    v["n"]._backward()
    v["b"]._backward()
    v["x1*w1 + x2*w2"]._backward()
    v["x2*w2"]._backward()
    v["x1*w1"]._backward()
    for label, grad in LECTURE.items():
        if label != "o":
            assert v[label].grad == pytest.approx(grad, rel=1e-12, abs=1e-15), label


def test_the_order_of_the_lecture_by_prev() -> None:
    topo: list[Value] = []
    visited = set()

    def build_topo(v: Value) -> None:
        if v not in visited:
            visited.add(v)
            for child in v._prev:
                build_topo(child)
            topo.append(v)

    v = neuron()
    o = v["o"]
    build_topo(o)
    o.grad = 1.0
    for node in reversed(topo):
        node._backward()
    assert v["x1"].grad == pytest.approx(-1.5, rel=1e-12)
    assert v["w1"].grad == pytest.approx(1.0, rel=1e-12)


def test_the_graph_of_the_lecture_by_prev_and_op() -> None:
    nodes, edges = set(), set()

    def build(v: Value) -> None:
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    a = Value(2.0, label="a")
    b = Value(-3.0, label="b")
    d = a * b + a
    build(d)
    assert sorted(n._op for n in nodes) == ["", "", "*", "+"]
    assert len(edges) == 4
    assert a._prev == set()
    assert (a * a)._prev == {a}
    label = "{ %s | data %.4f | grad %.4f }" % (a.label, a.data, a.grad)  # noqa: UP031 - as in the lecture
    assert label == "{ a | data 2.0000 | grad 0.0000 }"


def test_a_gradient_bug_of_the_lecture_does_not_occur() -> None:
    a = Value(3.0, label="a")
    b = a + a
    b.backward()
    assert a.grad == 2.0
    a, b = Value(-2.0), Value(3.0)
    d, e = a * b, a + b
    f = d * e
    f.backward()
    assert (a.grad, b.grad) == (-3.0, -8.0)


def test_a_step_of_training_by_hand() -> None:
    """`p.data += -0.1 * p.grad` and `p.grad = 0`, as at the end of the lecture."""
    w, b = Value(1.0), Value(0.0)
    parameters = [w, b]
    losses = []
    for _ in range(3):
        loss = sum((w * x + b - y) ** 2 for x, y in ((1.0, 2.0), (2.0, 3.0)))
        for p in parameters:
            p.grad = 0
        loss.backward()
        for p in parameters:
            p.data -= 0.1 * p.grad
        losses.append(loss.data)
    assert losses == pytest.approx([2.0, 0.36, 0.1296], rel=1e-12)  # w: 1, 1.6, 1.36; b: 0, 0.4, 0.28


def test_the_print_of_a_value() -> None:
    assert str(Value(-4.0)) == "Value(data=-4.0, grad=0)"
    a, _, _ = many_operations(Value)
    assert str(a).startswith("Value(data=-4.0, grad=138.83381924198")


def test_plain_sum_of_python() -> None:
    w, x = [Value(1.0), Value(2.0)], [3.0, 4.0]
    act = sum((wi * xi for wi, xi in zip(w, x, strict=True)), Value(0.5))
    act.backward()
    assert (act.data, w[0].grad, w[1].grad) == (11.5, 3.0, 4.0)


# --- an operation by hand, as in the lecture -----------------------------------------------------------------------


def tanh_by_hand(self: Value) -> Value:
    t = (math.exp(2 * self.data) - 1) / (math.exp(2 * self.data) + 1)
    out = Value(t, (self,), "tanh")

    def _backward() -> None:
        self.grad += (1 - t**2) * out.grad

    out._backward = _backward
    return out


def product_by_hand(self: Value, other: Value) -> Value:
    out = Value(self.data * other.data, (self, other), "*")

    def _backward() -> None:
        self.grad += other.data * out.grad
        other.grad += self.data * out.grad

    out._backward = _backward
    return out


def test_an_operation_by_hand_is_a_node_like_any_other() -> None:
    x = Value(0.8, label="x")
    y = tanh_by_hand(x * 2) * 3
    assert x.grad == 0  # assigning _backward has left no trace
    y.backward()
    ours = Value(0.8)
    (tg.tanh(ours * 2) * 3).backward()
    assert x.grad == pytest.approx(ours.grad, rel=1e-14)
    assert "tanh(v1)" in str(tg.explain(y))


def test_a_parent_that_is_used_twice_gets_both_shares() -> None:
    x = Value(3.0)
    y = product_by_hand(x, x)
    assert y._prev == {x}
    y.backward()
    assert x.grad == 6.0


def test_gradients_there_before_are_kept_when_backward_is_assigned() -> None:
    x = Value(3.0)
    x.grad = 5.0
    y = tanh_by_hand(x)
    assert (x.grad, y.grad) == (5.0, 0)
    y.backward()
    assert x.grad == 5.0 + 1 - math.tanh(3.0) ** 2


def test_without_its_backward_a_node_by_hand_claims_no_gradient() -> None:
    x = Value(3.0)
    y = Value(9.0, (x,), "square")
    assert (y._op, y._prev) == ("square", {x})
    y.backward()
    assert math.isnan(x.grad)
    assert Value(9.0, _children=(x,)).op == "by hand"
    assert Value(9.0, ()).parents == ()


def test_parents_by_hand_are_forgotten_within_no_grad() -> None:
    x = Value(3.0)
    with tg.no_grad():
        assert Value(9.0, (x,), "square").parents == ()


@pytest.mark.parametrize("parents", [3.0, (3.0,), [None]])
def test_parents_that_are_no_values_are_refused(parents: object) -> None:
    with pytest.raises(TypeError, match="the second argument of Value is the parents, a tuple of Values, got"):
        Value(9.0, parents, "square")


def test_a_step_of_the_backward_pass_can_still_be_called() -> None:
    x = Value(3.0)
    y = x * 2.0
    y.grad = 1.0
    y._backward()
    assert x.grad == 2.0


def test_a_hat_is_no_power() -> None:
    with pytest.raises(TypeError, match=r"\^ is no power in Python: write x \*\* 2"):
        Value(3.0) ^ 2
