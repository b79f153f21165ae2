"""The examples print and compute what they say, to the last digits but a few."""

import importlib.util
import math
import re
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parent.parent / "examples"
FILES = sorted(FOLDER.glob("*.py"))


def exactly(x: float):
    return pytest.approx(x, rel=1e-12)


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def lines_printed_by(name: str, folder: Path, monkeypatch, capsys) -> list[str]:
    monkeypatch.chdir(folder)
    load(name).main()
    return capsys.readouterr().out.splitlines()


# --- branching -----------------------------------------------------------------------------------------------


def test_branching_gives_the_values_and_gradients_of_the_table():
    v = load("branching").backward_mode()
    assert {name: value.data for name, value in v.items()} == {"a": -1, "b": 3, "c": 4, "x": 2, "y": 7, "f": 14}
    assert {name: value.grad for name, value in v.items()} == {"a": 7, "b": 9, "c": 2, "x": 7, "y": 2, "f": 1}
    assert [v[name].local_grads for name in "xyf"] == [(1, 1), (1, 1), (7, 2)]


@pytest.mark.parametrize(("by", "x", "y", "f"), [("a", 1, 0, 7), ("b", 1, 1, 9), ("c", 0, 1, 2)])
def test_branching_by_forward_mode_gives_one_derivative_at_a_time(by, x, y, f):
    assert load("branching").forward_mode(by) == {"x": (2, x), "y": (7, y), "f": (14, f)}


def test_branching_prints_that_gradients_add_and_saves_its_picture(tmp_path, monkeypatch, capsys):
    lines = lines_printed_by("branching", tmp_path, monkeypatch, capsys)
    assert any(line.split() == ["b", "3", "9"] for line in lines)
    assert any(line.split() == ["b", "1", "1", "9", "9"] for line in lines)  # x′, y′, f′, and the backward pass
    assert any(line.startswith("Gradients add at branches: b is used twice") for line in lines)
    drawn = (tmp_path / "branching.svg").read_text(encoding="utf-8")
    assert "<svg" in drawn
    in_readme = (FOLDER.parent / "docs" / "pictures" / "branching.svg").read_text(encoding="utf-8")
    words = re.compile(r"<text[^>]*>([^<]*)")  # not the layout, which is another in each version of the program
    assert words.findall(drawn) == words.findall(in_readme)


# --- a robot arm ---------------------------------------------------------------------------------------------


def test_robot_arm_reaches_its_target_faster_and_faster():
    example = load("robot_arm")
    off = [math.dist(example.hand(angles), (0.5, 1.5)) for angles in example.reach((0.5, 1.5))]
    assert off[-1] < 1e-12
    assert off[-2] < off[-3] ** 2  # Newton's method squares the error


def test_robot_arm_has_the_jacobian_of_the_textbook():
    example = load("robot_arm")
    angles = [0.3, 0.4, 0.5]
    directions = [sum(angles[: i + 1]) for i in range(3)]
    links = list(zip(example.LINKS, directions, strict=True))
    assert example.jacobian(angles) == [
        [exactly(-sum(length * math.sin(a) for length, a in links[i:])) for i in range(3)],
        [exactly(sum(length * math.cos(a) for length, a in links[i:])) for i in range(3)],
    ]


def test_robot_arm_prints_its_way_and_its_program(tmp_path, monkeypatch, capsys):
    lines = lines_printed_by("robot_arm", tmp_path, monkeypatch, capsys)
    assert lines[8].split()[0] == "6"
    assert lines[8].endswith(" m")
    assert "def hand(angles):" in lines


# --- an option -----------------------------------------------------------------------------------------------


def test_greeks_are_those_of_the_textbook():
    example = load("option_greeks")
    assert example.greeks() == {name: pytest.approx(x, rel=1e-11) for name, x in example.by_the_book().items()}


def test_option_greeks_prints_both_and_the_program(tmp_path, monkeypatch, capsys):
    lines = lines_printed_by("option_greeks", tmp_path, monkeypatch, capsys)
    assert lines[1].split() == ["price", "4.17829971551350", "4.17829971551350"]
    assert "def call_price(spot, strike, years, rate, volatility):" in lines


# --- a sigmoid neuron ----------------------------------------------------------------------------------------


