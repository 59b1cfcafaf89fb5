"""Names of types in policy text to types, and which type fits where."""

from __future__ import annotations

from typing import Final

from policy_engine.checking.scope import Context, locate
from policy_engine.diagnostics import nearest
from policy_engine.linking import Declared
from policy_engine.plan import types
from policy_engine.plan.types import ANY, COLUMN, DECIMAL, INT, Entity, Enumeration, Optional, Scalar, Sequence, Type
from policy_engine.product.vocabulary import VOCABULARY
from policy_engine.syntax import ast

SCALARS: Final[dict[str, Type]] = {
    scalar.name: scalar
    for scalar in (
        types.BOOL, types.INT, types.DECIMAL, types.STRING, types.DATE, types.TIMESTAMP, types.DURATION, types.REGEX,
        types.VERSION,
    )
}  # fmt: skip


_OTHER_NAMES: Final = {
    **dict.fromkeys(("text", "str", "varchar", "char"), "String"),
    **dict.fromkeys(("integer", "number", "long"), "Int"),
    **dict.fromkeys(("float", "double", "percent", "numeric"), "Decimal"),
    **dict.fromkeys(("boolean", "flag"), "Bool"),
    **dict.fromkeys(("datetime", "time", "instant"), "Timestamp"),
    **dict.fromkeys(("array", "sequence"), "List<String>"),
}


def resolve_type(cx: Context, node: ast.TypeName, declared: Declared) -> Type:
    """The type that a name in the text means; ANY where it means none, which is diagnosed."""
    base = _base(cx, node, declared)
    return Optional(base) if node.optional and not isinstance(base, Optional) else base


def _base(cx: Context, node: ast.TypeName, declared: Declared) -> Type:
    name = node.name.text
    if name in {"List", "Set"}:
        if node.argument is None:
            cx.report("CHK014", f"`{name}` of what?", node.span, help=f"write, for example, `{name}<String>`")
            return ANY
        return Sequence(resolve_type(cx, node.argument, declared), distinct=name == "Set")
    if node.argument is not None:
        cx.report("CHK014", f"a `{name}` is not made of anything", node.span, help="only `List<…>` and `Set<…>` are")
        return ANY
    if name in SCALARS:
        return SCALARS[name]
    if name in VOCABULARY:
        return Entity(name)
    found = _enum(cx, name, declared)
    if found is not None:
        return found
    enums = [
        f"{alias}.{item.node.name.text}"
        for alias, imported in declared.imports.items()
        for item in cx.linked.packages[imported].declarations.values()
        if isinstance(item.node, ast.Enum)
    ]
    near = _OTHER_NAMES.get(name.lower()) or nearest(name, [*SCALARS, *VOCABULARY, *enums, "List", "Set"])
    help_ = (
        f"did you mean `{near}`?" if near else "a type is built in, such as `String`, or an enum of an imported package"
    )
    cx.report("CHK014", f"no type `{name}`", node.span, help=help_)
    return ANY


def _enum(cx: Context, name: str, declared: Declared) -> Type | None:
    """The enum of this or an imported package; ANY where it is perhaps one that could not be read."""
    package, last = locate(declared, name)
    found = None if package is None else cx.linked.declared(package, last)
    if found is not None and isinstance(found.node, ast.Enum):
        return enumeration(found)
    return ANY if package is not None and cx.linked.is_lost(package, last) else None


def is_stated(of: Type) -> bool:
    """Can a contract or a table state a value of this type?"""
    of = types.required(of)
    if isinstance(of, Sequence):
        return is_stated(of.of)
    return of == ANY or isinstance(of, Enumeration) or (isinstance(of, Scalar) and of not in {types.REGEX, COLUMN})


def enumeration(declared: Declared) -> Enumeration:
    """The type that an `enum` declares."""
    assert isinstance(declared.node, ast.Enum)
    return Enumeration(declared.name, tuple(member.text for member in declared.node.members), declared.node.ordered)


def fits(given: Type, wanted: Type) -> bool:
    """May a value of the one type stand where the other is wanted? An Int may stand for a Decimal."""
    if given == wanted or ANY in (given, wanted) or COLUMN in (given, wanted):
        return True
    if isinstance(wanted, Optional):
        return fits(given.of if isinstance(given, Optional) else given, wanted.of)
    if isinstance(given, Sequence) and isinstance(wanted, Sequence):
        return fits(given.of, wanted.of)
    return given == INT and wanted == DECIMAL


def common(left: Type, right: Type) -> Type | None:
    """The type that both values have once an Int counts as a Decimal; None where there is none."""
    if fits(left, right):
        return right
    return left if fits(right, left) else None


def is_scalar(of: Type) -> bool:
    """Can the value be compared and printed on its own?"""
    return isinstance(of, Scalar | Enumeration)
