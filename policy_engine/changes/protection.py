"""What differs in how data is protected and kept: classification, tags of personal data, retention."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from policy_engine.changes.difference import Difference, pointer_of
from policy_engine.plan.values import Duration
from policy_engine.product.model import Dataset, Element, Field, Product

#: The order that most organisations use. Of other words nobody can say here which protects more.
_CLASSES: Final[Mapping[str, int]] = {"public": 0, "internal": 1, "confidential": 2, "restricted": 3}
_PERSONAL: Final = frozenset({"pii", "phi", "spi", "gdpr", "personal"})
_SEPARATORS = re.compile(r"[^0-9a-z]+")


def classification_differences(old: Field, new: Field) -> Iterator[Difference]:
    """At most one: how the field's class moved."""
    before, after = old.classification, new.classification
    if before != after:
        pointer = pointer_of(new, "classification")
        yield Difference(_class_effect(before, after), new.path, before, after, pointer)


def _class_effect(before: str | None, after: str | None) -> str:
    if before is None:
        return "classification-added"
    if after is None:
        return "classification-removed"
    low, high = _CLASSES.get(before.casefold()), _CLASSES.get(after.casefold())
    if low is None or high is None or low == high:
        return "classification-changed"
    return "classification-raised" if high > low else "classification-lowered"


def tag_differences(old: Field | Dataset | Product, new: Field | Dataset | Product, path: str) -> Iterator[Difference]:
    """Each tag of personal data that is gone, and that no tag left says more or less exactly."""
    for tag in sorted(set(old.tags) - set(new.tags)):
        if _is_personal(tag) and not any(_covers(tag, other) for other in new.tags):
            yield Difference("personal-data-tag-removed", path, tag, None, pointer_of(new, "tags"))


def _is_personal(tag: str) -> bool:
    return _SEPARATORS.split(tag.casefold())[0] in _PERSONAL


def _covers(tag: str, other: str) -> bool:
    """`pii.email` covers `pii`: it says more. `pii` does not cover `pii.email`, except that it is still personal data."""
    return _SEPARATORS.split(tag.casefold())[0] == _SEPARATORS.split(other.casefold())[0]


def retention_differences(old: Product, new: Product) -> Iterator[Difference]:
    """The product's retention, and that of the datasets which differ otherwise than the product does."""
    yield from _retention(old.retention, new.retention, "retention", new)
    before = {dataset.name: dataset for dataset in old.datasets}
    for dataset in new.datasets:
        earlier = before.get(dataset.name)
        if earlier and (earlier.retention, dataset.retention) != (old.retention, new.retention):
            yield from _retention(earlier.retention, dataset.retention, dataset.name, dataset)


def _retention(before: Duration | None, after: Duration | None, path: str, new: Element) -> Iterator[Difference]:
    if before == after:
        return
    if before is None or after is None:
        effect = "retention-added" if before is None else "retention-removed"
    else:
        effect = "retention-shortened" if after < before else "retention-lengthened"
    shown = (None if before is None else str(before), None if after is None else str(after))
    yield Difference(effect, path, *shown, pointer_of(new, "retention"))
