"""The compiled form of a policy set: what the evaluator runs. No source is needed to evaluate it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final

from policy_engine.plan.expressions import Constant, Expr
from policy_engine.plan.layer import Layer
from policy_engine.plan.types import Type
from policy_engine.verdict import Enforcement, Stage

#: The version of the language, of which a plan is one form.
LANGUAGE: Final = "1.0"

#: More `for` clauses than any sensible rule has; each multiplies what a rule costs.
MAX_LOOPS: Final = 8

Schedule = tuple[tuple[Enforcement, date | None], ...]


class Needs(StrEnum):
    """What a rule asks of data: nothing, only what personal data there is (names answer without data), or more."""

    NOTHING = "nothing"
    PERSONAL = "personal"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class RulePlan:
    """One rule. Loops bind `v0`, `v1`, … in order; with none the product itself is the subject.

    Where `over_rows`, `require` is the question about rows (kind `rows`), whose answer counts subjects and violations.
    For the place of a violation: `about` is a dataset or field that the rule is about besides its loops, `focus` the
    attribute of the innermost subject (without loops, of the product; of rows, the column) that it reads first.
    """

    name: str
    layer: Layer
    owner: str
    severity: str
    controls: tuple[str, ...]
    schedule: Schedule
    stage: Stage
    needs: Needs
    scope: Expr | None
    loops: tuple[tuple[str, Expr], ...]
    when: Expr | None
    require: Expr
    over_rows: bool
    tolerance: Fraction | None
    message: tuple[str | Expr, ...] | None
    fix: tuple[str | Expr, ...] | None
    about: Expr | None
    focus: str | None
    doc: str
    require_text: str


@dataclass(frozen=True, slots=True)
class AttributePlan:
    """A typed attribute as a rule: values fit the type, and are there unless the type is optional."""

    name: str
    layer: Layer
    schedule: Schedule
    entity: str
    attribute: str
    custom: str | None
    type: Type
    doc: str


@dataclass(frozen=True, slots=True)
class WaiverPlan:
    """A waiver of one rule, for products of these ids, from the one day to the other (UTC, both included).

    `granted_in` is the layer of its file. The condition is over the rule's loop variables, and asks nothing of data.
    """

    name: str
    granted_in: Layer
    rule: str
    products: tuple[str, ...]
    condition: Expr | None
    granted: date
    until: date
    because: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class TablePlan:
    """Reference data: a list of rows, under the name by which expressions use it."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Constant, ...], ...]


@dataclass(frozen=True, slots=True)
class ParamPlan:
    """A parameter's value in force, for reports and attestations; expressions hold it already."""

    name: str
    value: Constant
    is_set: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is evaluated, in the order of layer and name."""

    language: str
    rules: tuple[RulePlan, ...]
    attributes: tuple[AttributePlan, ...]
    tables: tuple[TablePlan, ...]
    params: tuple[ParamPlan, ...]
    waivers: tuple[WaiverPlan, ...] = ()
