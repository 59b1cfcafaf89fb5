"""What policies mean, written to be believed: walks the checked tree, loops are loops, data are lists of rows.

Slow on purpose, and on its own: nothing of compilation, evaluation or the data engine. Three things are no values:
`None` is missing (in rows: null), `UNKNOWN` lacks evidence, `UNDEFINED` has no result (a division by zero).
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from policy_engine.checking import CheckedPolicy, CheckedRule, CheckedSet
from policy_engine.data.model import ValueEvidence
from policy_engine.data.personal.findings import findings
from policy_engine.plan.expressions import (
    Aggregate,
    And,
    Attribute,
    Call,
    Collection,
    Column,
    Const,
    Custom,
    Expr,
    If,
    Invoke,
    IsPresent,
    Local,
    Not,
    Or,
    Otherwise,
    Pattern,
    Quantified,
    Reference,
)
from policy_engine.plan.types import BOOL, COLUMN, Entity, Enumeration, Optional, Type, required
from policy_engine.plan.types import Sequence as Many
from policy_engine.plan.values import Duration, Unknown, Version, parse_version
from policy_engine.plan.walk import columns, parts, rebuild
from policy_engine.product.blank import is_blank
from policy_engine.product.durations import read_duration
from policy_engine.product.model import Dataset, Field, Product
from policy_engine.verdict import Stage

from .promises import promises_of


class Nothing(Enum):
    """What is no value."""

    UNKNOWN = "unknown"
    UNDEFINED = "undefined"


UNKNOWN, UNDEFINED = Nothing.UNKNOWN, Nothing.UNDEFINED
Row = Mapping[str, Any]
Names = Mapping[str, Any]


@dataclass(frozen=True)
class World:
    """Everything that a verdict depends on besides the policies.

    `data` are rows by dataset; what is not there was not given. `counted` are the row counts that attestations of
    earlier versions recorded, the last one first. `unordered` are names of columns without least or most.
    """

    product: Product
    previous: Product | Unknown | None
    changes: tuple[Any, ...] | Unknown
    now: datetime
    stage: Stage
    data: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    evidence: Mapping[tuple[str, str], tuple[ValueEvidence, ...]] = field(default_factory=dict)
    unordered: frozenset[str] = frozenset()
    counted: tuple[Mapping[str, int], ...] = ()


@dataclass(frozen=True)
class Failing:
    """A subject that does not meet a rule; of rows, how many and the first five. `names` is what was bound."""

    subject: str
    count: int | None = None
    rows: tuple[int, ...] = ()
    names: Names = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Judged:
    """What one rule says."""

    outcome: str
    subjects: int = 0
    failing: tuple[Failing, ...] = ()
    waived: tuple[tuple[str, tuple[str, ...]], ...] = ()


def interpret(checked: CheckedSet, world: World) -> dict[str, Judged]:
    """Every rule of every policy, by its qualified name."""
    meaning = Meaning(checked, world)
    return {rule.name: meaning.judge(policy, rule) for policy in checked.policies for rule in policy.rules}


# ---------------------------------------------------------------- rules


@dataclass
class Tally:
    """What is noted of one rule."""

    subjects: int = 0
    failing: list[Failing] = field(default_factory=list)
    unknown: bool = False


def sorted_conjuncts(condition: Expr | None) -> tuple[list[Expr], Expr | None]:
    """What of a condition does not look at the row, in parts, and what does."""
    if condition is None:
        return [], None
    if isinstance(condition, And):
        (left, one), (right, other) = sorted_conjuncts(condition.left), sorted_conjuncts(condition.right)
        within = one if other is None else other if one is None else And(one, other)
        return [*left, *right], within
    return ([], condition) if columns(condition) else ([condition], None)


class Meaning:
    """The meaning of one checked set in one world."""

    def __init__(self, checked: CheckedSet, world: World) -> None:
        self.checked = checked
        self.world = world
        self.roots: dict[str, Any] = {
            "product": world.product,
            "previous": UNKNOWN if isinstance(world.previous, Unknown) else world.previous,
            "changes": UNKNOWN if isinstance(world.changes, Unknown) else world.changes,
            "now": world.now,
        }
        for name, table in checked.tables.items():
            header = [column for column, _ in table.columns]
            self.roots[name] = tuple(SimpleNamespace(**dict(zip(header, row, strict=True))) for row in table.rows)

    def judge(self, policy: CheckedPolicy, rule: CheckedRule) -> Judged:
        """Scope where the contract alone tells, stage, scope that rests on data, subjects, tolerance: in this order."""
        rests = policy.scope is not None and any(self.asks(policy.scope))
        if policy.scope is not None and not rests and self.value(policy.scope, self.roots) is False:
            return Judged("not_applicable")
        stage = rule.stage or policy.stage or (Stage.PUBLISH if self.needs(policy, rule) == "data" else Stage.CHANGE)
        order = list(Stage)
        known = policy.scope is None or (not rests and self.value(policy.scope, self.roots) is True)
        later = Judged(
            "not_applicable" if known and not Unasked(self.checked, self.world).concerns(rule) else "due_later"
        )
        if order.index(stage) > order.index(self.world.stage):
            return later
        applies = True if policy.scope is None else self.value(policy.scope, self.roots)
        if applies is False:
            return Judged("not_applicable")
        tally = Tally()
        rule = one_by_one(rule)
        self.bind(rule, list(rule.loops), [], dict(self.roots), tally)
        found = self.conclude(policy, rule, tally, applies)
        return later if found.outcome == "due_later" and later.outcome == "not_applicable" else found

    def conclude(self, policy: CheckedPolicy, rule: CheckedRule, tally: Tally, applies: Any) -> Judged:
        if applies is not True:
            return Judged("indeterminate", tally.subjects)
        by = [(one, self.waivers(rule, one)) for one in tally.failing]
        left = tuple(one for one, waivers in by if not waivers)
        waived = tuple((one.subject, waivers) for one, waivers in by if waivers)
        if left:
            return Judged("fail", tally.subjects, left, waived)
        if waived:
            values_are_due = self.needs(policy, rule) == "personal" and self.world.stage is Stage.CHANGE
            outcome = "indeterminate" if tally.unknown else "due_later" if values_are_due else "waived"
            return Judged(outcome, tally.subjects, (), waived)
        if tally.unknown:
            return Judged("indeterminate", tally.subjects)
        if self.needs(policy, rule) == "personal" and self.world.stage is Stage.CHANGE:
            return Judged("due_later", tally.subjects)
        return Judged("pass" if tally.subjects else "not_applicable", tally.subjects)

    def waivers(self, rule: CheckedRule, failing: Failing) -> tuple[str, ...]:
        """The waivers by which a subject does not count: of this rule and product, in force today, that hold of it."""
        today = self.world.now.date()
        return tuple(
            waiver.name
            for waiver in self.checked.waivers
            if waiver.rule == rule.name
            and self.world.product.id in waiver.products
            and waiver.granted <= today <= waiver.until
            and (waiver.condition is None or self.value(waiver.condition, failing.names) is True)
        )

    def bind(
        self, rule: CheckedRule, loops: list[tuple[str, Expr]], subject: list[Any], names: dict[str, Any], tally: Tally
    ) -> None:
        """The loops of a rule, one inside the other. The innermost decides together on all its subjects."""
        if len(loops) == 1 and over_data(loops[0][1]):
            self.over_rows(rule, loops[0][1], subject, names, tally)
            return
        if not loops:
            self.decide(rule, [(subject, names)], tally)
            return
        (name, items), *inner = loops
        found = self.value(items, names)
        if isinstance(found, Nothing):
            tally.unknown = True
            return
        if not inner:
            self.decide(rule, [([*subject, item], {**names, name: item}) for item in found], tally)
            return
        for item in found:
            self.bind(rule, inner, [*subject, item], {**names, name: item}, tally)

    def decide(self, rule: CheckedRule, candidates: list[tuple[list[Any], dict[str, Any]]], tally: Tally) -> None:
        """Subjects of one binding of the outer loops: the rule fails them if more violate than is tolerated."""
        sure = violating = unknown = doubted = 0
        failing: list[Failing] = []
        for subject, names in candidates:
            applies = True if rule.when is None else self.truth(rule.when, names)
            if applies is False:
                continue
            if applies is UNKNOWN:
                doubted += 1
                continue
            sure += 1
            holds = self.truth(rule.require, names) if applies is True else UNDEFINED
            if holds is UNKNOWN:
                unknown += 1
            elif holds is not True:
                violating += 1
                failing.append(self.broken(rule, subject, names))
        tally.subjects += sure
        tolerance = rule.tolerance or Fraction(0)
        if violating > tolerance * (sure + doubted):
            tally.failing += failing
        if rule.tolerance is None:
            tally.unknown |= bool(unknown or doubted)
        elif violating <= tolerance * (sure + doubted):
            worst = violating + unknown + doubted > tolerance * (sure + doubted)
            tally.unknown |= bool(unknown or doubted) and (worst or not sure)

    def broken(self, rule: CheckedRule, subject: list[Any], names: dict[str, Any]) -> Failing:
        """The subject; of a promise of the contract, with the rows that break it."""
        name = self.name(rule, subject)
        if rule.loops and str(rule.loops[-1][1].type) == "List<Promise>":
            return Failing(name, subject[-1].count, subject[-1].rows, names=names)
        return Failing(name, names=names)

    def over_rows(
        self, rule: CheckedRule, items: Expr, subject: list[Any], names: dict[str, Any], tally: Tally
    ) -> None:
        """Rows, or the present values of a field."""
        assert isinstance(items, Attribute)
        of = self.value(items.of, names)
        before, within = sorted_conjuncts(rule.when)
        decided = [self.truth(part, names) for part in before]
        if False in decided:
            return
        if not all(part is True for part in decided):
            tally.unknown = True
            return
        when = None if within is None else self.prepared(within, names)
        require = self.prepared(rule.require, names)
        rows = self.rows(of, [require] if when is None else [when, require])
        if isinstance(rows, Nothing) or not rows:
            tally.unknown = True
            return
        subjects, violating = 0, []
        for number, row in enumerate(rows, start=1):
            if items.name == "values" and row[column(of)] is None:
                continue
            at = row if items.name == "rows" else {**row, "": row[column(of)]}
            applies = True if when is None else row_value(when, at)
            if applies is False:
                continue
            subjects += 1
            if applies is not True or row_value(require, at) is not True:
                violating.append(number)
        tally.subjects += subjects
        if len(violating) > (rule.tolerance or 0) * subjects:
            name, first = self.name(rule, [*subject, of]), tuple(violating[:5])
            tally.failing.append(Failing(name, len(violating), first, names))

    def name(self, rule: CheckedRule, subject: list[Any]) -> str:
        """The path of the innermost part that has one; of a rule without loops, of the field or dataset it names."""
        about = list(subject)
        if not rule.loops:
            called = [part for part in everything(rule.require) if isinstance(part, Call)]
            found = [part for part in called if part.function in {"field", "dataset"}]
            about += [self.value(found[0], self.roots)] if found else []
        for part in (part for part in reversed(about) if not isinstance(part, Nothing)):
            for attribute in ("path", "field", "name"):
                if isinstance(getattr(part, attribute, None), str):
                    return str(getattr(part, attribute))
        return self.world.product.name or self.world.product.id

    # ------------------------------------------------------------ what a rule needs

    def needs(self, policy: CheckedPolicy, rule: CheckedRule) -> str:
        """`data`, `personal`, or nothing."""
        whole = [policy.scope, rule.when, rule.require, *(items for _, items in rule.loops)]
        kinds = {kind for expr in whole if expr is not None for kind in self.asks(expr)}
        return "" if not kinds else "personal" if kinds == {"pii"} else "data"

    def asks(self, expr: Expr) -> Iterator[str]:
        """What is asked of data in an expression, its definitions included."""
        for part in everything(expr):
            match part:
                case Reference(name=name):
                    yield from self.asks(self.checked.constants[name])
                case Invoke(name=name):
                    yield from self.asks(self.checked.functions[name].body)
                case Attribute(
                    name="rows"
                    | "values"
                    | "row_count"
                    | "recent_row_count"
                    | "null_count"
                    | "null_share"
                    | "distinct_count"
                ):
                    yield "data"
                case Call(
                    function="newest" | "oldest" | "duplicates" | "k_anonymity" | "orphans" | "promises" | "conforms"
                ):
                    yield "data"
                case Call(function="pii"):
                    yield "pii"
                case _:
                    continue

    # ------------------------------------------------------------ metadata

    def truth(self, expr: Expr, names: Names) -> Any:
        """A condition: true, false, unknown or undefined."""
        found = self.value(expr, names)
        return found if isinstance(found, bool | Nothing) else UNKNOWN

    def value(self, expr: Expr, names: Names) -> Any:
        """The value of an expression."""
        match expr:
            case Const(value=value):
                return value
            case Local(name=name):
                return names[name]
            case Reference(name=name):
                return self.value(self.checked.constants[name], self.roots)
            case Invoke(name=name, args=args):
                function = self.checked.functions[name]
                given = [self.value(arg, names) for arg in args]
                return self.value(function.body, {**self.roots, **dict(zip(function.parameters, given, strict=True))})
            case Attribute():
                return self.attribute(expr, names)
            case Custom(of=of, key=key, type=of_type):
                found = self.value(of, names)
                return found if isinstance(found, Nothing) else typed(found.custom.get(key), self.custom(expr, of_type))
            case And(left=left, right=right):
                first = self.truth(left, names)
                return False if first is False else conjunction([first, self.truth(right, names)])
            case Or(left=left, right=right):
                first = self.truth(left, names)
                return (
                    True
                    if first is True
                    else opposite(conjunction([opposite(first), opposite(self.truth(right, names))]))
                )
            case Not(operand=operand):
                return opposite(self.truth(operand, names))
            case IsPresent(operand=operand):
                found = self.value(operand, names)
                return found if isinstance(found, Nothing) else found is not None
            case Otherwise(value=value, default=default):
                found = self.value(value, names)
                return self.value(default, names) if found is None else found
            case If(condition=condition, then=then, otherwise=otherwise):
                chosen = self.truth(condition, names)
                return chosen if isinstance(chosen, Nothing) else self.value(then if chosen else otherwise, names)
            case Quantified():
                return self.quantified(expr, names)
            case Aggregate():
                return self.aggregate(expr, names)
            case Collection(items=items):
                return whole([self.value(item, names) for item in items])
            case Call():
                return self.call(expr, names)
            case _:
                raise AssertionError(f"{type(expr).__name__} is no metadata")

    def custom(self, expr: Custom, of: Type) -> Type:
        """The type that was declared: one known to be present here may still be missing where it is not."""
        entity = str(expr.of.type)
        declared = [a.type for a in self.checked.attributes if a.entity == entity and a.custom == expr.key]
        return of if of in declared else Optional(of)

    def attribute(self, expr: Attribute, names: Names) -> Any:
        of = self.value(expr.of, names)
        if of is None or isinstance(of, Nothing):  # in a row, what stands behind `is present` is computed too
            return of
        present = IsPresent(Column("", guarded=True))
        match expr.name:
            case "recent_row_count" if isinstance(of, Dataset):
                return self.recent(of)
            case "row_count" if isinstance(of, Dataset) and not any(of is one for one in self.world.product.datasets):
                return self.world.counted[0].get(of.name, UNKNOWN) if self.world.counted else UNKNOWN
            case "row_count" if isinstance(of, Dataset):
                return self.over_data("count", of, "rows", None, None)
            case "null_count" if isinstance(of, Field):
                return self.over_data("count", of, "rows", Not(present), None)
            case "null_share" if isinstance(of, Field):
                return self.over_data("share", of, "rows", Not(present), None)
            case "distinct_count" if isinstance(of, Field):
                return self.over_data("distinct", of, "values", None, Column("", guarded=True))
            case name if expr.declared:
                entity = str(expr.of.type)
                declared = next(a.type for a in self.checked.attributes if (a.entity, a.attribute) == (entity, name))
                return typed(getattr(of, name), declared)
            case name:
                found = getattr(of, name)
                return Fraction(found) if isinstance(found, Decimal) else found

    def recent(self, of: Dataset) -> Any:
        """The largest count of earlier versions; missing of a new dataset."""
        if not any(of is one for one in self.world.product.datasets):
            return UNKNOWN
        counts = [counted[of.name] for counted in self.world.counted if of.name in counted]
        before = self.world.previous
        if counts or isinstance(before, Unknown):
            return max(counts, default=UNKNOWN)
        known = before is not None and any(one.name == of.name for one in before.datasets)
        return UNKNOWN if known else None

    def quantified(self, expr: Quantified, names: Names) -> Any:
        if over_data(expr.items):
            total = self.ask("count", expr.items, None, None, names)
            satisfying = self.ask("count", expr.items, expr.condition, None, names)
            stop = stopping([total, satisfying])
            return stop or (satisfying == total if expr.kind == "every" else satisfying > 0)
        items = self.value(expr.items, names)
        if items is None or isinstance(items, Nothing):
            return items
        each = [self.truth(expr.condition, {**names, expr.name: item}) for item in items]
        return conjunction(each) if expr.kind == "every" else opposite(conjunction([opposite(one) for one in each]))

    def aggregate(self, expr: Aggregate, names: Names) -> Any:
        if over_data(expr.items):
            return self.ask(expr.kind, expr.items, expr.condition, expr.value, names)
        items = self.value(expr.items, names)
        if items is None or isinstance(items, Nothing):
            return items
        bound = [{**names, expr.name: item} for item in items]
        holds = [True if expr.condition is None else self.truth(expr.condition, inner) for inner in bound]
        chosen = [inner for inner, one in zip(bound, holds, strict=True) if one is True]
        values = [inner[expr.name] if expr.value is None else self.value(expr.value, inner) for inner in chosen]
        stop = stopping([*holds, *values])
        return stop or reduce(expr.kind, values, len(items))

    def call(self, expr: Call, names: Names) -> Any:
        args = [self.value(arg, names) for arg in expr.args]
        stop = stopping(args)
        if stop or None in args:
            return stop
        product = self.world.product
        match expr.function, args:
            case "field", (path,):
                exactly = [f for f in product.fields if f.path == path][:1]
                named = exactly or [f for f in product.fields if f.name == path]
                return named[0] if len(named) == 1 else UNKNOWN
            case "dataset", (name,):
                found = [d for d in product.datasets if d.name == name]
                found += [d for d in product.datasets if d.physical_name == name]
                return found[0] if found else UNKNOWN
            case "lookup", (rows, key):
                return next((row for row in rows if next(iter(vars(row).values())) == key), None)
            case "pii", (of,):
                return self.personal(of)
            case (("newest" | "oldest"), (of,)):
                kind = "max" if expr.function == "newest" else "min"
                found = self.over_data(kind, of, "values", None, Column("", guarded=True))
                if found is None or isinstance(found, Nothing):
                    return found
                return instant(found) if isinstance(found, date) else UNKNOWN
            case "duplicates", (of, fields):
                return self.duplicates(of, fields)
            case "promises", (of,):
                rows = self.rows(of, [])
                return rows if isinstance(rows, Nothing) else promises_of(of, rows, UNKNOWN)
            case "conforms", (of,):
                rows = self.rows(of, [])
                promises = () if isinstance(rows, Nothing) else promises_of(of, rows, UNKNOWN)
                kept = conjunction([one.is_kept for one in promises])
                return rows if isinstance(rows, Nothing) else bool(promises) and kept
            case "k_anonymity", (of, fields):
                return self.smallest_group(of, fields)
            case "orphans", (of, other):
                return self.orphans(of, other)
            case _:
                from_data = any(required(arg.type) == COLUMN for arg in expr.args)
                return compute(expr.function, args, from_data=from_data)

    # ------------------------------------------------------------ data

    def rows(self, of: Any, read: Sequence[Any]) -> Any:
        """The rows of a dataset, or of a field's dataset; unknown where they, or the columns that are read, are not there."""
        stop = stopping([of, *(part for part in read if isinstance(part, Nothing))])
        if stop:
            return stop
        dataset = of.name if isinstance(of, Dataset) else of.dataset
        if not any(of is one for one in (*self.world.product.datasets, *self.world.product.fields)):
            return UNKNOWN
        if dataset not in self.world.data:
            return UNKNOWN
        known = {column(f): f for f in self.world.product.fields if f.dataset == dataset}
        if isinstance(of, Field):
            known[""] = known[column(of)]
        if any(not readable(part, known) for part in read):
            return UNKNOWN
        rows = self.world.data[dataset]
        return [{**row, "": row[column(of)]} for row in rows] if isinstance(of, Field) else rows

    def ask(self, kind: str, items: Expr, condition: Expr | None, value: Expr | None, names: Names) -> Any:
        """An aggregate over rows or values."""
        assert isinstance(items, Attribute)
        of = self.value(items.of, names)
        where, what = (None if part is None else self.prepared(part, names) for part in (condition, value))
        return self.over_data(kind, of, items.name, where, what)

    def over_data(self, kind: str, of: Any, items: str, where: Any, what: Any) -> Any:
        rows = self.rows(of, [part for part in (where, what) if part is not None])
        if isinstance(rows, Nothing):
            return rows
        if kind in {"min", "max"} and isinstance(of, Field) and of.name in self.world.unordered:
            return UNKNOWN
        if items == "values":
            rows = [row for row in rows if row[""] is not None]
        kept = [row for row in rows if where is None or row_value(where, row) is True]
        if kind == "share":
            return Fraction(len(kept), len(rows)) if rows else None
        if kind == "count":
            return len(kept)
        return reduce(kind, [found for row in kept if (found := row_value(what, row)) is not None], len(rows))

    def prepared(self, expr: Expr, names: Names) -> Any:
        """A row expression in which all that is no column has its value; unknown or undefined where a part of it is."""
        placed = self.placed(expr, names)
        inside = [part.value for part in everything(placed) if isinstance(part, Const)]
        return stopping(inside) or placed

    def placed(self, expr: Expr, names: Names) -> Expr:
        match expr:
            case Invoke(name=name, args=args):
                function = self.checked.functions[name]
                given = {one: self.placed(arg, names) for one, arg in zip(function.parameters, args, strict=True)}
                return self.placed(substituted(function.body, given), self.roots)
            case _ if not columns(expr):
                return Const(self.value(expr, names), expr.type)
            case _:
                return rebuild(expr, lambda part: self.placed(part, names))

    def personal(self, of: Field) -> Any:
        if self.world.stage is Stage.CHANGE:
            return findings(of, None)
        evidence = self.world.evidence.get((of.dataset, column(of)))
        return UNKNOWN if evidence is None else findings(of, evidence)

    def duplicates(self, of: Dataset, fields: Sequence[str]) -> Any:
        rows = self.rows(of, [IsPresent(Column(name, guarded=True)) for name in fields])
        if isinstance(rows, Nothing) or not fields:
            return rows if isinstance(rows, Nothing) else UNKNOWN
        keys = Counter(key for row in rows if None not in (key := tuple(identity(row[name]) for name in fields)))
        return sum(count - 1 for count in keys.values())

    def smallest_group(self, of: Dataset, fields: Sequence[str]) -> Any:
        rows = self.rows(of, [IsPresent(Column(name, guarded=True)) for name in fields])
        if isinstance(rows, Nothing) or not fields:
            return rows if isinstance(rows, Nothing) else UNKNOWN
        groups = Counter(tuple(identity(row[name]) for name in fields) for row in rows)
        return min(groups.values(), default=None)

    def orphans(self, of: Field, other: Field) -> Any:
        here, there = self.rows(of, []), self.rows(other, [])
        if stopping([here, there]):
            return UNKNOWN
        known = {identity(row[""]) for row in there}
        return sum(row[""] is not None and identity(row[""]) not in known for row in here)


