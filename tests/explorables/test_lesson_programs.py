"""The programs behind the explainer's figures, printed for every network on offer."""

import pytest

from tinygrad_edu import nn
from tinygrad_edu.explorables import lesson_programs
from tinygrad_edu.explorables.lesson_programs import ACTIVATION_NAMES, DEPTHS, INPUTS, WIDTHS, network_name, programs


def test_there_is_a_program_for_every_network_on_offer():
    names = programs()
    for inputs in INPUTS:
        for activation in ACTIVATION_NAMES:
            assert all(network_name(inputs, width, depth, activation) in names for width in WIDTHS for depth in DEPTHS)
    assert network_name(*lesson_programs.DEEP) in names


def test_the_largest_network_fits_into_ten_kilobytes():
    assert len(lesson_programs.network(1, 8, 3, "relu")) < 10_000


def test_a_program_has_no_name_of_the_arguments_left_in_the_long_form():
    assert "p_1" not in lesson_programs.network(1, 2, 1, "tanh")


def test_the_microscopes_network_is_that_of_the_library():
    model = nn.MLP(2, [3, 3, 1], activation="tanh", seed=4)
    numbers = [p.data + 0.1 * i for i, p in enumerate(model.parameters())]  # no bias is 0
    for p, number in zip(model.parameters(), numbers, strict=True):
        p.data = number
    loss = nn.mse_loss([model([0.3, -0.7])], [0.25])
    loss.backward()
    seen = lesson_programs._microscope([2, 3, 3, 1], lesson_programs.ACTIVATIONS["tanh"])([0.3, -0.7], 0.25, numbers)
    assert seen[0] == pytest.approx(loss.data)
    assert seen[5] == pytest.approx([p.grad for p in model.parameters()])
    assert len(seen[1]) == len(seen[3]) == 7
    assert len(seen[2]) == len(seen[4]) == 6
