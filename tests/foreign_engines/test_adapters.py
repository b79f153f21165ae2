"""The adapter that the kit writes: as the engine was found to work, or to be changed, in the names that are there."""

from tests.testing.test_kit import RIGHT, found_in, module_at, names_of
from tinygrad_edu.foreign_engines.adapters import adapter_text


def test_an_engine_that_was_not_found_gets_its_own_names_to_start_from() -> None:
    module = module_at(RIGHT["feed"])
    text = adapter_text(None, "feed", names_of(module))
    assert "from feed import Op, Placeholder, Constant, Add, Mul, Sin, as_op, sin, Session, run\n" in text
    assert "leaves = [Op(x) for x in xs]" in text
    compile(text, "adapter", "exec")


def test_without_any_names_it_is_the_usual_one() -> None:
    text = adapter_text(None, "engine")
    assert "from engine import Value\n" in text
    assert "leaves = [Value(x) for x in xs]" in text


def test_an_adapter_that_was_found_imports_what_it_uses_and_nothing_else() -> None:
    module = module_at(RIGHT["with_tape"])
    text = adapter_text(found_in(module), "with_tape", names_of(module))
    assert "from with_tape import Tape, Variable\n" in text
    assert "    with Tape() as tape:\n        leaves = [Variable(x) for x in xs]\n" in text
    assert text.count("functions = {") == 1


def test_dual_numbers_get_a_run_for_each_input() -> None:
    module = module_at(RIGHT["dual"])
    text = adapter_text(found_in(module), "dual", names_of(module))
    assert "outs = [f(*[Dual(x, float(i == j)) for j, x in enumerate(xs)]) for i in range(len(xs))]" in text


def test_a_function_of_the_module_that_has_the_adapters_name_is_not_imported() -> None:
    module = module_at(RIGHT["functional"])
    text = adapter_text(found_in(module), "functional", names_of(module))
    assert "from functional import value_and_gradient\n" in text
