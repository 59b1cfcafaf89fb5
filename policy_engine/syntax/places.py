"""Where the grammar stops, and what is said about it: what the hints look at, and what they give back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

CLAUSES: Final = ("for", "when", "require", "tolerate", "message", "fix", "severity", "enforce", "at", "formerly")
HEADERS: Final = (
    "owner", "decision", "review", "severity", "control", "enforce", "waivable", "applies", "at", "formerly",
)  # fmt: skip
DECLARATIONS: Final = ("enum", "attribute", "let", "def", "table", "set", "policy", "waiver")
WAIVER_LINES: Final = ("of", "for", "granted", "until", "because", "approved")
UNITS: Final = {
    **dict.fromkeys(("sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("mins", "minute", "minutes"), "min"),
    **dict.fromkeys(("hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("day", "days"), "d"),
    **dict.fromkeys(("wk", "wks", "week", "weeks"), "w"),
    **dict.fromkeys(("mon", "mth", "month", "months"), "mo"),
    **dict.fromkeys(("yr", "yrs", "year", "years", "a"), "y"),
}
#: What the value on the left of a word looks like: a number, a dotted name, a call without calls inside.
_VALUE: Final = re.compile(r"(?:[\w.]+(?:\([^()]*\))?)$")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the grammar stops: the text, the token there, its kind, and what kinds could stand there."""

    text: str
    start: int
    word: str
    kind: str
    accepted: frozenset[str]

    @property
    def before(self) -> str:
        """The line up to the token."""
        return self.text[self.text.rfind("\n", 0, self.start) + 1 : self.start]

    @property
    def after(self) -> str:
        """The line after the token."""
        return self.text[self.start + len(self.word) :].partition("\n")[0]

    @property
    def rest(self) -> str:
        """The line from the token on, without a comment."""
        return (self.word + self.after).partition("#")[0].strip()

    @property
    def left(self) -> str:
        """The value right before the token, else `…`."""
        found = _VALUE.search(self.before.rstrip())
        return found.group() if found else "…"

    @property
    def is_first(self) -> bool:
        """Whether the token is the first of its line."""
        return not self.before.strip()

    def span_back(self, pattern: str) -> tuple[int, int]:
        """From where the pattern is found at the end of the line before the token, to the end of the token."""
        found = re.search(pattern, self.before)
        begin = self.start - len(self.before) + found.start() if found else self.start
        return begin, self.start + len(self.word)


@dataclass(frozen=True, slots=True)
class Hint:
    """What to say. `insert` is the sign that is missing before the place, so that parsing can go on.

    `span` is what to underline, where that is not the token; `other` a second place, and what to say there; `cut` is what
    belongs to nothing around it, where that is not the whole block.
    """

    help: str
    message: str = ""
    label: str = "not expected here"
    insert: str = ""
    span: tuple[int, int] | None = None
    other: tuple[int, int, str] | None = None
    cut: tuple[int, int] | None = None
