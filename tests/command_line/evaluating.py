"""Expressions in texts, evaluated at numbers."""

import pytest

from tinygrad_edu.command_line.expression import parse
from tinygrad_edu.command_line.expression_text import ExpressionError

NUMBERS = {"a": -1.0, "b": 3.0, "c": 4.0}


def evaluated(text, values=NUMBERS):
    """The graph of the text; it takes of the values what it needs."""
    expression = parse(text)
    return expression.value({name: x for name, x in values.items() if name in expression.names})


def error_of(text, values=NUMBERS):
    with pytest.raises(ExpressionError) as caught:
        evaluated(text, values)
    return caught.value
