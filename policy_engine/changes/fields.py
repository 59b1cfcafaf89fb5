"""What differs between two versions of one field: its type, its nullability, its values, its name where it is stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policy_engine.changes.datatype import LOGICAL_FAMILIES, read_logical, read_type
from policy_engine.changes.difference import Difference, pointer_of
from policy_engine.changes.effects import EFFECTS
from policy_engine.changes.protection import classification_differences, tag_differences
from policy_engine.changes.retype import judge_types
from policy_engine.product.model import Constraints, Field

_GRAVITY: Final = ("info", "warn", "review", "block")


def field_differences(old: Field, new: Field) -> Iterator[Difference]:
    """All differences of a field that both versions have, and of what it holds where it is a list."""
    yield from _types(old, new)
    yield from _flags(old, new)
    yield from _names(old, new)
    yield from _values(old, new)
    yield from classification_differences(old, new)
    yield from tag_differences(old, new, new.path)
    if old.items is not None and new.items is not None:
        yield from field_differences(old.items, new.items)


def _types(old: Field, new: Field) -> Iterator[Difference]:
    """The gravest difference of type: a column that becomes text in logical and physical words is one change."""
    found = [*_physical(old, new), *_logical(old, new), *_options(old, new)]
    if found:
        yield max(found, key=lambda one: _GRAVITY.index(EFFECTS[one.effect].severity))


def _physical(old: Field, new: Field) -> Iterator[Difference]:
    before, after = old.physical_type, new.physical_type
    if before == after:
        return
    effect = _physical_effect(old, new, before, after)
    if effect is not None:
        yield Difference(effect, new.path, before, after, pointer_of(new, "physical_type", "type"))


def _physical_effect(old: Field, new: Field, before: str | None, after: str | None) -> str | None:
    if after is None:
        return "type-withdrawn"
    after_type = read_type(after)
    if before is None:
        if old.type is None:
            return "type-stated"
        fits = after_type is not None and after_type.family in LOGICAL_FAMILIES.get(old.type, frozenset())
        return "type-stated" if fits else "type-unclear"
    before_type = read_type(before)
    if before_type is None or after_type is None:
        return None if before.casefold().split() == after.casefold().split() else "type-unclear"
    return judge_types(before_type, after_type, new.constraints)


def _logical(old: Field, new: Field) -> Iterator[Difference]:
    if old.type == new.type:
        return
    if old.type is None or new.type is None:
        effect: str | None = "type-stated" if old.type is None else "type-withdrawn"
    else:
        effect = judge_types(read_logical(old.type), read_logical(new.type), Constraints())
    if effect is not None:
        yield Difference(effect, new.path, old.type, new.type, pointer_of(new, "type", "physical_type"))


def _options(old: Field, new: Field) -> Iterator[Difference]:
    """The width of a number and the zone of a time, which the standard has among its options."""
    before, after = old.constraints, new.constraints
    if before.timezone != after.timezone:
        both = before.timezone is not None and after.timezone is not None
        effect = "zone-changed" if both else "type-stated" if before.timezone is None else "type-withdrawn"
        pointer = pointer_of(after, "timezone")
        yield Difference(effect, new.path, _shown_zone(before.timezone), _shown_zone(after.timezone), pointer)
    widths = {"integer", "number"}
    if before.format != after.format and old.type in widths and new.type in widths:
        width = _width_effect(before.format, after.format, after)
        if width is not None:
            yield Difference(width, new.path, before.format, after.format, pointer_of(after, "format"))


def _width_effect(before: str | None, after: str | None, bounds: Constraints) -> str | None:
    if before is None:
        return "type-stated"
    if after is None:
        return "type-withdrawn"
    old, new = read_type(before), read_type(after)
    return "type-unclear" if old is None or new is None else judge_types(old, new, bounds)


def _shown_zone(has_zone: bool | None) -> str | None:
    return None if has_zone is None else "with time zone" if has_zone else "without time zone"


def _flags(old: Field, new: Field) -> Iterator[Difference]:
    if old.required != new.required:
        effect, before, after = (
            ("became-required", "optional", "required") if new.required else ("became-nullable", "required", "optional")
        )
        yield Difference(effect, new.path, before, after, pointer_of(new, "required"))
    if old.unique != new.unique:
        effect, before, after = (
            ("unique-added", "not unique", "unique") if new.unique else ("unique-removed", "unique", "not unique")
        )
        yield Difference(effect, new.path, before, after, pointer_of(new, "unique"))


def _names(old: Field, new: Field) -> Iterator[Difference]:
    before, after = old.physical_name or old.name, new.physical_name or new.name
    if before != after:
        yield Difference("field-renamed", new.path, before, after, pointer_of(new, "physical_name", "name"))


def _values(old: Field, new: Field) -> Iterator[Difference]:
    before, after = old.constraints.enum, new.constraints.enum
    pointer = pointer_of(new.constraints, "enum")
    if before is None or after is None:
        if before != after:
            effect = "enum-added" if before is None else "enum-removed"
            yield Difference(effect, new.path, _shown_values(before), _shown_values(after), pointer)
        return
    for value in sorted(set(before) - set(after)):
        yield Difference("enum-value-removed", new.path, value, None, pointer)
    for value in sorted(set(after) - set(before)):
        yield Difference("enum-value-added", new.path, None, value, pointer)


def _shown_values(values: tuple[str, ...] | None) -> str | None:
    return None if values is None else ", ".join(sorted(set(values)))
