"""The entry of linting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from policy_engine.checking.model import CheckedSet
from policy_engine.diagnostics import Diagnostic
from policy_engine.linking import LinkedSet
from policy_engine.linting.calendar import calendar
from policy_engine.linting.closed_words import closed_words
from policy_engine.linting.conditions import conditions
from policy_engine.linting.exemptions import exemptions
from policy_engine.linting.model import Subject
from policy_engine.linting.needless import needless
from policy_engine.linting.overlaps import overlaps
from policy_engine.linting.printed import printed
from policy_engine.linting.texts import texts
from policy_engine.linting.unused import unused
from policy_engine.linting.waivers import waivers

_LINTS: Final[tuple[Callable[[Subject], Iterator[Diagnostic]], ...]] = (
    unused,
    conditions,
    closed_words,
    texts,
    printed,
    exemptions,
    overlaps,
    calendar,
    needless,
    waivers,
)


def lint(linked: LinkedSet, checked: CheckedSet, day: date) -> list[Diagnostic]:
    """The warnings about a set without errors, as of a day."""
    subject = Subject(linked, checked, day)
    return [found for one in _LINTS for found in one(subject)]
