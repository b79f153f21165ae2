"""Recurrent networks: a cell that reads a sequence one step at a time and carries a state along.

The three cells compute what PyTorch's `RNNCell`, `LSTMCell` and `GRUCell` do, from weights of the same names and
layout: `weight_ih` has a row of input weights for each unit of each gate, `weight_hh` a row of state weights, and
there is a bias with each. `unroll` applies a cell along a sequence.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from .engine import Value
from .functions import dot
from .mistakes.options import A_LIST, Kind, expect
from .networks.initialisation import Scheme, Source, scheme, source
from .networks.module import Module
from .networks.shapes import Inputs, inputs, size
from .numbers import scalar
from .numbers.number import Number

A_CELL = Kind("a cell, as RNNCell(2, 3)", lambda x: hasattr(x, "initial_state") and not isinstance(x, type))
Numbers: TypeAlias = list[Value | Number]
State: TypeAlias = Any  # a list of numbers or Values; for an LSTM a pair of lists


class Cell(Module):
    """What the cells share: weights for `gates` gates of `nhidden` units each, and how a gate is summed up.

    Weights are drawn by `init`, by default evenly within ±1/√nhidden, as in PyTorch, from the `seed` or the generator
    `rng`; biases start at 0.
    """

    gates = 1

    def __init__(
        self,
        nin: int,
        nhidden: int,
        *,
        init: str | Scheme | None = None,
        seed: int | None = None,
        rng: Source | None = None,
    ) -> None:
        self.nin, self.nhidden = size("inputs", nin), size("hidden units", nhidden)
        rows = range(self.gates * nhidden)
        draw, rng = scheme(_by_hidden_size if init is None else init), source(seed, rng)

        def matrix(name: str, columns: int) -> list[list[Value]]:
            return [
                [Value(draw(rng, columns, nhidden), label=f"{name}[{i}][{j}]") for j in range(columns)] for i in rows
            ]

        self.weight_ih = matrix("weight_ih", nin)
        self.weight_hh = matrix("weight_hh", nhidden)
        self.bias_ih = [Value(0.0, label=f"bias_ih[{i}]") for i in rows]
        self.bias_hh = [Value(0.0, label=f"bias_hh[{i}]") for i in rows]

    def initial_state(self) -> State:
        """The state before the first step: zeros."""
        return [0.0] * self.nhidden

    def output(self, state: State) -> Numbers:
        """What the cell shows of its state: the hidden units h."""
        return list(state)

    def _sums(self, gate: int, x: Numbers, h: Numbers) -> list[Value]:
        """W_ih·x + b_ih + W_hh·h + b_hh for each unit of a gate, the weighted sum as one node."""
        xh = x + h
        return [
            dot(self.weight_ih[i] + self.weight_hh[i], xh) + self.bias_ih[i] + self.bias_hh[i] for i in self._rows(gate)
        ]

    def _rows(self, gate: int) -> range:
        return range(gate * self.nhidden, (gate + 1) * self.nhidden)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.nin}, {self.nhidden})"


class RNNCell(Cell):
    """h′ = tanh(W_ih·x + b_ih + W_hh·h + b_hh), the simple recurrent network (Elman 1990).

    Call it with the input and the state h, by default zeros; it returns the new state. Raises ValueError if there
    are more or fewer numbers than `nin` and `nhidden`.

    >>> cell = RNNCell(2, 3, seed=1)
    >>> h = cell([1.0, -1.0])
    >>> len(h), len(cell([0.5, 0.5], h))
    (3, 3)
    """

    def __call__(self, x: Inputs, state: Inputs | None = None) -> list[Value]:
        """The state after reading the input x."""
        x, h = inputs(x, self.nin), _given(state, self)
        return [scalar.tanh(z) for z in self._sums(0, x, h)]


class GRUCell(Cell):
    """The gated recurrent unit: a gate r that forgets, a gate z between old and new (Cho and others 2014).

    r = σ(W_ir·x + b_ir + W_hr·h + b_hr), z likewise, n = tanh(W_in·x + b_in + r·(W_hn·h + b_hn)),
    h′ = (1 - z)·n + z·h. The rows of the weights are those of r, z, n. Called like an RNNCell.

    >>> len(GRUCell(2, 3, seed=1)([1.0, -1.0]))
    3
    """

    gates = 3

    def __call__(self, x: Inputs, state: Inputs | None = None) -> list[Value]:
        """The state after reading the input x."""
        x, h = inputs(x, self.nin), _given(state, self)
        r = [scalar.sigmoid(s) for s in self._sums(0, x, h)]
        z = [scalar.sigmoid(s) for s in self._sums(1, x, h)]
        n = [
            scalar.tanh(
                dot(self.weight_ih[i], x) + self.bias_ih[i] + rj * (dot(self.weight_hh[i], h) + self.bias_hh[i])
            )
            for i, rj in zip(self._rows(2), r, strict=True)
        ]
        return [(1 - zj) * nj + zj * hj for zj, nj, hj in zip(z, n, h, strict=True)]


class LSTMCell(Cell):
    """Long short-term memory: a cell state c that is only scaled and added to, so gradients survive in it.

    With i, f, o = σ(W·x + b + W·h + b) and g = tanh(W·x + b + W·h + b), each with rows of its own in the order
    i, f, g, o: c′ = f·c + i·g, h′ = o·tanh(c′) (Hochreiter and Schmidhuber 1997; forget gate: Gers and others 2000).

    Call it with the input and the state, the pair (h, c), by default zeros; it returns the new pair. Raises
    ValueError if sizes differ.

    >>> h, c = LSTMCell(2, 3, seed=1)([1.0, -1.0])
    >>> len(h), len(c)
    (3, 3)
    """

    gates = 4

    def initial_state(self) -> State:
        """The pair (h, c) before the first step: zeros."""
        return [0.0] * self.nhidden, [0.0] * self.nhidden

    def output(self, state: State) -> Numbers:
        """The hidden units h of the pair (h, c)."""
        return list(state[0])

    def __call__(self, x: Inputs, state: State = None) -> tuple[list[Value], list[Value]]:
        """The state (h, c) after reading the input x."""
        h, c = self.initial_state() if state is None else _pair(state)
        x, h, c = inputs(x, self.nin), _given(h, self), _given(c, self)
        i, f, g, o = (self._sums(gate, x, h) for gate in range(4))
        new_c = [
            scalar.sigmoid(fj) * cj + scalar.sigmoid(ij) * scalar.tanh(gj)
            for ij, fj, gj, cj in zip(i, f, g, c, strict=True)
        ]
        return [scalar.sigmoid(oj) * scalar.tanh(cj) for oj, cj in zip(o, new_c, strict=True)], new_c


def unroll(cell: Cell, sequence: Iterable[Inputs], state: State = None) -> tuple[list[Numbers], State]:
    """Apply the cell to each input of a sequence in turn: the list of its outputs h, and the last state.

    >>> outputs, state = unroll(RNNCell(1, 2, seed=1), [[1.0], [2.0], [3.0]])
    >>> len(outputs), outputs[-1] == state
    (3, True)
    """
    expect("unroll", A_CELL, cell=cell)
    expect("unroll", A_LIST, sequence=sequence)
    state = cell.initial_state() if state is None else state
    outputs = []
    for x in sequence:
        state = cell(x, state)
        outputs.append(cell.output(state))
    return outputs, state


def _by_hidden_size(source: Source, _columns: int, nhidden: int) -> float:
    limit = 1 / math.sqrt(nhidden)
    return source.uniform(-limit, limit)


def _given(state: Inputs | None, cell: Cell) -> Numbers:
    return inputs(cell.initial_state() if state is None else state, cell.nhidden, "hidden units")


def _pair(state: object) -> Sequence[Inputs]:
    if not isinstance(state, (tuple, list)) or len(state) != 2:
        raise TypeError("the state of an LSTM is the pair (h, c) that it returned")
    return state
