"""What a page of tests is made of, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeAlias

from policy_engine.diagnostics import Diagnostic
from policy_engine.errors import InputError, PolicyEngineError
from policy_engine.evaluation.model import Attested, Report
from policy_engine.verdict import Stage


class TestFileError(InputError):
    """A page of tests, or a block on it, that cannot be understood. The message begins with its file and line."""

    code = "TST001"
    __test__ = False


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its kind, what follows the kind, its text, and the lines that the text fills.

    `start` is the number of the fence's line counted from 1, which is that of the text's first line counted from 0.
    """

    kind: str
    title: str | None
    source: str | None
    text: str
    start: int
    end: int
    headings: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A text with the name and the line that people know it by: line `line + 1` of the file is its first."""

    name: str
    content: bytes
    line: int = 0


@dataclass(frozen=True, slots=True)
class Contract:
    """The contract of a case: as it is written on the page, laid over the file that it refers to where it does."""

    own: Document
    base: Document | None = None

    @property
    def lines(self) -> int:
        """How many lines the page has of it; those of the file count on."""
        return self.own.content.count(b"\n")


@dataclass(frozen=True, slots=True)
class Written:
    """A layer that is written on the page: its files, named by their paths in the layer."""

    files: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """A layer that is in files: its roots, as a command line would name them."""

    roots: tuple[Path, ...]


LayerGiven: TypeAlias = Written | Stored | None


@dataclass(frozen=True, slots=True)
class Layers:
    """The policies of a case: the council's and the domain's; and the council's waivers."""

    council: LayerGiven
    domain: LayerGiven = None
    waivers: LayerGiven = None


@dataclass(frozen=True, slots=True)
class Options:
    """How the product of a case is judged. `of`: whose results count, by the beginnings of their names; all if empty.

    `lint`: where there is no product, the linter's advice as of that day is shown, too.
    """

    as_of: datetime
    stage: Stage | None = None
    sampled: tuple[str, ...] = ()
    details: bool = False
    of: tuple[str, ...] = ()
    lint: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """An `expect` block and everything that what comes of it depends on."""

    name: str
    file: str
    expect: Block
    policies: Layers
    options: Options
    product: Contract | None = None
    previous: Contract | Literal["none"] | None = None
    data: tuple[Document, ...] = ()
    earlier: tuple[Attested, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A file of tests. `unread` are the blocks that no case reads."""

    path: Path
    text: str
    cases: tuple[Case, ...]
    unread: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """The policies were only compiled: these are the diagnostics that count."""

    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """The product was judged: `report` has the results that the case asks about."""

    report: Report
    contract: Contract


@dataclass(frozen=True, slots=True)
class Refused:
    """An input could not be read."""

    error: PolicyEngineError


Found: TypeAlias = Told | Judged | Refused
