"""What is asked of data, and what comes back. Thresholds are never here: a changed threshold costs no new scan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from policy_engine.plan.expressions import Expr

#: The code of `Unavailable` where the data that was given cannot be used at all: cut off, damaged, not of its format,
#: or without any column of the contract. Where a single column or question is at fault, the code is another.
UNREADABLE: Final = "DAT020"


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows satisfy `condition` (None: all rows). Answer: int."""

    dataset: str
    condition: Expr | None = None


@dataclass(frozen=True, slots=True)
class Reduce:
    """`kind` of `value` over the rows that satisfy `condition` and where value is not null.

    Answer: int for distinct; else a number (int, Fraction, float), str, date or datetime; None over no row
    (sum over no row is 0).
    """

    kind: Literal["sum", "min", "max", "mean", "distinct"]
    dataset: str
    value: Expr
    condition: Expr | None = None


@dataclass(frozen=True, slots=True)
class RowCheck:
    """Do the rows that satisfy `when` satisfy `require`? Answer: `RowCheckAnswer`.

    A row counts as a subject unless `when` is false, and violates unless `when` and `require` are true: a null where
    the policy reads a column bare violates.
    """

    dataset: str
    when: Expr | None
    require: Expr


@dataclass(frozen=True, slots=True)
class Duplicates:
    """How many rows repeat a key that another row has already; rows with a null in the key do not count. Answer: int."""

    dataset: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SmallestGroup:
    """How many rows the smallest group has whose rows agree in all `fields`; a null is a value like any other.

    Answer: int, None over no row.
    """

    dataset: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Orphans:
    """How many rows have a value in `field` that no row of `other_dataset` has in `other_field`. Answer: int."""

    dataset: str
    field: str
    other_dataset: str
    other_field: str


@dataclass(frozen=True, slots=True)
class Personal:
    """Which kinds of personal data the values of a field look like. Answer: tuple of `ValueEvidence`, by kind."""

    dataset: str
    field: str


@dataclass(frozen=True, slots=True)
class Fit:
    """Which values of a field are not of the type that the contract states? Answer: `RowCheckAnswer`."""

    dataset: str
    field: str


@dataclass(frozen=True, slots=True)
class Query:
    """The one number that a contract's own SELECT over the given data gives. Answer: `QueryAnswer`."""

    dataset: str
    sql: str


Metric: TypeAlias = Count | Reduce | RowCheck | Duplicates | SmallestGroup | Orphans | Personal | Fit | Query


@dataclass(frozen=True, slots=True)
class RowCheckAnswer:
    """Counts of rows, and the numbers (from 1, in file order) of up to five that violate.

    `reason`: why all of them do, where that is not a matter of single values.
    """

    scanned: int
    subjects: int
    violations: int
    rows: tuple[int, ...]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """A number; `is_count` where it counts something, so that printing it shows no value of the data."""

    number: Fraction
    is_count: bool


@dataclass(frozen=True, slots=True)
class ValueEvidence:
    """Of `scanned` non-null values, `candidates` look like `kind` and `verified` of those pass its validator.

    `checked` is how many candidates the validator saw: fewer than all where there are more than the finder verifies.
    """

    kind: str
    scanned: int
    candidates: int
    verified: int
    checked: int


@dataclass(frozen=True, slots=True)
class PiiFinding:
    """Personal data that a field seems to hold. `field` is its path; `evidence` says in words what speaks for it.

    `count` of `scanned` values were verified (0 of 0 where only names were looked at); `share` is their part, None
    where nothing was scanned; `upper_bound` is None unless a random sample was scanned.
    """

    field: str
    kind: str
    confidence: Fraction
    evidence: str
    count: int
    scanned: int
    share: Fraction | None
    upper_bound: Fraction | None


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Why a metric has no answer: no data given, a column that is not there or cannot be cast, only a sample.

    `code` is `UNREADABLE` where nothing of the data that was given can be used.
    """

    reason: str
    code: str = "DAT010"


Answer: TypeAlias = (
    int
    | Fraction
    | float
    | str
    | date
    | datetime
    | RowCheckAnswer
    | QueryAnswer
    | tuple[ValueEvidence, ...]
    | Unavailable
    | None
)
Answers: TypeAlias = Mapping[Metric, Answer]


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of a dataset: its path as given (relative to the source's root), size in bytes, SHA-256."""

    path: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was read of one dataset. `digest` is the SHA-256 of the canonical list of its files."""

    dataset: str
    format: str
    files: tuple[DataFile, ...]
    digest: str
    sampled: bool
