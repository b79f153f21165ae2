"""Programs with their loops found again compute what straight lines compute, to the last bit."""

import shutil

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

import tinygrad_edu as tg
from tests.rolling.programs import FUNCTIONS, NETWORKS, Case, by_c, by_node, by_python, is_finite, numbers, straight
from tests.staging.test_programs import programs, run
from tinygrad_edu.staging import jit
from tinygrad_edu.transforms import value_and_grad

node = pytest.mark.skipif(not shutil.which("node"), reason="needs Node.js")
cc = pytest.mark.skipif(not shutil.which("cc"), reason="needs a C compiler")
ALL = NETWORKS | FUNCTIONS


@cc
@pytest.mark.parametrize("name", ALL)
def test_c_with_loops_computes_the_same_bits(name, monkeypatch):
    case = ALL[name]()
    rolled = case.trace.to("c")
    straight(monkeypatch)
    lines = case.trace.to("c")
    assert len(rolled) < len(lines)
    assert by_c(case, rolled, "-O2") == by_c(case, lines, "-O0") == (0, by_python(case))


@cc
def test_optimisation_changes_no_bit():
    case = NETWORKS["relu"]()
    assert by_c(case, case.trace.to("c"), "-O3", "-march=native") == (0, by_python(case))


@node
def test_javascript_with_loops_computes_the_same_bits(monkeypatch):
    cases = [make() for make in ALL.values()]
    rolled = [case.trace.to("javascript") for case in cases]
    straight(monkeypatch)
    lines = [case.trace.to("javascript") for case in cases]
    for name, short, long in zip(ALL, rolled, lines, strict=True):
        assert len(short) < len(long), name
    for name, found, expected in zip(
        ALL, by_node(zip(cases, rolled, strict=True)), by_node(zip(cases, lines, strict=True)), strict=True
    ):
        assert found == expected, name


def regular(program, n):
    """A random program, the same for each number and the next; None where that is undefined or not finite."""

    def summed(p):
        return tg.sum([run(program, [a, b]) for a, b in zip(p, [*p[1:], p[0]], strict=True)])

    try:
        case = Case(jit(value_and_grad(summed)), [0.1 + 0.3 * abs(x) for x in numbers(n)])
        return case if is_finite(case) else None
    except (ArithmeticError, ValueError):
        return None


def in_both(case, language):
    """The text with loops, and the straight one."""
    with pytest.MonkeyPatch.context() as patch:
        rolled = case.trace.to(language)
        straight(patch)
        return rolled, case.trace.to(language)


@cc
@given(st.lists(programs, min_size=3, max_size=3))
@settings(max_examples=3)
def test_random_programs_in_c(some):
    for case in filter(None, (regular(program, 9) for program in some)):
        rolled, lines = in_both(case, "c")
        assert by_c(case, rolled, "-O2") == by_c(case, lines, "-O0"), rolled


@node
@given(st.lists(programs, min_size=20, max_size=20))
@settings(max_examples=3)
def test_random_programs_in_javascript(some):
    pairs = [(case, *in_both(case, "javascript")) for program in some if (case := regular(program, 9))]
    rolled, lines = [(case, text) for case, text, _ in pairs], [(case, text) for case, _, text in pairs]
    for found, expected, (_, text) in zip(by_node(rolled), by_node(lines), rolled, strict=True):
        assert found == expected, text
