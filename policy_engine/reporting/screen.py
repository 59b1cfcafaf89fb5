"""Where text for people goes: how wide it is, whether it has colours and links. Lines are wrapped, names are not cut."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

#: `style(text, role)` may add colour; roles: good, bad, doubt, heading, quiet.
Style = Callable[[str, str], str]
#: A piece of a line and its role.
Piece = tuple[str, str]

#: No column is narrower, however narrow the screen.
NARROWEST: Final = 24


def plain(text: str, _role: str) -> str:
    """No colour."""
    return text


@dataclass(frozen=True, slots=True)
class Screen:
    """`width` is None where nobody looks: then lines are as long as they are, for those who search in them."""

    style: Style = plain
    width: int | None = None

    def lay(self, indent: int, *pieces: Piece, hanging: int = 2) -> Iterator[str]:
        """One line of these pieces; or several, those below `hanging` further in."""
        if self.width is None:
            yield self._line(indent, list(pieces))
            return
        line: list[Piece] = []
        used = indent
        at = indent
        for gap, word in _words(pieces):
            size = sum(len(text) for text, _ in word)
            if line and used + gap + size > max(self.width, at + NARROWEST):
                yield self._line(at, line)
                at = indent + hanging
                line, used, gap = [], at, 0
            line += [(" " * gap, word[0][1]), *word] if line and gap else word
            used += size + (gap if used > at else 0)
        yield self._line(at, line)

    def has_room(self, columns: int) -> bool:
        """Whether a column can begin so far to the right."""
        return self.width is None or columns + NARROWEST <= self.width

    def _line(self, indent: int, pieces: list[Piece]) -> str:
        runs = ((role, "".join(text for text, _ in run)) for role, run in groupby(pieces, key=lambda piece: piece[1]))
        text = "".join(self.style(text, role) if role and text.strip() else text for role, text in runs)
        return f"{' ' * indent}{text}".rstrip()


def _words(pieces: tuple[Piece, ...]) -> Iterator[tuple[int, list[Piece]]]:
    """Each word, which may consist of several pieces, and how many blanks stand before it."""
    gap, word = 0, list[Piece]()
    for text, role in pieces:
        for part in re.split(r"( +)", text):
            if not part:
                continue
            if part.isspace():
                if word:
                    yield gap, word
                    gap, word = 0, []
                gap += len(part)
            else:
                word.append((part, role))
    if word:
        yield gap, word
