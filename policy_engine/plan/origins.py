"""Where expressions were written: a table beside them, so that plans stay values without source.

Expressions are compared by value, places belong to one expression alone: the table goes by identity.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from policy_engine.diagnostics import Span
from policy_engine.plan.expressions import Call, Expr

_E = TypeVar("_E", bound=Expr)


@dataclass(frozen=True, slots=True)
class Origin:
    """The place of one expression of one rule.

    `definition` is the qualified name of the `let`, `param` or `def` that was written there, and `within` where the
    author wrote what it stands for; of a parameter of a `def`, `within` is the argument of the call.
    """

    span: Span
    definition: str | None = None
    within: Origin | None = None

    @property
    def spans(self) -> tuple[Span, ...]:
        """Every place of which this is the value, that of its use first."""
        return (self.span,) if self.within is None else (self.span, *self.within.spans)


class Origins:
    """The origins of expressions. It keeps the expressions, so that no identity is given out twice."""

    def __init__(self) -> None:
        self._origins: dict[int, tuple[Expr, Origin]] = {}
        self._unfolded: dict[int, tuple[Expr, Call]] = {}

    def of(self, expr: Expr) -> Origin | None:
        """Where the expression was written; None of one that a stage made up."""
        found = self._origins.get(id(expr))
        return None if found is None else found[1]

    def unfolded(self, expr: Expr) -> Call | None:
        """Of a constant that compilation computed: the call that gave it, whose arguments have origins."""
        found = self._unfolded.get(id(expr))
        return None if found is None else found[1]

    def mark(self, expr: _E, origin: Origin) -> _E:
        """The expression with its origin; one that has an origin already is copied, as it stands in two places."""
        marked = replace(expr) if id(expr) in self._origins else expr
        self._origins[id(marked)] = marked, origin
        return marked

    def fold(self, constant: Expr, call: Call) -> None:
        """Remember which call gave the constant."""
        self._unfolded[id(constant)] = constant, call
