"""A rule -> the same rule with one small thing changed, in every way that is tried."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from policy_engine.diagnostics import Span
from policy_engine.plan.expressions import (
    Aggregate,
    And,
    Ask,
    Attribute,
    Call,
    Const,
    Custom,
    Expr,
    If,
    IsPresent,
    Not,
    Or,
    Otherwise,
    Quantified,
)
from policy_engine.plan.model import RulePlan
from policy_engine.plan.origins import Origin, Origins
from policy_engine.plan.types import BOOL
from policy_engine.plan.walk import rebuild, walk
from policy_engine.testing.mutation.constants import others
from policy_engine.testing.mutation.guards import is_guarded
from policy_engine.verdict import Enforcement

_COMPARISONS: Final = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
_JOINED: Final = re.compile(r"\b(?:and|or|if|some|every|otherwise)\b")
#: Whether a rule blocks decides verdicts; between the others no case can tell.
_LEVELS: Final = {
    Enforcement.BLOCK: Enforcement.WARN,
    Enforcement.WARN: Enforcement.BLOCK,
    Enforcement.INFORM: Enforcement.BLOCK,
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one rule of a plan: where it is in the text, what stands there, and what would stand there.

    `expr` is the expression that is changed: cases that do not come to it cannot notice. None: it is none.
    """

    span: Span
    before: str
    after: str
    rule: RulePlan
    expr: int | None


@dataclass(frozen=True, slots=True)
class _Swap:
    """An expression, what stands in its place, and how that reads. `guards`: conditions that no longer guard others."""

    old: Expr
    new: Expr
    after: str
    guards: tuple[Expr, ...] = ()
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """Where things are written that are no expressions of a plan.

    `steps` are those of the rule's schedule; `defaults` are by parameter: a parameter that a domain sets has none.
    """

    steps: tuple[Span, ...]
    tolerance: Span | None
    defaults: Mapping[str, Span | None]


def changes(rule: RulePlan, origins: Origins, written: Written) -> Iterator[Change]:
    """Every change of a rule."""
    yield from _of_clauses(rule, origins)
    steps, tolerance = written.steps, written.tolerance
    if rule.tolerance is not None and tolerance is not None:
        yield Change(tolerance, _line(tolerance.text), "(left out)", replace(rule, tolerance=None), None)
    if steps and len(steps) == len(rule.schedule):
        span, (level, since) = steps[-1], rule.schedule[-1]
        schedule = (*rule.schedule[:-1], (_LEVELS[level], since))
        after = _line(span.text).replace(level, _LEVELS[level], 1)
        yield Change(span, _line(span.text), after, replace(rule, schedule=schedule), None)
    for swap in _swaps(rule, origins, written.defaults):
        origin = origins.of(swap.old)
        place = swap.span or (None if origin is None else _written_at(origin))
        changed = _swapped(rule, swap.old, swap.new)
        if place is not None and is_guarded(changed, *swap.guards):
            yield Change(place, _line(place.text), swap.after, changed, id(swap.old))


def _of_clauses(rule: RulePlan, origins: Origins) -> Iterator[Change]:
    """Conditions left out as a whole."""
    for expr, changed in _without_clause(rule):
        origin = origins.of(expr)
        if origin is not None and is_guarded(changed, expr):
            yield Change(origin.span, _line(origin.span.text), "(left out)", changed, id(expr))


def _without_clause(rule: RulePlan) -> Iterator[tuple[Expr, RulePlan]]:
    if rule.scope is not None:
        yield rule.scope, replace(rule, scope=None)
    if rule.when is not None:
        yield rule.when, replace(rule, when=None)
    if rule.over_rows and isinstance(rule.require, Ask) and rule.require.condition is not None:
        yield rule.require.condition, replace(rule, require=replace(rule.require, condition=None))


def _swaps(rule: RulePlan, origins: Origins, defaults: Mapping[str, Span | None]) -> Iterator[_Swap]:
    clauses = (rule.scope, *(items for _, items in rule.loops), rule.when, rule.require)
    for clause in clauses:
        if clause is not None:
            for expr in walk(clause):
                yield from _constants(expr, origins, defaults) if isinstance(expr, Const) else _of(expr, origins)


