"""One expression at one point, by the engine and by us: what agrees, what does not, and what that looks like."""

from collections.abc import Sequence
from typing import NamedTuple

from .engines import Engine, Outcome, PlainNumberError
from .programs import Exact, Expression, Rules, exact

EXACT, APPROXIMATE = 1e-9, 2e-3  # of the number, or of 1 if it is smaller; float32 and log(x + ε) lie between


def error_of(found: complex | None, right: float) -> float:
    """How far off a number is, relative to it or to 1; None counts as a gradient of 0."""
    found = 0.0 if found is None else found
    if isinstance(found, complex) or found != found:
        return float("inf")
    return abs(found - right) / max(1.0, abs(right)) if found != right else 0.0


def close(found: complex | None, right: float) -> bool:
    """Whether they are the same number, up to what makes a result approximate."""
    return error_of(found, right) <= APPROXIMATE


class Trial(NamedTuple):
    """What should have come out and what did: an outcome or an exception."""

    expression: Expression
    point: tuple[float, ...]
    right: Exact
    outcome: Outcome | None
    error: Exception | None

    @property
    def wrong(self) -> int | None:
        """What is wrong: None, -1 for the value, or the number of the first wrong gradient."""
        if self.outcome is None:
            return -1
        if self.outcome.value is None or not close(self.outcome.value, self.right.value):
            return -1
        pairs = enumerate(zip(self.outcome.gradients, self.right.gradients, strict=True))
        return next((i for i, (found, right) in pairs if not close(found, right)), None)

    @property
    def is_approximate(self) -> bool:
        """Whether all is nearly right, and something not to the last digits."""
        found = (self.outcome.value, *self.outcome.gradients) if self.outcome else ()
        errors = map(error_of, found, (self.right.value, *self.right.gradients))
        return self.wrong is None and any(error > EXACT for error in errors)

    def numbers(self) -> tuple[float, object]:
        """What was expected and what came, of the first thing that is wrong."""
        i = self.wrong if self.wrong is not None else -1
        right = self.right.value if i < 0 else self.right.gradients[i]
        if self.outcome is None:
            if isinstance(self.error, PlainNumberError):
                return right, str(self.error)
            return right, f"{type(self.error).__name__}: {str(self.error)[:200]}"
        found = self.outcome.value if i < 0 else self.outcome.gradients[i]
        return right, found if isinstance(found, float) else str(found)


def trial_of(engine: Engine, expression: Expression, point: Sequence[float], rules: Rules) -> Trial:
    """The trial; raises what our own engine raises where the operation is undefined."""
    right = exact(expression, point, rules)
    try:
        return Trial(expression, tuple(point), right, engine.run(expression, point), None)
    except Exception as error:
        return Trial(expression, tuple(point), right, None, error)
