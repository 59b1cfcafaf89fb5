"""What is true or never true whatever a product says, as far as the text alone tells: no solver is needed."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final

from policy_engine.plan.values import Duration
from policy_engine.syntax import ast, on_one_line
from policy_engine.syntax.walk import parts

_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge,
}  # fmt: skip
_TURNED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
#: What counts is never below 0; a share is at most 1.
_COUNTS: Final = frozenset({"length", "count", "distinct", "duplicates", "orphans"})
_COUNT_ATTRIBUTES: Final = frozenset({"row_count", "null_count", "distinct_count"})
_SHARES: Final = frozenset({"share"})
_SHARE_ATTRIBUTES: Final = frozenset({"null_share"})


@dataclass(frozen=True, slots=True)
class _Bound:
    """`left operator value`, with the value written out."""

    left: Hashable
    operator: str
    value: Any


def truth(node: ast.Expression) -> bool | None:
    """True or False where the condition is so whatever a product says; None where it depends."""
    match node:
        case ast.Literal(value=bool() as value):
            return value
        case ast.Unary(operator="not", operand=operand):
            inner = truth(operand)
            return None if inner is None else not inner
        case ast.Binary(operator=("and" | "or") as operator):
            return _chain(operands(node), operator)
        case ast.Binary(operator="in", right=ast.Elements(items=())):
            return False
        case ast.Binary(operator=operator, left=left, right=right) if operator in _COMPARE:
            return _compared(operator, left, right)
        case _:
            return None


def operands(node: ast.Expression) -> tuple[ast.Expression, ...]:
    """The operands of a chain of one `and` or `or`."""
    found: list[ast.Expression] = []
    rest: ast.Expression = node
    assert isinstance(node, ast.Binary)
    while isinstance(rest, ast.Binary) and rest.operator == node.operator:
        found.append(rest.right)
        rest = rest.left
    return (rest, *reversed(found))


def text_of(node: ast.Argument) -> str:
    """The canonical text of an expression, for people."""
    return on_one_line(node.span.text)


def key(node: ast.Argument) -> Hashable:
    """What two expressions have in common that are written alike, but for blanks and brackets."""
    match node:
        case ast.Name(name=name):
            return name
        case ast.Literal(value=value):
            return type(value).__name__, node.span.text if isinstance(value, Duration) else value
        case ast.Dot(of=of, name=name):
            return ".", key(of), name.text
        case ast.Unary(operator=operator) | ast.Binary(operator=operator):
            return operator, *map(key, parts(node))
        case ast.Presence(operand=operand, missing=missing):
            return "is", missing, key(operand)
        case ast.Quantifier(kind=kind, name=name, items=items, condition=condition):
            return kind, name.text, key(items), key(condition)
        case ast.Collected(name=name):
            return "for", name.text, node.condition is None, *map(key, parts(node))
        case ast.Elements(distinct=distinct):
            return "[]", distinct, *map(key, parts(node))
        case ast.Index() | ast.Call() | ast.Conditional() | ast.Filtered():
            return type(node).__name__, *map(key, parts(node))


def _chain(parts: Sequence[ast.Expression], operator: str) -> bool | None:
    decisive = operator == "or"  # one operand of this value decides
    known = [truth(part) for part in parts]
    if decisive in known:
        return decisive
    if None not in known:
        return not decisive
    stated = {key(part) for part in parts}
    denied = {key(part.operand) for part in parts if isinstance(part, ast.Unary) and part.operator == "not"}
    if stated & denied:
        return decisive
    bounds = [bound for part in parts if (bound := _bound(part)) is not None]
    return decisive if _exclude_each_other(bounds, negated=decisive) else None


def _compared(operator: str, left: ast.Expression, right: ast.Expression) -> bool | None:
    if isinstance(left, ast.Literal) and isinstance(right, ast.Literal):
        return _apply(operator, left.value, right.value)
    if not isinstance(left, ast.Literal) and key(left) == key(right):
        return operator in {"==", "<=", ">="}
    bound = _bound(ast.Binary(operator, left, right, left.span))
    least, most = _range(left if isinstance(right, ast.Literal) else right)
    if bound is None or least is None or not isinstance(bound.value, int | Fraction):
        return None
    return _within(bound, least, most)


def _within(bound: _Bound, least: int | Fraction, most: int | Fraction | None) -> bool | None:
    """What a comparison says of everything between two numbers: at both ends the same, and nothing between."""
    value, operator = bound.value, bound.operator
    if operator in {"==", "!="}:
        outside = value < least or (most is not None and value > most)
        return operator == "!=" if outside else None
    at_least = _COMPARE[operator](least, value)
    at_most = operator in {">", ">="} if most is None else _COMPARE[operator](most, value)
    return at_least if at_least == at_most else None


def _range(node: ast.Expression) -> tuple[int | Fraction | None, int | Fraction | None]:
    """Between which numbers the value lies."""
    match node:
        case ast.Binary(operator="otherwise", left=left, right=ast.Literal(value=int() | Fraction() as value)):
            least, most = _range(left)
            return None if least is None else min(least, value), None if most is None else max(most, value)
        case ast.Call(callee=ast.Name(name=name)) if name in _COUNTS:
            return 0, None
        case ast.Dot(name=ast.Ident(text=name)) if name in _COUNT_ATTRIBUTES:
            return 0, None
        case ast.Call(callee=ast.Name(name=name)) if name in _SHARES:
            return 0, 1
        case ast.Dot(name=ast.Ident(text=name)) if name in _SHARE_ATTRIBUTES:
            return 0, 1
        case _:
            return None, None


def _bound(node: ast.Expression) -> _Bound | None:
    match node:
        case ast.Binary(operator=operator, left=left, right=ast.Literal(value=value)) if operator in _COMPARE:
            return None if isinstance(left, ast.Literal) else _Bound(key(left), operator, value)
        case ast.Binary(operator=operator, left=ast.Literal(value=value), right=right) if operator in _COMPARE:
            return _Bound(key(right), _TURNED[operator], value)
        case _:
            return None


_OPPOSITE: Final = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def _exclude_each_other(bounds: Sequence[_Bound], *, negated: bool) -> bool:
    """Can no value keep two of the bounds? `negated`: can no value miss both?"""
    for number, one in enumerate(bounds):
        for other in bounds[number + 1 :]:
            if one.left == other.left and type(one.value) is type(other.value):
                first, second = ((_OPPOSITE[bound.operator] if negated else bound.operator) for bound in (one, other))
                if _exclude(first, one.value, second, other.value):
                    return True
    return False


def _exclude(first: str, one: Any, second: str, other: Any) -> bool:
    if first == "==":
        return _apply(second, one, other) is False
    if second == "==":
        return _apply(first, other, one) is False
    if first in {"<", "<="} and second in {">", ">="}:
        first, one, second, other = second, other, first, one
    if first not in {">", ">="} or second not in {"<", "<="}:
        return False
    return _apply("<" if first == ">=" and second == "<=" else "<=", other, one) is True


def _apply(operator: str, left: Any, right: Any) -> bool | None:
    numbers = isinstance(left, int | Fraction) and isinstance(right, int | Fraction)
    if not numbers and type(left) is not type(right):
        return None
    try:
        return bool(_COMPARE[operator](left, right))
    except TypeError:  # they have no order, which checking has said
        return None
