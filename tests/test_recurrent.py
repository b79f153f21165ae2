import math

import pytest

from tinygrad_edu import Value, relu
from tinygrad_edu import sum as total_of
from tinygrad_edu.recurrent import Cell, GRUCell, LSTMCell, RNNCell, unroll

SEQUENCE = [[0.5, -1.0], [1.5, 0.25], [-0.75, 2.0]]
CELLS = [RNNCell, GRUCell, LSTMCell]

# What PyTorch 2.13's cells compute in double precision from SEQUENCE with the weights of `filled`: all hidden units
# of all steps, and the gradients of their sum by weight_ih[0], weight_hh[0], bias_ih and bias_hh.
GOLDEN = {
    "RNNCell": (
        """
        -0.8828919540830177 -0.66188889030944 0.930593681976971 -0.558861381709111 0.8505775267772682
        0.960836252764884 0.14324546019644482 -0.9489096263753337 0.8513164812133908
        """,
        """
        1.2534522510090458 1.867993865940146 -1.602832339459066 0.04188032944007558 2.053583213545012
        2.564739886494443 1.1379350870168983 0.406533755569052 2.564739886494443 1.1379350870168983
        0.406533755569052
        """,
    ),
    "GRUCell": (
        """
        0.024580468087630106 -0.24514087129998924 0.8831851448986695 0.7255763216382638 0.5082381017660325
        0.9697954267681905 0.8591838556505587 -0.22725246900354323 0.7220826627917035
        """,
        """
        -0.02017363232458424 0.020069775961549192 0.00038452082032846305 0.0019363350179791338 -0.004888952163154522
        -0.025776507927658714 -0.008095655782073878 0.07549294231939443 -0.27819296323141607 0.14842044363377901
        -0.015651481875564352 0.3756285158951048 1.3838718381972606 0.48927127248378943 -0.025776507927658714
        -0.008095655782073878 0.07549294231939443 -0.27819296323141607 0.14842044363377901 -0.015651481875564352
        0.10760075405632366 0.3768049620921664 0.3476607428366118
        """,
    ),
    "LSTMCell": (
        """
        -0.01777521003365403 -0.055580542850699265 0.10472588288304413 0.04746122894901212 0.07463070258219277
        0.08292338514852368 0.04553610907853878 0.09771082324118754 0.19411844922847765
        """,
        """
        0.006435981546854745 0.03477338170219547 0.00018089853421322756 -8.32145525346635e-05 0.002122917874163941
        0.008246090740688364 0.01923803308988703 0.07758009179550807 0.004084328778297175 0.03156142228291445
        0.0549979031445456 0.07394422513758954 0.2614893851486474 0.05680285323289079 0.06691954142797672
        0.10168813964354222 0.28407973596358194 0.008246090740688364 0.01923803308988703 0.07758009179550807
        0.004084328778297175 0.03156142228291445 0.0549979031445456 0.07394422513758954 0.2614893851486474
        0.05680285323289079 0.06691954142797672 0.10168813964354222 0.28407973596358194
        """,
    ),
}


def filled(cell):
    """Every number of the cell set by a rule that both libraries can follow."""
    for name, scale in (("weight_ih", 1.0), ("weight_hh", 2.0), ("bias_ih", 3.0), ("bias_hh", 5.0)):
        rows = getattr(cell, name)
        for i, row in enumerate(rows):
            for j, w in enumerate(row if isinstance(row, list) else [row]):
                w.data = math.sin(scale * (i + 1) + 0.7 * j)
    return cell


def run(kind):
    cell = filled(kind(2, 3))
    outputs, _ = unroll(cell, SEQUENCE)
    units = [h for output in outputs for h in output]
    total_of(units).backward()
    gradients = [*cell.weight_ih[0], *cell.weight_hh[0], *cell.bias_ih, *cell.bias_hh]
    return [h.data for h in units], [w.grad for w in gradients]


def run_with_pytorch(torch, kind):
    theirs = getattr(torch.nn, kind.__name__)(2, 3, dtype=torch.float64)
    ours = filled(kind(2, 3)).state_dict()
    theirs.load_state_dict({name: torch.tensor(ours[name], dtype=torch.float64) for name in ours})
    state, units = None, []
    for x in SEQUENCE:
        state = theirs(torch.tensor(x, dtype=torch.float64), state)
        units.append(state[0] if kind is LSTMCell else state)
    torch.cat(units).sum().backward()
    slopes = [theirs.weight_ih.grad[0], theirs.weight_hh.grad[0], theirs.bias_ih.grad, theirs.bias_hh.grad]
    return torch.cat(units).tolist(), torch.cat(slopes).tolist()


