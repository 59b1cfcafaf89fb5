"""Which texts state nothing: those in which there is nothing to see."""

from __future__ import annotations

from typing import Final
from unicodedata import category

#: Letters and symbols by their category, and empty on every screen.
_FILLERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
#: Marks are seen on the character before them, variation selectors nowhere.
_MARKS: Final = frozenset({"Mn", "Me"})


def is_blank(text: str) -> bool:
    """Is there nothing to see, but blanks, control characters and what has no width?"""
    return not ("!" <= text[:1] <= "~" or any(map(_is_seen, text)))  # most texts begin with something to see


def _is_seen(char: str) -> bool:
    if char.isascii():
        return " " < char < "\x7f"
    return char.isprintable() and char not in _FILLERS and category(char) not in _MARKS
