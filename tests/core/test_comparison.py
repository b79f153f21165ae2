"""Closeness of Values: relative unless an absolute tolerance is asked for, as in math.isclose."""

from tinygrad_edu import Value


def test_nothing_but_zero_is_close_to_zero_unless_asked() -> None:
    zero = Value(0.0)
    assert zero.isclose(0.0)
    assert not zero.isclose(1e-300)
    assert not zero.isclose(0.5)
    assert zero.isclose(1e-300, abs_tol=1e-9)


def test_relative_tolerance_is_one_in_a_thousand_million() -> None:
    one = Value(1.0)
    assert one.isclose(Value(1.0 + 5e-10))
    assert not one.isclose(1.0 + 5e-9)
    assert one.isclose(1.5, rel_tol=0.4)
