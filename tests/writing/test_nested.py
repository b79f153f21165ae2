"""Programs with their loops found again compute what straight lines compute, to the last bit."""

import shutil

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

import tinygrad_edu as tg
from tests.rolling.programs import FUNCTIONS, NETWORKS, Case, by_c, by_node, by_python, is_finite, numbers, straight
from tests.staging.test_programs import programs, run
from tinygrad_edu.printers import c
from tinygrad_edu.rolling.families import Ref
from tinygrad_edu.rolling.finding import find_loops
from tinygrad_edu.staging import jit
from tinygrad_edu.symbols.liveness import Liveness
from tinygrad_edu.symbols.symbol import RowLoop
from tinygrad_edu.transforms import value_and_grad
from tinygrad_edu.writing.expressions import ExpressionText
from tinygrad_edu.writing.names import Names
from tinygrad_edu.writing.nested import LoopText

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


@cc
@node
def test_counted_numbers_go_below_zero(monkeypatch):
    """In C the variables of loops are unsigned; -3 + j was 2**64 - 3 + j there."""

    def counted(xs):
        rising = [x * (3 * i - 70) for i, x in enumerate(xs)]
        falling = [tg.where(x > i, x, float(-i)) for i, x in enumerate(xs)]
        both = [tg.sum([y * (i - k) for k, y in enumerate(xs[:8])]) for i in range(12)]
        return [*rising, *falling, *both]

    case = Case(jit(counted), numbers(42))
    text, script = case.trace.to("c"), case.trace.to("javascript")
    assert "(double)(3 * (ptrdiff_t)j - 70)" in text
    assert "(double)j" in text
    assert by_c(case, text, "-O2") == (0, by_python(case))
    straight(monkeypatch)
    found, expected = by_node([(case, script), (case, case.trace.to("javascript"))])
    assert found == expected


def test_a_language_states_all_that_languages_differ_in(monkeypatch):
    found = {}
    monkeypatch.setattr(c, "find_loops", lambda *args: found.setdefault("loops", find_loops(*args)))
    case = FUNCTIONS["a table"]()
    case.trace.to("c")
    names = Names(frozenset())
    text = LoopText(
        found["loops"],
        c.CWriter.of_expressions(Liveness(case.trace.program, [], guards=False, checks=False), names),
        names,
        {},
    )
    calls = [
        lambda: text._declared_array(0),
        lambda: text._table("t", []),
        lambda: text._zeros("t", 3),
        lambda: text._for("j", 3, downwards=False),
        lambda: text._watched("t"),
        lambda: text._rows(RowLoop(())),
        lambda: ExpressionText._place(text, Ref("p", 0, ()), []),
    ]
    for call in calls:
        with pytest.raises(NotImplementedError):
            call()


def test_large_arrays_are_no_part_of_the_stack():
    def scaled(xs):
        waves = [tg.sin(x) for x in xs]
        total = tg.sum(waves)
        return [wave * total for wave in waves]

    case = Case(jit(scaled), numbers(1500))
    assert "    static __thread double t1[1500];" in case.trace.to("c").splitlines()


def test_the_python_text_is_written_when_somebody_asks(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    ours = jit(lambda x: 2.0 * x, backend="c")
    assert ours(1.0) == 2.0
    assert "source" not in vars(ours.trace)
    assert ours.source == "def f(x):\n    return 2.0 * x\n"


def chosen(zero):
    """Gradients of many numbers, each times a choice between a number and zero."""

    def function(ps, xs):
        def example(x):
            return tg.where(x > 0.5, x, zero) * tg.dot(ps, [tg.sin(i * x) for i in range(len(ps))])

        return tg.sum_over(example, xs)

    return Case(jit(tg.grad(function), batched=["xs"]), numbers(60), numbers(5)).trace.to("c")


def test_only_zeros_of_the_structure_are_not_multiplied_by():
    assert "!= 0.0) {" in NETWORKS["relu"]().trace.to("c")
    assert "!= 0.0) {" in chosen(0)
    assert "!= 0.0) {" not in chosen(0.0)


def test_results_that_others_imply_are_not_looked_at():
    lines = NETWORKS["relu"]().trace.to("c").splitlines()
    looked_at = [line.partition("; i_2++")[0].strip() for line in lines if "0.0 * out[i" in line]
    assert looked_at == ["for (size_t i_2 = 0; i_2 < 1", "for (size_t i_2 = 174; i_2 < 347"]


def test_short_programs_stay_straight():
    case = Case(jit(lambda xs: [2.0 * x for x in xs]), numbers(5))
    assert "for (" not in case.trace.to("c").replace("for (size_t i = 0; i < 5; i++) totals", "")


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