def _of(expr: Expr, origins: Origins) -> Iterator[_Swap]:
    """What might stand in the place of one expression."""

    def text(part: Expr) -> str:
        origin = origins.of(_unranked(part, origins))
        if origin is None:
            return "…"
        return _line((_written_at(origin) if part is expr else origin.span).text)

    def joined(part: Expr) -> str:
        return f"({text(part)})" if _JOINED.search(text(part)) else text(part)

    match expr:
        case And(left=left, right=right):
            yield _Swap(expr, Or(left, right), f"{joined(left)} or {joined(right)}", (left, right))
            yield from (_Swap(expr, part, text(part), (gone,)) for part, gone in ((left, right), (right, left)))
        case Or(left=left, right=right):
            yield _Swap(expr, And(left, right), f"{joined(left)} and {joined(right)}", (left, right))
            yield from (_Swap(expr, part, text(part), (gone,)) for part, gone in ((left, right), (right, left)))
        case Not(operand=IsPresent() as present):
            yield _Swap(expr, present, _other_ending(text(expr), "is missing", "is present"), (expr,))
        case Not(operand=operand):
            yield _Swap(expr, operand, text(operand), (operand,))
        case IsPresent():
            yield _Swap(expr, Not(expr), _other_ending(text(expr), "is present", "is missing"), (expr,))
        case Call(function=function, args=(left, right)) if function in _COMPARISONS:
            other = _COMPARISONS[function]
            yield _Swap(expr, replace(expr, function=other), f"{text(left)} {other} {text(right)}")
        case Call(type=of) if of == BOOL:
            yield _Swap(expr, Not(expr), f"not ({text(expr)})")
        case Attribute(type=of) | Custom(type=of) if of == BOOL:
            yield _Swap(expr, Not(expr), f"not {text(expr)}")
        case If(condition=condition):
            swapped = replace(expr, then=expr.otherwise, otherwise=expr.then)
            after = f"if {text(condition)} then {text(expr.otherwise)} else {text(expr.then)}"
            yield _Swap(expr, swapped, after, (condition,))
        case Otherwise(default=default):
            yield _Swap(expr, default, text(default))
        case Quantified(kind=kind):
            other = "some" if kind == "every" else "every"
            yield _Swap(expr, replace(expr, kind=other), text(expr).replace(kind, other, 1))
        case Aggregate(condition=condition) if condition is not None:
            yield _Swap(
                expr, replace(expr, condition=None), f"{text(expr)} without `where {text(condition)}`", (condition,)
            )
        case Ask(kind=kind, condition=condition) if kind != "rows" and condition is not None and origins.of(condition):
            yield _Swap(
                expr, replace(expr, condition=None), f"{text(expr)} without `where {text(condition)}`", (condition,)
            )
        case _:
            return


def _written_at(origin: Origin) -> Span:
    """Where an author wrote it: of a definition that is used, in the definition."""
    while origin.definition is not None and origin.within is not None:
        origin = origin.within
    return origin.span


def _other_ending(text: str, ending: str, other: str) -> str:
    return f"{text.removesuffix(ending)}{other}" if text.endswith(ending) else f"not ({text})"


def _constants(expr: Const, origins: Origins, defaults: Mapping[str, Span | None]) -> Iterator[_Swap]:
    """Values near it, at the place where it is written: a parameter's, a definition's, or its own."""
    origin = origins.of(_unranked(expr, origins))
    if origin is None:
        return
    definition = origin.definition or ""
    span = defaults[definition] if definition in defaults else origin.spans[-1]
    if span is not None:
        for value, after in others(expr, origins.unfolded(expr), is_percent=span.text.endswith("%")):
            yield _Swap(expr, replace(expr, value=value), after, span=span)


def _unranked(expr: Expr, origins: Origins) -> Expr:
    """Of the position of an enum's member, which comparisons are made of, the member."""
    call = expr if isinstance(expr, Call) else origins.unfolded(expr)
    return call.args[0] if call is not None and call.function == "rank" else expr


def _swapped(rule: RulePlan, old: Expr, new: Expr) -> RulePlan:
    """The rule with one expression in another's place, known by identity."""

    def swap(expr: Expr) -> Expr:
        return new if expr is old else rebuild(expr, swap)

    def swap_clause(expr: Expr | None) -> Expr | None:
        return None if expr is None else swap(expr)

    return replace(
        rule,
        scope=swap_clause(rule.scope),
        loops=tuple((name, swap(items)) for name, items in rule.loops),
        when=swap_clause(rule.when),
        require=swap(rule.require),
    )


def _line(text: str) -> str:
    return " ".join(text.split())
