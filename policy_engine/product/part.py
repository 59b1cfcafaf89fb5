"""One mapping of a metadata file, asked for what a standard says is there. What is not as it says is noted, not lost.

Two kinds of wrong: a scalar of the wrong type is a remark and counts as not stated; a list or mapping where a scalar is
meant, or the reverse, means that the file is something else than it claims, so the file is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from policy_engine.product.blank import is_blank
from policy_engine.product.document import escape
from policy_engine.product.model import Place, Remark, Value
from policy_engine.product.refusal import Refusal, place_of, refused

_T = TypeVar("_T")
#: What people write where the standard has true or false, which YAML 1.2 takes for text.
_FLAGS = {
    "`true`": frozenset({"true", "yes", "y", "on", "1"}),
    "`false`": frozenset({"false", "no", "n", "off", "0"}),
}


@dataclass(slots=True)
class Notes:
    """What is noted while one file is read."""

    file: str
    places: Mapping[str, Place]
    remarks: list[Remark] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    def remark(self, pointer: str, message: str) -> None:
        """Something is not understood; reading goes on."""
        self.remarks.append(Remark(place_of(pointer, self.places), message))

    def refuse(self, pointer: str, message: str, advice: str) -> None:
        """The file cannot be read; reading goes on to find what else is wrong."""
        self.refusals.append(Refusal(place_of(pointer, self.places), message, advice))

    def raise_refusals(self) -> None:
        """Raises ProductError if anything was refused."""
        if self.refusals:
            raise refused(self.file, sorted(self.refusals, key=lambda one: (one.place.line, one.place.column)))


@dataclass(frozen=True, slots=True)
class Part:
    """A mapping and where it is."""

    entries: Mapping[str, Value]
    pointer: str
    notes: Notes

    def at(self, key: str) -> str:
        """The JSON pointer of an entry."""
        return f"{self.pointer}/{escape(key)}"

    def states(self, key: str) -> bool:
        """Whether there is an entry that is not null."""
        return self.entries.get(key) is not None

    def stated(self, keys: Mapping[str, str]) -> dict[str, str]:
        """For `attribute -> key`: `attribute -> pointer` of those that are stated."""
        return {attribute: self.at(key) for attribute, key in keys.items() if self.entries.get(key) is not None}

    def text(self, key: str) -> str | None:
        """A text. Blank is missing. A number is taken as it is written, with a remark."""
        value = self.entries.get(key)
        if isinstance(value, str):
            return None if is_blank(value) else value
        return None if value is None else self._unfit_text(value, self.at(key), key)

    def name(self, key: str, what: str) -> str:
        """The text without which this is no `what`: the file is refused where it is missing."""
        value = self.text(key)
        if value is None:
            self.notes.refuse(self.pointer, f"{what} has no `{key}`", f"write `{key}: …`")
            return ""
        return value

    def scalar(self, key: str) -> str | None:
        """The text of any scalar, as it is written."""
        value = self.entries.get(key)
        if isinstance(value, Mapping | tuple):
            self._refuse(self.at(key), key, value, "a text or number")
            return None
        return None if value is None else show(value)

    def flag(self, key: str) -> bool | None:
        """True or false. Anything else is refused: read as not stated, it would loosen what the contract demands."""
        value = self.entries.get(key)
        if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
            self._refuse_flag(self.at(key), key, value)
            return None
        return self._typed(key, bool, "true or false")

    def integer(self, key: str) -> int | None:
        """A whole number."""
        return self._typed(key, int, "a whole number")

    def number(self, key: str) -> Decimal | None:
        """An exact number."""
        value = self.entries.get(key)
        return Decimal(value) if type(value) is int else self._typed(key, Decimal, "a number")

    def bound(self, key: str, *, numeric: bool) -> Decimal | str | None:
        """A number; where it bounds no numbers, such as dates, it may be a text."""
        value = self.entries.get(key)
        return value if isinstance(value, str) and not is_blank(value) and not numeric else self.number(key)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, without the blank ones."""
        found: list[str] = []
        for index, value in enumerate(self.values(key)):
            pointer = f"{self.at(key)}/{index}"
            text = value if isinstance(value, str) else self._unfit_text(value, pointer, f"{key}[{index}]")
            if text and not is_blank(text):
                found.append(text)
        return tuple(found)

    def values(self, key: str) -> tuple[Value, ...]:
        """A list of anything."""
        value = self.entries.get(key)
        if isinstance(value, tuple):
            return value
        if value is not None:
            self._refuse(self.at(key), key, value, "a list")
        return ()

    def part(self, key: str) -> Part | None:
        """A mapping."""
        value = self.entries.get(key)
        if isinstance(value, Mapping):
            return Part(value, self.at(key), self.notes)
        if value is not None:
            self._refuse(self.at(key), key, value, "a mapping")
        return None

    def parts(self, key: str) -> tuple[Part, ...]:
        """A list of mappings."""
        found: list[Part] = []
        for index, value in enumerate(self.values(key)):
            pointer = f"{self.at(key)}/{index}"
            if isinstance(value, Mapping):
                found.append(Part(value, pointer, self.notes))
            else:
                self._refuse(pointer, f"{key}[{index}]", value, "a mapping")
        return tuple(found)

    def _refuse_flag(self, pointer: str, key: str, value: str | int | Decimal) -> None:
        kind = "text" if isinstance(value, str) else "a number"
        word = show(value).strip().lower()
        meant = next((to for to, words in _FLAGS.items() if word in words), "`true` or `false`")
        self.notes.refuse(
            pointer, f"`{key}`: `{show(value)[:40]}` is {kind}; write {meant}", f"write {meant}, unquoted"
        )

    def _typed(self, key: str, wanted: type[_T], meant: str) -> _T | None:
        value = self.entries.get(key)
        if type(value) is wanted:
            return value
        if isinstance(value, Mapping | tuple):
            self._refuse(self.at(key), key, value, meant)
        elif value is not None:
            self.notes.remark(self.at(key), f"`{key}` is {describe(value)} where {meant} is meant, so it is not read")
        return None

    def _unfit_text(self, value: Value, pointer: str, shown: str) -> str | None:
        if isinstance(value, Mapping | tuple):
            self._refuse(pointer, shown, value, "a text")
            return None
        if value is None or isinstance(value, bool):
            self.notes.remark(pointer, f"`{shown}` is {describe(value)} where a text is meant, so it is not read")
            return None
        self.notes.remark(pointer, f"`{shown}` is a number where a text is meant, read as `{show(value)}`; quote it")
        return show(value)

    def _refuse(self, pointer: str, shown: str, value: Value, meant: str) -> None:
        advice = "write `- ` before each item" if meant == "a list" else f"write {meant} here"
        self.notes.refuse(pointer, f"`{shown}` is {describe(value)} where {meant} is meant", advice)


def show(value: Value) -> str:
    """A scalar as a contract writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


def describe(value: Value) -> str:
    """What kind of value this is, with the value itself where it is short."""
    match value:
        case None:
            return "empty"
        case bool():
            return f"`{show(value)}`"
        case int() | Decimal():
            return f"the number `{show(value)}`"
        case str():
            return f"the text `{value}`" if len(value) <= 40 and "\n" not in value else "a text"
        case tuple():
            return "a list"
        case _:
            return "a mapping"
