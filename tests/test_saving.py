import json
import math
import os
import threading
from fractions import Fraction

import pytest

from tinygrad_edu import Value
from tinygrad_edu.nn import MLP, Maxout, Neuron
from tinygrad_edu.optim import SGD, Adam
from tinygrad_edu.saving import from_json, load, save, to_json


def numbers(model):
    return [p.data for p in model.parameters()]


def test_a_saved_model_comes_back_to_the_last_bit(tmp_path):
    model = MLP(3, [4, 2], activation=[Maxout(3), "tanh"], init="normal", seed=1)
    awkward = [0.1 + 0.2, 5e-324, -0.0, 1.7976931348623157e308, 1e-7, 123456789.12345679]
    for p, x in zip(model.parameters(), awkward, strict=False):
        p.data = x
    save(model, tmp_path / "model.json")
    other = MLP(3, [4, 2], activation=[Maxout(3), "tanh"], seed=2)
    load(other, tmp_path / "model.json")
    assert list(map(repr, numbers(other))) == list(map(repr, numbers(model)))
    assert other([1.0, 2.0, 3.0])[0].data == model([1.0, 2.0, 3.0])[0].data


def test_the_file_is_json_with_names_and_nested_lists(tmp_path):
    save(MLP(2, [1], init="zeros"), str(tmp_path / "model.json"))
    assert json.loads((tmp_path / "model.json").read_text()) == {
        "format": "tinygrad-edu",
        "version": 1,
        "state": {"layers.0.neurons.0.w": [0.0, 0.0], "layers.0.neurons.0.b": 0.0},
    }


def test_an_optimizer_is_saved_alike(tmp_path):
    x = Value(1.0)
    x.grad = 0.3
    optimizer = Adam([x])
    optimizer.step()
    save(optimizer, tmp_path / "adam.json")
    other = Adam([Value(1.0)])
    load(other, tmp_path / "adam.json")
    assert other.state_dict() == optimizer.state_dict()
    with pytest.raises(ValueError, match="optimizer: 'SGD' here, 'Adam' in the state"):
        load(SGD([Value(1.0)]), tmp_path / "adam.json")


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_model_with_numbers_that_json_cannot_hold_is_not_saved(tmp_path, bad):
    model = Neuron(2)
    save(model, tmp_path / "model.json")
    before = (tmp_path / "model.json").read_bytes()
    model.b.data = bad
    with pytest.raises(ValueError, match="b cannot be saved"):
        save(model, tmp_path / "model.json")
    assert (tmp_path / "model.json").read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["model.json"]


def test_fractions_are_not_saved():
    model = Neuron(1)
    model.b.data = Fraction(1, 3)
    with pytest.raises(TypeError, match=r"b cannot be saved: .*Fraction"):
        to_json(model)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_saving_to_a_device_does_not_replace_it(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    save(Neuron(1, init="zeros"), pipe)
    reader.join(timeout=10)
    assert pipe.is_fifo()
    assert json.loads(read[0])["version"] == 1


GOOD = '{"format": "tinygrad-edu", "version": 1, "state": {"w": [1.0, 2.0], "b": 0.5}}'


def test_the_state_the_wrong_ones_are_made_from_fits():
    model = Neuron(2)
    from_json(model, GOOD)
    assert numbers(model) == [1.0, 2.0, 0.5]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no JSON that was saved here"),
        (GOOD[:-5], "no JSON that was saved here"),
        ("[" * 100_000, "no JSON that was saved here"),
        ("[1.0]", "no state that was saved here"),
        ("{}", '"format" must be "tinygrad-edu"'),
        (GOOD.replace('{"w": [1.0, 2.0], "b": 0.5}', "3"), '"state" an object'),
        (GOOD.replace('"version": 1', '"version": 2'), "has version 2; this program reads version 1"),
        (GOOD.replace('"w"', '"v"'), "only in the module w, only in the state v"),
        (GOOD.replace(', "b": 0.5', ""), "only in the module b, only in the state none"),
        (GOOD.replace("2.0]", "2.0, 3.0]"), "w: a list of 2 in the module, a list of 3 in the state"),
        (GOOD.replace("[1.0, 2.0]", "1.0"), r"w: a list of 2 in the module, 1\.0 in the state"),
        (GOOD.replace("2.0]", "[2.0]]"), r"w\[1\]: expected one finite number in the state, got \[2\.0\]"),
        (GOOD.replace("0.5", "[0.5]"), "b: expected one finite number"),
        (GOOD.replace("0.5", "NaN"), "NaN is not a number to load"),
        (GOOD.replace("0.5", "-Infinity"), "-Infinity is not a number to load"),
        (GOOD.replace("0.5", "1e999"), "b: expected one finite number in the state, got inf"),
        (GOOD.replace("0.5", "1" + "0" * 400), "b: expected one finite number in the state, got an int of"),
        (GOOD.replace("0.5", "true"), "b: expected one finite number in the state, got True"),
        (GOOD.replace("0.5", '"0.5"'), "b: expected one finite number in the state, got '0.5'"),
        (GOOD.replace("0.5", "null"), "b: expected one finite number in the state, got None"),
    ],
)
def test_a_wrong_file_changes_nothing(tmp_path, text, message):
    model = Neuron(2, seed=1)
    before = numbers(model)
    (tmp_path / "wrong.json").write_text(text)
    with pytest.raises(ValueError, match=message) as caught:
        load(model, tmp_path / "wrong.json")
    assert str(caught.value).startswith(str(tmp_path / "wrong.json"))
    assert numbers(model) == before


