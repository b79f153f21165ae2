"""The networks that fail, each in its own way, as `diagnose` sees them."""

import pytest

from tinygrad_edu.explorables.presets import presets

VERDICTS = {"Ten sigmoids": "vanishing", "Large weights": "exploding", "Dead ReLUs": "dead"}


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset["title"])
def test_each_preset_fails_in_the_way_that_its_title_says(preset):
    assert VERDICTS[preset["title"]] in preset["diagnosis"]


def test_a_preset_has_as_many_parameters_as_its_network():
    counts = {preset["title"]: len(preset["parameters"]) for preset in presets()}
    assert counts == {"Ten sigmoids": 8 + 9 * 20 + 5, "Large weights": 169, "Dead ReLUs": 169}
