"""Staging: the staged function computes what the function itself computes, and its source reads as one would write it."""

import dataclasses
import functools
import math
import random
import re
import subprocess
import sys
import threading
import typing
from collections import namedtuple
from fractions import Fraction

import numpy as np
import pytest
from operations import BY_NAME, TABLE, Operation, Point, inf, nan, same, smooth_points

import tinygrad_edu as tg
from tinygrad_edu import Value, nn
from tinygrad_edu.dual import Dual
from tinygrad_edu.staging import Staged, StagingError, jit, mean_over, sum_over
from tinygrad_edu.staging.step import StagedStep
from tinygrad_edu.transforms import derivative, grad, hessian, jvp, value_and_grad, vjp


def leaves(tree):
    from tinygrad_edu.tree import flatten

    return flatten(tree)[0]


def close(x, y, tolerance=1e-12):
    """Equal trees of numbers, up to rounding; inf and nan in the same places."""
    a, b = leaves(x), leaves(y)
    return len(a) == len(b) and all(
        same(p, q) or abs(p - q) <= tolerance * max(abs(p), abs(q), 1e-300) for p, q in zip(a, b)
    )


def outcome(f, *args):
    """What a call gives: a result, or the type and text of an error."""
    try:
        return f(*args)
    except Exception as error:
        return type(error), str(error)


# --- every operation of the table ------------------------------------------------------------------------------


def derivatives(operation, count):
    """The value and all gradients of an operation on the first `count` operands."""
    return value_and_grad(operation.apply, tuple(range(count)))


@functools.cache
def staged(operation, count):
    def positional(*xs):
        return derivatives(operation, count)(*xs)

    names = [f"x{i}" for i in range(count)]
    namespace = {"positional": positional}
    exec(f"def function({', '.join(names)}): return positional({', '.join(names)})", namespace)
    return jit(namespace["function"])


@pytest.mark.parametrize(("operation", "point"), [*smooth_points()], ids=lambda x: getattr(x, "name", None))
def test_operation_staged_is_operation(operation: Operation, point: Point):
    point = tuple(map(float, point))
    ours, eager = staged(operation, len(point))(*point), derivatives(operation, len(point))(*point)
    assert close(ours, eager, 1e-13 if operation.absolute == 0 else 1e-11), f"{ours} staged, {eager}"


@pytest.mark.parametrize("operation", [x for x in TABLE if x.kinks or x.undefined], ids=lambda x: x.name)
def test_operation_staged_keeps_the_edge_cases(operation: Operation):
    for point in [*operation.kinks, *operation.undefined]:
        point = tuple(map(float, point))
        ours = outcome(staged(operation, len(point)), *point)
        eager = outcome(derivatives(operation, len(point)), *point)
        if type(eager[0]) is type:
            assert ours == eager, f"{operation.name}{point}"
        else:
            assert close(ours, eager), f"{operation.name}{point}: {ours} staged, {eager}"


@pytest.mark.parametrize("operation", [x for x in TABLE if x.undefined], ids=lambda x: x.name)
def test_gradient_alone_is_not_a_number_where_the_function_is_undefined(operation: Operation):
    for point in operation.undefined:
        if len(point) == 1:
            alone = grad(operation.apply)
            assert outcome(jit(alone), float(point[0])) == outcome(alone, float(point[0]))


@pytest.mark.parametrize("point", [(inf,), (-inf,), (nan,), (0.0,), (-0.0,), (5e-324,), (1e308,), (-1e308,), (1e200,)])
def test_extreme_numbers(point):
    for operation in TABLE:
        if all(len(each) == 1 for each in operation.samples) and (operation.name != "** 0" or point[0] == point[0]):
            ours, eager = outcome(staged(operation, 1), *point), outcome(derivatives(operation, 1), *point)
            assert ours == eager or close(ours, eager), f"{operation.name}{point}: {ours} staged, {eager}"
