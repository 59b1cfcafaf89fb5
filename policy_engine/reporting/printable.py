"""Texts of contracts and policies as they may be printed: no sign that moves, hides or forges what stands around it."""

from __future__ import annotations

import dataclasses
import json
import operator
import re
import unicodedata
from typing import Any, Final, TypeVar

from policy_engine.diagnostics.source import Source

_T = TypeVar("_T")
#: What has to be looked at: reports are long, and nearly all of them is not.
_UNUSUAL: Final = re.compile(r"[^\n -~]")


def clean(text: str, *, lines: bool = False) -> str:
    """Control and format characters as their code points; line breaks stay where `lines` says so."""
    return "".join(char if _is_harmless(char) or (lines and char == "\n") else f"\\u{ord(char):04x}" for char in text)


def _is_harmless(char: str) -> bool:
    return (char.isascii() and char.isprintable()) or not unicodedata.category(char).startswith(("C", "Zl", "Zp"))


def escaped(document: str) -> str:
    """JSON in which what would steer a terminal is an escape: the same document to every reader of JSON."""
    return _UNUSUAL.sub(lambda found: found[0] if _is_harmless(found[0]) else _escape(found[0]), document)


def _escape(char: str) -> str:
    return "\\u007f" if char == "\x7f" else json.dumps(char)[1:-1]


def printable(value: _T, *, lines: bool = False) -> _T:
    """The same frozen data with every text in it cleaned. Fixes may be blocks of several lines."""
    return _printed(value, lines)  # type: ignore[no-any-return]


def _printed(value: Any, lines: bool) -> Any:
    """The value itself where there is nothing to clean in it, which is nearly always."""
    kind = type(value)
    if kind is str:
        return value if value.isascii() and value.isprintable() else clean(value, lines=lines)
    if kind is tuple:
        if not value:
            return value
        items = [_printed(item, lines) for item in value]
        return value if all(map(operator.is_, items, value)) else tuple(items)
    changed = {}
    names = _PARTS.get(kind)
    for name in _parts(kind) if names is None else names:
        part = getattr(value, name)
        if _PARTS.get(type(part)) == () or (type(part) is str and part.isascii() and part.isprintable()):
            continue
        printed = _printed(part, name == "fix")
        if printed is not part:
            changed[name] = printed
    return dataclasses.replace(value, **changed) if changed else value


_PARTS: Final[dict[type, tuple[str, ...]]] = {}


def _parts(kind: type) -> tuple[str, ...]:
    """What to look at of a value of this type: nothing of a source, which was cleaned where it was read."""
    has_parts = kind is not Source and dataclasses.is_dataclass(kind)
    return _PARTS.setdefault(kind, tuple(part.name for part in dataclasses.fields(kind)) if has_parts else ())
