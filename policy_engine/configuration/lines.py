"""On which line of a TOML text a key stands; the parser of the standard library does not tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Final

_PART: Final = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_DOTTED: Final = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
_TABLE: Final = re.compile(rf"[ \t]*\[\[?[ \t]*({_DOTTED})[ \t]*\]\]?[ \t]*(?:#.*)?$")
_KEY: Final = re.compile(rf"[ \t]*({_DOTTED})[ \t]*=")

Path = tuple[str, ...]


def line_of(text: str, path: Path) -> int:
    """The line of a key, else of the table around it; 1 where neither is found."""
    lines: dict[Path, int] = {}
    for number, found in _keys(text):
        lines.setdefault(found, number)
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _keys(text: str) -> Iterator[tuple[int, Path]]:
    table: Path = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if match := _TABLE.match(line):
            table = _parts(match[1])
            yield number, table
        elif match := _KEY.match(line):
            path = (*table, *_parts(match[1]))
            # `a.b = 1` is where `a` is, too
            for length in range(len(table) + 1, len(path) + 1):
                yield number, path[:length]


def _parts(dotted: str) -> Path:
    parts = []
    inside: object = tomllib.loads(f"{dotted} = 0")
    while isinstance(inside, dict):
        name, inside = next(iter(inside.items()))
        parts.append(name)
    return tuple(parts)