class Unasked(Meaning):
    """The meaning where nothing is asked of the data."""

    def concerns(self, rule: CheckedRule) -> bool:
        """Has the rule a subject, or could it have one?"""
        loops = [loop for loop in rule.loops if not over_data(loop[1])]
        when = rule.when
        if len(loops) < len(rule.loops):
            before, _ = sorted_conjuncts(when)
            when = None if not before else functools.reduce(And, before)
        tally = Tally()
        asked = replace(rule, loops=tuple(loops), when=when, require=Const(True, BOOL), tolerance=None)
        self.bind(asked, loops, [], dict(self.roots), tally)
        return bool(tally.subjects or tally.failing or tally.unknown)

    def rows(self, of: Any, read: Sequence[Any]) -> Any:
        return stopping([of, *(part for part in read if isinstance(part, Nothing))]) or UNKNOWN

    def attribute(self, expr: Attribute, names: Names) -> Any:
        found = super().attribute(expr, names)
        asked = expr.name == "row_count" and str(expr.of.type) == "Dataset"
        return UNKNOWN if asked and not isinstance(found, Nothing) and found is not None else found

    def recent(self, of: Dataset) -> Any:
        return UNKNOWN

    def personal(self, of: Field) -> Any:
        return UNKNOWN


def one_by_one(rule: CheckedRule) -> CheckedRule:
    """`require conforms(dataset)` demands each promise that can be checked to be kept."""
    if not (isinstance(rule.require, Call) and rule.require.function == "conforms") or rule.tolerance is not None:
        return rule
    promise = Local("each promise", Entity("Promise"))
    checkable = Attribute(promise, "is_checkable", BOOL)
    return replace(
        rule,
        loops=(*rule.loops, (promise.name, Call("promises", rule.require.args, Many(Entity("Promise"))))),
        when=checkable if rule.when is None else And(rule.when, checkable),
        require=Attribute(promise, "is_kept", BOOL),
    )


