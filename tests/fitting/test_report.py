"""The report of a fit."""

import tinygrad_edu as tg
from tinygrad_edu.fitting.marquardt import least_squares
from tinygrad_edu.fitting.report import five_numbers

MISRA_X = [77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0]


MISRA_Y = [10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78]


MISRA = list(zip(MISRA_X, MISRA_Y, strict=True))


BOX_BOD = [(1.0, 109.0), (2.0, 149.0), (3.0, 149.0), (5.0, 191.0), (7.0, 213.0), (10.0, 224.0)]


RAT42 = list(
    zip(
        [9.0, 14.0, 21.0, 28.0, 42.0, 57.0, 63.0, 70.0, 79.0],
        [8.93, 10.80, 18.59, 22.33, 39.35, 56.11, 61.73, 64.62, 67.08],
        strict=True,
    )
)


MGH09 = list(
    zip(
        [4.0, 2.0, 1.0, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625],
        [0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246],
        strict=True,
    )
)


MGH10_Y = [34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872]


MGH10 = [(50.0 + 5 * i, float(y)) for i, y in enumerate(MGH10_Y)]


PROBLEMS = {
    "Misra1a": (
        lambda b, x: b[0] * (1 - tg.exp(-b[1] * x)),
        MISRA,
        [[500.0, 0.0001], [250.0, 0.0005]],
        [2.3894212918e02, 5.5015643181e-04],
        [2.7070075241e00, 7.2668688436e-06],
        1.2455138894e-01,
    ),
    "Misra1b": (
        lambda b, x: b[0] * (1 - (1 + b[1] * x / 2) ** -2),
        MISRA,
        [[500.0, 0.0001], [300.0, 0.0002]],
        [3.3799746163e02, 3.9039091287e-04],
        None,
        7.5464681533e-02,
    ),
    "Misra1c": (
        lambda b, x: b[0] * (1 - (1 + 2 * b[1] * x) ** -0.5),
        MISRA,
        [[500.0, 0.0001], [600.0, 0.0002]],
        [6.3642725809e02, 2.0813627256e-04],
        None,
        4.0966836971e-02,
    ),
    "Misra1d": (
        lambda b, x: b[0] * b[1] * x / (1 + b[1] * x),
        MISRA,
        [[500.0, 0.0001], [450.0, 0.0003]],
        [4.3736970754e02, 3.0227324449e-04],
        None,
        5.6419295283e-02,
    ),
    "BoxBOD": (
        lambda b, x: b[0] * (1 - tg.exp(-b[1] * x)),
        BOX_BOD,
        [[100.0, 0.75]],  # from (1, 1) the search ends on a plateau, SciPy's too
        [2.1380940889e02, 5.4723748542e-01],
        [1.2354515176e01, 1.0455993237e-01],
        1.1680088766e03,
    ),
    "Rat42": (
        lambda b, x: b[0] / (1 + tg.exp(b[1] - b[2] * x)),
        RAT42,
        [[100.0, 1.0, 0.1], [75.0, 2.5, 0.07]],
        [7.2462237576e01, 2.6180768402e00, 6.7359200066e-02],
        None,
        8.0565229338e00,
    ),
    "MGH09": (
        lambda b, x: b[0] * (x * x + x * b[1]) / (x * x + x * b[2] + b[3]),
        MGH09,
        [[0.25, 0.39, 0.415, 0.39]],
        [1.9280693458e-01, 1.9128232873e-01, 1.2305650693e-01, 1.3606233068e-01],
        None,
        3.0750560385e-04,
    ),
    "MGH10": (
        lambda b, x: b[0] * tg.exp(b[1] / (x + b[2])),
        MGH10,
        [[0.02, 4000.0, 250.0]],  # (2, 400000, 25000) is too far away
        [5.6096364710e-03, 6.1813463463e03, 3.4522363462e02],
        None,
        8.7945855171e01,
    ),
}


def test_the_report_says_what_one_wants_to_know():
    model, data, starts, *_ = PROBLEMS["Misra1a"]
    fit = least_squares(model, starts[1], data)
    lines = fit.text.splitlines()
    assert lines[0].split() == ["parameter", "value", "standard", "error"]
    assert lines[1].split() == ["p[0]", "238.94213", "2.707", "1.1", "%"]
    assert lines[3] == (
        "14 residuals, 12 degrees of freedom; sum of squares 0.12455139; "
        "residual standard deviation 0.1019; R² 0.999982."
    )
    assert lines[4].startswith("Residuals: least -")
    assert lines[5].startswith("The errors of p[0] and p[1] go together: correlation -0.99")
    assert lines[6].startswith("Converged after ")
    assert str(fit) == repr(fit) == fit.text
    assert "| p\\[0\\] | 238.94213 | 2.707 | 1.1 % |" in fit._repr_markdown_()
    assert "χ² 0.12455139" in least_squares(model, starts[1], data, sigma=1.0).text


def test_a_parameter_that_is_0_has_no_relative_error():
    text = least_squares(lambda p, x: p * x, 0.0, [(1.0, 1.0), (1.0, -1.0)]).text
    assert text.splitlines()[1].split() == ["p", "0", "1"]


def test_quartiles():
    assert five_numbers([4.0, 1.0, 2.0, 3.0]) == "least 1, quartiles 1.75, 2.5, 3.25, greatest 4"
    assert five_numbers([7.0]) == "least 7, quartiles 7, 7, 7, greatest 7"
