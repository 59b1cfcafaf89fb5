"""Evaluations that are listened to -> what of the policies they cover."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from policy_engine.evaluation.model import Report
from policy_engine.evaluation.notes import Subject
from policy_engine.evaluation.trace import Clause, Deaf, RowCounts
from policy_engine.loading import Policies
from policy_engine.plan.expressions import Ask, Expr
from policy_engine.plan.model import RulePlan
from policy_engine.plan.values import Unknown
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
    Coverage,
    Covered,
    Key,
    Point,
)
from policy_engine.testing.coverage.points import CONDITION, Places, plan_points, required_rows
from policy_engine.testing.model import Layers, Stored
from policy_engine.verdict import Outcome


@dataclass(frozen=True, slots=True)
class _Set:
    """One compiled set of policies, with what there is to cover in it."""

    places: Places
    points: dict[int, tuple[Point, ...]]
    required: frozenset[int]


class Coverer:
    """Collects what cases cover. Only policies in files count: those on a page are part of its cases."""

    def __init__(self) -> None:
        self._sets: dict[int, tuple[Policies, _Set]] = {}
        self._points: dict[Key, Point] = {}
        self._seen: dict[Key, set[str]] = {}

    def recorder(self, layers: Layers, policies: Policies, asked: Collection[str] | None) -> Heard:
        """What listens to the evaluation of one case, which asks about these rules; None stands for all."""
        return Heard(self, self._prepared(layers, policies), asked)

    def finish(self, layers: Layers, policies: Policies, report: Report) -> None:
        """Note the outcomes of one case, and which parameters were set."""
        prepared = self._prepared(layers, policies)
        tolerating = {rule.name for rule in policies.plan.rules if rule.tolerance}
        for result in report.results:
            rule = prepared.places.rules.get(result.rule)
            tolerance = prepared.places.tolerances.get(result.rule) if result.rule in tolerating else None
            if result.outcome is Outcome.PASS:
                self.see(rule, PASS)
                if result.reasons:
                    self.see(tolerance, WITHIN)
            elif result.outcome in {Outcome.FAIL, Outcome.WAIVED}:
                self.see(rule, FAIL)
                self.see(tolerance, BEYOND)
        for param in policies.plan.params:
            self.see(prepared.places.parameters.get(param.name), SET if param.is_set else DEFAULT)

    def see(self, point: Point | None, direction: str) -> None:
        """The point was seen in this direction."""
        if point is not None:
            self._seen[point.key].add(direction)

    def coverage(self) -> Coverage:
        """What was covered up to now."""
        found = sorted(self._points.values(), key=lambda point: (point.key.file, point.key.start, -point.key.end))
        return Coverage(tuple(Covered(point, frozenset(self._seen[point.key])) for point in found))

    def _prepared(self, layers: Layers, policies: Policies) -> _Set:
        if id(policies) not in self._sets:
            self._sets[id(policies)] = policies, self._prepare(layers, policies)
        return self._sets[id(policies)][1]

    def _prepare(self, layers: Layers, policies: Policies) -> _Set:
        files = (policies.global_files, policies.local_files)
        both = zip((layers.council, layers.domain), files, strict=True)
        places = Places(tuple(read for given, read in both if isinstance(given, Stored) and read is not None))
        assert policies.origins is not None
        points = dict(plan_points(policies.plan, policies.origins, places))
        tolerating = {rule.name for rule in policies.plan.rules if rule.tolerance}
        tolerances = (point for name, point in places.tolerances.items() if name in tolerating)
        declared = (*places.rules.values(), *tolerances, *places.parameters.values())
        for point in (*declared, *(point for some in points.values() for point in some)):
            self._points.setdefault(point.key, point)
            self._seen.setdefault(point.key, set())
        return _Set(places, points, required_rows(policies.plan))


class Heard(Deaf):
    """Hears one evaluation, as far as it is about the rules that were asked about."""

    def __init__(self, coverer: Coverer, prepared: _Set, asked: Collection[str] | None) -> None:
        self._coverer = coverer
        self._set = prepared
        self._asked = asked
        self._is_asked = asked is None

    def clause(self, rule: RulePlan, clause: Clause, subject: Subject) -> None:  # noqa: ARG002 - only the rule counts
        """What follows is of this rule."""
        self._is_asked = self._asked is None or rule.name in self._asked

    def leave(self, expr: Expr, value: Any) -> None:
        """The value of an expression."""
        if self._is_asked:
            for point in self._set.points.get(id(expr), ()):
                direction = _direction(point, value)
                if direction is not None:
                    self._coverer.see(point, direction)

    def wants(self, part: Expr) -> bool:
        """Everything there is to cover is counted."""
        return self._is_asked and id(part) in self._set.points

    def rows(self, ask: Ask, subject: Any, part: Expr, counts: RowCounts) -> None:  # noqa: ARG002 - all rows are alike
        """For how many rows a condition is true and false; what is required and neither is violated."""
        false = counts.reached - counts.true if id(part) in self._set.required else counts.false
        for point in self._set.points[id(part)]:
            if counts.true:
                self._coverer.see(point, TRUE)
            if false:
                self._coverer.see(point, FALSE)


def _direction(point: Point, value: Any) -> str | None:
    if point.key.kind == CONDITION:
        return {True: TRUE, False: FALSE}.get(value) if isinstance(value, bool) else None
    if isinstance(value, Unknown):
        return None
    return MISSING if value is None else PRESENT
