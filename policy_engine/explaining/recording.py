"""What a traced evaluation says of one rule, kept as trees: a clause, its parts, their parts, each with its value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from policy_engine.evaluation.evaluate import Inputs
from policy_engine.evaluation.notes import Subject
from policy_engine.evaluation.trace import Clause, Deaf, RowCounts
from policy_engine.plan.expressions import Ask, Expr
from policy_engine.plan.model import RulePlan
from policy_engine.plan.origins import Origins


@dataclass(slots=True)
class Node:
    """An expression that was computed. `binding` is the item of the quantifier or aggregate around it; `subject` is
    what a question is about."""

    expr: Expr
    value: Any = None
    parts: list[Node] = field(default_factory=list)
    binding: tuple[str, Any] | None = None
    subject: Any = None


@dataclass(slots=True)
class Judged:
    """The clauses that were computed for one binding of the loops."""

    subject: Subject
    clauses: dict[Clause, Node] = field(default_factory=dict)


class Recording(Deaf):
    """Listens to one rule. `subjects` are in the order in which they were judged; `loops` go with outer bindings."""

    def __init__(self, rule: str, origins: Origins) -> None:
        self.inputs: Inputs | None = None
        self.plan: RulePlan | None = None
        self.scope: Node | None = None
        self.loops: list[Node] = []
        self.subjects: list[Judged] = []
        self.counts: dict[tuple[int, int], list[tuple[Expr, RowCounts]]] = {}
        self._rule = rule
        self._origins = origins
        self._clause: tuple[Clause, Subject] | None = None
        self._open: list[Node] = []
        self._item: tuple[str, Any] | None = None

    def begin(self, inputs: Inputs) -> None:
        """What is judged."""
        self.inputs = inputs

    def clause(self, rule: RulePlan, clause: Clause, subject: Subject) -> None:
        """A clause of some rule begins."""
        self._clause = (clause, subject) if rule.name == self._rule else None
        if self._clause is not None:
            self.plan = rule

    def enter(self, expr: Expr) -> None:
        """An expression begins."""
        if self._clause is None:
            return
        node = Node(expr, binding=self._item)
        self._item = None
        if self._open:
            self._open[-1].parts.append(node)
        self._open.append(node)

    def item(self, name: str, item: Any) -> None:
        """The expression that follows is computed for this item."""
        self._item = name, item

    def asked(self, _ask: Ask, subject: Any, _args: tuple[Any, ...]) -> None:
        """What the question is about."""
        if self._open:
            self._open[-1].subject = subject

    def leave(self, _expr: Expr, value: Any) -> None:
        """An expression has a value; where it is the last that is open, so has the clause."""
        if self._clause is None:
            return
        node = self._open.pop()
        node.value = value
        if not self._open:
            self._finish(*self._clause, node)

    def _finish(self, clause: Clause, subject: Subject, node: Node) -> None:
        match clause:
            case "applies to":
                self.scope = node
            case "for":
                self.loops.append(node)
            case _:
                if not self.subjects or self.subjects[-1].subject is not subject:
                    self.subjects.append(Judged(subject))
                self.subjects[-1].clauses[clause] = node

    def wants(self, part: Expr) -> bool:
        """Conditions on rows that the author wrote."""
        return self._clause is not None and self._origins.of(part) is not None

    def rows(self, ask: Ask, subject: Any, part: Expr, counts: RowCounts) -> None:
        """For how many rows a condition holds."""
        self.counts.setdefault((id(ask), id(subject)), []).append((part, counts))
