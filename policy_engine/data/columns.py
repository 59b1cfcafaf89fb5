"""A column of a file before its contract has spoken, and a value in SQL after it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

Kind: TypeAlias = Literal[
    "number", "float", "text", "bool", "date", "timestamp", "duration", "local timestamp", "time", "object", "list", "other"
]  # fmt: skip

#: How each kind is called in reasons.
SPOKEN: Final[Mapping[Kind, str]] = {
    "number": "a number",
    "float": "a floating-point number",
    "text": "text",
    "bool": "true or false",
    "date": "a date",
    "timestamp": "a timestamp",
    "duration": "a duration",
    "local timestamp": "a timestamp without time zone",
    "time": "a time of day",
    "object": "an object",
    "list": "a list",
    "other": "of a type that cannot be compared",
}


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column, or a part of one, as the file has it. `type` is the engine's type; None for text and JSON formats."""

    sql: str
    encoding: Literal["native", "text", "json"]
    type: Any = None


@dataclass(frozen=True, slots=True)
class Relation:
    """The rows of a dataset as an SQL table expression. `problems`: columns that are there but cannot be used, and why."""

    sql: str
    columns: Mapping[str, FileColumn]
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cast:
    """A column read as its contract says: its value, whether it is there, and which values could not be read as `kind`."""

    value: str
    present: str
    unreadable: str | None
    kind: Kind
    digits: int = 0
    scale: int = 0
    integer: bool = False
