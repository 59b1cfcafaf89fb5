"""What time has done to policies: reviews that are due, steps that are over; and by which decision they hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from policy_engine.diagnostics import Diagnostic, Edit
from policy_engine.linting.model import Policy, Subject
from policy_engine.syntax import ast

#: A review needs preparing: so long before its day it is said.
NOTICE: Final = timedelta(days=30)


def calendar(subject: Subject) -> Iterator[Diagnostic]:
    """Reviews, decisions and schedules."""
    names_decisions = any(policy.is_global and policy.node.decision is not None for policy in subject.policies())
    for policy in subject.policies():
        yield from _review(policy.node, subject.day)
        yield from _decision(policy) if names_decisions else ()
        for schedule in (policy.node.schedule, *(rule.schedule for rule in policy.node.rules)):
            yield from _steps(schedule, subject.day)
    for declared in subject.linked.attributes:
        if isinstance(declared.node, ast.Attribute):
            yield from _steps(declared.node.schedule, subject.day)


def _review(node: ast.Policy, day: date) -> Iterator[Diagnostic]:
    if node.review is None or node.review - day > NOTICE:
        return
    late = (day - node.review).days
    due = f"was due {late} day{'s' if late != 1 else ''} ago" if late > 0 else f"is due on {node.review}"
    help_ = "review it with its owner, then write down the next day: `review by …`"
    yield Diagnostic("LNT013", f"the review of policy `{node.name.text}` {due}", node.name.span, help=help_)


def _decision(policy: Policy) -> Iterator[Diagnostic]:
    """Asked only of a council that writes its decisions down."""
    node = policy.node
    if policy.is_global and node.decision is None and any(policy.blocks(rule) for rule in policy.checked.rules):
        message = f"policy `{node.name.text}` blocks, and does not say by which decision, as others do"
        help_ = 'add the minutes in which it was decided, such as `decision "DG-2026-04"`'
        yield Diagnostic("LNT016", message, node.name.span, help=help_)


def _steps(schedule: Sequence[ast.Step] | None, day: date) -> Iterator[Diagnostic]:
    """Steps before the one that is in force today have no effect any more."""
    begun = [number for number, step in enumerate(schedule or ()) if step.since is None or step.since <= day]
    if schedule is None or not begun or (begun[-1] == 0 and schedule[0].since is None):
        return
    now = schedule[begun[-1]]
    span = schedule[0].span.to(now.span)
    message = f"since {now.since} it is `{now.enforcement}`, and what was before has no effect"
    edits = () if "#" in span.text else (Edit(span, str(now.enforcement)),)
    yield Diagnostic("LNT014", message, span, help=f"write `enforce {now.enforcement}`", edits=edits)