# ---------------------------------------------------------------- logic


def stopping(values: Sequence[Any]) -> Nothing | None:
    """What keeps a function of all these values from being computed."""
    return next((no for no in (UNDEFINED, UNKNOWN) if any(value is no for value in values)), None)


def whole(values: list[Any]) -> Any:
    return stopping(values) or tuple(values)


def conjunction(each: list[Any]) -> Any:
    """Strong Kleene: false decides, then unknown could, then undefined spoils."""
    for decisive in (False, UNKNOWN, UNDEFINED):
        if any(one is decisive for one in each):
            return decisive
    return True


def opposite(value: Any) -> Any:
    return value if isinstance(value, Nothing) else not value


def everything(expr: Any) -> Iterator[Expr]:
    """An expression and all its parts."""
    if isinstance(expr, Nothing):
        return
    yield expr
    for part in parts(expr):
        yield from everything(part)


def over_data(items: Expr) -> bool:
    of = items.of.type if isinstance(items, Attribute) else None
    return (str(of), getattr(items, "name", "")) in {("Dataset", "rows"), ("Field", "values")}


def substituted(expr: Expr, given: Mapping[str, Expr]) -> Expr:
    if isinstance(expr, Local):
        return given.get(expr.name, expr)
    return rebuild(expr, lambda part: substituted(part, given))


