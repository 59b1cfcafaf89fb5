"""A fragment and a contract -> what has to be added to the contract, so that it states the fragment as well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from policy_engine.mending.fragment import UncertainError
from policy_engine.product.document import escape
from policy_engine.product.model import Value
from policy_engine.product.odcs_keys import LEVELS

#: By which keys two items of a list are the same thing.
_IDENTITIES: Final[Mapping[str, tuple[str, ...]]] = {
    "customProperties": ("property",),
    "slaProperties": ("property", "element"),
    "authoritativeDefinitions": ("type", "url"),
    "roles": ("role",),
    "support": ("channel",),
}


@dataclass(frozen=True, slots=True)
class NewKey:
    """An entry that a mapping gets."""

    mapping: str
    key: str
    value: Value


@dataclass(frozen=True, slots=True)
class NewItems:
    """Items that a list gets at its end."""

    list: str
    items: tuple[Value, ...]


Addition = NewKey | NewItems


def find_element(root: Value, pointer: str, keys: Iterable[str]) -> str:
    """The innermost element around a place in which the standard has these keys. Raises UncertainError."""
    wanted = frozenset(keys)
    for at, level in reversed(list(_levels(root, segments(pointer)))):
        if level is not None and wanted <= LEVELS[level].keys:
            return at
    raise UncertainError(f"`{min(wanted)}` has no place at what is violated")


def additions(root: Value, fragments: Iterable[tuple[str, Mapping[str, Value]]]) -> tuple[Addition, ...]:
    """What the elements at these pointers need, to state these fragments too. Raises UncertainError."""
    keys: dict[tuple[str, str], Value] = {}
    items: dict[str, tuple[Value, ...]] = {}
    for pointer, fragment in fragments:
        element = value_at(root, pointer)
        assert isinstance(element, Mapping)
        for found in _missing(element, fragment, pointer):
            match found:
                case NewKey(mapping, key, value):
                    before = keys.get((mapping, key))
                    keys[mapping, key] = value if before is None else _joined(key, before, value)
                case NewItems(at, new):
                    name = segments(at)[-1]
                    items[at] = (*items.get(at, ()), *_new_items(name, items.get(at, ()), new))
    return (
        *(NewKey(mapping, key, value) for (mapping, key), value in keys.items()),
        *(NewItems(pointer, new) for pointer, new in items.items()),
    )


def with_additions(root: Value, added: Iterable[Addition]) -> Value:
    """The value with what is added to it."""
    for one in added:
        match one:
            case NewKey(mapping, key, value):
                root = _changed(root, segments(mapping), {key: value})
            case NewItems(pointer, items):
                root = _changed(root, segments(pointer), items)
    return root


def segments(pointer: str) -> list[str]:
    """A JSON pointer as the keys and indices that it names."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def value_at(root: Value, pointer: str) -> Value:
    """What stands at a pointer."""
    for segment in segments(pointer):
        root = root[segment] if isinstance(root, Mapping) else root[int(segment)]  # type: ignore[index]
    return root


def _levels(root: Value, path: list[str]) -> Iterator[tuple[str, str | None]]:
    """Every mapping on the way to a place, with its level in the standard; None where it has none."""
    pointer, level, value, in_list = "", "contract", root, ""
    known: str | None = level
    yield pointer, known
    for segment in path:
        pointer = f"{pointer}/{escape(segment)}"
        if isinstance(value, Mapping):
            if segment not in value:
                return
            value = value[segment]
            here = LEVELS[known] if known is not None else None
            in_list = "" if here is None else here.lists.get(segment, "")
            known = None if here is None else here.mappings.get(segment)
        elif isinstance(value, tuple):
            value = value[int(segment)]
            known = in_list or None
        if isinstance(value, Mapping):
            yield pointer, known


def _missing(element: Mapping[str, Value], fragment: Mapping[str, Value], pointer: str) -> Iterator[Addition]:
    for key, value in fragment.items():
        at = f"{pointer}/{escape(key)}"
        if key not in element:
            yield NewKey(pointer, key, value)
            continue
        stated = element[key]
        if isinstance(stated, tuple) and isinstance(value, tuple):
            new = _new_items(key, stated, value)
            if new:
                yield NewItems(at, new)
        elif isinstance(stated, Mapping) and isinstance(value, Mapping):
            yield from _missing(stated, value, at)
        elif stated != value or isinstance(stated, bool) is not isinstance(value, bool):
            raise UncertainError(f"`{key}` is stated already, and a fix replaces nothing")


def _new_items(key: str, stated: tuple[Value, ...], items: tuple[Value, ...]) -> tuple[Value, ...]:
    """The items that are not there. One that is there and says something else is nothing to be sure about."""
    identity = _IDENTITIES.get(key, ())
    new: list[Value] = []
    for item in items:
        if item in stated or item in new:
            continue
        if isinstance(item, Mapping) and identity:
            same = [
                one for one in stated if isinstance(one, Mapping) and all(one.get(k) == item.get(k) for k in identity)
            ]
            if any(all(one.get(name) == value for name, value in item.items()) for one in same):
                continue
            if same:
                named = next((str(item[name]) for name in identity if name in item), key)
                raise UncertainError(f"`{named}` is stated already in `{key}`, and a fix replaces nothing")
        new.append(item)
    return tuple(new)


def _joined(key: str, one: Value, other: Value) -> Value:
    """What two fixes add under one key."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return (*one, *_new_items(key, one, other))
    if one != other:
        raise UncertainError(f"another fix states another `{key}`")
    return one


def _changed(value: Value, path: list[str], new: Mapping[str, Value] | tuple[Value, ...]) -> Value:
    if not path:
        if isinstance(value, Mapping):
            assert isinstance(new, Mapping)
            return {**value, **new}
        assert isinstance(value, tuple)
        assert isinstance(new, tuple)
        return (*value, *new)
    head, *rest = path
    if isinstance(value, Mapping):
        return {**value, head: _changed(value[head], rest, new)}
    assert isinstance(value, tuple)
    at = int(head)
    return (*value[:at], _changed(value[at], rest, new), *value[at + 1 :])
