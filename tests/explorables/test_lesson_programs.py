"""The programs behind the explainer's figures, printed for every network on offer."""

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
