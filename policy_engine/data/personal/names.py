"""What the words of a field's name say about personal data, in six languages. Needs no data."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from policy_engine.data.personal.vocabulary import ABOUT, HARMLESS, LINKS, OF_THINGS, PHRASES, VERSIONS
from policy_engine.product.model import Field

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ẞ", "SS"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def words(name: str) -> tuple[str, ...]:
    """The words of a name, folded: split at case, digits and whatever is no letter."""
    return tuple(word.lower() for word in _WORD.findall(_fold(name)))


def _phrases() -> dict[tuple[str, ...], str]:
    return {
        tuple(phrase.split()): kind
        for kind, listed in PHRASES.items()
        for phrase in " ".join(listed.split()).split(", ")
    }


_KINDS: Final = _phrases()
_LONGEST: Final = max(len(phrase) for phrase in _KINDS)


def kinds_named(field: Field) -> frozenset[str]:
    """The kinds of personal data that the field's names speak of. A field with parts is judged by its parts,
    and what is only true or false is nobody's data.
    """
    if field.fields or field.type == "boolean":
        return frozenset()
    names = (field.name, field.physical_name, field.business_name)
    return frozenset(kind for name in names if name for kind in _kinds(words(name)))


def _kinds(name: tuple[str, ...]) -> Iterable[str]:
    """The longest phrase wins: `ip_address` is no street address, `email_address` no home."""
    name = tuple(word for word in name if word not in LINKS)
    for length in range(min(_LONGEST, len(name)), 0, -1):
        for start in range(len(name) - length + 1):
            kind = _KINDS.get(name[start : start + length])
            if kind is not None and not _is_about(kind, name[:start], name[start + length :]):
                return (kind,)
    return ()


def _is_about(kind: str, before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    if any(word in ABOUT and word not in HARMLESS for word in after):
        return True
    if before and before[0] in ("is", "has", "num", "count", "total", "anzahl", "nombre", "aantal", "no"):
        return True
    return kind in ("pii.name", "pii.address") and any(word in OF_THINGS for word in (*before, *after))


def speaks_of_versions(field: Field) -> bool:
    """Whether four numbers joined by dots are likelier a version here than an IP address."""
    return not VERSIONS.isdisjoint(words(field.name))
