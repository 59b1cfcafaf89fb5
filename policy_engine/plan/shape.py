"""Is a node of a plan what its declaration says, and does it name only what a plan may name?

Plans come from files. A plan that decodes can compute something silly, but reach nothing outside of the language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import GenericAlias, UnionType
from typing import Any, Final, ForwardRef, Union, get_args, get_origin, get_type_hints

from policy_engine.plan import expressions, model
from policy_engine.plan.kernels import KERNELS, LOOKUPS
from policy_engine.plan.layer import Layer
from policy_engine.plan.walk import walk

#: A part of an element, or a column of a table; what begins with two underscores is Python's own.
_PART: Final = re.compile(r"(?!__)[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_LOOP: Final = re.compile(r"\$(0|[1-9][0-9]{0,5})", re.ASCII)
#: Reference data has a qualified name, so that it is never mistaken for a name of the generated code.
_TABLE: Final = re.compile(r"\w+(\.\w+)+", re.ASCII)
_ROOTS: Final = frozenset({"product", "previous", "changes", "now"})
_OF_DATA: Final = frozenset({"count", "share", "sum", "min", "max", "mean", "distinct"})
_AGGREGATES: Final = _OF_DATA | {"list"}
_QUESTIONS: Final = _OF_DATA | {"rows", "duplicates", "k_anonymity", "orphans", "pii", "promises", "recent"}
_ENTITIES: Final = frozenset({"Product", "Dataset", "Field", "Port", "Sla", "Owner"})


def fits(node: object) -> bool:
    """Is every part of the node of its declared type (looking one level deep), and every name one that plans use?"""
    for name, direct, hint in _hints(type(node)):
        value = getattr(node, name)
        if type(value) not in direct and not _is(value, hint):
            return False
    named = _NAMED.get(type(node))
    return named is None or named(node)


def _hints(of: type) -> tuple[tuple[str, frozenset[type], Any], ...]:
    """Of each part: its name, the types that its value may be of as such, and its whole type."""
    if of not in _KNOWN:
        _KNOWN[of] = tuple((name, _direct(hint), hint) for name, hint in get_type_hints(of).items())
    return _KNOWN[of]


def _direct(hint: Any) -> frozenset[type]:
    options = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    return frozenset(option for option in options if isinstance(option, type))


_KNOWN: Final[dict[type, tuple[tuple[str, frozenset[type], Any], ...]]] = {}


def _is(value: object, hint: Any) -> bool:
    origin = get_origin(hint)
    if isinstance(hint, ForwardRef | str) or hint is expressions.Constant:
        return _is_constant(value)
    if origin in (Union, UnionType):
        return any(_is(value, option) for option in get_args(hint))
    if isinstance(hint, GenericAlias):
        return isinstance(value, tuple) and _are(value, get_args(hint))
    return value is None if hint is type(None) else type(value) is hint


def _are(values: tuple[object, ...], hints: tuple[Any, ...]) -> bool:
    if len(hints) == 2 and hints[1] is Ellipsis:
        return all(_is(value, hints[0]) for value in values)
    return len(values) == len(hints) and all(_is(value, hint) for value, hint in zip(values, hints, strict=True))


def _is_constant(value: object) -> bool:
    if isinstance(value, tuple):
        return all(_is_constant(item) for item in value)
    return value is None or type(value) in _CONSTANTS


_CONSTANTS: Final = frozenset(option for option in get_args(expressions.Constant) if isinstance(option, type))


def _is_part(name: str) -> bool:
    return _PART.fullmatch(name) is not None


def _is_loop(name: str) -> bool:
    return _LOOP.fullmatch(name) is not None


def _local(node: expressions.Local) -> bool:
    return node.name in _ROOTS or _is_loop(node.name) or _TABLE.fullmatch(node.name) is not None


def _rule(node: model.RulePlan) -> bool:
    names = [name for name, _ in node.loops]
    if node.layer is Layer.WAIVERS:
        return False
    return all(map(_is_loop, names)) and len(names) == len(set(names)) <= model.MAX_LOOPS


def _waiver(node: model.WaiverPlan) -> bool:
    asks = node.condition is not None and any(isinstance(part, expressions.Ask) for part in walk(node.condition))
    return node.granted_in is not Layer.GLOBAL and not asks


def _table(node: model.TablePlan) -> bool:
    whole = all(len(row) == len(node.columns) for row in node.rows)
    return whole and all(map(_is_part, node.columns)) and _TABLE.fullmatch(node.name) is not None


def _attribute(node: model.AttributePlan) -> bool:
    return node.layer is not Layer.WAIVERS and node.entity in _ENTITIES and _is_part(node.attribute)


_NAMED: Final[Mapping[type, Callable[[Any], bool]]] = {
    expressions.Local: _local,
    expressions.Attribute: lambda node: _is_part(node.name),
    expressions.Call: lambda node: node.function in KERNELS or node.function in LOOKUPS,
    expressions.Quantified: lambda node: node.kind in {"every", "some"} and _is_loop(node.name),
    expressions.Aggregate: lambda node: node.kind in _AGGREGATES and _is_loop(node.name),
    expressions.Ask: lambda node: node.kind in _QUESTIONS,
    expressions.Reference: lambda _: False,
    expressions.Invoke: lambda _: False,
    model.RulePlan: _rule,
    model.WaiverPlan: _waiver,
    model.TablePlan: _table,
    model.AttributePlan: _attribute,
}
