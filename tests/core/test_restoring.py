import pytest

from tinygrad_edu.core.restoring import wholly


@pytest.mark.parametrize("times", [0, 1, 3])
def test_what_is_interrupted_begins_again_and_the_interruption_is_told(times: int) -> None:
    begun: list[int] = []
    done: list[int] = []

    def undo() -> None:
        begun.append(1)
        if len(begun) <= times:
            raise KeyboardInterrupt(len(begun))
        done.append(1)

    interruption = wholly(undo)
    assert (len(begun), len(done)) == (times + 1, 1)
    assert (interruption.args if interruption else None) == ((times,) if times else None)


def test_any_other_error_goes_on() -> None:
    def undo() -> None:
        raise SystemError

    with pytest.raises(SystemError):
        wholly(undo)
