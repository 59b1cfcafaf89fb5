"""What the generated code notes of each rule while it judges one product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from policy_engine.data.model import RowCheckAnswer
from policy_engine.plan.values import Unknown

Subject = tuple[Any, ...]


@dataclass(slots=True)
class Noted:
    """Of one rule: how many subjects it saw, which fail, what is unknown and why."""

    subjects: int = 0
    failed: list[tuple[Subject, RowCheckAnswer | None]] = field(default_factory=list)
    unknown: dict[str, None] = field(default_factory=dict)


class Notes:
    """The notes of all rules. The generated code calls `subjects`, `fail`, `judge`, `rows` and `unknown`."""

    def __init__(self, tolerances: tuple[Fraction | None, ...]) -> None:
        self.rules = [Noted() for _ in tolerances]
        self._tolerances = tolerances
        self._groups: dict[tuple[int, tuple[int, ...]], list[tuple[Subject, Any]]] = defaultdict(list)

    def subjects(self, index: int, count: int) -> None:
        """So many more subjects."""
        self.rules[index].subjects += count

    def fail(self, index: int, subject: Subject) -> None:
        """The subject does not meet the rule."""
        self.rules[index].failed.append((subject, None))

    def unknown(self, index: int, reason: Unknown) -> None:
        """Whether the rule holds cannot be known."""
        self.rules[index].unknown[reason.reason] = None

    def judge(self, index: int, subject: Subject, when: Callable[[], Any] | None, require: Callable[[], Any]) -> None:
        """The subject, judged in three-valued logic. A division by zero violates."""
        applies, holds = _judged(when, require)
        if applies is False:
            return
        tolerated = self._tolerances[index] is not None
        if when is not None or tolerated:
            self.rules[index].subjects += 1
        if tolerated:
            outer = tuple(id(part) for part in subject[:-1])
            self._groups[index, outer].append((subject, holds))
        elif isinstance(holds, Unknown):
            self.unknown(index, holds)
        elif not holds:
            self.fail(index, subject)

    def rows(self, index: int, subject: Subject, answer: Any) -> None:
        """What the scan answered about the rows of one dataset or the values of one field."""
        noted = self.rules[index]
        if isinstance(answer, Unknown):
            self.unknown(index, answer)
            return
        if answer.scanned == 0:
            self.unknown(index, Unknown("no rows were read"))
            return
        noted.subjects += answer.subjects
        tolerance = self._tolerances[index] or Fraction(0)
        if answer.violations > tolerance * answer.subjects:
            noted.failed.append((subject, answer))

    def close(self) -> None:
        """Decide the rules that tolerate a share, once all their subjects are known."""
        for (index, _), group in self._groups.items():
            tolerance = self._tolerances[index]
            assert tolerance is not None
            allowed = tolerance * len(group)
            failed = [subject for subject, holds in group if holds is False]
            unknown = [holds for _, holds in group if isinstance(holds, Unknown)]
            if len(failed) > allowed:
                self.rules[index].failed += [(subject, None) for subject in failed]
            elif len(failed) + len(unknown) > allowed:
                self.unknown(index, unknown[0])


def _judged(when: Callable[[], Any] | None, require: Callable[[], Any]) -> tuple[Any, Any]:
    """Whether the rule applies, and whether it is met as far as it does."""
    try:
        applies = True if when is None else when()
        if applies is False:
            return False, True
        holds = require()
    except ZeroDivisionError:
        return True, False
    if isinstance(applies, Unknown) and holds is not True:
        return applies, applies
    return applies, holds
