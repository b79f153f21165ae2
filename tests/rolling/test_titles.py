"""Names for arrays from the labels of the lines in them."""

import pytest

from tinygrad_edu.rolling.titles import common


@pytest.mark.parametrize(
    ("labels", "name"),
    [
        (["l1.n1.w1", "l1.n1.w2", "l1.n2.w1"], "w1"),
        (["l1.n1.b", "l1.n2.b"], "b1"),
        (["dl2_n1_w1", "dl2_n1_w2"], "dw2"),
        (["x1", "x2", "x3"], "x"),
        (["z", "z"], "z"),
        (["one", "other"], ""),
        (["a.1", "b"], ""),
        (["l1.w", "m1.w"], ""),
    ],
)
def test_what_labels_have_in_common(labels, name):
    assert common(labels) == name
