"""Literals: the text of one token to its value, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Final

from policy_engine.plan.expressions import Pattern
from policy_engine.plan.patterns import check_pattern
from policy_engine.plan.values import Duration, duration


class LiteralError(ValueError):
    """The text is no such literal; the message says why, `help` what to do."""

    def __init__(self, message: str, help: str = "", code: str = "SYN005") -> None:  # noqa: A002
        super().__init__(message)
        self.help = help
        self.code = code


_ESCAPES: Final = {'"': '"', "\\": "\\", "n": "\n", "t": "\t", "{": "{", "}": "}"}
_MAX_DIGITS: Final = 30


def read_string(text: str) -> str:
    """The content of a quoted string."""
    out: list[str] = []
    chars = iter(text[1:-1])
    for char in chars:
        if char != "\\":
            out.append(char)
            continue
        escape = next(chars, "")
        if escape not in _ESCAPES:
            raise LiteralError(f"`\\{escape}` is no escape", r"in a text, write \" \\ \n or \t")
        out.append(_ESCAPES[escape])
    return "".join(out)


def read_int(text: str) -> int:
    """`10_000`."""
    return int(_digits(text).replace("_", ""))


def read_decimal(text: str) -> Fraction:
    """`0.995`, exactly."""
    return Fraction(_digits(text))


def read_percent(text: str) -> Fraction:
    """`99.5%`, exactly."""
    return Fraction(_digits(text[:-1])) / 100


def read_duration(text: str) -> Duration:
    """`90d`."""
    number = text.rstrip("abcdefghijklmnopqrstuvwxyz")
    count = int(_digits(number))
    if count > 100_000_000:
        raise LiteralError(f"`{text}` is longer than any record is kept", "write a shorter duration")
    return duration(count, text[len(number) :])


def read_date(text: str) -> date:
    """`2027-11-01`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise LiteralError(f"`{text}` is no date", "dates are written year-month-day, such as 2027-11-01") from None


def read_timestamp(text: str) -> datetime:
    """`2027-11-01T09:00Z`."""
    try:
        return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)
    except ValueError:
        raise LiteralError(f"`{text}` is no timestamp", "write it as 2027-11-01T09:00Z") from None


def read_regex(text: str) -> Pattern:
    """`/[a-z]+/`, within the portable subset."""
    source = text[1:-1].replace("\\/", "/")
    problem = check_pattern(source)
    if problem is not None:
        raise LiteralError(*problem, code="SYN006")
    return Pattern(source)


def _digits(text: str) -> str:
    if len(text) > _MAX_DIGITS:
        raise LiteralError(f"a number of {len(text)} digits", f"numbers have at most {_MAX_DIGITS} digits")
    return text


READERS: Final[dict[str, Callable[[str], bool | int | Fraction | str | date | datetime | Duration | Pattern]]] = {
    "string": read_string,
    "int": read_int,
    "decimal": read_decimal,
    "percent": read_percent,
    "duration": read_duration,
    "date": read_date,
    "timestamp": read_timestamp,
    "regex": read_regex,
}
