"""The conditions inside a question about rows, each as a question of its own: for how many rows does it hold?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from policy_engine.data.model import Count
from policy_engine.evaluation.questions import bound_row
from policy_engine.plan.expressions import And, Ask, Expr, If, IsPresent, Not, Or, Otherwise
from policy_engine.plan.types import BOOL
from policy_engine.plan.walk import parts
from policy_engine.product.model import Dataset


@dataclass(frozen=True, slots=True)
class RowPart:
    """A condition on rows, and the counts of the rows where it is looked at, where it is true, and where false."""

    part: Expr
    metrics: tuple[Count, Count, Count]


@dataclass(frozen=True, slots=True)
class RowMetrics:
    """The conditions of one question about one dataset or field."""

    ask: Ask
    subject: Any
    parts: tuple[RowPart, ...]


def row_parts(ask: Ask, subject: Any, args: tuple[Any, ...], wants: Callable[[Expr], bool]) -> RowMetrics:
    """Every condition that is wanted, at any depth."""
    dataset = subject.name if isinstance(subject, Dataset) else subject.dataset

    def count(condition: Expr | None) -> Count:
        return Count(dataset, None if condition is None else bound_row(condition, subject, args))

    found = tuple(
        RowPart(part, (count(reached), count(_both(reached, part)), count(_both(reached, Not(part)))))
        for part, reached in _of_ask(ask)
        if wants(part)
    )
    return RowMetrics(ask, subject, found)


def _of_ask(ask: Ask) -> Iterator[tuple[Expr, Expr | None]]:
    if ask.condition is not None:
        yield from _conditions(ask.condition, None)
    if ask.value is not None:
        yield from _conditions(ask.value, ask.condition)


def _conditions(expr: Expr, reached: Expr | None) -> Iterator[tuple[Expr, Expr | None]]:
    """Every condition in the expression, and which rows come to it: the others were decided before."""
    if expr.type == BOOL:
        yield expr, reached
    match expr:
        case And(left=left, right=right):
            yield from _conditions(left, reached)
            yield from _conditions(right, _both(reached, left))
        case Or(left=left, right=right):
            yield from _conditions(left, reached)
            yield from _conditions(right, _both(reached, Not(left)))
        case If(condition=condition, then=then, otherwise=otherwise):
            yield from _conditions(condition, reached)
            yield from _conditions(then, _both(reached, condition))
            yield from _conditions(otherwise, _both(reached, Not(condition)))
        case Otherwise(value=value, default=default):
            yield from _conditions(value, reached)
            yield from _conditions(default, _both(reached, Not(IsPresent(value))))
        case _:
            for part in parts(expr):
                yield from _conditions(part, reached)


def _both(reached: Expr | None, condition: Expr) -> Expr:
    return condition if reached is None else And(reached, condition)
