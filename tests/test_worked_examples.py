"""The examples that every text on backpropagation works through, with the numbers in double precision."""

import math

import pytest

import tinygrad_edu as tg
from tinygrad_edu import Value


def test_a_product() -> None:
    x, y = Value(-2.0), Value(3.0)
    f = x * y
    f.backward()
    assert (f.data, x.grad, y.grad) == (-6.0, 3.0, -2.0)


def test_a_product_read_as_sensitivity() -> None:
    """Raising x by ε raises f by 3ε; raising y by ε lowers it by 2ε."""
    epsilon = 2.0**-20
    x, y = Value(-2.0), Value(3.0)
    f = x * y
    assert ((Value(-2.0 + epsilon) * y) - f).data == 3 * epsilon
    assert ((x * Value(3.0 + epsilon)) - f).data == -2 * epsilon


def test_branches() -> None:
    a, b, c = Value(-1.0), Value(3.0), Value(4.0)
    x, y = a + b, b + c
    f = x * y
    f.backward()
    table = {node: (node.data, node.local_grads, node.grad) for node in (x, y, f, a, b, c)}
    assert table == {
        x: (2.0, (1, 1), 7.0),
        y: (7.0, (1, 1), 2.0),
        f: (14.0, (7.0, 2.0), 1.0),
        a: (-1.0, (), 7.0),
        b: (3.0, (), 9.0),
        c: (4.0, (), 2.0),
    }


def test_branches_one_forward_pass_by_hand() -> None:
    """Forward mode from b: ẋ = 1, ẏ = 1, ḟ = 7·1 + 2·1 = 9, from the same local gradients."""
    a, b, c = Value(-1.0), Value(3.0), Value(4.0)
    f = (a + b) * (b + c)
    rate = {a: 0.0, b: 1.0, c: 0.0}
    for node in tg.topological_order(f):
        if node.op:
            rate[node] = sum(local * rate[parent] for parent, local in node.edges())
    assert rate[f] == 9.0


@pytest.mark.parametrize(
    ("x", "u", "v", "f", "slope"),
    [
        (1.0, 1.0, 0.8414709848078965, 2.319776824715853, 2.506761534986894),
        (0.5, 0.25, math.sin(0.25), 1.2806963574441748, 1.240882609167237),
    ],
)
def test_a_composite(x: float, u: float, v: float, f: float, slope: float) -> None:
    node_x = Value(x)
    node_u = node_x**2
    node_v = tg.sin(node_u)
    node_f = tg.exp(node_v)
    node_f.backward()
    assert [node_u.data, node_v.data, node_f.data] == pytest.approx([u, v, f], rel=1e-12)
    assert node_x.grad == pytest.approx(slope, rel=1e-12)
    assert node_x.grad == pytest.approx(math.exp(v) * math.cos(u) * 2 * x, rel=1e-12)


def test_the_expression_that_small_engines_are_measured_on() -> None:
    a, b = Value(-4.0), Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + tg.relu(b + a)
    d += 3 * d + tg.relu(b - a)
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert g.data == pytest.approx(24.70408163265306, rel=1e-12)
    assert a.grad == pytest.approx(138.8338192419825, rel=1e-12)
    assert b.grad == pytest.approx(645.5772594752186, rel=1e-12)


def test_backward_twice() -> None:
    x = Value(3.0)
    y = x * x
    z = 2 * y
    z.backward()
    assert x.grad == 12.0
    z.backward()
    assert (x.grad, y.grad) == (24.0, 2.0)


def test_two_losses_share_a_part() -> None:
    a = Value(2.0)
    q = a * a
    first, second = 2 * q, 3 * q
    first.backward()
    second.backward()
    assert (a.grad, q.grad) == (8.0 + 12.0, 3.0)


@pytest.mark.parametrize("n", [1, 5, 20])
def test_gradients_vanish_in_a_chain_of_sigmoids(n: int) -> None:
    x = Value(0.3)
    a, b = x, x
    for _ in range(n):
        a, b = tg.sigmoid(a), tg.tanh(b)
    a.backward()
    assert 0 < x.grad <= 0.25**n
    x.zero_grad()
    b.backward()
    assert 0 < x.grad <= 1


def test_tanh_is_a_stretched_sigmoid() -> None:
    for t in (-2.0, 0.0, 0.7):
        x, y = Value(t), Value(2 * t)
        tg.tanh(x).backward()
        tg.sigmoid(y).backward()
        assert tg.tanh(t) == pytest.approx(2 * tg.sigmoid(2 * t) - 1, rel=1e-12)
        assert x.grad == pytest.approx(4 * y.grad, rel=1e-12)


@pytest.mark.parametrize(("w", "gradient"), [(1.5, 6.376e8), (0.5, 8.882e-16)])
def test_gradients_explode_or_vanish_through_time(w: float, gradient: float) -> None:
    h_0 = Value(1.0)
    h = h_0
    for _ in range(50):
        h = w * h
    h.backward()
    assert h_0.grad == pytest.approx(gradient, rel=1e-3)
    assert h_0.grad == pytest.approx(w**50, rel=1e-12)


def test_a_dead_relu_gets_no_gradient() -> None:
    w, b = Value(1.0), Value(-10.0)
    loss = tg.sum((tg.relu(w * x + b) - 1.0) ** 2 for x in (0.5, 2.0, 3.0))
    loss.backward()
    assert (w.grad, b.grad) == (0.0, 0.0)
    w.zero_grad()
    b.zero_grad()
    loss = tg.sum((tg.leaky_relu(w * x + b) - 1.0) ** 2 for x in (0.5, 2.0, 3.0))
    loss.backward()
    assert w.grad < 0