def column(of: Field) -> str:
    return of.path.removeprefix(f"{of.dataset}.")


def identity(value: Any) -> Any:
    return "NaN" if isinstance(value, float) and math.isnan(value) else value


def readable(expr: Expr, known: Mapping[str, Field]) -> bool:
    """Is every column there, and is no column that may be null read as if it never were?"""
    match expr:
        case IsPresent(operand=Column(name=name)) | Otherwise(value=Column(name=name), default=Const()):
            return (name or "") in known
        case Column(name=name, guarded=guarded):
            of = known.get(name or "")
            return of is not None and (guarded or of.required or of.primary_key)
        case _:
            return all(readable(part, known) for part in parts(expr))


# ---------------------------------------------------------------- rows


def row_value(expr: Expr, row: Row) -> Any:
    """A prepared expression on one row; None is null, and a division by zero is null."""
    match expr:
        case Const(value=value):
            return value
        case Column(name=name):
            return row[name or ""]
        case And(left=left, right=right):
            sides = [row_value(left, row), row_value(right, row)]
            return False if False in sides else None if None in sides else True
        case Or(left=left, right=right):
            sides = [row_value(left, row), row_value(right, row)]
            return True if True in sides else None if None in sides else False
        case Not(operand=operand):
            found = row_value(operand, row)
            return None if found is None else not found
        case IsPresent(operand=operand):
            return row_value(operand, row) is not None
        case Otherwise(value=value, default=default):
            found = row_value(value, row)
            return row_value(default, row) if found is None else found
        case If(condition=condition, then=then, otherwise=otherwise):
            chosen = row_value(condition, row)
            return None if chosen is None else row_value(then if chosen else otherwise, row)
        case Collection(items=items):
            return tuple(row_value(item, row) for item in items)
        case Call(function=function, args=args):
            values = [row_value(arg, row) for arg in args]
            if None in values:
                return None
            found = compute(function, values, from_data=True)
            return None if found is UNDEFINED else found
        case _:
            raise AssertionError(f"{type(expr).__name__} is nothing that a row has")


