"""Waivers that do nothing on this day. No mistake of their text, so nothing is refused because of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from policy_engine.diagnostics import Diagnostic
from policy_engine.linting.model import Subject
from policy_engine.syntax import ast


def waivers(subject: Subject) -> Iterator[Diagnostic]:
    """What has expired, and what is not in force yet."""
    for waiver in subject.linked.waivers:
        yield from _of(waiver.node, subject.day)


def _of(node: ast.Waiver, today: date) -> Iterator[Diagnostic]:
    if node.until.value < today:
        help_ = "remove it, or, where the rule lets it and there is a new decision, grant another one"
        message = f"waiver `{node.name.text}` has expired: its last day was {node.until.value}"
        yield Diagnostic("LNK037", message, node.until.span, "what it names counts again", help_)
    elif node.granted.value > today:
        help_ = "`granted` is the day of the decision: correct it, or wait for that day"
        message = f"waiver `{node.name.text}` is not in force before {node.granted.value}"
        yield Diagnostic("LNK037", message, node.granted.span, "a day to come", help_)
