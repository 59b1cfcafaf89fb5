"""The checked policy set: every name resolved, every expression typed, parameters set. Spans remain for reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from policy_engine.diagnostics import Span
from policy_engine.plan.expressions import Constant, Expr
from policy_engine.plan.layer import Layer
from policy_engine.plan.origins import Origins
from policy_engine.plan.types import Type
from policy_engine.plan.values import Duration
from policy_engine.verdict import Enforcement, Stage

Schedule = tuple[tuple[Enforcement, date | None], ...]


@dataclass(frozen=True, slots=True)
class CheckedRule:
    """One rule. `loops` bind names in order; `message` and `fix` are text and expressions in turn."""

    name: str
    loops: tuple[tuple[str, Expr], ...]
    when: Expr | None
    require: Expr
    tolerance: Fraction | None
    message: tuple[str | Expr, ...] | None
    fix: tuple[str | Expr, ...] | None
    severity: str | None
    schedule: Schedule | None
    stage: Stage | None
    doc: str
    span: Span
    require_text: str


@dataclass(frozen=True, slots=True)
class CheckedPolicy:
    """One policy of one layer. `scope` is a condition on the product; None applies to all."""

    name: str
    layer: Layer
    owner: str
    severity: str
    controls: tuple[str, ...]
    schedule: Schedule
    stage: Stage | None
    decision: str | None
    review: date | None
    waivable: tuple[tuple[str, ...], Duration] | None
    scope: Expr | None
    rules: tuple[CheckedRule, ...]
    doc: str
    span: Span


@dataclass(frozen=True, slots=True)
class CheckedAttribute:
    """A typed attribute, which is a rule too: its values fit the type, and are there unless the type is optional."""

    name: str
    layer: Layer
    entity: str
    attribute: str
    custom: str | None
    type: Type
    schedule: Schedule
    doc: str
    span: Span


@dataclass(frozen=True, slots=True)
class CheckedWaiver:
    """A waiver of one rule. `granted_in` is the layer of its file; the condition is over the rule's loop variables."""

    name: str
    granted_in: Layer
    rule: str
    products: tuple[str, ...]
    condition: Expr | None
    granted: date
    until: date
    because: str
    approved_by: str
    doc: str
    span: Span


@dataclass(frozen=True, slots=True)
class CheckedTable:
    """Reference data: typed rows."""

    name: str
    columns: tuple[tuple[str, Type], ...]
    rows: tuple[tuple[Constant, ...], ...]


@dataclass(frozen=True, slots=True)
class CheckedParam:
    """A parameter with the value in force: the default, or what a domain set. `is_share`: the default is a percentage."""

    name: str
    type: Type
    value: Constant
    is_set: bool
    doc: str
    is_share: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A `def`: its body over the parameters' names."""

    parameters: tuple[str, ...]
    body: Expr


@dataclass(frozen=True, slots=True)
class CheckedSet:
    """Everything that compilation needs, in the order of layer and name. `origins` tells where expressions stand."""

    policies: tuple[CheckedPolicy, ...]
    attributes: tuple[CheckedAttribute, ...]
    tables: Mapping[str, CheckedTable]
    params: Mapping[str, CheckedParam]
    waivers: tuple[CheckedWaiver, ...]
    constants: Mapping[str, Expr]
    functions: Mapping[str, Function]
    origins: Origins = field(default_factory=Origins)
