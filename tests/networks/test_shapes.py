import pytest

from tinygrad_edu import Value, nn, recurrent
from tinygrad_edu.networks.shapes import inputs, single, size

BATCH = [[1.0, 2.0], [3.0, 4.0]]


@pytest.mark.parametrize("batch", [BATCH, BATCH[:1], [*BATCH, [5.0, 6.0]], [(1.0, 2.0), (3.0, 4.0)]])
@pytest.mark.parametrize(
    "network",
    [nn.Neuron(2), nn.Layer(2, 3), nn.MLP(2, [3, 1]), nn.Linear(2, 3), nn.Sequential(nn.Linear(2, 3), nn.ReLU())],
)
def test_a_batch_in_the_place_of_an_example_is_told_the_way_out(network, batch):
    with pytest.raises(TypeError, match=r"one example at a time: write \[model\(x\) for x in xs\]"):
        network(batch)


@pytest.mark.parametrize("network", [nn.Neuron(2), nn.Layer(2, 3), nn.MLP(2, [3, 1]), nn.Linear(2, 3)])
def test_any_other_thing_among_the_inputs_is_named(network):
    with pytest.raises(TypeError, match=r"dot: expected a number, got None"):
        network([1.0, None])


def test_inputs_are_a_list_of_so_many_and_a_generator_is_consumed_once():
    given = [1.0, 2.0]
    assert inputs(given, 2) is given
    assert inputs((x for x in given), 2) == given
    with pytest.raises(ValueError, match="got 0 hidden units where 2 are expected"):
        inputs([], 2, "hidden units")
    with pytest.raises(TypeError, match=r"expected a sequence of 2 numbers, got 3\.0: a single number goes in a list"):
        inputs(3.0, 2)


def test_a_list_of_one_is_what_is_in_it():
    x = Value(1.0)
    assert single([x]) is x
    assert single([x, x]) == [x, x]
    assert single([]) == []


def test_a_size_is_a_whole_number_of_at_least_1():
    assert size("neurons", 1) == 1
    for n in (0, -1):
        with pytest.raises(ValueError, match=f"the number of neurons must be at least 1, got {n}"):
            size("neurons", n)
    for n in (1.0, "1", True, None, [3]):
        with pytest.raises(TypeError, match="neurons must be a whole number"):
            size("neurons", n)


def test_a_cell_takes_one_example_too():
    with pytest.raises(TypeError, match="expected a number"):
        recurrent.RNNCell(2, 3)([[1.0], [2.0]])
