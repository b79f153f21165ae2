"""A plugin for pytest: `pytest --check-engine engine.py` adds a test for each topic; else it does nothing."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from ..engine_checks.report import Report


def pytest_addoption(parser: "pytest.Parser") -> None:
    """The options; the rest is loaded only if one is given."""
    group = parser.getgroup("tinygrad-edu")
    group.addoption("--check-engine", metavar="FILE[:CLASS]", help="check an engine of scalars with gradients")
    group.addoption("--check-engine-require", metavar="A,B", default="", help="what the engine must have, as exp,tanh")


def pytest_collection_modifyitems(
    session: "pytest.Session", config: "pytest.Config", items: "list[pytest.Item]"
) -> None:
    """One test for each topic."""
    file = config.getoption("--check-engine")
    if not file:
        return
    from .files import check_file  # noqa: PLC0415 - nothing is loaded in runs that do not ask

    required = tuple(filter(None, config.getoption("--check-engine-require").split(",")))
    report = check_file(file, require=required)
    items += _items(session, report)


def _items(session: "pytest.Session", report: "Report") -> "list[pytest.Item]":
    import pytest  # noqa: PLC0415 - third party

    class EngineTopic(pytest.Item):
        def runtest(self) -> None:
            if report.unchecked:
                pytest.fail(report.summary(), pytrace=False)
            wrong = [each for each in report.findings if each.severity == "wrong" and each.topic == self.name]
            if wrong:
                pytest.fail("\n\n".join(f"{each.what}\n{each.code}" for each in wrong), pytrace=False)

        def reportinfo(self) -> tuple[str, None, str]:
            return report.engine, None, f"{report.engine}: {self.name}"

    topics = {*report.topics, *(each.topic for each in report.findings)} or {"checkable"}
    return [EngineTopic.from_parent(session, name=topic) for topic in sorted(topics)]
