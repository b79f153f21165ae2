"""Networks that fail, each in its own way, with what `diagnose` says about them: for the explainer's microscope."""

from collections.abc import Callable
from itertools import takewhile

from ..datasets import curve
from ..diagnosis.layers import diagnose
from ..nn import MLP, mse_loss
from .lesson_programs import DEEP, sizes_of


def presets() -> list[dict[str, object]]:
    """Title, settings, parameters and diagnosis of each."""
    inputs, width, depth, activation = DEEP
    return [
        _preset("Ten sigmoids", (inputs, width, depth, activation), "glorot_uniform", rate=0.01),
        _preset("Large weights", (1, 8, 3, "relu"), "he_normal", rate=1e-4, change=lambda p: 40 * p),
        _preset("Dead ReLUs", (1, 8, 3, "relu"), "he_normal", rate=0.001, change=lambda p: p or -8.0),
    ]


def _preset(
    title: str,
    network: tuple[int, int, int, str],
    init: str,
    *,
    rate: float,
    change: Callable[[float], float] = lambda p: p,
) -> dict[str, object]:
    """A network with its parameters changed; a bias is 0 before that."""
    inputs, width, depth, activation = network
    _, *sizes = sizes_of(inputs, width, depth)
    model = MLP(inputs, sizes, activation=activation, init=init, seed=3)
    for parameter in model.parameters()[: -sizes[-2] - 1]:  # the output layer stays as it is
        parameter.data = change(parameter.data)
    settings = {"data": "sin", "activation": activation, "depth": depth, "width": width, "rate": rate}
    return {
        "title": title,
        "settings": settings,
        "parameters": [parameter.data for parameter in model.parameters()],
        "diagnosis": _parts(str(diagnose(model, curve("sin", 50), mse_loss))),
    }


def _parts(report: str) -> list[str]:
    """The verdict, the table as one text, then each reason and each advice."""
    verdict, *lines = report.splitlines()
    table = list(takewhile(lambda line: line.startswith("  "), lines))
    return [verdict, "\n".join(line[2:] for line in table), *(line.strip() for line in lines[len(table) :])]
