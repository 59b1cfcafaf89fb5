"""The `fix` of a rule as a fragment of a contract: what a machine may write without asking anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from policy_engine.errors import ProductError
from policy_engine.product.model import Value

#: What a machine may state. What something is called, is for, is made of or looks like, only people know.
SAFE: Final = frozenset(
    {
        "authoritativeDefinitions",
        "classification",
        "criticalDataElement",
        "customProperties",
        "quality",
        "roles",
        "slaProperties",
        "support",
        "tags",
    }
)
_MAX_TEXT: Final = 4_000
_COMMENT: Final = re.compile(r"(?:^|\s)#", re.MULTILINE)
_OPEN: Final = re.compile(r"…|\.\.\.|<[^>]*>|\bTODO\b|\bTBD\b")


class UncertainError(ValueError):
    """Why a fix is left to people."""


def read_fragment(text: str | None) -> Mapping[str, Value]:
    """The mapping that a fix is. Raises UncertainError."""
    from policy_engine.product.text import read_document

    if text is None:
        raise UncertainError("the policy names no fix")
    if len(text) > _MAX_TEXT:
        raise UncertainError("its fix is too long")
    if _COMMENT.search(text):
        raise UncertainError("its fix leaves a choice to people")
    try:
        found = read_document(text.encode(), "the fix").root
    except (ProductError, UnicodeEncodeError):
        raise UncertainError("its fix is advice for people, and no part of a contract") from None
    unsafe = sorted(found.keys() - SAFE)
    if unsafe:
        raise UncertainError(f"only people know `{unsafe[0]}`")
    if not found or any(_is_open(scalar) for scalar in _scalars(found)):
        raise UncertainError("its fix leaves a choice to people")
    return found


def _is_open(scalar: Value) -> bool:
    return scalar is None or (isinstance(scalar, str) and (not scalar.strip() or _OPEN.search(scalar) is not None))


def _scalars(value: Value) -> Iterator[Value]:
    match value:
        case Mapping():
            for part in value.values():
                yield from _scalars(part)
        case tuple():
            for part in value:
                yield from _scalars(part)
        case _:
            yield value
