"""Pages -> the result of every case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from policy_engine.errors import PolicyEngineError, UsageError
from policy_engine.folders import files_below
from policy_engine.testing.compare import Difference, differences
from policy_engine.testing.expected import Exactly, Expected, Nothing, read_expected
from policy_engine.testing.model import Case, Contract, Found, Layers, Page, Refused
from policy_engine.testing.overlay import product_of
from policy_engine.testing.read import read_page
from policy_engine.testing.run import Runner

_SUFFIX = ".md"


@dataclass(frozen=True, slots=True)
class Ran:
    """A case that was run: what came of it, and how that differs from what it expects."""

    case: Case
    expected: Expected
    found: Found
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Stuck:
    """A case that could not be run."""

    case: Case
    error: PolicyEngineError


@dataclass(frozen=True, slots=True)
class PageResult:
    """What came of a page; `error` where it could not be read, and `page` then is missing."""

    file: str
    page: Page | None
    cases: tuple[Ran | Stuck, ...] = ()
    error: PolicyEngineError | None = None

    @property
    def failing(self) -> tuple[Ran, ...]:
        """The cases that did not come out as expected."""
        return tuple(one for one in self.cases if isinstance(one, Ran) and one.differences)

    @property
    def stuck(self) -> tuple[Stuck, ...]:
        """The cases that could not be run."""
        return tuple(one for one in self.cases if isinstance(one, Stuck))

    @property
    def errors(self) -> tuple[PolicyEngineError, ...]:
        """Why the page, or a case of it, could not be answered for; each error once."""
        found = [*([self.error] if self.error else []), *(one.error for one in self.stuck)]
        return tuple({str(error): error for error in found}.values())


def page_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Files as they are; of a folder, every Markdown file below it. Raises UsageError for what does not exist."""
    found: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise UsageError(f"`{path}` does not exist", help="name a page of tests, or a folder of them")
        files = [file for file in files_below(path) if file.suffix == _SUFFIX] if path.is_dir() else [path]
        found |= dict.fromkeys(files)
    return tuple(found)


def run_page(path: Path, runner: Runner, otherwise: Layers | None, is_wanted: Callable[[Case], bool]) -> PageResult:
    """Run the cases of a page that are wanted."""
    file = path.as_posix()
    try:
        page = read_page(path, otherwise)
    except PolicyEngineError as error:
        return PageResult(file, None, error=error)
    return PageResult(file, page, tuple(_ran(page.cases, runner, is_wanted)))


def _ran(cases: Iterable[Case], runner: Runner, is_wanted: Callable[[Case], bool]) -> Iterator[Ran | Stuck]:
    for case in cases:
        if is_wanted(case):
            try:
                yield run_case(case, runner)
            except PolicyEngineError as error:
                yield Stuck(case, error)


def run_case(case: Case, runner: Runner) -> Ran:
    """Run one case. Raises where it cannot be run: where an input cannot be read, and the case does not expect that."""
    expected = read_expected(case.expect, case.file)
    found = runner.outcome(case)
    if isinstance(found, Refused) and not isinstance(expected, Exactly | Nothing):
        _read_contracts(case)
        raise found.error
    return Ran(case, expected, found, differences(expected, found, case))


def _read_contracts(case: Case) -> None:
    """Read the contracts once more, to raise what is wrong with them at their lines of the page."""
    for contract in (case.product, case.previous):
        if isinstance(contract, Contract):
            product_of(contract, line=contract.own.line, name=case.file)
