import inspect

import pytest

from tinygrad_edu import nn, optim
from tinygrad_edu.networks import names


@pytest.mark.parametrize(("module", "table"), [(nn, names.NN), (optim, names.OPTIM)])
def test_a_name_of_another_library_is_answered_with_what_to_write(module, table):
    for name, ours in table.items():
        with pytest.raises(AttributeError) as error:
            getattr(module, name)
        assert str(error.value) == f"module {module.__name__!r} has no attribute {name!r}: write {ours}"


@pytest.mark.parametrize("module", [nn, optim])
def test_any_other_name_is_an_attribute_error_as_always(module):
    with pytest.raises(AttributeError, match=rf"^module '{module.__name__}' has no attribute 'Foo'$"):
        module.Foo  # noqa: B018


@pytest.mark.parametrize(("module", "table"), [(nn, names.NN), (optim, names.OPTIM)])
def test_no_name_that_is_here_stands_in_the_table(module, table):
    assert not set(table) & set(vars(module))
    assert not set(names.MODULE) & {name for name, _ in inspect.getmembers(nn.Module)}


@pytest.mark.parametrize("name", ["BatchNorm1d", "Conv2d", "Embedding", "Transformer"])
def test_layers_for_arrays_are_called_the_wrong_tool(name):
    with pytest.raises(AttributeError, match="one Value per number is the wrong tool"):
        getattr(nn, name)