def test_a_file_that_is_no_text_changes_nothing(tmp_path):
    (tmp_path / "wrong.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match=r"wrong\.json"):
        load(Neuron(2), tmp_path / "wrong.json")


def test_a_file_that_is_not_there_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        load(Neuron(2), tmp_path / "missing.json")


# --- a write that breaks off -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("is_there", [True, False])
def test_a_write_that_breaks_off_leaves_the_old_file_and_no_other(tmp_path, monkeypatch, error, is_there):
    path = tmp_path / "model.json"
    if is_there:
        save(Neuron(2, seed=1), path)
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}

    def broken(self, text, encoding):
        with self.open("w", encoding=encoding) as file:
            file.write(text[: len(text) // 2])
        raise error

    monkeypatch.setattr(type(path), "write_text", broken)
    with pytest.raises(type(error)):
        save(Neuron(2, seed=2), path)
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == before


def test_a_file_that_cannot_be_replaced_leaves_no_other_beside_it(tmp_path, monkeypatch):
    def refused(source, target):
        raise PermissionError(target)

    monkeypatch.setattr(os, "replace", refused)
    with pytest.raises(PermissionError):
        save(Neuron(2), tmp_path / "model.json")
    assert list(tmp_path.iterdir()) == []


def test_a_reader_sees_the_old_file_or_the_new_one_and_never_a_part(tmp_path, monkeypatch):
    path = tmp_path / "model.json"
    save(Neuron(2, seed=1), path)
    old, seen, replace = path.read_text(), [], os.replace

    def watched(source, target):
        seen.append((path.read_text(), json.loads(source.read_text())["format"]))
        replace(source, target)

    monkeypatch.setattr(os, "replace", watched)
    save(Neuron(2, seed=2), path)
    assert seen == [(old, "tinygrad-edu")]
    assert path.read_text() != old
    assert [each.name for each in tmp_path.iterdir()] == ["model.json"]


def test_threads_that_save_to_one_file_do_not_write_into_each_others(tmp_path):
    path, models = tmp_path / "model.json", [MLP(4, [8, 1], seed=i) for i in range(4)]
    states = [to_json(model) + "\n" for model in models]
    save(models[0], path)
    threads = [threading.Thread(target=lambda m=m: [save(m, path) for _ in range(30)]) for m in models]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert path.read_text() in states
    assert path.read_text() in states
    assert [each.name for each in tmp_path.iterdir()] == ["model.json"]


@pytest.mark.skipif(os.name != "posix", reason="permissions as in POSIX")
def test_a_file_that_is_replaced_keeps_its_permissions(tmp_path):
    path = tmp_path / "model.json"
    save(Neuron(1), path)
    path.chmod(0o600)
    save(Neuron(1), path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_name_may_be_as_long_as_the_system_allows(tmp_path):
    path = tmp_path / ("ä" * 120 + ".json")
    save(Neuron(1, init="zeros"), path)
    assert json.loads(path.read_text())["version"] == 1
