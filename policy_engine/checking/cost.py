"""How large expressions become once their definitions are inlined: small text can stand for a tree without end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from policy_engine.checking.scope import Context
from policy_engine.diagnostics import Span
from policy_engine.plan.expressions import Expr, Invoke, Reference
from policy_engine.plan.walk import parts

#: Deeper or larger expressions, with all their definitions, are none that a person wrote on purpose.
MAX_DEPTH: Final = 150
MAX_NODES: Final = 20_000


@dataclass(frozen=True, slots=True)
class Cost:
    """Depth and number of nodes of an expression."""

    depth: int
    nodes: int

    @property
    def is_too_much(self) -> bool:
        """Beyond what is evaluated?"""
        return self.depth > MAX_DEPTH or self.nodes > MAX_NODES


def cost(cx: Context, expr: Expr) -> Cost:
    """What the expression costs with its definitions in their places."""
    inner = [cost(cx, part) for part in parts(expr)]
    if isinstance(expr, Reference | Invoke):
        inner.append(Cost(*cx.costs.get(expr.name, (0, 0))))
    return Cost(1 + max((one.depth for one in inner), default=0), 1 + sum(one.nodes for one in inner))


def affordable(cx: Context, expr: Expr, span: Span, what: str) -> bool:
    """Is it small enough? If not, that is reported."""
    found = cost(cx, expr)
    if found.is_too_much:
        help_ = "definitions that use each other multiply: use fewer of them in one expression"
        cx.report("CHK015", f"with all its definitions, {what} is too large to evaluate", span, help=help_)
    return not found.is_too_much
