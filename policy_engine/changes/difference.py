"""A difference that was found and not yet judged, and how it becomes a change."""

from __future__ import annotations

from dataclasses import dataclass

from policy_engine.changes.effects import EFFECTS
from policy_engine.changes.model import Change
from policy_engine.product.model import Dataset, Element, Field, Product
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


class Parts:
    """The datasets and fields of the new version, by where they stand."""

    def __init__(self, new: Product) -> None:
        self._datasets = {dataset.pointer: dataset for dataset in new.datasets}
        self._fields = {(field.dataset, field.path): field for field in new.fields}
        self._names = {dataset.name: dataset for dataset in new.datasets}

    def concerned(self, difference: Difference) -> tuple[Field | None, Dataset | None]:
        """The field and the dataset that a difference is about or inside of; by what stands around its pointer."""
        dataset = self._dataset(difference)
        if dataset is None:
            return None, None
        return self._fields.get((dataset.name, difference.path.removesuffix("[]"))), dataset

    def _dataset(self, difference: Difference) -> Dataset | None:
        found = "/".join(difference.pointer.split("/")[:3])
        # a retention may be stated far from the dataset that it is about
        stated_apart = EFFECTS[difference.effect].kind.startswith("retention")
        return self._datasets.get(found) or (self._names.get(difference.path) if stated_apart else None)


def judged(difference: Difference, new: Product, parts: Parts) -> Change:
    """The change that the table makes of a difference."""
    effect = EFFECTS[difference.effect]
    place = place_of(difference.pointer, new.places)
    field, dataset = parts.concerned(difference)
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
        field=field,
        dataset=dataset,
    )
