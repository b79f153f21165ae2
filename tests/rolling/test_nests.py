"""What nests of a recurrence wait for, and which factors say that there is nothing to do."""

import pytest

import tinygrad_edu as tg
from tests.rolling.programs import Case, numbers
from tinygrad_edu.rolling.families import Ref
from tinygrad_edu.rolling.nests import _awaited
from tinygrad_edu.rolling.shapes import Unrollable
from tinygrad_edu.staging import jit, mean_over
from tinygrad_edu.transforms import value_and_grad

ALONE, NOW = "alone", "now"


@pytest.mark.parametrize(
    ("start", "steps", "extents", "now", "waits"),
    [
        (0, (1,), (4,), 1, {(ALONE, "a", 0)}),
        (0, (1,), (4,), 0, {(ALONE, "a", 0)}),
        (0, (1,), (5,), 1, {(ALONE, "a", 0), (ALONE, "a", 1)}),
        (7, (-1,), (4,), 2, {(ALONE, "a", 1)}),
        (7, (-1,), (5,), 2, {(ALONE, "a", 0), (ALONE, "a", 1)}),
        (1, (4, 1), (3, 2), 2, {(ALONE, "a", 0), (ALONE, "a", 1), (ALONE, "a", 2)}),
        (5, (0,), (9,), 3, {(ALONE, "a", 1)}),
        (0, (1,), (5,), 0, None),
        (4, (1,), (1,), 0, None),
    ],
)
def test_a_round_that_is_computed_alone_waits_for_the_rounds_it_reads(start, steps, extents, now, waits):
    """Of an array "a" with 4 numbers in each round; None where it reads a round that is still to come."""
    ref = Ref("a", start, steps)
    if waits is None:
        with pytest.raises(Unrollable):
            _awaited(ref, 4, extents, now, 0)
    else:
        assert _awaited(ref, 4, extents, now, 0) == waits


@pytest.mark.parametrize(
    ("start", "turn", "waits"),
    [
        (8, 4, {(NOW, "a")}),
        (4, 4, {(ALONE, "a", 1)}),
        (0, 4, {(ALONE, "a", 0), (ALONE, "a", 1)}),
        (8, 0, None),
        (8, 5, None),
        (12, 4, None),
        (5, 4, None),
    ],
)
def test_rounds_that_follow_wait_for_what_stands_before_them(start, turn, waits):
    """They begin at round 2, read a whole round each, and move along with the rounds; None where they do not."""
    ref = Ref("a", start, (1,), turn)
    if waits is None:
        with pytest.raises(Unrollable):
            _awaited(ref, 4, (4,), 2, 7)
    else:
        assert _awaited(ref, 4, (4,), 2, 7) == waits


def test_where_a_unit_is_off_its_gradients_are_passed_over():
    """In front of the loop over its weights where there is one unit, within the loop over the units where they are."""

    def loss(p, xs):
        def example(x):
            hidden = [tg.relu(tg.dot(row, x)) for row in p]
            return tg.sum([a * a for a in hidden])

        return mean_over(example, xs)

    found = []
    for units in (1, 3):
        weights = [numbers(45, i) for i in range(units)]
        case = Case(jit(value_and_grad(loss), batched=["xs"]), weights, [numbers(45), numbers(45)])
        lines = case.trace.to("c").splitlines()
        at = next(i for i, line in enumerate(lines) if "!= 0.0) {" in line)
        found.append([line.strip() for line in lines[at - 1 : at + 2]])
    assert found[0][1].startswith("if (")
    assert found[0][2] == "for (size_t j = 0; j < 45; j++) {"
    assert found[1][0] == "for (size_t j = 0; j < 3; j++) {"
    assert found[1][1].startswith("if (")
    assert found[1][2] == "for (size_t k = 0; k < 45; k++) {"
