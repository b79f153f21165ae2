"""The report of a fit."""

from tests.fitting.nist import PROBLEMS
from tinygrad_edu.fitting import least_squares
from tinygrad_edu.fitting.report import five_numbers


def test_the_report_says_what_one_wants_to_know():
    model, data, starts, *_ = PROBLEMS["Misra1a"]
    fit = least_squares(model, starts[1], data)
    lines = fit.text.splitlines()
    assert lines[0].split() == ["parameter", "value", "standard", "error", "95", "%", "interval"]
    assert lines[1].split() == ["p[0]", "238.94213", "2.707", "1.1", "%", "233.04", "to", "244.84"]
    assert lines[3] == (
        "14 residuals, 12 degrees of freedom; sum of squares 0.12455139; "
        "residual standard deviation 0.1019; R² 0.999982."
    )
    assert lines[4].startswith("Residuals: least -")
    assert lines[5].startswith("The errors of p[0] and p[1] go together: correlation -0.99")
    assert lines[6].startswith("Converged after ")
    assert str(fit) == repr(fit) == fit.text
    assert "| p\\[0\\] | 238.94213 | 2.707 | 1.1 % | 233.04 to 244.84 |" in fit._repr_markdown_()
    assert "χ² 0.12455139" in least_squares(model, starts[1], data, sigma=1.0).text


def test_a_parameter_that_is_0_has_no_relative_error():
    text = least_squares(lambda p, x: p * x, 0.0, [(1.0, 1.0), (1.0, -1.0)]).text
    assert text.splitlines()[1].split() == ["p", "0", "1", "-12.706", "to", "12.706"]


def test_quartiles():
    assert five_numbers([4.0, 1.0, 2.0, 3.0]) == "least 1, quartiles 1.75, 2.5, 3.25, greatest 4"
    assert five_numbers([7.0]) == "least 7, quartiles 7, 7, 7, greatest 7"
