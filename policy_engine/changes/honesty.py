"""Whether a contract's version tells the truth about its changes (semver.org, sections 3 to 8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Final

from policy_engine.changes.difference import Difference, pointer_of
from policy_engine.changes.effects import EFFECTS
from policy_engine.plan.values import Version, parse_version
from policy_engine.product.model import Product

_PATCH, _MINOR, _MAJOR = range(3)
#: Where and in which file something stands is not what it says.
_ELSEWHERE: Final = frozenset({"pointer", "pointers", "places", "file", "digest", "size", "not_understood", "version"})


def version_differences(old: Product, new: Product, found: Iterable[Difference]) -> Iterator[Difference]:
    """At most one: a version that is reused, gone, out of order, or raised by less than `found` asks for."""
    effect = _effect(old, new, tuple(found))
    if effect is not None:
        yield Difference(effect, "version", old.version, new.version, pointer_of(new, "version"))


def _effect(old: Product, new: Product, found: tuple[Difference, ...]) -> str | None:
    if old.version is None:
        return None
    if new.version is None:
        return "version-removed"
    before, after = parse_version(old.version), parse_version(new.version)
    if old.version == new.version or (before is not None and before == after):
        return "version-reused" if found or _content(old) != _content(new) else None
    if before is None or after is None:
        return "version-incomparable"
    if after < before:
        return "version-decreased"
    return "version-not-bumped-enough" if _bump(before, after) < _needed(before, found) else None


def _bump(before: Version, after: Version) -> int:
    if before.pre:
        return _MAJOR  # a pre-release promises nothing
    if after.major != before.major:
        return _MAJOR
    return _MINOR if after.minor != before.minor else _PATCH


def _needed(before: Version, found: tuple[Difference, ...]) -> int:
    if not found:
        return _PATCH
    effects = [EFFECTS[one.effect] for one in found]
    breaks = any(effect.breaks_consumers or effect.breaks_history for effect in effects)
    return _MAJOR if breaks and before.major > 0 else _MINOR


def _content(value: object) -> object:
    """What is said, without where: so that a moved line or a comment is no new content."""
    if is_dataclass(value):
        return tuple(_content(getattr(value, one.name)) for one in fields(value) if one.name not in _ELSEWHERE)
    if isinstance(value, tuple):
        return tuple(_content(item) for item in value)
    return value