# ---------------------------------------------------------------- values


def typed(raw: Any, of: Type) -> Any:
    """A stated value as one of the declared type; unknown where it is none. Blank text states nothing."""
    if raw is None or (isinstance(raw, str) and is_blank(raw)):
        return None if isinstance(of, Optional) else UNKNOWN
    wanted = required(of)
    if isinstance(wanted, Enumeration):
        return raw if isinstance(raw, str) and raw in wanted.members else UNKNOWN
    if isinstance(wanted, Many):
        return whole([typed(item, wanted.of) for item in raw]) if isinstance(raw, tuple) else UNKNOWN
    try:
        found = SCALARS[str(wanted)](raw)
    except (ValueError, TypeError, InvalidOperation):
        return UNKNOWN
    return UNKNOWN if found is None else found


def _number(raw: Any) -> Fraction | None:
    if isinstance(raw, bool) or (
        isinstance(raw, str) and not re.fullmatch(r"\s*[+-]?\d+(\.\d+)?\s*%?\s*", raw, re.ASCII)
    ):
        return None
    if isinstance(raw, str):
        return Fraction(raw.strip().rstrip("%").strip()) / (100 if "%" in raw else 1)
    return Fraction(raw)


def _whole(raw: Any) -> int | None:
    found = None if isinstance(raw, str) and "%" in raw else _number(raw)
    return found.numerator if found is not None and found.denominator == 1 else None


