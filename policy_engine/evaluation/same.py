"""A plan as the key of a cache, by identity: comparing plans by content would cost more than judging a product."""

from __future__ import annotations

from policy_engine.plan.model import Plan


class Same:
    """This very plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def __hash__(self) -> int:
        return id(self.plan)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.plan is self.plan
