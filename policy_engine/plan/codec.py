"""A plan as canonical bytes, and back. Same plan, same bytes, same digest, on every machine.

A node is an object of one member, named after its kind, that lists its parts in order; a tuple is a list; what JSON has
no type for is an object of one member too, such as `{"Fraction": "4/5"}`.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from policy_engine.errors import PlanError
from policy_engine.plan import expressions, model, types, values
from policy_engine.plan.canonical import Digest, canonical, digest
from policy_engine.plan.layer import Layer
from policy_engine.plan.model import LANGUAGE, Needs, Plan
from policy_engine.plan.shape import fits
from policy_engine.verdict import Enforcement, Stage

_LARGEST: Final = 2**53 - 1
_MAX_DEPTH: Final = 600
_FRACTION: Final = re.compile(r"-?[0-9]+/[1-9][0-9]*|-?[0-9]+", re.ASCII)


def _dataclasses_of(*modules: Any) -> dict[str, type]:
    return {
        name: found
        for module in modules
        for name, found in vars(module).items()
        if isinstance(found, type) and dataclasses.is_dataclass(found) and found.__module__ == module.__name__
    }


_NODES: Final[Mapping[str, type]] = _dataclasses_of(model, expressions, types, values)
_PARTS: Final[Mapping[type, tuple[str, ...]]] = {
    node: tuple(part.name for part in dataclasses.fields(node)) for node in _NODES.values()
}
_SCALARS: Final[Mapping[str, Callable[[str], Any]]] = {
    "Int": lambda text: _int(text),
    "Fraction": lambda text: _fraction(text),
    "Datetime": datetime.fromisoformat,
    "Date": date.fromisoformat,
    **{of.__name__: of for of in (Layer, Needs, Stage, Enforcement)},
}


def encode(plan: Plan) -> bytes:
    """The plan's canonical bytes."""
    return canonical(_encode(plan))


def plan_digest(plan: Plan) -> Digest:
    """SHA-256 of the plan's canonical bytes."""
    return digest(encode(plan))


def decode(content: bytes) -> Plan:
    """The plan that these bytes are, and no other bytes are. Raises PlanError where they are none of this version."""
    try:
        plan = _decode(json.loads(content.decode()), 0)
        is_canonical = encode(plan) == content
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise PlanError("these bytes are no compiled plan", help="compile the policies again") from error
    if not isinstance(plan, Plan) or plan.language != LANGUAGE or not is_canonical:
        raise PlanError(f"not a plan of language version {LANGUAGE}", help="compile the policies again")
    return plan


def _encode(value: Any) -> Any:
    match value:
        case StrEnum():
            return {type(value).__name__: value.value}
        case bool() | str() | None:
            return value
        case int():
            return value if abs(value) <= _LARGEST else {"Int": str(value)}
        case Fraction():
            return {"Fraction": str(value)}
        case datetime():
            return {"Datetime": value.isoformat()}
        case date():
            return {"Date": value.isoformat()}
        case tuple():
            return [_encode(item) for item in value]
        case _:
            return {type(value).__name__: [_encode(getattr(value, name)) for name in _PARTS[type(value)]]}


def _decode(value: Any, depth: int) -> Any:
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deep")
    if isinstance(value, list):
        return tuple([_decode(item, depth + 1) for item in value])
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    node = _NODES.get(kind)
    if node is None:
        return _SCALARS[kind](content)
    if len(content) != len(_PARTS[node]):
        raise ValueError(f"not the parts of a {kind}")
    made = node(*[_decode(part, depth + 1) for part in content])
    if not fits(made):
        raise ValueError(f"no well-formed {kind}")
    return made


def _fraction(text: str) -> Fraction:
    """Only what `str` writes: an exponent would make a short text a number without end."""
    if not _FRACTION.fullmatch(text):
        raise ValueError("no fraction")
    return Fraction(text)


def _int(text: str) -> int:
    if not isinstance(text, str):
        raise TypeError("no number")
    return int(text)
