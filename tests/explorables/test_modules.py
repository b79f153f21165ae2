"""The page's modules under Node: their own tests, and numbers written digit by digit as Python writes them."""

import json
import operator
import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import tinygrad_edu as tg
from tinygrad_edu.explorables import joining
from tinygrad_edu.notation.words import number_text
from tinygrad_edu.numbers.operations import OPERATIONS

PAGE = Path(joining.__file__).parent / "page"
DOMAINS = {op: f"{op} needs {known.domain}" for op, known in OPERATIONS.items() if known.domain}
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="THE PAGES' JAVASCRIPT WAS NOT TESTED: install Node.js")


def run(script: str, data: object) -> object:
    """What a script prints as JSON, given `data`."""
    text = f"const data = {json.dumps(data)};\n{script}"
    result = subprocess.run(
        [NODE, "--input-type=module", "-"], input=text, capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@needs_node
def test_the_modules_pass_their_own_tests():
    tests = Path(__file__).parent / "page" / "modules.test.js"
    environment = {"PAGE": str(PAGE), "PATH": str(Path(NODE).parent)}
    result = subprocess.run(
        [NODE, "--test", str(tests)], capture_output=True, text=True, timeout=120, check=False, env=environment
    )
    assert result.returncode == 0, result.stdout
    assert int(re.search(r"# pass (\d+)", result.stdout)[1]) >= 18


@needs_node
def test_numbers_are_written_digit_by_digit_as_in_python():
    rng = random.Random(1)
    numbers = [rng.uniform(-1, 1) * 10.0 ** rng.randint(-30, 30) for _ in range(3000)]
    numbers += [0.0, 1.0, -3.0, 1e9, 1e9 - 1, 123456789.0, 0.5, 2.5, 1000.5, 10002.5, 1.0005, 0.0001, 0.00001, 5e-324]
    numbers += [round(rng.uniform(-100, 100), digits) for digits in range(6) for _ in range(300)]
    numbers += [n / 32 for n in range(-2000, 2000, 7)]
    pairs = [(x, digits) for x in numbers for digits in (4, rng.randint(1, 17))]
    ours = run(
        f'import {{ numberText, pythonRepr }} from "{PAGE}/numbers.js";'
        "console.log(JSON.stringify(data.map(([x, digits]) => [numberText(x, digits), pythonRepr(x)])))",
        pairs,
    )
    for (x, digits), (text, whole) in zip(pairs, ours, strict=True):
        assert text == number_text(x, digits), (x, digits)
        assert whole == repr(x)


UNDEFINED = [
    ("log", [-1.0]), ("log", [0.0]), ("log1p", [-2.0]), ("sqrt", [-0.5]), ("arcsin", [1.5]), ("arccos", [-2.0]),
    ("/", [1.0, 0.0]), ("/", [0.0, 0.0]), ("**", [-8.0, 1 / 3]), ("**", [0.0, -1.0]), ("**", [10.0, 400.0]),
    ("exp", [1000.0]), ("expm1", [1e5]), ("sinh", [-1000.0]), ("cosh", [1000.0]), ("hypot", [1.5e308, 1.5e308]),
]  # fmt: skip


@needs_node
def test_what_is_undefined_is_said_in_the_librarys_words():
    said = run(
        f'import {{ whyUndefined }} from "{PAGE}/undefined.js";'
        "console.log(JSON.stringify(data.cases.map(([op, xs], i) => whyUndefined(op, xs, NaN, data.domains))))",
        {"cases": UNDEFINED, "domains": DOMAINS},
    )
    for (op, xs), message in zip(UNDEFINED, said, strict=True):
        operation = {"/": operator.truediv, "**": operator.pow}.get(op) or getattr(tg, op)
        operands = map(tg.Value, xs)
        with pytest.raises((ArithmeticError, ValueError)) as raised:
            operation(*operands)
        assert str(raised.value) == message


def test_no_two_modules_declare_the_same_name():
    names = [(name, module) for module in joining.MODULES for name in joining.top_level_names(module_text(module))]
    assert len({name for name, _ in names}) == len(names) > 100, "they are joined into one script"


def test_every_module_is_joined_after_what_it_imports():
    files = {file.stem for file in PAGE.glob("*.js")}
    assert files == set(joining.MODULES)
    for i, module in enumerate(joining.MODULES):
        imported = set(re.findall(r'from "\./(\w+)\.js";', module_text(module)))
        assert imported <= set(joining.MODULES[:i])
        assert len(joining.IMPORT.findall(module_text(module))) == len(imported), "an import of another form stays"


@pytest.mark.parametrize("module", joining.MODULES)
def test_a_module_is_small_and_says_what_it_is_for(module):
    text = module_text(module)
    assert text.startswith("// ")
    assert len(text.splitlines()) < 300


def module_text(module: str) -> str:
    return (PAGE / f"{module}.js").read_text("utf-8")


@needs_node
def test_the_joined_script_parses(tmp_path):
    (tmp_path / "page.mjs").write_text(
        joining.document("t", "", {}).split('<script type="module">')[1].split("</script>")[0]
    )
    subprocess.run([NODE, "--check", str(tmp_path / "page.mjs")], check=True, timeout=60)