def test_sigmoid_neuron_forward_and_backward():
    example = load("sigmoid_neuron")
    w, b = example.parameters()
    z, a, cost = example.forward(w, b)
    cost.backward()
    assert z.data == exactly(1.0)
    assert a.data == exactly(0.7310585786300049)
    assert cost.data == exactly(0.036164744064256626)
    assert a.grad == exactly(-0.2689414213699951)
    assert a.local_grads == (exactly(0.19661193324148185),)
    assert z.grad == b.grad == exactly(-0.052877092784266715)
    assert [wi.grad for wi in w] == [exactly(0.052877092784266715), exactly(0.10575418556853343)]


def test_sigmoid_neuron_is_better_after_one_step():
    example = load("sigmoid_neuron")
    w, b = example.parameters()
    _, _, cost = example.forward(w, b)
    cost.backward()
    example.step([*w, b])
    assert w[0].data == exactly(1.9471229072157332)
    assert w[1].data == exactly(-3.1057541855685336)
    assert b.data == exactly(-2.9471229072157334)
    z, a, cost = example.forward(w, b)
    assert z.data == exactly(1.3172625567056007)
    assert a.data == exactly(0.7887259067592556)
    assert cost.data == exactly(0.022318371237349383)


def test_sigmoid_neuron_prints_both_passes_and_saves_its_picture(tmp_path, monkeypatch, capsys):
    lines = lines_printed_by("sigmoid_neuron", tmp_path, monkeypatch, capsys)
    assert any(line.split() == ["a", "0.731058579", "0.788725907"] for line in lines)
    assert any(line.startswith("∂C/∂w2") and "0.105754186" in line for line in lines)
    assert "<svg" in (tmp_path / "sigmoid_neuron.svg").read_text(encoding="utf-8")


# --- a composite function ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "u", "v", "f", "slope"),
    [
        (1.0, 1.0, 0.8414709848078965, 2.319776824715853, 2.506761534986894),
        (0.5, 0.25, math.sin(0.25), 1.2806963574441748, 1.240882609167237),
    ],
)
def test_composite_is_the_product_of_its_local_gradients(at, u, v, f, slope):
    example = load("composite")
    values = example.composite(at)
    assert [value.data for value in values] == [at, exactly(u), exactly(v), exactly(f)]
    assert values[0].grad == exactly(slope)
    assert example.by_hand(at) == exactly(slope)


def test_composite_prints_the_chain_for_both_points(tmp_path, monkeypatch, capsys):
    lines = lines_printed_by("composite", tmp_path, monkeypatch, capsys)
    assert any(line.split()[-2:] == ["2.000000", "2.506762"] for line in lines)
    assert any(line.split()[-2:] == ["1.000000", "1.240883"] for line in lines)


# --- a linear neuron -----------------------------------------------------------------------------------------


def test_linear_neuron_takes_the_step_of_the_worked_example(tmp_path, monkeypatch, capsys):
    lines = lines_printed_by("linear_neuron", tmp_path, monkeypatch, capsys)
    numbers = [line.split("= ")[-1] for line in lines if line.startswith("  ")]
    assert numbers == ["-3.8", "-7.98", "-3.8", "1.0798", "0.038"]
    assert "The new loss is 2.871059: down by 0.738941." in lines


def test_linear_neuron_gradients_and_losses():
    example = load("linear_neuron")
    w, b = example.tg.Value(1.0), example.tg.Value(0.0)
    prediction, loss = example.forward(w, b)
    loss.backward()
    assert loss.data == exactly(3.61)
    assert (prediction.grad, w.grad, b.grad) == (exactly(-3.8), exactly(-7.98), exactly(-3.8))
    w.data, b.data = w.data - 0.01 * w.grad, b.data - 0.01 * b.grad
    assert (w.data, b.data) == (exactly(1.0798), exactly(0.038))
    _, new_loss = example.forward(w, b)
    assert new_loss.data == exactly(2.8710591364)
    assert loss.data - new_loss.data == exactly(0.7389408636)


# --- all of them ---------------------------------------------------------------------------------------------


def test_every_example_is_in_the_list_of_examples():
    listed = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [file.name for file in FILES if f"({file.name})" not in listed] == []
