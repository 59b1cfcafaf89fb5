"""Expressions with names and types resolved: what checking hands to compilation, and compilation to evaluation.

`Reference` and `Invoke` occur only before compilation (they are replaced by what they stand for); `Ask` and
`Captured` only after it (a question to the data, and the places of a row expression that metadata fills).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import TypeAlias

from policy_engine.plan.types import BOOL, COLUMN, Type
from policy_engine.plan.values import Duration, Version


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression of the portable subset (no look-around, no back-reference)."""

    source: str


Constant: TypeAlias = (
    bool | int | Fraction | str | date | datetime | Duration | Version | Pattern | tuple["Constant", ...] | None
)


@dataclass(frozen=True, slots=True, eq=False)
class Const:
    """A value known from the policy text. A tuple is a list or a set, as `type` says.

    Two are equal where they are written alike: `1mo` is as long as 2629746 s, but leads to another day.
    """

    value: Constant
    type: Type

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Const) and self.type == other.type and _written(self.value) == _written(other.value)

    def __hash__(self) -> int:
        return hash((self.value, self.type))


def _written(value: Constant) -> object:
    match value:
        case tuple():
            return tuple(_written(item) for item in value)
        case Duration():
            return Duration, value.months, value.microseconds
        case _:
            return type(value), value


@dataclass(frozen=True, slots=True)
class Local:
    """A variable: one bound by `for`, a quantifier, a comprehension, a parameter of `def`, or a root such as `product`."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Reference:
    """A `let` or a `param` by its qualified name. Not in plans."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Invoke:
    """A call of a `def` by its qualified name. Not in plans."""

    name: str
    args: tuple[Expr, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Attribute:
    """`of.name`, a part of an entity. `declared`: an `attribute` declaration gives the type, so values may not fit it."""

    of: Expr
    name: str
    type: Type
    declared: bool = False


@dataclass(frozen=True, slots=True)
class Custom:
    """A custom property of an entity, read with the type that an `attribute … from custom` declares."""

    of: Expr
    key: str
    type: Type


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or built-in function that needs all its arguments: `==`, `+`, `matches`, `lower`, `has_tag`, …"""

    function: str
    args: tuple[Expr, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class And:
    left: Expr
    right: Expr
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Or:
    left: Expr
    right: Expr
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Not:
    operand: Expr
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class IsPresent:
    operand: Expr
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Otherwise:
    """`value` where it is present, else `default`."""

    value: Expr
    default: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class If:
    condition: Expr
    then: Expr
    otherwise: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Quantified:
    """`every name in items satisfies condition`, or `some … satisfies …`."""

    kind: str
    name: str
    items: Expr
    condition: Expr
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`kind(value for name in items where condition)`; kinds: count share sum min max mean distinct list.

    `count` and `share` have no `value`.
    """

    kind: str
    name: str
    items: Expr
    condition: Expr | None
    value: Expr | None
    type: Type


@dataclass(frozen=True, slots=True)
class Collection:
    """A list or set written out, of parts that are not all constant."""

    items: tuple[Expr, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Column:
    """In a row expression: the column `name` of the row (None: the value that `for v in field.values` binds).

    `guarded`: the policy has said what happens when it is null. A bare read of a nullable column is a binding error.
    """

    name: str | None
    guarded: bool
    type: Type = COLUMN


@dataclass(frozen=True, slots=True)
class Captured:
    """In a row expression of a plan: the value of the question's argument number `index`."""

    index: int
    type: Type


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to the data: `kind` about `subject` (a dataset or a field), answered by the scan.

    Kinds and the meaning of `args`, `value`, `condition` are those of `policy_engine.data.model`.
    """

    kind: str
    subject: Expr
    args: tuple[Expr, ...]
    type: Type
    condition: Expr | None = None
    value: Expr | None = None


Expr: TypeAlias = (
    Const | Local | Reference | Invoke | Attribute | Custom | Call | And | Or | Not | IsPresent | Otherwise | If
    | Quantified | Aggregate | Collection | Column | Captured | Ask
)  # fmt: skip
