"""Examples as floats: looked at once, until they are forgotten."""

import numpy as np
import pytest

from tinygrad_edu.steps.converted import Converted


def test_ints_become_floats_and_each_example_is_looked_at_once():
    converted = Converted()
    examples = [[1, 2.0], [0.5, 1.5], np.array([1.0, 2.0]), {"a": 1}, 3]
    rows = converted.rows(examples)
    assert rows == [[1.0, 2.0], [0.5, 1.5], [1.0, 2.0], {"a": 1.0}, 3.0]
    assert [type(x) for x in (*rows[0], *rows[2], rows[4])] == [float] * 5
    assert rows[1] is examples[1]
    examples[0][0] = 7
    assert converted.rows(examples)[0] is rows[0]
    converted.forget()
    assert converted.rows(examples)[0] == [7.0, 2.0]


def test_a_buffer_of_rows_and_one_of_numbers():
    converted = Converted()
    examples, numbers = [[1, 2.0], np.array([3, 4])], [1, 2.5, np.float64(3.0)]
    for _ in range(2):
        buffer = converted.buffer(examples)
        assert (buffer.format, buffer.shape, buffer.tolist()) == ("d", (2, 2), [[1.0, 2.0], [3.0, 4.0]])
        buffer = converted.buffer(numbers)
        assert (buffer.format, buffer.shape, buffer.tolist()) == ("d", (3,), [1.0, 2.5, 3.0])
    converted.forget()
    numbers[0] = 7
    assert converted.buffer(numbers).tolist() == [7.0, 2.5, 3.0]


@pytest.mark.parametrize(
    "examples", [[[1.0], [1.0, 2.0]], [1.0, [1.0]], [[]], [(1.0,)], [{"a": 1.0}], [[[1.0]]], [["a"]], ["a"]], ids=str
)
def test_other_examples_have_no_buffer(examples):
    assert Converted().buffer(examples) is None
