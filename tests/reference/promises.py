"""What a contract promises of its data, row by row: as much of it as a test of the language needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from policy_engine.product.model import Dataset, Field

Row = Mapping[str, Any]


def promises_of(dataset: Dataset, rows: Sequence[Row], unknown: Any) -> tuple[SimpleNamespace, ...]:
    """Every promise, with how many rows break it. Without rows nothing but the keys is known to be kept."""
    return tuple(_judged(kind, field, breaking, len(rows), unknown) for kind, field, breaking in _all(dataset, rows))


def _judged(kind: str, about: Dataset | Field, breaking: list[int], total: int, unknown: Any) -> SimpleNamespace:
    is_key = kind in {"unique", "primary_key"}
    return SimpleNamespace(
        kind=kind,
        path=about.path if isinstance(about, Field) else about.name,
        is_checkable=True,
        is_kept=not breaking if total or is_key else unknown,
        count=len(breaking),
        rows=() if is_key else tuple(breaking[:5]),
    )


def _all(dataset: Dataset, rows: Sequence[Row]) -> Iterator[tuple[str, Dataset | Field, list[int]]]:
    if dataset.primary_key:
        yield "primary_key", dataset, _repeated([tuple(row[name] for name in dataset.primary_key) for row in rows])
    for field in dataset.fields:
        values = [row[field.name] for row in rows]
        yield "type", field, []
        if field.required or field.primary_key:
            yield "required", field, _breaking(values, lambda value: value is None)
        if field.unique:
            yield "unique", field, _repeated([(value,) for value in values])
        yield from ((kind, field, _present(values, breaks)) for kind, breaks in _bounds(field))


def _bounds(field: Field) -> Iterator[tuple[str, Callable[[Any], bool]]]:
    of = field.constraints
    if of.enum is not None:
        yield "enum", lambda value: value not in of.enum
    if of.pattern is not None:
        yield "pattern", lambda value: re.search(of.pattern, value) is None
    if of.minimum is not None:
        yield "minimum", lambda value: value < of.minimum
    if of.exclusive_maximum is not None:
        yield "exclusive_maximum", lambda value: value >= of.exclusive_maximum
    if of.max_length is not None:
        yield "max_length", lambda value: len(value) > of.max_length


def _breaking(values: Sequence[Any], breaks: Callable[[Any], bool]) -> list[int]:
    return [number for number, value in enumerate(values, start=1) if breaks(value)]


def _present(values: Sequence[Any], breaks: Callable[[Any], bool]) -> list[int]:
    return _breaking(values, lambda value: value is not None and breaks(value))


def _repeated(keys: Sequence[tuple[Any, ...]]) -> list[int]:
    seen: set[tuple[Any, ...]] = set()
    found = []
    for number, key in enumerate(keys, start=1):
        if None not in key and key in seen:
            found.append(number)
        seen.add(key)
    return found
