"""A file as plain values, and the line and column of every one of them: what readers of formats work on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policy_engine.product.model import Place, Value


class Places(Mapping[str, Place]):
    """Every JSON pointer of a file -> its place. Places are made when asked for: most are never."""

    __slots__ = ("_positions",)

    def __init__(self, positions: dict[str, tuple[int, int]]) -> None:
        self._positions = positions

    def __getitem__(self, pointer: str) -> Place:
        line, column = self._positions[pointer]
        return Place(line + 1, column + 1, pointer)

    def __contains__(self, pointer: object) -> bool:
        return pointer in self._positions

    def __iter__(self) -> Iterator[str]:
        return iter(self._positions)

    def __len__(self) -> int:
        return len(self._positions)


@dataclass(frozen=True, slots=True)
class Document:
    """The root mapping of a file, and where everything in it stands: a mapping's entry at its key, an item at itself.

    What an alias or a merge key brings in stands where it is written.
    """

    root: Mapping[str, Value]
    places: Places


def escape(key: str) -> str:
    """A key as one segment of a JSON pointer (RFC 6901, section 3)."""
    return key.replace("~", "~0").replace("/", "~1") if "~" in key or "/" in key else key
