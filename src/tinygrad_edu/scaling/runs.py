"""Many runs of one function with other settings (seeds, learning rates, starts), here or by an executor's workers."""

import concurrent.futures
import itertools
import random
import time
import traceback
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from statistics import median
from typing import Any, NamedTuple, Protocol, TypeAlias

from ..mistakes.options import A_FUNCTION, expect
from ..notation.report import Part, Report, Table
from ..notation.words import number_text, plain
from ..numbers.number import primal

Settings: TypeAlias = dict[str, object]
NOT_RUN = "not run"


class Future(Protocol):
    """What a submitted call gives back."""

    def result(self) -> "Outcome":
        """What the call returned; raises what it raised."""

    def cancel(self) -> object:
        """Do not begin it."""

    def done(self) -> bool:
        """Whether it has ended."""


class ExecutorLike(Protocol):
    """Whatever takes work as the executors of `concurrent.futures` do: process pools, loky, Dask, MPI."""

    def submit(self, f: "Callable[..., Outcome]", /, *args: Any) -> Any:
        """Call f(*args) somewhere, some time."""


@dataclass(frozen=True)
class Run:
    """One run: its settings, what the function returned, or its error in words; seconds as the worker took them.

    `traceback` is Python's own text where the function raised the error.
    """

    __module__ = "tinygrad_edu"

    settings: Settings
    result: object = None
    error: str = ""
    seconds: float = 0.0
    traceback: str = ""

    @property
    def columns(self) -> dict[str, object]:
        """The result by name: the items of a mapping, else the whole under "result"; nothing where there is none.

        A name that is a setting's too gets "result: " in front.
        """
        if self.error:
            return {}
        named = self.result if isinstance(self.result, Mapping) else {"result": self.result}
        return {f"result: {name}" if name in self.settings else str(name): x for name, x in named.items()}


class Sweep(Report):
    """What `sweep` returns: its runs, in the order of their settings; it prints as a table.

    It has a length, items and a loop over its runs, as a list has. `interrupted` says whether Ctrl-C ended it.

    >>> sweep(lambda x: {"square": x * x}, {"x": [1, 2]})
      x  square
      1       1
      2       4
    """

    __module__ = "tinygrad_edu"

    def __init__(self, runs: Iterable[Run], interrupted: bool = False) -> None:
        self.runs = list(runs)
        self.interrupted = interrupted

    def __len__(self) -> int:
        return len(self.runs)

    def __iter__(self) -> Iterator[Run]:
        return iter(self.runs)

    def __getitem__(self, place: int) -> Run:
        return self.runs[place]

    @property
    def failures(self) -> list[Run]:
        """The runs that raised an error."""
        return [run for run in self.runs if run.error and run.error != NOT_RUN]

    @property
    def unfinished(self) -> list[Run]:
        """The runs that an interruption left undone."""
        return [run for run in self.runs if run.error == NOT_RUN]

    def best(self, name: str = "loss", highest: bool = False) -> Run:
        """The run with the lowest number under this name, the first of several; ValueError where no run has one.

        `highest=True` is for numbers of which more is better, as an accuracy.

        >>> sweep(lambda x: {"loss": (x - 2) ** 2}, {"x": [0, 1, 2, 3]}).best().settings
        {'x': 2}
        """
        numbers = [(run, x) for run in self.runs if (x := _number(run.columns.get(name))) is not None]
        if not numbers:
            known = ", ".join(dict.fromkeys(key for run in self.runs for key in run.columns))
            failed = (
                f"all runs failed, the first with {self.failures[0].error}" if self.failures else "there are no runs"
            )
            raise ValueError(f"best: no run has a number {name!r}; " + (f"there are: {known}" if known else failed))
        return (max if highest else min)(numbers, key=lambda pair: pair[1])[0]

    def rows(self) -> list[dict[str, object]]:
        """A flat dict for each run: settings, results, error, seconds; for `pandas.DataFrame` or `csv.DictWriter`.

        >>> list(sweep(abs_of := lambda x: abs(x), {"x": [-1]}).rows()[0])
        ['x', 'result', 'error', 'seconds']
        """
        return [{**run.settings, **run.columns, "error": run.error, "seconds": run.seconds} for run in self.runs]

    def summary(self, over: str = "seed") -> "Summary":
        """Median, lowest and highest of each number over one of the settings, for each choice of the others.

        >>> sweep(lambda seed, lr: seed * lr, {"seed": [1, 2, 4], "lr": [0.5, 10]}).summary()
          lr   runs  result: median  lowest  highest
          0.5     3               1     0.5        2
          10      3              20      10       40
        """
        return Summary(self, over)

    def _parts(self) -> Iterable[Part]:
        settings = _names(run.settings for run in self.runs)
        results = _names(run.columns for run in self.runs)
        errors = ["error"] if any(run.error for run in self.runs) else []
        rows = [
            [_cell(run.settings.get(name, "")) for name in settings]
            + [_cell(run.columns.get(name, "")) for name in results]
            + [plain(run.error, 100) for _ in errors]
            for run in self.runs
        ]
        words = {*range(len(settings)), len(settings) + len(results)}
        yield Table([*settings, *results, *errors], rows, words)
        if self.interrupted:
            yield f"interrupted: {len(self.unfinished)} of {len(self)} runs were not run"


