"""Which rules are too costly for a product, decided before any of them runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from policy_engine.evaluation.cost import (
    CHARACTERS,
    LONGEST_TEXT,
    MOST_OF_A_RULE,
    MOST_OF_ALL,
    WORDS_OF,
    Cost,
    rule_cost,
    scope_cost,
)
from policy_engine.evaluation.sizes import Bound
from policy_engine.plan.expressions import Const
from policy_engine.plan.model import Plan, RulePlan
from policy_engine.plan.walk import walk


class Budget:
    """The costs of a plan's rules and of their scopes, by the number of the rule."""

    def __init__(self, plan: Plan) -> None:
        self.rules = tuple(rule_cost(rule, plan.tables) for rule in plan.rules)
        self.scopes = tuple(scope_cost(rule, plan.tables) for rule in plan.rules)
        self._written = max((len(text) for rule in plan.rules for text in _texts(rule)), default=1)
        self._longest = max((cost.longest for cost in (*self.rules, *self.scopes)), default=0.0)
        self._degrees: dict[tuple[int, int], float] = defaultdict(float)
        for cost in (*self.rules, *self.scopes):
            for names, factor in cost.terms.items():
                texts = sum(name == CHARACTERS or name.startswith(WORDS_OF) for name in names)
                self._degrees[len(names) - texts, texts] += factor

    def fits(self, bound: Bound | None) -> bool:
        """Is everything affordable for a product none of whose lists and texts are longer than this?"""
        if bound is None:
            return False
        characters = max(bound.characters, self._written)
        if self._longest * characters > LONGEST_TEXT:
            return False
        steps: float = sum(
            factor * bound.list**lists * characters**texts for (lists, texts), factor in self._degrees.items()
        )
        return steps <= MOST_OF_A_RULE

    def exceeding(self, sizes: Mapping[str, int], rules: Iterable[int]) -> dict[int, str]:
        """Of these rules, in their order, those that are too costly for a product of these sizes, and why."""
        found: dict[int, str] = {}
        total = 0.0
        for index in rules:
            reason = self._reason(self.rules[index], sizes)
            steps = 0 if reason else self._steps(self.rules[index], sizes)
            if not reason and total + steps > MOST_OF_ALL:
                reason = f"not evaluated: all rules together would take more than {MOST_OF_ALL:,} steps"
            if reason:
                found[index] = reason
            else:
                total += steps
        return found

    def exceeding_scopes(self, sizes: Mapping[str, int]) -> dict[int, str]:
        """The same of the conditions under which policies apply."""
        reasons = {index: self._reason(cost, sizes) for index, cost in enumerate(self.scopes)}
        return {index: reason for index, reason in reasons.items() if reason}

    def _steps(self, cost: Cost, sizes: Mapping[str, int]) -> float:
        return cost.at({**sizes, CHARACTERS: max(sizes[CHARACTERS], self._written)})

    def _reason(self, cost: Cost, sizes: Mapping[str, int]) -> str:
        if cost.longest * max(sizes[CHARACTERS], self._written) > LONGEST_TEXT:
            return f"not evaluated: it may make a text of more than {LONGEST_TEXT:,} characters"
        steps = self._steps(cost, sizes)
        if steps <= MOST_OF_A_RULE:
            return ""
        return f"not evaluated: for this product it may take {spoken(steps)} steps, more than {MOST_OF_A_RULE:,}"


def spoken(steps: float) -> str:
    """A number of steps, as precise as it is worth."""
    return f"{steps:,.0f}" if steps < 10**15 else f"10^{len(f'{steps:.0f}') - 1}"


def _texts(rule: RulePlan) -> Iterator[str]:
    for whole in (rule.scope, rule.when, rule.require, *(items for _, items in rule.loops)):
        if whole is not None:
            yield from (part.value for part in walk(whole) if isinstance(part, Const) and isinstance(part.value, str))