def _instant(raw: Any) -> datetime | None:
    found = datetime.fromisoformat(raw)
    return None if found.tzinfo is None else found.astimezone(UTC)


SCALARS: Mapping[str, Any] = {
    "String": lambda raw: raw if isinstance(raw, str) else None,
    "Bool": lambda raw: raw if isinstance(raw, bool) else None,
    "Int": _whole,
    "Decimal": _number,
    "Date": date.fromisoformat,
    "Timestamp": _instant,
    "Duration": read_duration,
    "Version": lambda raw: parse_version(raw) if isinstance(raw, str) else None,
}


def number(value: Any) -> bool:
    return isinstance(value, int | float | Fraction) and not isinstance(value, bool)


def reduce(kind: str, values: list[Any], population: int) -> Any:
    """An aggregate of known values. NaN spoils numbers; floats are added exactly and rounded once."""
    if kind == "count":
        return len(values)
    if kind == "share":
        return Fraction(len(values), population) if population else None
    if kind == "distinct":
        return len({identity(one) if not hasattr(one, "pointers") else id(one) for one in values})
    if kind == "list":
        return tuple(values)
    if not values:
        return 0 if kind == "sum" else None
    if any(isinstance(one, float) and math.isnan(one) for one in values):
        return math.nan
    if kind in {"min", "max"}:
        families = {family(one) for one in values}
        return UNKNOWN if len(families) > 1 else min(values) if kind == "min" else max(values)
    if not all(number(one) for one in values):
        return UNKNOWN
    if any(isinstance(one, float) and math.isinf(one) for one in values):
        return sum(float(one) for one in values)
    total = sum((Fraction(one) for one in values), Fraction(0)) / (1 if kind == "sum" else len(values))
    return float(total) if any(isinstance(one, float) for one in values) else total


