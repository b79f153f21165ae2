"""Names, numbers and lists as people read them."""

from tinygrad_edu.notation.words import escaped


def test_markdown_is_told_not_to_obey():
    assert escaped("a|`_") == "a\\|\\`\\_"
    assert escaped("<b>&*[x]#~$!") == "&lt;b>&amp;\\*\\[x\\]\\#\\~\\$\\!"
