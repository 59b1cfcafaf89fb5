"""JSON as everything here reads it that comes from outside: bounded, UTF-8, no duplicate keys, no floats."""

from __future__ import annotations

import json
from typing import Final, NoReturn

from policy_engine.plan.canonical import canonical

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_DEPTH: Final = 32
#: Objects, lists and commas together. Bounds memory: empty objects cost a hundred times their text.
MAX_PARTS: Final = 200_000
#: Of one object: what is read here has some twenty. Lists, which hold the many, are bounded by MAX_PARTS alone.
MAX_MEMBERS: Final = 1000


class LimitExceededError(ValueError):
    """The text is larger, deeper or has more parts than any honest document."""


class NotStrictError(ValueError):
    """The text is no JSON, or JSON that two readers may understand differently."""


def read_json(content: bytes, *, max_bytes: int = MAX_BYTES) -> object:
    """The value of strict JSON text. Raises LimitExceededError or NotStrictError, nothing else."""
    if len(content) > max_bytes:
        raise LimitExceededError(f"{len(content)} bytes, more than {max_bytes}")
    parts = content.count(b"{") + content.count(b"[") + content.count(b",")
    if parts > MAX_PARTS:
        raise LimitExceededError(f"more than {MAX_PARTS} parts")
    try:
        value = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_object,
            parse_float=_no_float,
            parse_constant=_no_float,
            parse_int=_integer,
        )
    except RecursionError:
        raise LimitExceededError(f"nested deeper than {MAX_DEPTH}") from None
    except UnicodeDecodeError as error:
        raise NotStrictError(f"no UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise NotStrictError(f"no JSON: {error.msg.lower()} at character {error.pos}") from None
    _check_depth(value)
    return value


def is_canonical(content: bytes, value: object) -> bool:
    """Whether `content` is the one RFC 8785 form of `value`, as which it was read."""
    try:
        return canonical(value) == content
    except ValueError:  # a lone surrogate has no UTF-8 form
        return False


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(pairs) > MAX_MEMBERS:
        raise LimitExceededError(f"an object with more than {MAX_MEMBERS} members")
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise NotStrictError(f"the member {name[:100]!a} is there twice")
        found[name] = value
    return found


def _no_float(text: str) -> NoReturn:
    raise NotStrictError(f"the number {text[:40]} is no integer")


def _integer(text: str) -> int:
    # RFC 8785 numbers are IEEE 754 doubles: beyond 2^53-1 readers disagree
    if len(text) > 17 or abs(int(text)) >= 2**53:
        raise NotStrictError(f"the number {text[:40]} is beyond 2^53-1")
    return int(text)


def _check_depth(value: object) -> None:
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return
    raise LimitExceededError(f"nested deeper than {MAX_DEPTH}")


def _children(value: object) -> list[object]:
    match value:
        case dict():
            return list(value.values())
        case list():
            return value
        case _:
            return []