# --- the cells -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", CELLS)
def test_cells_and_their_gradients_are_what_pytorch_computed(kind):
    for ours, theirs in zip(run(kind), GOLDEN[kind.__name__], strict=True):
        assert ours == pytest.approx([float(x) for x in theirs.split()], rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("kind", CELLS)
def test_cells_agree_with_the_pytorch_that_is_installed(kind):
    torch = pytest.importorskip("torch")
    for ours, theirs in zip(run(kind), run_with_pytorch(torch, kind), strict=True):
        assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-14)


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def test_an_lstm_is_its_equations_on_plain_floats():
    cell = LSTMCell(1, 1, seed=1)
    w, u = ([row[0].data for row in rows] for rows in (cell.weight_ih, cell.weight_hh))
    x, h, c = 0.8, 0.3, -0.4
    i, f, g, o = (wk * x + uk * h for wk, uk in zip(w, u, strict=True))
    new_c = sigmoid(f) * c + sigmoid(i) * math.tanh(g)
    (our_h,), (our_c,) = cell([x], ([h], [c]))
    assert our_c.data == pytest.approx(new_c, rel=1e-12)
    assert our_h.data == pytest.approx(sigmoid(o) * math.tanh(new_c), rel=1e-12)


def test_a_gru_is_its_equations_on_plain_floats():
    cell = GRUCell(1, 1, seed=1)
    w, u = ([row[0].data for row in rows] for rows in (cell.weight_ih, cell.weight_hh))
    x, h = 0.8, 0.3
    r, z = (sigmoid(w[k] * x + u[k] * h) for k in (0, 1))
    n = math.tanh(w[2] * x + r * u[2] * h)
    assert cell([x], [h])[0].data == pytest.approx((1 - z) * n + z * h, rel=1e-12)


@pytest.mark.parametrize("w", [0.5, 1.5])
def test_w12_gradients_through_time_are_powers_of_the_weight(w):
    """h ← relu(w·h) for h > 0: dh_T/dh_0 = w multiplied T times."""

    class Line(Cell):
        def __call__(self, x, state=None):
            return [relu(z) for z in self._sums(0, x, state)]

    cell = Line(1, 1, init="zeros")
    cell.weight_hh[0][0].data = w
    start = Value(1.0)
    _, (last,) = unroll(cell, [[0.0]] * 50, [start])
    last.backward()
    assert start.grad == pytest.approx({0.5: 8.881784197001252e-16, 1.5: 6.376215002140495e8}[w], rel=1e-12)


def test_the_slope_of_an_lstms_cell_state_is_the_forget_gate():
    cell = LSTMCell(1, 1, init="zeros")
    cell.bias_ih[1].data = 20.0  # the forget gate stays open
    c = Value(0.5)
    _, (_, (last,)) = unroll(cell, [[0.0]] * 100, ([0.0], [c]))
    last.backward()
    assert c.grad == pytest.approx(sigmoid(20.0) ** 100, rel=1e-12)
    assert c.grad > 0.999


# --- sequences and states --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", CELLS)
def test_unrolling_is_calling_the_cell_again_and_again(kind):
    cell = kind(2, 3, seed=1)
    state = None
    for x in SEQUENCE:
        state = cell(x, state)
    outputs, last = unroll(cell, (x for x in SEQUENCE))
    assert len(outputs) == len(SEQUENCE)
    assert [h.data for h in outputs[-1]] == [h.data for h in cell.output(state)]
    assert [h.data for h in cell.output(last)] == [h.data for h in cell.output(state)]


@pytest.mark.parametrize("kind", CELLS)
def test_a_sequence_of_nothing_leaves_the_initial_state(kind):
    cell = kind(2, 3)
    assert unroll(cell, []) == ([], cell.initial_state())


def test_a_long_sequence_needs_no_recursion():
    cell = RNNCell(1, 1, seed=1)
    outputs, _ = unroll(cell, [[1.0]] * 5000)
    outputs[-1][0].backward()
    assert cell.bias_ih[0].grad > 0


@pytest.mark.parametrize(("kind", "gates"), [(RNNCell, 1), (GRUCell, 3), (LSTMCell, 4)])
def test_cells_have_pytorchs_parameters_and_start_within_its_range(kind, gates):
    cell = kind(2, 4, seed=1)
    state = cell.state_dict()
    shapes = {
        name: [len(rows)] + [len(row) for row in rows[:1] if isinstance(row, list)] for name, rows in state.items()
    }
    assert shapes == {
        "weight_ih": [4 * gates, 2],
        "weight_hh": [4 * gates, 4],
        "bias_ih": [4 * gates],
        "bias_hh": [4 * gates],
    }
    weights = [w for row in cell.weight_ih + cell.weight_hh for w in row]
    assert 0.3 < max(abs(w.data) for w in weights) <= 0.5
    assert weights[1].label == "weight_ih[0][1]"
    assert repr(cell) == f"{kind.__name__}(2, 4)"


@pytest.mark.parametrize("kind", CELLS)
def test_inputs_and_states_of_another_size_are_refused(kind):
    cell = kind(2, 3)
    with pytest.raises(ValueError, match="got 1 inputs where 2 are expected"):
        cell([1.0])
    with pytest.raises(ValueError, match="got 2 hidden units where 3 are expected"):
        cell([1.0, 2.0], ([0.0] * 3, [0.0] * 2) if kind is LSTMCell else [0.0, 0.0])
    with pytest.raises(TypeError, match="expected a sequence of 2 numbers"):
        cell(1.0)


@pytest.mark.parametrize("state", [3.0, [0.0, 0.0, 0.0]])
def test_an_lstm_wants_both_halves_of_its_state(state):
    with pytest.raises(TypeError, match=r"the pair \(h, c\)"):
        LSTMCell(2, 3)([1.0, 2.0], state)
