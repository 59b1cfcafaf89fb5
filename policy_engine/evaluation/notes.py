"""What the generated code notes of each rule while it judges one product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

from policy_engine.data.model import RowCheckAnswer
from policy_engine.evaluation.kleene import UNDEFINED, looped, truth, withheld
from policy_engine.plan.values import Unknown

Subject = tuple[Any, ...]
#: As many violations of one rule are listed; the others are counted.
LISTED: Final = 10_000


@dataclass(slots=True)
class Noted:
    """Of one rule: how many subjects it saw, which fail, what is unknown and why, and what was tolerated.

    `unlisted` subjects fail besides those that are listed.
    """

    subjects: int = 0
    unlisted: int = 0
    failed: list[tuple[Subject, RowCheckAnswer | None]] = field(default_factory=list)
    unknown: dict[str, None] = field(default_factory=dict)
    tolerated: list[str] = field(default_factory=list)


class Notes:
    """The notes of all rules. The generated code calls `subjects`, `fail`, `judge`, `rows` and `unknown`."""

    def __init__(self, tolerances: tuple[Fraction | None, ...]) -> None:
        self.rules = [Noted() for _ in tolerances]
        self._tolerances = tolerances
        self._groups: dict[tuple[int, tuple[int, ...]], list[tuple[Subject, Any, bool]]] = defaultdict(list)

    def subjects(self, index: int, count: int) -> None:
        """So many more subjects."""
        self.rules[index].subjects += count

    def fail(self, index: int, subject: Subject) -> None:
        """The subject does not meet the rule."""
        noted = self.rules[index]
        if len(noted.failed) < LISTED:
            noted.failed.append((subject, None))
        else:
            noted.unlisted += 1

    def unknown(self, index: int, reason: Unknown) -> None:
        """Whether the rule holds cannot be known."""
        self.rules[index].unknown[reason.reason] = None

    def judge(self, index: int, subject: Subject, when: Callable[[], Any] | None, require: Callable[[], Any]) -> None:
        """The subject, judged in three-valued logic. One of which nobody knows whether the rule applies is unknown."""
        applies = True if when is None else truth(when())
        if applies is False:
            return
        doubted = isinstance(applies, Unknown)
        holds = applies if applies is not True else truth(require())
        tolerated = self._tolerances[index] is not None
        if not doubted and (when is not None or tolerated):
            self.rules[index].subjects += 1
        if tolerated:
            outer = tuple(id(part) for part in subject[:-1])
            self._groups[index, outer].append((subject, holds, doubted))
        elif isinstance(holds, Unknown):
            self.unknown(index, holds)
        elif holds is not True:
            self.fail(index, subject)

    def rows(self, index: int, subject: Subject, when: Callable[[], Any] | None, question: Callable[[], Any]) -> None:
        """What the scan answers about the rows of one dataset or the values of one field, where it is asked at all."""
        applies = True if when is None else truth(when())
        if applies is False:
            return
        noted = self.rules[index]
        answer = question() if applies is True else applies
        stop = looped(withheld(answer))
        if stop is not None:
            self.unknown(index, stop)
            return
        if answer.scanned == 0:
            self.unknown(index, Unknown("no rows were read"))
            return
        noted.subjects += answer.subjects
        tolerance = self._tolerances[index] or Fraction(0)
        if answer.violations > tolerance * answer.subjects:
            noted.failed.append((subject, answer))
        elif answer.violations:
            noted.tolerated.append(f"{answer.violations} of {answer.subjects} violate, which is tolerated")

    def close(self) -> None:
        """Decide the rules that tolerate a share, once all their subjects are known."""
        for (index, _), group in self._groups.items():
            tolerance = self._tolerances[index]
            assert tolerance is not None
            allowed = tolerance * len(group)  # if all that are doubted are subjects, which is most
            failed = [subject for subject, holds, _ in group if holds is False or holds is UNDEFINED]
            unknown = [holds for _, holds, _ in group if isinstance(holds, Unknown)]
            is_empty = all(doubted for _, _, doubted in group)
            if len(failed) > allowed:
                for subject in failed:
                    self.fail(index, subject)
            elif failed and not unknown:
                self.rules[index].tolerated.append(f"{len(failed)} of {len(group)} violate, which is tolerated")
            elif unknown and (is_empty or len(failed) + len(unknown) > allowed):
                self.unknown(index, unknown[0])
