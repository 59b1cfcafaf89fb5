"""The meaning of a plain YAML scalar: the core schema of YAML 1.2.2 (section 10.3.2), numbers exact.

So `no`, `on`, `1:30` and `2024-01-01` are text, as they look. Infinity and not-a-number are text too: nothing here
computes with them.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

_WORDS: Final[dict[str, bool | None]] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER_STARTS: Final = frozenset("-+.0123456789")
_INT = re.compile(r"[-+]?[0-9]+", re.ASCII)
_OCTAL = re.compile(r"0o[0-7]+", re.ASCII)
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE]([-+]?[0-9]+))?", re.ASCII)
#: Exact arithmetic with a longer number, or one with a greater exponent, costs more than any contract is worth.
MAX_DIGITS: Final = 400
MAX_EXPONENT: Final = 400


class TooLongError(ValueError):
    """A number with more digits or a greater exponent than is read."""


def resolve_plain(text: str) -> str | int | Decimal | bool | None:
    """What an unquoted scalar without a tag means. Raises TooLongError."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS:
        return text
    return _number(text)


def resolve_tagged(tag: str, text: str) -> str | int | Decimal | bool | None:
    """What a scalar with an explicit core tag (`str`, `int`, `float`, `bool`, `null`) means; ValueError if nothing."""
    if tag == "str":
        return text
    value = resolve_plain(text)
    if tag == "float" and type(value) is int:
        return Decimal(value)
    if type(value) is _TYPES[tag]:
        return value
    raise ValueError(tag)


_TYPES: Final = {"int": int, "float": Decimal, "bool": bool, "null": type(None)}


def _number(text: str) -> str | int | Decimal:
    if _INT.fullmatch(text):
        return int(_short(text))
    if match := _FLOAT.fullmatch(text):
        if len(match[1] or "") > len("-1000") or abs(int(match[1] or 0)) > MAX_EXPONENT:
            raise TooLongError(text)
        return Decimal(_short(text))
    if _OCTAL.fullmatch(text) or _HEXADECIMAL.fullmatch(text):
        return int(_short(text), base=0)
    return text


def _short(text: str) -> str:
    if len(text) > MAX_DIGITS:
        raise TooLongError(text)
    return text