def family(value: Any) -> Any:
    if number(value):
        return "number"
    return "time" if isinstance(value, date) else type(value)


def compute(function: str, args: list[Any], *, from_data: bool) -> Any:  # noqa: C901 - one line for each function
    """A function of values that are all there. `from_data`: nobody has checked that the types fit."""
    if from_data and any(arg is None for arg in args):
        return UNKNOWN
    match function, args:
        case (("==" | "!=" | "<" | "<=" | ">" | ">="), (left, right)):
            return compare(function, left, right)
        case "in", (item, items):
            found = [compare("==", item, one) for one in items]
            return UNKNOWN if UNKNOWN in found else True in found
        case "matches", (str(text), Pattern(source=source)):
            return re.search(source.replace("$", r"\Z"), text, re.ASCII) is not None
        case "rank", (str(member), members):
            return members.index(member) if member in members else UNKNOWN
        case (("+" | "-" | "*" | "/"), (left, right)) if number(left) and number(right):
            return arithmetic(function, left, right)
        case (("+" | "-"), (Duration() as left, Duration() as right)):
            sign = 1 if function == "+" else -1
            return Duration(left.months + sign * right.months, left.microseconds + sign * right.microseconds)
        case (("+" | "-"), (date() as day, Duration() as by)):
            way = 1 if function == "+" else -1
            moved = shifted(instant(day), Duration(way * by.months, way * by.microseconds))
            return moved if moved is UNDEFINED or isinstance(day, datetime) else moved.date()
        case (("-" | "elapsed"), (date() as left, date() as right)):
            return Duration(microseconds=(instant(left) - instant(right)) // timedelta(microseconds=1))
        case (("concat" | "+"), (str(left), str(right))):
            return left + right
        case "negate", (Duration() as length,):
            return Duration(-length.months, -length.microseconds)
        case "negate", (value,) if number(value):
            return -value
        case "scale", (Duration() as length, int(times)):
            return Duration(length.months * times, length.microseconds * times)
        case (("shift" | "shift_date"), (date() as day, Duration() as by)):
            moved = shifted(instant(day), by)
            return moved if moved is UNDEFINED or function == "shift" else moved.date()
        case "year", (date() as day,):
            return day.year
        case "date", (date() as day,):
            return day.date() if isinstance(day, datetime) else day
        case "has_tag", (tags, str(term)):
            under = [tag.lower().split(".") for tag in tags]
            sought = term.lower().split(".")
            return any(tag[: len(sought)] == sought for tag in under)
        case "version", (str(text),):
            return parse_version(text)
        case name, _ if name in TEXTS and all(isinstance(arg, str) for arg in args):
            return TEXTS[name](*args)
        case _:
            assert from_data, function
            return UNKNOWN


def _words(name: str) -> tuple[str, ...]:
    """By the kinds of its characters: lower, Upper, other letter, digit, blank; a mark belongs to what it stands behind."""
    whole = unicodedata.normalize("NFC", name)
    kinds = ""
    for char in whole:
        mark = kinds and unicodedata.category(char)[0] == "M"
        letter = "d" if char.isdigit() else "u" if char.isupper() else "l" if char.islower() else "o"
        kinds += "m" if mark else letter if char.isalnum() else " "
    cut = re.compile(r"(?<=l)(?=u)|(?<=u)(?=ul)|(?<=[luo])(?=d)|(?<=d)(?=[luo])")
    plain = re.sub(r"m", "", kinds)
    ends = {at.start() for at in cut.finditer(plain)}
    words, at = [""], 0
    for char, kind in zip(whole, kinds, strict=True):
        if kind == "m":
            words[-1] += char if plain[at - 1] != " " else ""
            continue
        if kind == " " or at in ends:
            words.append("")
        words[-1] += "" if kind == " " else char
        at += 1
    return tuple(word.lower() for word in words if word)


TEXTS: Mapping[str, Any] = {
    "lower": str.lower,
    "upper": str.upper,
    "trim": str.strip,
    "length": len,
    "starts_with": lambda text, part: text[: len(part)] == part,
    "ends_with": lambda text, part: part == "" or text[-len(part) :] == part,
    "contains": lambda text, part: part in text,
    "split": lambda text, at: tuple(text.split(at)) if at else (text,),
    "words": _words,
    "is_snake_case": lambda text: re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", text) is not None,
    "is_camel_case": lambda text: re.fullmatch(r"[a-z][a-z0-9]*([A-Z][a-z0-9]*)*", text) is not None,
}


def compare(operator: str, left: Any, right: Any) -> Any:
    """Floats meet exact numbers as floats, dates meet instants as their first; other types do not meet."""
    if isinstance(left, float) != isinstance(right, float) and number(left) and number(right):
        left, right = float(left), float(right)
    if any(isinstance(one, float) and math.isnan(one) for one in (left, right)):
        return False
    if isinstance(left, datetime) != isinstance(right, datetime) and family(left) == family(right) == "time":
        left, right = instant(left), instant(right)
    if family(left) != family(right) and not (hasattr(left, "pointers") and hasattr(right, "pointers")):
        return UNKNOWN
    if isinstance(left, Duration):
        left, right = length(left), length(right)
    if isinstance(left, Version):
        left, right = precedence(left), precedence(right)
    match operator:
        case "==":
            return left == right
        case "!=":
            return left != right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case _:
            return left >= right


def arithmetic(operator: str, left: Any, right: Any) -> Any:
    """Exact on exact numbers; as floats where one is."""
    if isinstance(left, float) or isinstance(right, float):
        left, right = float(left), float(right)
    else:
        left, right = Fraction(left), Fraction(right)
    if operator == "/":
        return UNDEFINED if right == 0 else left / right
    return left + right if operator == "+" else left - right if operator == "-" else left * right


def length(value: Duration) -> Fraction:
    """Microseconds; 4,800 months are 146,097 days."""
    return Fraction(146_097 * 86_400 * 1_000_000, 4_800) * value.months + value.microseconds


def precedence(value: Version) -> tuple[Any, ...]:
    """Section 11 of semver.org."""
    pre = tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in value.pre)
    return value.major, value.minor, value.patch, value.pre == (), pre


def instant(value: date) -> datetime:
    return value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=UTC)


def shifted(moment: datetime, by: Duration) -> Any:
    """Month by month on the calendar, on the last day where the month has no such day; then exactly."""
    months = moment.year * 12 + moment.month - 1 + by.months
    year, month = months // 12, months % 12 + 1
    day = moment.day
    while day > 28:
        try:
            moment.replace(year=year, month=month, day=day)
            break
        except (ValueError, OverflowError):
            day -= 1
    try:
        return moment.replace(year=year, month=month, day=day) + timedelta(microseconds=by.microseconds)
    except (ValueError, OverflowError):
        return UNDEFINED


__all__ = ["UNDEFINED", "UNKNOWN", "Entity", "Failing", "Judged", "World", "interpret"]
