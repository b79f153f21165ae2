"""No false accusation: respected libraries and our own engine get no finding of severity wrong."""

import warnings

import pytest

import tinygrad_edu as tg
from tinygrad_edu.testing import Report, check_engine


def nothing_wrong(report: Report, checks: int) -> None:
    assert [str(each) for each in report.findings if each.severity == "wrong"] == []
    assert sum(made for _, made in report.topics.values()) >= checks


def test_our_own_values_get_no_finding_at_all() -> None:
    report = check_engine(tg.Value, functions=tg)
    nothing_wrong(report, 100)
    assert report.findings == []
    assert report.missing == []


def test_our_own_dual_numbers_get_no_finding_at_all() -> None:
    report = check_engine(tg.Dual, functions=tg)
    nothing_wrong(report, 95)
    assert report.findings == []


def test_our_own_gradients_of_functions_through_an_adapter() -> None:
    nothing_wrong(check_engine(run=lambda f, xs: (f(*xs), tg.grad(f, tuple(range(len(xs))))(*xs)), functions=tg), 95)


def test_micrograd_has_its_known_faults_and_no_other() -> None:
    engine = pytest.importorskip("micrograd.engine")
    report = check_engine(engine.Value)
    assert {each.operation for each in report.findings if each.severity == "wrong"} == {"backward", "two losses"}
    assert {each.operation for each in report.findings if each.severity == "fragile"} == {
        "x ** 0", "x ** (1/3)", "data", "deep copy", "depth",
    }  # fmt: skip
    assert {"exp", "tanh", "x ** y", "2 ** x"} <= set(report.missing)


def test_hips_autograd() -> None:
    autograd = pytest.importorskip("autograd")
    numpy = pytest.importorskip("autograd.numpy")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report = check_engine(run=lambda f, xs: (f(*xs), autograd.grad(lambda xs: f(*xs))(xs)), functions=numpy)
    nothing_wrong(report, 80)


def test_pytorch() -> None:
    torch = pytest.importorskip("torch")
    nothing_wrong(check_engine(lambda x: torch.tensor(x, dtype=torch.float64, requires_grad=True), functions=torch), 90)
    single = check_engine(lambda x: torch.tensor(x, requires_grad=True), functions=torch)
    nothing_wrong(single, 90)
    assert [each.severity for each in single.findings] == ["approximate"]


@pytest.mark.parametrize("bits", [64, 32])
def test_jax(bits: int) -> None:
    jax = pytest.importorskip("jax")
    functions = {**vars(jax.numpy), **vars(jax.nn)}
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", bits == 64)
    try:
        report = check_engine(run=lambda f, xs: jax.value_and_grad(lambda xs: f(*xs))(xs), functions=functions)
    finally:
        jax.config.update("jax_enable_x64", before)
    nothing_wrong(report, 90)
    assert {found.severity for found in report.findings} <= ({"approximate"} if bits == 32 else set())
