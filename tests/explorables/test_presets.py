"""The networks that fail, each in its own way, as `diagnose` sees them."""

import pytest

from tinygrad_edu import nn
from tinygrad_edu.explorables.presets import presets

VERDICTS = {"Ten sigmoids": "vanishing", "Large weights": "exploding", "Dead ReLUs": "dead"}


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset["title"])
def test_each_preset_fails_in_the_way_that_its_title_says(preset):
    verdict, table, *reasons = preset["diagnosis"]
    assert VERDICTS[preset["title"]] in verdict
    rows = table.splitlines()
    assert rows[0].startswith("layer ")
    assert all(row.startswith("layer ") for row in rows)
    assert {each.split(":")[0] for each in reasons} == {*verdict.split(" (")[0].split(", "), "try"}


def test_a_preset_has_as_many_parameters_as_its_network():
    counts = {preset["title"]: len(preset["parameters"]) for preset in presets()}
    assert counts == {"Ten sigmoids": 8 + 9 * 20 + 5, "Large weights": 169, "Dead ReLUs": 169}


def test_dead_neurons_are_dead_by_their_biases_alone():
    (dead,) = [preset["parameters"] for preset in presets() if preset["title"] == "Dead ReLUs"]
    network = [p.data for p in nn.MLP(1, [8, 8, 8, 1], activation="relu", init="he_normal", seed=3).parameters()]
    assert dead[:-9] == [p or -8.0 for p in network[:-9]]
    assert dead[-9:] == network[-9:]
    assert 0.0 in network[:-9]
