"""What probably lies behind wrong gradients that show in several operations alike, or where a node is used twice."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..foreign_engines.programs import Expression, Rules, exact
from ..foreign_engines.trials import Trial, close

LOST = "assigns the gradient instead of adding to it (= for +=)"
ABOVE = "right alone, wrong where the gradient from above is not 1: each slope is to be multiplied by it"


class Cause(NamedTuple):
    """What is wrong in words, and what it makes of a right gradient."""

    words: str
    made_of: Callable[[float], float]
    is_in_leaves: bool = False  # rather than in the backward pass

    def explains(self, trial: Trial) -> bool:
        """Whether all gradients of a trial are what it would make of the right ones, while the value is right."""
        return trial.wrong != -1 and all(close(found, self.made_of(right)) for found, right in _pairs(trial))


def cause_of(trials: Sequence[Trial]) -> Cause | None:
    """What explains the gradients of all these trials, none of which should be 0; None if nothing simple does."""
    found, right = next(iter(_pairs(trials[0])), (0.0, 1.0))
    factor, offset = found / right, found - right
    causes = (
        Cause("no gradient arrives, whatever the operation: does backward walk the graph?", lambda _: 0.0),
        Cause(f"every gradient is {factor:.6g} times the right one: does backward start with 1?", lambda x: factor * x),
        Cause(f"every gradient is off by {offset:.6g}: do the gradients start at 0?", lambda x: x + offset, True),
    )
    return next((each for each in causes if all(map(each.explains, trials))), None)


def _pairs(trial: Trial) -> list[tuple[float, float]]:
    """The gradients that came, none as 0, and the right ones."""
    came = trial.outcome.gradients if trial.outcome else ()
    numbers = [0.0 if found is None else found.real for found in came]
    return list(zip(numbers, trial.right.gradients, strict=bool(came)))


def lost_words(trial: Trial, rules: Rules) -> str:
    """Of u + x or x · u, u being computed from x: what became of the two gradients that should meet in x."""
    at = dict(zip(trial.expression.inputs, trial.point, strict=True))
    numbers = [
        exact(each, [at[name] for name in each.inputs], rules).value if isinstance(each, Expression) and each.operands
        else each for each in trial.expression.operands
    ]  # fmt: skip
    past = Expression(trial.expression.op, *numbers)  # u as a number: nothing can pass through it
    name = trial.expression.inputs[trial.wrong or 0]
    slopes = dict(zip(past.inputs, exact(past, [at[each] for each in past.inputs], rules).gradients, strict=True))
    right, found = trial.numbers()
    direct = slopes.get(name, 0.0)
    if not isinstance(found, float) or close(found, right - direct):
        return LOST
    inner = next(each for each in trial.expression.operands if isinstance(each, Expression) and each.operands)
    return f"nothing arrives through {inner}: does backward go on from it?" if close(found, direct) else ABOVE
