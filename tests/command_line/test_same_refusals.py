"""What an expression's refusal says stays as it is, with the text and the caret below: see tests/kept.py."""

from collections.abc import Callable

import pytest

from tests.command_line.evaluating import error_of
from tests.command_line.test_expression import REFUSED
from tests.kept import Kept
from tinygrad_edu.command_line.expression_text import WRITTEN, printable

MORE = [
    "p1+p2+p3+p4+p5", "p1+p2+p3+p4+p5+p6+p7", "2 sin", "2 3", "a 3", "pi [a]", "sum(a) b", "[a] [b]", "+", "a +", "(",
    "sum(", "a = = b", "* a", "a * (b", "where(a < 0 1, 2)", "where(a < 0, 1 2)", "leaky_relu(a, 0.5, 2)",
    "[a][000000]", "[a, b][00002]", "[a][123456]", "dot([b, b], [1e308, 1e308])", "b * 1e308 * 10", "1e308 + 1e308",
    "-1e308 - 1e308", "b / 1e-308 / 1e-308", "exp(710)", "cosh(800)", "sum(1e308, 1e308)", "mean([1e308, 1e308])",
    "prod([1e308, 1e308])", "0j", "0J", "1J", "0a", "0xx", "1x1", "1.5.", "0b1", "0o7", "1_", "1e5_", "1e5.5",
    "3.14.15", "1e309", "a.b", "a . b", "a {", "a }", "é", "日 + a", "\t?", "a\n+ ?", "a / / b", "a***b", "a!=b", "a!",
    "'a", "5 %", "5 % -a", "5 % .5", "5 % [a]", "if", "not a", "None", "a and b", "while", "e(a)", "SUM(a)", "sine(a)",
    "xyzzy(a)", "arsinh(a)", "POW(a, b)", "softmax(a)", "softmax(a)[1]", "x = 1; y = 2; x", "x = 1; x = 2", "max = 3",
    "x = sin; x", "x", "x y", "u = u", "a[0", "log(0)", "log1p(-1)", "sqrt(a)", "arccosh(0.5)", "arctanh(1)", "0 ** -1",
    "a ** b ** 0.5", "logsumexp([])", "dot([], [])", "-log(a) * 2 + sqrt(b)", "c * " * 14 + "log(a)",
    "c * " * 15 + "log(a)", "c * " * 16 + "log(a)", "log(a)" + " + c" * 13, "log(a) " + " + c" * 13,
    "log(a)" + " + c" * 14, "n" * 29 + "(a)", "n" * 30 + "(a)", "n" * 31 + "(a)", "n" * 50 + "(a)", "1" * 28 + "x",
    "1" * 30 + "_", "1" * 31 + "_", "2*" + "q" * 31, "9" * 309, "[a][" + "9" * 30 + "]", "[a][" + "9" * 31 + "]",
    "a " + "b" * 30, "a " + "b" * 31, *[f"{name}(a)" for name in sorted(WRITTEN)],
]  # fmt: skip
TEXTS = [*(text for text, _, _ in REFUSED), *MORE]
OUTPUTS: dict[str, Callable[[], str]] = {
    f"{i} {printable(text)[:30]}": lambda text=text: f"{text}\n{error_of(text)}\n" for i, text in enumerate(TEXTS)
}
KEPT = Kept(__file__, OUTPUTS)


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_refusal_stays_as_it_is(name: str) -> None:
    KEPT.check(name)


def test_all_refusals_are_kept() -> None:
    KEPT.check_names()


if __name__ == "__main__":
    KEPT.main()
