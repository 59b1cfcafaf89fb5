"""Values as an explanation shows them: short, and nothing out of the data unless that was asked for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Final

from policy_engine.changes.model import Change
from policy_engine.data.model import PiiFinding, RowCheckAnswer
from policy_engine.data.promises import Promise
from policy_engine.evaluation.kleene import UNDEFINED
from policy_engine.evaluation.texts import HIDDEN, element_name, reveals, show
from policy_engine.explaining.model import Truth
from policy_engine.plan.expressions import Expr
from policy_engine.plan.types import STRING, Sequence, required
from policy_engine.plan.values import Unknown
from policy_engine.product.model import Product

_LONGEST: Final = 80
_MOST: Final = 5


def shown(value: Any, expr: Expr, revealing: frozenset[str], *, show_values: bool) -> str:
    """The value of an expression. `revealing` are variables that stand for values of data."""
    if value is not None and not isinstance(value, Unknown) and not show_values and reveals(expr, revealing):
        return HIDDEN
    of = required(expr.type)
    if isinstance(value, tuple):
        inner = of.of if isinstance(of, Sequence) else of
        return listed([_one(item, is_text=inner == STRING) for item in value])
    return _one(value, is_text=of == STRING)


def listed(texts: list[str]) -> str:
    """So many that one sees what it is about."""
    rest = len(texts) - _MOST
    said = [*texts[:_MOST], *([f"… {rest} more"] if rest > 0 else [])]
    return f"[{', '.join(said)}]"


def _one(value: Any, *, is_text: bool) -> str:
    if isinstance(value, str):
        short = value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"
        return f'"{short}"' if is_text else short
    match value:
        case PiiFinding(kind=kind, field=path):
            return f"{kind} in {path}"
        case Change(kind=kind, path=path) | Promise(kind=kind, path=path):
            return f"{kind} of {path}"
        case SimpleNamespace():
            return f"{{{', '.join(f'{name}: {show(cell)}' for name, cell in vars(value).items())}}}"
        case Product(id=id_, name=name, version=version):
            return " ".join(part for part in (name or id_, version) if part)
        case _:
            return element_name(value) or show(value)


def item_text(item: Any) -> str:
    """What a loop stands at."""
    return _one(item, is_text=True)


def truth_of(value: Any) -> Truth:
    """What a condition came out as."""
    if isinstance(value, bool):
        return Truth.TRUE if value else Truth.FALSE
    return Truth.UNDEFINED if value is UNDEFINED else Truth.UNKNOWN


def reason_of(value: Any) -> str:
    """Why there is no value, or what rows say."""
    match value:
        case Unknown(reason=reason):
            return reason
        case RowCheckAnswer(violations=violations, subjects=subjects, rows=rows):
            numbers = f", first in row{'s' if len(rows) > 1 else ''} {', '.join(map(str, rows))}" if rows else ""
            return f"{violations:,} of {subjects:,} violate{numbers}"
        case _:
            return value.reason if value is UNDEFINED else ""
