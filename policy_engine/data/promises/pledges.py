"""All that a contract promises of the data of one dataset, in the contract's order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from policy_engine.data.model import Duplicates
from policy_engine.data.promises.fields import field_pledges
from policy_engine.data.promises.model import Pledge
from policy_engine.data.promises.quality import quality_pledge
from policy_engine.product.model import Dataset, Field

_IN_LIST: Final = "it is inside a list, which data cannot be asked about yet"


def pledges(dataset: Dataset) -> tuple[Pledge, ...]:
    """What is promised of the dataset as a whole, then of each field."""
    return tuple(_all(dataset))


def _all(dataset: Dataset) -> Iterator[Pledge]:
    if dataset.primary_key:
        keys = ", ".join(f"`{name}`" for name in dataset.primary_key)
        yield Pledge(
            kind="primary_key",
            path=dataset.name,
            text=f"no two rows have the same primary key ({keys})",
            pointer=dataset.pointers.get("primary_key", dataset.pointer),
            metric=Duplicates(dataset.name, dataset.primary_key),
        )
    yield from (quality_pledge(rule, dataset, None) for rule in dataset.quality)
    for field in dataset.fields:
        found = (*field_pledges(field), *(quality_pledge(rule, dataset, field) for rule in field.quality))
        yield from _reachable(field, found)


def _reachable(field: Field, found: Iterable[Pledge]) -> Iterable[Pledge]:
    if "[]" not in field.path:
        return found
    return [replace(one, metric=None, total=None, is_checkable=False, note=_IN_LIST) for one in found]
