"""The syntax tree: what the author wrote, with the span of every part. Names are not resolved, types not checked.

Nodes are compared by identity (`eq=False`): nobody asks for more, and generating it costs start-up time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Literal as OneOf
from typing import TypeAlias

from policy_engine.diagnostics import Span
from policy_engine.plan.expressions import Pattern
from policy_engine.plan.values import Duration
from policy_engine.verdict import Enforcement


@dataclass(frozen=True, slots=True, eq=False)
class Ident:
    """A name where it stands. Dotted names keep their dots in `text`."""

    text: str
    span: Span


# ---------------------------------------------------------------- expressions


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    name: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Literal:
    """A value written out. A Fraction is a decimal or percent, a bool is `true` or `false`."""

    value: bool | int | Fraction | str | date | datetime | Duration | Pattern
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Dot:
    of: Expression
    name: Ident
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    of: Expression
    key: Expression
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Filtered:
    """An argument `x in xs where c`, before it is known that `x in xs` binds."""

    items: Expression
    condition: Expression
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Collected:
    """An argument `e for x in xs where c`."""

    value: Expression
    name: Ident
    items: Expression
    condition: Expression | None
    span: Span


Argument: TypeAlias = "Expression | Filtered | Collected"


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    callee: Expression
    args: tuple[Argument, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Unary:
    operator: OneOf["not", "-"]
    operand: Expression
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Binary:
    """Operators: and or == != < <= > >= in matches + - * / otherwise."""

    operator: str
    left: Expression
    right: Expression
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Presence:
    """`x is present` or, where `missing`, `x is missing`."""

    operand: Expression
    missing: bool
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Conditional:
    condition: Expression
    then: Expression
    otherwise: Expression
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Quantifier:
    kind: OneOf["every", "some"]
    name: Ident
    items: Expression
    condition: Expression
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Elements:
    """`[a, b]` or, where `distinct`, `{a, b}`."""

    items: tuple[Expression, ...]
    distinct: bool
    span: Span


Expression: TypeAlias = (
    Name | Literal | Dot | Index | Call | Unary | Binary | Presence | Conditional | Quantifier | Elements
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """A message or fix: text and expressions in turn."""

    parts: tuple[str | Expression, ...]
    span: Span


# ---------------------------------------------------------------- declarations


@dataclass(frozen=True, slots=True, eq=False)
class TypeName:
    """`Name`, `Name<argument>`, each perhaps with `?`."""

    name: Ident
    argument: TypeName | None
    optional: bool
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Typed:
    name: Ident
    type: TypeName


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One step of an enforcement schedule: this much from that day (None: from the beginning)."""

    enforcement: Enforcement
    since: date | None
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Import:
    package: Ident
    alias: Ident | None


@dataclass(frozen=True, slots=True, eq=False)
class Enum:
    name: Ident
    members: tuple[Ident, ...]
    ordered: bool
    doc: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Attribute:
    entity: Ident
    name: Ident
    type: TypeName
    custom: str | None
    schedule: tuple[Step, ...] | None
    doc: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Let:
    name: Ident
    type: TypeName | None
    value: Expression
    doc: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Def:
    name: Ident
    parameters: tuple[Typed, ...]
    result: TypeName
    body: Expression
    doc: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    name: Ident
    columns: tuple[Typed, ...]
    file: Ident
    doc: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Set:
    path: Ident
    value: Expression
    doc: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Freedom:
    """What domains may do with a parameter: `raise` or `lower` it to a bound, or `choose` from a set."""

    kind: OneOf["raise", "lower", "choose"]
    bound: Expression
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Param:
    name: Ident
    type: TypeName
    default: Expression
    freedoms: tuple[Freedom, ...]
    doc: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class For:
    name: Ident
    items: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Tolerance:
    """`tolerate share of noun`: how large a share of the innermost subjects may violate."""

    share: Expression
    noun: Ident
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    name: Ident
    loops: tuple[For, ...]
    when: Expression | None
    require: Expression
    tolerance: Tolerance | None
    message: Template | None
    fix: Template | None
    severity: Ident | None
    schedule: tuple[Step, ...] | None
    stage: Ident | None
    formerly: Ident | None
    doc: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Waivable:
    by: tuple[Ident, ...]
    longest: Duration
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """Which products a policy applies to: those of these ids, or those for which the condition holds."""

    ids: tuple[str, ...]
    condition: Expression | None
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    name: Ident
    owner: str
    severity: Ident | None
    controls: tuple[str, ...]
    schedule: tuple[Step, ...] | None
    decision: str | None
    review: date | None
    waivable: Waivable | None
    scope: Scope | None
    stage: Ident | None
    formerly: Ident | None
    params: tuple[Param, ...]
    rules: tuple[Rule, ...]
    doc: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """A date where it stands."""

    value: date
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Waiver:
    """A recorded exception: `of` this policy or rule, for these products, as far as the condition holds, in these days."""

    name: Ident
    of: Ident
    products: tuple[Ident, ...]
    condition: Expression | None
    granted: Day
    until: Day
    because: str
    approved_by: str
    doc: str
    span: Span


Declaration: TypeAlias = Enum | Attribute | Let | Def | Table | Set | Policy | Waiver


@dataclass(frozen=True, slots=True, eq=False)
class File:
    """One policy file. `lost` are the names whose declarations could not be read, attributes as `field.masking`."""

    source_name: str
    package: Ident
    imports: tuple[Import, ...]
    declarations: tuple[Declaration, ...]
    lost: frozenset[str] = frozenset()
