"""Tables as aligned text and as Markdown."""

from tinygrad_edu.notation.tables import markdown_table, text_table


def test_words_stand_to_the_left_and_numbers_to_the_right():
    assert text_table(["name", "n"], [["x", "100"], ["long", "7"]]) == "  name    n\n  x     100\n  long    7"
    assert text_table(["name", "n"], [["x", "100"]], words={1}) == "  name  n\n     x  100"
    assert markdown_table(["a", "b"], [["x", "1"]]) == "| a | b |\n|:---|---:|\n| x | 1 |"


def test_a_table_without_rows_is_its_header():
    assert text_table(["a", "b"], []) == "  a  b"
    assert markdown_table(["a", "b"], []) == "| a | b |\n|:---|---:|"


def test_the_indentation_can_be_chosen_and_no_line_ends_in_spaces():
    assert text_table(["a", "note"], [["1", ""]], words={1}, indent="") == "a  note\n1"


def test_tables_escape_what_markdown_would_obey():
    assert markdown_table(["a", "b"], [["x|y", "<b>"]]).splitlines()[-1] == r"| x\|y | &lt;b> |"
