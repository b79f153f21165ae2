"""Verdicts from numbers, and how a diagnosis is shown."""

import math

import pytest

from tinygrad_edu import datasets, nn
from tinygrad_edu.diagnosis.layers import diagnose
from tinygrad_edu.diagnosis.verdicts import FACTOR, LayerNumbers, judged

POINTS = datasets.moons(20)


def look(model, data=POINTS, **options):
    return diagnose(model, data, nn.mse_loss, **options)


def names(found):
    return [verdict.name for verdict in found.verdicts]


def scaled(factor):
    """Weights that are `factor` times what He's scheme draws."""
    return lambda rng, nin, nout: rng.gauss(0.0, factor * math.sqrt(2 / nin))


def numbers(**changed):
    plain = {"name": "a", "kind": "relu", "units": 2, "mean": 0.0, "std": 1.0, "rms": 1.0, "gradient": 1.0}
    plain |= {"dead": None, "saturated": None, "is_uniform": False}
    plain |= {"parameter_rms": 1.0, "parameter_gradient": 1.0, "update_ratio": 0.01}
    return LayerNumbers(**{**plain, **changed})


def test_growing_activations_alone_are_exploding():
    (verdict,) = judged([numbers(), numbers(name="b", rms=2 * FACTOR)], 20)
    assert (verdict.name, verdict.layers) == ("exploding", ("b",))
    assert "activations of b more than 1000 times" in verdict.why


def test_gradients_are_compared_only_between_layers_in_order():
    rows = [numbers(), numbers(gradient=1e-9)]
    assert judged(rows, 20)
    assert judged(rows, 20, in_order=False) == ()


def test_long_lists_of_layers_are_shortened():
    rows = [numbers(name=str(i), gradient=1e-9) for i in range(9)] + [numbers(name="last")]
    (verdict,) = judged(rows, 20)
    assert verdict.why.startswith("gradient of 0, 1, …, 8 less than 1/1000 of the last one's: 1e-09 at 0, 1 at last")
    assert len(verdict.layers) == 9


def test_saturation_is_named_as_a_cause_of_vanishing():
    model = nn.MLP(2, [3] * 8 + [1], activation="sigmoid", init=scaled(20.0), seed=2)
    found = look(model)
    assert names(found)[:2] == ["saturated", "vanishing"]
    assert "see saturated" in found.verdicts[1].advice


def test_steps_as_large_as_the_weights_are_too_large():
    model = nn.MLP(2, [8, 1], seed=1)
    assert look(model, lr=0.01).verdict == "healthy"
    found = look(model, lr=10.0)
    assert names(found) == ["steps too large"]
    assert "layer 2" in found.verdicts[0].layers


def test_numbers_that_are_not_finite_are_the_only_verdict():
    model = nn.MLP(2, [4, 4, 1], seed=1)
    model.layers[1].neurons[0].w[0].data = math.nan
    found = look(model)
    assert names(found) == ["not finite"]
    assert "layer 2" in found.verdicts[0].layers
    assert math.isnan(found.rows[1].rms)


def test_no_gradient_at_all_is_said():
    model = nn.MLP(2, [4, 1], seed=1)
    found = diagnose(model, POINTS, lambda predictions, targets: predictions[0] * 0.0)
    assert names(found) == ["no gradient"]
    assert "why_zero" in found.verdicts[0].advice


# --- text, Markdown, plot --------------------------------------------------------------------------------------------


def test_the_text_is_a_headline_an_aligned_table_and_the_verdicts():
    found = look(nn.MLP(2, [4] * 9 + [1], activation="sigmoid", seed=1))
    head, *table = found.text.splitlines()
    assert head.startswith("vanishing (loss ")
    assert head.endswith(" on 20 examples)")
    assert len({len(line) for line in table[:11]}) == 1
    assert table[0].split() == ["layer", "units", "activation", "gradient", "saturated", "step/weight"]
    assert table[11].startswith("vanishing: gradient of layer 1, ")
    assert table[12].startswith("    try: ")
    assert str(found) == repr(found) == found.text


def test_the_markdown_is_a_table_and_a_list():
    found = diagnose(nn.MLP(2, [4] * 9 + [1], activation="sigmoid", seed=1), [([1.0, 2.0], 1.0)], nn.mse_loss)
    lines = found.markdown.splitlines()
    assert lines[0].endswith(" on 1 example)**")
    assert lines[2].startswith("| layer | units |")
    assert lines[3].count("---:") == lines[2].count("|") - 2
    assert lines[-1].startswith("- vanishing")
    assert "<br>try: " in lines[-1]
    assert found._repr_markdown_() == found.markdown


def test_the_plot_has_a_column_for_each_layer():
    pytest.importorskip("matplotlib")
    (axes,) = look(nn.MLP(2, [4, 1], seed=1)).plot(dark=True).axes
    assert axes.get_title(loc="left") == "Gradient flow: healthy"
    assert [label.get_text().splitlines()[:2] for label in axes.get_xticklabels()] == [
        ["layer 1", "relu"],
        ["layer 2", "linear"],
    ]
