"""How answers are told: words for values, findings, and which places are alike."""

import tinygrad_edu as tg
from tinygrad_edu import Value
from tinygrad_edu.diagnosis.findings import Findings, Words, grouped, near_leaves, range_text


def named(number, label="w"):
    return Value(number, label=label)


# --- numbers that are not finite -------------------------------------------------------------------------------------


def test_words_for_values_of_other_graphs_and_plain_numbers():
    w, other = named(2.0), named(3.0, "other")
    words = Words([w], None)
    assert words.value(other) == words.value(3.0) == "3"
    assert words.group([]) == ""
    assert range_text([1.0, 1.0]) == "1"
    assert not Findings("nothing")
    assert repr(Findings("nothing")) == "nothing"


# --- places that are alike -------------------------------------------------------------------------------------------


def test_a_neuron_is_known_by_the_leaves_up_to_three_operations_away():
    w, x = named(1.0), named(2.0, "x")
    three = tg.relu(tg.dot([w], [x]) + 1.0)
    assert near_leaves(three, lambda _: True) == {w, x}
    assert near_leaves(three * 1.0, lambda _: True) == frozenset()
    assert near_leaves(three, lambda leaf: leaf is w) == {w}


def test_of_a_neuron_with_very_many_weights_the_first_500_tell_it():
    leaves = [Value(float(i)) for i in range(502)]
    assert near_leaves(tg.sum(leaves), lambda _: True) == set(leaves[:500])


def test_groups_are_fine_as_long_as_there_are_not_too_many():
    fine, coarse = (lambda n: n % 4), (lambda n: n % 2)
    assert grouped(range(8), fine, coarse, 4) == [[0, 4], [1, 5], [2, 6], [3, 7]]
    assert grouped(range(8), fine, coarse, 3) == [[0, 2, 4, 6], [1, 3, 5, 7]]
    assert grouped(range(8), fine, coarse, 1) == [[0, 2, 4, 6], [1, 3, 5, 7]]


def test_leaves_are_called_by_what_their_names_share():
    leaves = [named(0.0, name) for name in ("l1.n3.w1", "l1.n3.b", "l1.n2.w1", "z")]
    words = Words(leaves, None)
    assert words.group(leaves[:1]) == "l1.n3.w1".rpartition(".")[0]
    assert words.group(leaves[:2]) == "l1.n3"
    assert words.group(leaves[:3]) == "l1"
    assert words.group(leaves) == "l1.n2.w1, l1.n3.b, l1.n3.w1, z"
    many = [named(0.0, name) for name in "gfedcba"]
    assert Words(many, None).group(many) == "a, b, c, d, …, g"
