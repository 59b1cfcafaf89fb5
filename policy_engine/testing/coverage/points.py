"""Policies -> what there is to cover in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policy_engine.diagnostics import Span
from policy_engine.plan.expressions import (
    Aggregate,
    And,
    Ask,
    Expr,
    If,
    Not,
    Or,
    Otherwise,
    Quantified,
)
from policy_engine.plan.layer import POLICY_SUFFIX, LayerFiles
from policy_engine.plan.model import Plan, RulePlan
from policy_engine.plan.origins import Origins
from policy_engine.plan.walk import parts
from policy_engine.syntax import parse
from policy_engine.syntax.ast import Attribute, File, Param, Policy
from policy_engine.testing.coverage.model import (
    BEYOND,
    DEFAULT,
    FAIL,
    FALSE,
    MISSING,
    PASS,
    PRESENT,
    SET,
    TRUE,
    WITHIN,
    Key,
    Point,
)

#: A condition made of others, which counts where it is a definition that is used.
COMBINED = "combined"
CONDITION, OTHERWISE, RULE, TOLERANCE, PARAMETER = "condition", "otherwise", "rule", "tolerance", "parameter"


class Places:
    """The declarations of policy files, by name and by place."""

    def __init__(self, layers: tuple[LayerFiles, ...]) -> None:
        #: Rule, typed attribute or parameter -> its point; rule -> the point of what it tolerates.
        self.rules: dict[str, Point] = {}
        self.tolerances: dict[str, Point] = {}
        self.parameters: dict[str, Point] = {}
        #: Parameter -> the place of its default.
        self.defaults: dict[str, Span] = {}
        #: Rule -> the places of the steps of its enforcement schedule.
        self.steps: dict[str, tuple[Span, ...]] = {}
        self._policies: dict[str, list[tuple[Span, str]]] = {}
        self._packages: dict[str, str] = {}
        for layer in layers:
            for member in layer.members:
                if member.path.endswith(POLICY_SUFFIX):
                    tree = parse(member.location.as_posix(), member.content)[0]
                    if tree is not None:
                        self._add(tree, member.location.as_posix())

    def has(self, span: Span) -> bool:
        """Is the place in one of these files?"""
        return span.source.name in self._packages

    def point(self, span: Span, kind: str, directions: tuple[str, ...]) -> Point | None:
        """Something to cover there; None where the file is not one of these."""
        file = span.source.name
        if not self.has(span):
            return None
        inside = (name for policy, name in self._policies[file] if policy.start <= span.start < policy.end)
        group = next(inside, f"{self._packages[file]} (definitions)")
        return Point(Key(file, span.start, span.end, kind), group, span, directions)

    def _add(self, tree: File, file: str) -> None:
        package = tree.package.text
        self._packages[file] = package
        policies = [one for one in tree.declarations if isinstance(one, Policy)]
        self._policies[file] = [(one.span, f"{package}.{one.name.text}") for one in policies]
        for policy in policies:
            self._add_policy(policy, f"{package}.{policy.name.text}")
        for one in tree.declarations:
            if isinstance(one, Attribute):
                name = f"{package}.attributes.{one.entity.text}.{one.name.text}"
                self._put(self.rules, name, one.name.span, RULE, (PASS, FAIL))

    def _add_policy(self, policy: Policy, name: str) -> None:
        for rule in policy.rules:
            steps = rule.schedule or policy.schedule or ()
            self.steps[f"{name}.{rule.name.text}"] = tuple(step.span for step in steps)
            self._put(self.rules, f"{name}.{rule.name.text}", rule.name.span, RULE, (PASS, FAIL))
            if rule.tolerance is not None:
                span = rule.tolerance.span
                self._put(self.tolerances, f"{name}.{rule.name.text}", span, TOLERANCE, (WITHIN, BEYOND))
        for param in policy.params:
            self._add_parameter(param, f"{name}.{param.name.text}")

    def _add_parameter(self, param: Param, name: str) -> None:
        self.defaults[name] = param.default.span
        if param.freedoms:
            self._put(self.parameters, name, param.name.span, PARAMETER, (DEFAULT, SET))

    def _put(self, to: dict[str, Point], name: str, span: Span, kind: str, directions: tuple[str, ...]) -> None:
        point = self.point(span, kind, directions)
        assert point is not None
        to[name] = point


def plan_points(plan: Plan, origins: Origins, places: Places) -> Mapping[int, tuple[Point, ...]]:
    """The points of a plan's expressions, by the identity of the expression whose value covers them."""
    found: dict[int, tuple[Point, ...]] = {}
    for rule in plan.rules:
        for expr, kind in _of_rule(rule):
            origin = origins.of(expr)
            is_left_out = origin is None or (kind == COMBINED and origin.definition is None)
            spans = () if origin is None or is_left_out else origin.spans
            directions = (PRESENT, MISSING) if kind == OTHERWISE else (TRUE, FALSE)
            points = (places.point(span, OTHERWISE if kind == OTHERWISE else CONDITION, directions) for span in spans)
            found[id(expr)] = (*found.get(id(expr), ()), *(point for point in points if point is not None))
    return found


