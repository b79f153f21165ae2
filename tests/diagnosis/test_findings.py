"""How answers are told: words for values, findings, and which places are alike."""

from tinygrad_edu import Value
from tinygrad_edu.diagnosis.findings import Findings, Words, range_text


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
