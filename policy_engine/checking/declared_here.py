"""Where policies declare what a mistake is about: the members of an enum, the type of an attribute, a default."""

from __future__ import annotations

from policy_engine.checking.scope import Context
from policy_engine.diagnostics import Label
from policy_engine.plan.expressions import Attribute, Custom, Expr
from policy_engine.plan.types import Entity, Enumeration, Optional, Sequence, Type
from policy_engine.syntax import ast


def members_of(cx: Context, of: Type) -> tuple[Label, ...]:
    """The enum's name where it is declared; nothing for other types."""
    while isinstance(of, Optional | Sequence):
        of = of.of
    if not isinstance(of, Enumeration):
        return ()
    package, _, name = of.name.rpartition(".")
    declared = cx.linked.declared(package, name)
    if declared is None or not isinstance(declared.node, ast.Enum):
        return ()
    return (Label(declared.node.name.span, "its members are declared here"),)


def optional_by(cx: Context, node: ast.Expression, found: Expr) -> tuple[Label, ...]:
    """The type that an `attribute` declares for what `node` reads."""
    if not isinstance(node, ast.Dot) or not isinstance(found, Attribute | Custom):
        return ()
    of = found.of.type
    types = [
        declared.node.type.span
        for declared in cx.linked.attributes
        if isinstance(declared.node, ast.Attribute)
        and isinstance(of, Entity)
        and declared.node.name.text == node.name.text
        and declared.node.entity.text.casefold() == of.name.casefold()
    ]
    return tuple(Label(span, "declared as one that may be missing") for span in types[:1])
