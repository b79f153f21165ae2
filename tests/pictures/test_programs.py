"""The program that makes PNGs: which one is taken, and what is said if there is none or if it fails."""

import pytest

from tests.pictures.looking import PURE
from tinygrad_edu import Value
from tinygrad_edu.pictures.drawing import draw
from tinygrad_edu.pictures.programs import DrawingError


def install(path, script):
    path.parent.mkdir(exist_ok=True)
    path.write_text(script)
    path.chmod(0o755)


FAKE = '#!/bin/sh\n[ "$*" = "-Tpng -Gdpi=192" ] && echo png by {name}\n'


def test_the_systems_dot_comes_first(programs):
    install(programs / "dot", FAKE.format(name="system dot"))
    install(programs / "scripts" / PURE, FAKE.format(name=PURE))
    assert draw(Value(1.0)).png == b"png by system dot\n"
    assert draw(Value(1.0), program=PURE).png == b"png by graphviz-pure\n"


def test_graphviz_pure_is_found_in_an_environment_that_is_not_activated(programs):
    install(programs / "scripts" / PURE, FAKE.format(name=PURE))
    assert draw(Value(1.0)).png == b"png by graphviz-pure\n"


def test_without_a_path_the_usual_places_are_searched(programs, monkeypatch):
    monkeypatch.delenv("PATH")
    monkeypatch.setattr("os.defpath", str(programs))
    install(programs / "dot", FAKE.format(name="dot"))
    assert draw(Value(1.0)).png == b"png by dot\n"


@pytest.mark.usefixtures("programs")
def test_with_no_program_the_error_says_both_ways_to_get_one_and_offers_the_svg(tmp_path):
    drawing = draw(Value(1.0, label="x"))
    for attempt in (lambda: drawing.png, lambda: drawing.save(tmp_path / "x.png")):
        with pytest.raises(DrawingError) as error:
            attempt()
        for way in ("pip install graphviz-pure", "apt install graphviz", "brew install graphviz", ".save('graph.svg')"):
            assert way in str(error.value)
    assert not (tmp_path / "x.png").exists()
    with pytest.raises(DrawingError, match="there is no program 'neato': a PNG needs a program"):
        _ = draw(Value(1.0), program="neato").png


@pytest.mark.usefixtures("programs")
def test_svg_and_dot_need_no_program(tmp_path):
    drawing = draw(Value(1.0, label="x"))
    drawing.save(tmp_path / "x.dot")
    drawing.save(tmp_path / "x.svg")
    assert (tmp_path / "x.dot").read_text() == drawing.dot
    assert (tmp_path / "x.svg").read_text().startswith("<svg ")


def test_a_program_that_fails_is_quoted(programs):
    install(programs / "dot", "#!/bin/sh\necho 'Format: png not recognized' >&2\nexit 3\n")
    message = r"dot -Tpng -Gdpi=192 failed with code 3: Format: png not recognized. Try another"
    with pytest.raises(DrawingError, match=message):
        _ = draw(Value(1.0)).png
    install(programs / "dot", "#!/bin/sh\n")
    with pytest.raises(DrawingError, match=r"failed with code 0: it said nothing. .*program='graphviz-pure'"):
        _ = draw(Value(1.0)).png


def test_a_program_that_cannot_be_started_is_named(programs):
    install(programs / "dot", "no program")
    with pytest.raises(DrawingError, match=r"dot could not be started: "):
        _ = draw(Value(1.0)).png