class Summary(Report):
    """The numbers of a sweep with one of its settings summed up: its median, lowest and highest."""

    def __init__(self, runs: Sweep, over: str) -> None:
        known = _names(run.settings for run in runs)
        if over not in known:
            raise ValueError(f"summary: no setting is called {over!r}: write over= one of {', '.join(known) or 'none'}")
        self.others = [name for name in known if name != over]
        self.numbers = [name for name in _names(run.columns for run in runs) if any(_numbers(runs, name))]
        self.groups: dict[str, list[Run]] = {}
        for run in runs:
            key = repr([run.settings.get(name) for name in self.others])
            self.groups.setdefault(key, []).append(run)

    def _parts(self) -> Iterable[Part]:
        header = [*self.others, "runs"]
        for name in self.numbers:
            header += [f"{name}: median", "lowest", "highest"]
        rows = []
        for runs in self.groups.values():
            row = [_cell(runs[0].settings.get(name, "")) for name in self.others]
            row.append(str(sum(not run.error for run in runs)))
            for name in self.numbers:
                found = _numbers(runs, name)
                row += [number_text(each(found)) for each in (median, min, max)] if found else ["", "", ""]
            rows.append(row)
        yield Table(header, rows, range(len(self.others)))


def sweep(
    f: Callable[..., object],
    settings: Mapping[str, Iterable[object]] | Iterable[Mapping[str, object]],
    executor: ExecutorLike | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Sweep:
    """Call f(**settings) for many settings, one after the other or by an executor's workers, and keep what comes.

    `settings` is a dict of lists, which are combined in every way (the last name changes fastest), or a list of dicts,
    one for each run. f returns a number or, to have columns with names, a dict of numbers. `executor` is anything with
    `submit`, as `concurrent.futures` has it: a `ProcessPoolExecutor`, `Client.get_executor()` of Dask, loky, MPI; f has
    to be a function of a module there, so that other processes find it. `progress(done, all)` is called after each.

    A run that raises an error keeps it in its row, and the others go on. Ctrl-C ends the sweep and keeps what is done.
    The same settings give the same table, whatever the number of workers, if f draws from a seed among its settings, or
    from the module `random`: that is seeded with the run's number before each run (threads share it, so not there).

    Raises TypeError for settings or an executor of another kind. What `progress` raises is raised, with the table
    so far as the attribute `sweep` of the error.

    >>> table = sweep(lambda seed, lr: {"loss": lr / (seed + 1)}, {"seed": [0, 1], "lr": [0.5, 0.1]})
    >>> table
      seed  lr   loss
      0     0.5   0.5
      0     0.1   0.1
      1     0.5  0.25
      1     0.1  0.05
    >>> table.best().settings
    {'seed': 1, 'lr': 0.1}
    """
    expect("sweep", A_FUNCTION, f=f)
    cases = _cases(settings)
    runs: list[Run] = []
    calls: list[Future] = []
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise TypeError(f"sweep: executor must have a method submit, as ProcessPoolExecutor({executor!r}) has; or None")
    interrupted = False
    key = uuid.uuid4().hex
    state = random.getstate()
    try:
        for number, case in enumerate(cases):
            calls.append(_Here(f, number, case) if executor is None else _submitted(executor, f, number, case, key))
        for case, call in zip(cases, calls, strict=True):
            runs.append(_run_of(case, call))
            if progress is not None:
                progress(len(runs), len(cases))
    except KeyboardInterrupt:
        interrupted = True
        waiting = list(zip(cases, calls, strict=False))[len(runs) :]
        runs += [_as_left(case, call) for case, call in waiting]  # what other workers have finished is kept too
        runs += [Run(case, error=NOT_RUN) for case in cases[len(runs) :]]
    except Exception as error:  # from `progress`
        for call in calls:
            call.cancel()
        error.sweep = Sweep(runs)  # type: ignore[attr-defined]  # for who catches it
        error.add_note(f"(raised in sweep by progress, after {len(runs)} of {len(cases)} runs)")
        raise
    finally:
        if executor is None:
            random.setstate(state)
    return Sweep(runs, interrupted or any(run.error == NOT_RUN for run in runs))


def _cases(settings: Mapping[str, Iterable[object]] | Iterable[Mapping[str, object]]) -> list[Settings]:
    if isinstance(settings, Mapping):
        for name, choices in settings.items():
            if isinstance(choices, str) or not isinstance(choices, Iterable):
                raise TypeError(
                    f"sweep: {name} must be a list of its choices, got {choices!r}: write {{{name!r}: [{choices!r}]}}"
                )
        return [dict(zip(settings, choice, strict=True)) for choice in itertools.product(*settings.values())]
    cases = list(settings) if isinstance(settings, Iterable) and not isinstance(settings, str) else [settings]
    for case in cases:
        if not isinstance(case, Mapping):
            raise TypeError(f"sweep: settings must be a dict of lists or a list of dicts, got {case!r}")
    return [dict(case) for case in cases]


class Outcome(NamedTuple):
    """What a worker sends back."""

    result: object
    error: str
    seconds: float
    traceback: str = ""


INTERRUPTED: set[str] = set()  # the sweeps whose run was interrupted in this process


def _work_elsewhere(key: str, f: Callable[..., object], number: int, settings: Settings) -> Outcome:
    """One run, in a worker.

    Ctrl-C in a terminal reaches the workers too. It ends the run that each is at; what is in its queue must not begin.
    """
    if key in INTERRUPTED:
        return Outcome(None, NOT_RUN, 0.0)
    try:
        return _work(f, number, settings)
    except KeyboardInterrupt:
        INTERRUPTED.add(key)
        return Outcome(None, NOT_RUN, 0.0)


def _work(f: Callable[..., object], number: int, settings: Settings) -> Outcome:
    """One run."""
    random.seed(number)
    start = time.perf_counter()
    try:
        return Outcome(f(**settings), "", time.perf_counter() - start)
    except (Exception, SystemExit) as error:  # whatever it is, it belongs into the table
        return Outcome(None, _words(error), time.perf_counter() - start, traceback.format_exc())


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


class _Here:
    """A call that runs when its result is asked for, in this process."""

    def __init__(self, f: Callable[..., object], number: int, settings: Settings) -> None:
        self._call = (f, number, settings)

    def result(self) -> Outcome:
        """Run it."""
        return _work(*self._call)

    def cancel(self) -> bool:
        """It does not begin by itself."""
        return True

    def done(self) -> bool:
        """It has no result before it is asked for."""
        return False


def _submitted(executor: ExecutorLike, f: Callable[..., object], number: int, settings: Settings, key: str) -> Future:
    try:
        call: Future = executor.submit(_work_elsewhere, key, f, number, settings)
    except Exception as error:  # a pool whose worker was killed takes no more
        lost: concurrent.futures.Future[Outcome] = concurrent.futures.Future()
        lost.set_exception(error)
        return lost
    return call


def _run_of(settings: Settings, call: Future) -> Run:
    try:
        outcome = call.result()
    except Exception as error:  # raised on the way: a worker that died, a function that does not pickle
        return Run(settings, error=_words(error))
    return Run(settings, *outcome)


def _as_left(settings: Settings, call: Future) -> Run:
    """The run if it has ended, as an interruption finds it; else the call is cancelled."""
    try:
        if call.done():
            return _run_of(settings, call)
        call.cancel()
    except KeyboardInterrupt:  # how the run ended: the terminal interrupts the workers as well
        pass
    return Run(settings, error=NOT_RUN)


# --- numbers and names ----------------------------------------------------------------------------------------------


def _names(columns: Iterable[Mapping[str, object]]) -> list[str]:
    return list(dict.fromkeys(name for each in columns for name in each))


def _number(x: object) -> float | None:
    """A number that can be compared; None for nan and all else."""
    x = primal(x)
    return x if isinstance(x, Real | Decimal) and x == x else None


def _numbers(runs: Iterable[Run], name: str) -> list[float]:
    return [x for run in runs if (x := _number(run.columns.get(name))) is not None]


def _cell(x: object) -> str:
    return number_text(x) if _number(x) is not None or isinstance(x, float) else plain(str(x), 40)
