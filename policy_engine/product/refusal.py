"""How a metadata file is refused: always with its name, the line and column, what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from policy_engine.errors import ProductError
from policy_engine.product.model import Place


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why a file cannot be read, where it is, and what its author can do."""

    place: Place
    message: str
    help: str


def refused(file: str, refusals: Iterable[Refusal]) -> ProductError:
    """One error for all reasons: a line each, and each piece of advice once."""
    found = tuple(refusals)
    lines = [f"{file}:{one.place.line}:{one.place.column}: {one.message}" for one in found]
    return ProductError("\n".join(lines), help="\n".join(dict.fromkeys(one.help for one in found if one.help)))


def refuse(file: str, line: int, column: int, message: str, advice: str, pointer: str = "") -> ProductError:
    """The error for one reason."""
    return refused(file, (Refusal(Place(line, column, pointer), message, advice),))


def place_of(pointer: str, places: Mapping[str, Place]) -> Place:
    """The place of an element, or of the nearest element around it that the file has."""
    while pointer not in places and pointer:
        pointer = pointer.rpartition("/")[0]
    return places.get(pointer, Place(1, 1, ""))
