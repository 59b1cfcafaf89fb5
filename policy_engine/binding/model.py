"""What does not fit between a rule and a contract, before its place in the policy's text is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

#: What a rule names: `dataset("…")`, `field("…")`, or a column of a row (without name: the value of `for v in …values`).
Named = Literal["dataset", "field", "column"]


#: Stands in a help for what the policy calls it, which only its text tells.
READ: Final = "@"


@dataclass(frozen=True, slots=True)
class There:
    """A place in the contract, by JSON pointer, and what to say there."""

    pointer: str
    text: str


@dataclass(frozen=True, slots=True)
class Misfit:
    """One name of a rule that the contract lacks, or whose declared type the rule does not expect."""

    code: str
    kind: Named
    name: str
    message: str
    label: str
    help: str
    there: tuple[There, ...]
