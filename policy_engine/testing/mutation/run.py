"""Changed rules are evaluated for the cases that come to the change; what the cases expect decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

from policy_engine.evaluation.model import RuleResult
from policy_engine.evaluation.trace import Deaf
from policy_engine.loading import Policies
from policy_engine.plan.expressions import Ask, Expr
from policy_engine.plan.model import Plan, RulePlan
from policy_engine.plan.walk import walk
from policy_engine.testing.compare import differences
from policy_engine.testing.coverage.points import Places
from policy_engine.testing.model import Case, Judged, Stored
from policy_engine.testing.mutation.changes import Change, Written, changes
from policy_engine.testing.mutation.model import Fate, Mutant, Mutation
from policy_engine.testing.overlay import CaseProduct, product_of
from policy_engine.testing.run import Runner, evaluated
from policy_engine.testing.suite import Ran
from policy_engine.verdict import Outcome, conclude

#: Called with the number of changes that were tried, and of all.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Baseline:
    """A case as it came out: its product, the results, and the expressions that it came to, by identity."""

    ran: Ran
    found: Judged
    product: CaseProduct
    policies: Policies
    came_to: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Changed:
    """One rule with a change, and the cases that could notice."""

    rule: RulePlan
    plan: Plan
    baselines: tuple[_Baseline, ...]


def mutate(
    ran: Iterable[Ran], runner: Runner, is_wanted: Callable[[str], bool], seconds: float, progress: Progress
) -> Mutation:
    """Try every change of the wanted files' policies on the cases that passed."""
    until = monotonic() + seconds
    by_change = _by_change([one for one in (_baseline(one, runner) for one in ran) if one is not None], is_wanted)
    mutants: list[Mutant] = []
    for number, (change, changed) in enumerate(by_change.values(), start=1):
        progress(number, len(by_change))
        fate = Fate.UNTRIED if monotonic() > until else _fate(changed)
        mutants.append(Mutant(change.span, change.before, change.after, fate))
    return Mutation(tuple(sorted(mutants, key=lambda mutant: mutant.order)))


class _Path(Deaf):
    """Hears which expressions an evaluation comes to."""

    def __init__(self) -> None:
        self.came_to: set[int] = set()

    def enter(self, expr: Expr) -> None:
        """An expression begins."""
        self.came_to.add(id(expr))

    def asked(self, ask: Ask, subject: Any, args: tuple[Any, ...]) -> None:  # noqa: ARG002 - whatever it is asked of
        """Of what is asked of rows, everything counts."""
        parts = (part for part in (ask.condition, ask.value) if part is not None)
        self.came_to |= {id(part) for whole in parts for part in walk(whole)}


def _baseline(ran: Ran, runner: Runner) -> _Baseline | None:
    case = ran.case
    policies = runner.compiled(case.policies).policies
    if policies is None or case.product is None or not isinstance(ran.found, Judged):
        return None
    product, path = product_of(case.product), _Path()
    evaluated(case, product, policies, path)
    return _Baseline(ran, ran.found, product, policies, frozenset(path.came_to))


def _by_change(
    baselines: list[_Baseline], is_wanted: Callable[[str], bool]
) -> dict[tuple[str, int, int, str], tuple[Change, list[_Changed]]]:
    """Every change of the text, with the rules that it changes in every set of policies that was tested."""
    found: dict[tuple[str, int, int, str], tuple[Change, list[_Changed]]] = {}
    for policies in {id(one.policies): one.policies for one in baselines}.values():
        of_set = [one for one in baselines if one.policies is policies]
        for change in _of_policies(policies, of_set[0].ran.case, is_wanted):
            key = (change.span.source.name, change.span.start, change.span.end, change.after)
            changed = _Changed(change.rule, policies.plan, tuple(one for one in of_set if _concerns(one, change)))
            found.setdefault(key, (change, []))[1].append(changed)
    return dict(sorted(found.items()))


def _of_policies(policies: Policies, case: Case, is_wanted: Callable[[str], bool]) -> Iterator[Change]:
    layers = zip(
        (case.policies.council, case.policies.domain), (policies.global_files, policies.local_files), strict=True
    )
    places = Places(tuple(read for given, read in layers if isinstance(given, Stored) and read is not None))
    assert policies.origins is not None
    params = policies.plan.params
    defaults = {param.name: None if param.is_set else places.defaults.get(param.name) for param in params}
    for rule in policies.plan.rules:
        tolerance = places.tolerances.get(rule.name)
        written = Written(places.steps.get(rule.name, ()), None if tolerance is None else tolerance.span, defaults)
        for change in changes(rule, policies.origins, written):
            if places.has(change.span) and is_wanted(change.span.source.name):
                yield change


def _concerns(one: _Baseline, change: Change) -> bool:
    """Does the case ask about the rule, and come to what is changed?"""
    result = _result(one, change.rule)
    if result is None or result.outcome is Outcome.DUE_LATER:
        return False
    return change.expr in one.came_to if change.expr is not None else result.outcome is not Outcome.NOT_APPLICABLE


def _result(one: _Baseline, rule: RulePlan) -> RuleResult | None:
    return next((result for result in one.found.report.results if result.rule == rule.name), None)


def _fate(changed: list[_Changed]) -> Fate:
    if not any(one.baselines for one in changed):
        return Fate.UNREACHED
    is_noticed = any(_notices(baseline, one) for one in changed for baseline in one.baselines)
    return Fate.NOTICED if is_noticed else Fate.UNNOTICED


def _notices(baseline: _Baseline, changed: _Changed) -> bool:
    """Does the case come out otherwise? A rule that breaks down where it did not before is noticed, too."""
    plan = replace(changed.plan, rules=(changed.rule,), attributes=())
    policies = Policies(plan, baseline.policies.used, None, None)
    ran, case = baseline.ran, baseline.ran.case
    try:
        report = evaluated(case, baseline.product, policies, None)
    except Exception:  # noqa: BLE001 - what type checking keeps from running: a bare use of what is missing here
        return True
    (result,) = (one for one in report.results if one.rule == changed.rule.name)
    old = baseline.found.report
    results = tuple(result if one.rule == result.rule else one for one in old.results)
    found = replace(baseline.found, report=replace(old, results=results, verdict=conclude(results)))
    return bool(differences(ran.expected, found, case))