def required_rows(plan: Plan) -> frozenset[int]:
    """The identities of what rules require of rows: there, a row for which it is neither true nor false violates."""
    asks = (rule.require for rule in plan.rules if rule.over_rows)
    return frozenset(id(ask.value) for ask in asks if isinstance(ask, Ask))


def _of_rule(rule: RulePlan) -> Iterator[tuple[Expr, str]]:
    if rule.scope is not None:
        yield from _clause(rule.scope)
    for _, items in rule.loops:
        yield from _inside(items, is_condition=False, is_row=False)
    if rule.when is not None:
        yield from _clause(rule.when)
    yield from _clause(rule.require)


def _clause(expr: Expr) -> Iterator[tuple[Expr, str]]:
    """A clause as a whole is one condition, whatever it is made of."""
    if isinstance(expr, And | Or | Not | If):
        yield expr, CONDITION
    yield from _inside(expr, is_condition=not isinstance(expr, Ask), is_row=False)


def _inside(expr: Expr, *, is_condition: bool, is_row: bool) -> Iterator[tuple[Expr, str]]:
    """The conditions in an expression that are made of no other conditions, and what may be missing."""

    def within(part: Expr, is_condition: bool = False, is_row: bool = is_row) -> Iterator[tuple[Expr, str]]:
        return _inside(part, is_condition=is_condition, is_row=is_row)

    if is_condition and isinstance(expr, And | Or | Not | If):
        yield expr, COMBINED
    match expr:
        case And(left=left, right=right) | Or(left=left, right=right):
            yield from within(left, True)
            yield from within(right, True)
        case Not(operand=operand):
            yield from within(operand, True)
        case If(condition=condition, then=then, otherwise=otherwise):
            yield from within(condition, True)
            yield from within(then, is_condition)
            yield from within(otherwise, is_condition)
        case Otherwise(value=value, default=default):
            if is_condition:
                yield expr, CONDITION
            if not is_row:
                yield value, OTHERWISE
            yield from within(value)
            yield from within(default, is_condition)
        case Quantified(items=items, condition=condition):
            if is_condition:
                yield expr, CONDITION
            yield from within(items)
            yield from within(condition, True)
        case Aggregate(items=items, condition=where, value=value):
            yield from within(items)
            yield from () if where is None else within(where, True)
            yield from () if value is None else within(value)
        case Ask(kind=kind, subject=subject, args=args, condition=where, value=value):
            for part in (subject, *args):
                yield from within(part)
            if where is not None:
                yield from _row_clause(where)
            if value is not None:
                yield from _row_clause(value) if kind == "rows" else within(value, False, True)
        case _:
            if is_condition:
                yield expr, CONDITION
            for part in parts(expr):
                yield from within(part)


def _row_clause(expr: Expr) -> Iterator[tuple[Expr, str]]:
    if isinstance(expr, And | Or | Not | If):
        yield expr, CONDITION
    yield from _inside(expr, is_condition=True, is_row=True)
