"""A difference that was found and not yet judged, and how it becomes a change."""

from __future__ import annotations

from dataclasses import dataclass

from policy_engine.changes.effects import EFFECTS
from policy_engine.changes.model import Change
from policy_engine.product.model import Element, Product
from policy_engine.product.refusal import place_of


@dataclass(frozen=True, slots=True)
class Difference:
    """`effect` names a row of the table; `pointer` is in the new version's file."""

    effect: str
    path: str
    before: str | None
    after: str | None
    pointer: str


def pointer_of(element: Element, *attributes: str) -> str:
    """Where the first of the attributes that is stated is stated; else where the element is."""
    return next((element.pointers[name] for name in attributes if name in element.pointers), element.pointer)


def judged(difference: Difference, new: Product) -> Change:
    """The change that the table makes of a difference."""
    effect = EFFECTS[difference.effect]
    place = place_of(difference.pointer, new.places)
    return Change(
        kind=effect.kind,
        path=difference.path,
        before=difference.before,
        after=difference.after,
        breaks_consumers=effect.breaks_consumers,
        breaks_history=effect.breaks_history,
        harm=effect.harm,
        severity=effect.severity,
        reason=effect.reason,
        place=place,
        pointer=place.pointer,
    )
