"""Levels: deeper inside, free again afterwards, whatever happens."""

import threading

import pytest

from tinygrad_edu import Value, no_grad
from tinygrad_edu.transforms import level as levels
from tinygrad_edu.transforms.dual import Dual
from tinygrad_edu.transforms.level import KEPT, deeper


def test_each_block_is_deeper_than_those_around_it():
    with deeper(Value) as A, deeper(Dual) as B, deeper(Value) as C:
        assert 0 < A.level < B.level < C.level
        assert issubclass(B, Dual)


def test_a_level_is_used_again_after_the_block():
    with deeper(Value) as First:
        pass
    with deeper(Value) as Second:
        assert Second is First


def test_an_exception_releases_the_level():
    with pytest.raises(KeyboardInterrupt), deeper(Value):
        raise KeyboardInterrupt


def test_levels_deeper_than_those_kept_work_too():
    blocks = [deeper(Value) for _ in range(KEPT + 2)]
    classes = [block.__enter__() for block in blocks]
    for block in reversed(blocks):
        block.__exit__(None, None, None)
    assert [each.level for each in classes] == list(range(1, KEPT + 3))
    assert (Value, KEPT) in levels._classes
    assert (Value, KEPT + 1) not in levels._classes


def test_nodes_of_a_level_have_no_dict():
    with deeper(Value) as Node, pytest.raises(AttributeError):
        Node(1.0).surprise = 1


def test_a_block_records_inside_no_grad():
    with no_grad(), deeper(Value) as Node:
        x = Node(3.0)
        y = x * x
        assert y.parents == (x, x)
        with no_grad():
            assert (x * x).parents == ()


def test_blocks_in_other_threads_count():
    entered, leave = threading.Event(), threading.Event()

    def other():
        with deeper(Value):
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=other)
    thread.start()
    entered.wait(10)
    with deeper(Value) as Node:
        assert Node.level == 2
    leave.set()
    thread.join()
