"""Old product x new product -> everything that changed, judged. A later row of the table is one more `…_differences`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import TypeVar

from policy_engine.changes.difference import Difference, Parts, judged, pointer_of
from policy_engine.changes.fields import field_differences
from policy_engine.changes.honesty import version_differences
from policy_engine.changes.model import Change
from policy_engine.changes.protection import retention_differences, tag_differences
from policy_engine.product.model import Dataset, Field, Product

_E = TypeVar("_E", Dataset, Field)


def compare(old: Product, new: Product) -> tuple[Change, ...]:
    """Every change between two versions of one product, sorted by path and kind. Of equal products there is none."""
    found = list(chain(_datasets(old, new), retention_differences(old, new), tag_differences(old, new, "tags")))
    found += version_differences(old, new, found)
    parts = Parts(new)
    changes = (judged(difference, new, parts) for difference in found)
    return tuple(sorted(changes, key=lambda one: (one.path, one.kind, one.before or "", one.after or "", one.pointer)))


def _datasets(old: Product, new: Product) -> Iterator[Difference]:
    before, after = _numbered(old.datasets, "name"), _numbered(new.datasets, "name")
    where = pointer_of(new, "datasets")
    for key in before.keys() - after.keys():
        yield Difference("dataset-removed", key[0], key[0], None, where)
    for key in after.keys() - before.keys():
        yield Difference("dataset-added", key[0], None, key[0], after[key].pointer)
    for key in before.keys() & after.keys():
        yield from _dataset(before[key], after[key])


def _dataset(old: Dataset, new: Dataset) -> Iterator[Difference]:
    stored = (old.physical_name or old.name, new.physical_name or new.name)
    if stored[0] != stored[1]:
        yield Difference("dataset-moved", new.name, *stored, pointer_of(new, "physical_name", "name"))
    if old.physical_type != new.physical_type and old.physical_type and new.physical_type:
        pointer = pointer_of(new, "physical_type")
        yield Difference("dataset-storage-changed", new.name, old.physical_type, new.physical_type, pointer)
    yield from tag_differences(old, new, new.name)
    yield from _primary_key(old, new)
    yield from _fields(old, new)


def _primary_key(old: Dataset, new: Dataset) -> Iterator[Difference]:
    """The order of key fields is no matter of what a row means."""
    before, after = set(old.primary_key), set(new.primary_key)
    if before == after:
        return
    effect = "primary-key-changed" if before and after else "primary-key-added" if after else "primary-key-removed"
    shown = (", ".join(old.primary_key) or None, ", ".join(new.primary_key) or None)
    yield Difference(effect, new.name, *shown, pointer_of(new, "primary_key"))


def _fields(old: Dataset, new: Dataset) -> Iterator[Difference]:
    before, after = _numbered(old.fields, "path"), _numbered(new.fields, "path")
    gone, come = before.keys() - after.keys(), after.keys() - before.keys()
    parents, new_parents = _parents(old.fields), _parents(new.fields)
    for key in gone:
        if parents.get(key[0]) not in {path for path, _ in gone}:
            yield _removed(before[key], parents, new)
    for key in come:
        if new_parents.get(key[0]) not in {path for path, _ in come}:
            yield _added(after[key])
    for key in before.keys() & after.keys():
        yield from field_differences(before[key], after[key])


def _removed(field: Field, parents: Mapping[str, str], new: Dataset) -> Difference:
    """Stands at the field around it, if that is left; else at the dataset."""
    around = next((one for one in new.fields if one.path == parents.get(field.path)), None)
    effect = "field-removed" if field.required else "optional-field-removed"
    return Difference(effect, field.path, _shown(field), None, around.pointer if around else new.pointer)


def _added(field: Field) -> Difference:
    effect = "field-required-added" if field.required else "field-added"
    return Difference(effect, field.path, None, _shown(field), field.pointer)


def _shown(field: Field) -> str:
    return field.physical_type or field.type or field.name


def _parents(fields: Iterable[Field]) -> dict[str, str]:
    return {child.path: field.path for field in fields for child in field.fields}


def _numbered(elements: Iterable[_E], name: str) -> dict[tuple[str, int], _E]:
    """By name or path; of those that share it the first is number 0, and so on: none is left out."""
    seen: Counter[str] = Counter()
    found: dict[tuple[str, int], _E] = {}
    for element in elements:
        key: str = getattr(element, name)
        found[key, seen[key]] = element
        seen[key] += 1
    return found
