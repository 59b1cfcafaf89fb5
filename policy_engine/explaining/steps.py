"""The tree of what was computed to the tree that people read: the author's words, values, and where they come from.

Parts that compilation made up are left out, and theirs take their place; so are constants and names of variables that
say nothing beyond the text around them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from policy_engine.evaluation.texts import HIDDEN, reveals
from policy_engine.evaluation.trace import RowCounts
from policy_engine.explaining.model import Step, Truth
from policy_engine.explaining.places import one_line
from policy_engine.explaining.recording import Node, Recording
from policy_engine.explaining.sources import Sources
from policy_engine.explaining.values import item_text, listed, reason_of, shown, truth_of
from policy_engine.plan.expressions import (
    Aggregate,
    And,
    Ask,
    Attribute,
    Const,
    Custom,
    Expr,
    If,
    Local,
    Or,
    Otherwise,
    Quantified,
)
from policy_engine.plan.origins import Origin, Origins
from policy_engine.plan.types import BOOL, Entity, Sequence, required
from policy_engine.plan.walk import parts

_SHOWN_ITEMS: Final = 3
_DECIDING: Final = {Truth.FALSE, Truth.UNDEFINED}


@dataclass(frozen=True, slots=True)
class Steps:
    """Makes steps of recorded nodes. `revealing` are variables that stand for values of data."""

    origins: Origins
    sources: Sources
    recording: Recording
    show_values: bool
    revealing: frozenset[str] = frozenset()

    def clause(self, text: str, node: Node) -> Step:
        """A whole clause: its text as it is written, its parts beneath."""
        inside = self._within(node) if isinstance(node.expr, And | Or) else self.steps(node)
        if len(inside) == 1 and inside[0].text == text:
            return replace(inside[0], text=text)
        return Step(text, truth_of(node.value), note=reason_of(node.value), parts=inside, joined=_joined(node.expr))

    def items(self, text: str, node: Node) -> Step:
        """What a loop goes over."""
        return Step(text, None, self._shown(node), reason_of(node.value), self.sources.of(node))

    def steps(self, node: Node) -> tuple[Step, ...]:
        """An expression: one step, or, where nobody wrote it, those of its parts."""
        origin = self.origins.of(node.expr)
        if origin is None:
            return self._made_up(node)
        return self._written(node, origin)

    def _written(self, node: Node, origin: Origin) -> tuple[Step, ...]:
        if origin.definition is not None:
            return (self._definition(node, origin),)
        expr = node.expr
        if origin.within is not None:
            return self._given(node, origin)
        match expr:
            case Const():
                return self._constant(node, expr, origin)
            case Local(name=name) if name not in {"now", "previous"}:
                return ()
            case Attribute() | Custom() if _is_entity(expr) and expr.type == required(expr.type):
                return ()
        return (self._step(node, origin),)

    def _given(self, node: Node, origin: Origin) -> tuple[Step, ...]:
        """A parameter of a `def`: by its name there, and what the call gives for it."""
        assert origin.within is not None
        if (isinstance(node.expr, Const) and origin.within.definition is None) or _is_entity(node.expr):
            return ()
        text = f"{one_line(origin.span.text)} ({one_line(origin.within.span.text)})"
        inside = self._within(node) if node.expr.type == BOOL else ()
        return (replace(self._alone(node, origin), text=text, parts=inside),)

    def _step(self, node: Node, origin: Origin) -> Step:
        return replace(self._alone(node, origin), parts=self._within(node))

    def _alone(self, node: Node, origin: Origin) -> Step:
        """The expression without its parts."""
        text, note, sources = one_line(origin.span.text), self._note(node), self.sources.of(node)
        if node.expr.type == BOOL:
            return Step(text, truth_of(node.value), None, note, sources, (), _joined(node.expr))
        return Step(text, None, self._shown(node), note, sources)

    def _definition(self, node: Node, origin: Origin) -> Step:
        """The use of a `let`, `param` or `def`, with what it stands for beneath."""
        inside = () if origin.within is None or isinstance(node.expr, Const) else self._written(node, origin.within)
        whole = self._alone(node, origin)
        return replace(whole, note="" if inside else whole.note, sources=self.sources.defined(origin), parts=inside)

    def _constant(self, node: Node, constant: Const, origin: Origin) -> tuple[Step, ...]:
        """A constant says nothing new, unless it was computed from definitions."""
        inside = self._folded(constant)
        return (Step(one_line(origin.span.text), None, self._shown(node), parts=inside),) if inside else ()

    def _folded(self, expr: Const) -> tuple[Step, ...]:
        """What a constant was computed from."""
        call = self.origins.unfolded(expr)
        args = () if call is None else (arg for arg in call.args if isinstance(arg, Const))
        return tuple(step for arg in args for step in self.steps(Node(arg, arg.value)))

    def _made_up(self, node: Node) -> tuple[Step, ...]:
        match node.expr:
            case Const() as constant:
                return self._folded(constant)
            case Local(name="now"):
                return (Step("now", None, self._shown(node), "", self.sources.of(node)),)
            case Attribute(of=of, name=name) if (owner := self.origins.of(of)) is not None and not _is_entity(
                node.expr
            ):
                text = f"{one_line(owner.span.text)}.{name}"
                return (Step(text, None, self._shown(node), reason_of(node.value), self.sources.of(node)),)
            case _:
                return self._within(node)

    # ------------------------------------------------------------ parts

    def _within(self, node: Node) -> tuple[Step, ...]:
        expr = node.expr
        match expr:
            case And() | Or():
                return _focused(tuple(self._operands(node, type(expr))), truth_of(node.value))
            case Quantified():
                return (*self._of_items(node), *self._looks(node))
            case Aggregate():
                return self._of_items(node)
            case Ask():
                return (*self._all(node.parts[1:]), *self._rows(node))
            case Attribute() | Custom():
                return self._of_chain(node)
            case If(then=then, otherwise=otherwise):
                skipped = [self._skipped(part) for part in (then, otherwise) if part is not node.parts[-1].expr]
                return (*self._all(node.parts), *(step for step in skipped if step is not None and len(node.parts) > 1))
            case Otherwise():
                return self._all(node.parts)
            case _:
                return self._all(node.parts)

    def _all(self, nodes: list[Node]) -> tuple[Step, ...]:
        return tuple(step for node in nodes for step in self.steps(node))

    def _operands(self, node: Node, kind: type[Expr]) -> Iterator[Step]:
        """`a and b and c` as three parts."""
        for part in node.parts:
            origin = self.origins.of(part.expr)
            if isinstance(part.expr, kind) and (origin is None or origin.definition is None):
                yield from self._operands(part, kind)
            else:
                yield from self.steps(part)
        if len(node.parts) == 1:
            skipped = self._skipped(parts(node.expr)[1])
            yield from () if skipped is None else (skipped,)

    def _skipped(self, expr: Expr) -> Step | None:
        origin = self.origins.of(expr)
        return None if origin is None else Step(one_line(origin.span.text), Truth.SKIPPED)

    def _of_chain(self, node: Node) -> tuple[Step, ...]:
        """`field("x").tags`, `lookup(t, k).until`: what stands before the dots, where it is no variable."""
        before = node.parts[0]
        while isinstance(before.expr, Attribute | Custom):
            before = before.parts[0]
        return () if isinstance(before.expr, Local) else self.steps(before)

    def _of_items(self, node: Node) -> tuple[Step, ...]:
        """What is gone over, where the text does not say it all."""
        items = node.parts[0]
        is_said = isinstance(items.expr, Local | Const) or (
            isinstance(items.expr, Attribute) and _is_entity(items.expr)
        )
        return () if is_said else self.steps(items)

    def _looks(self, node: Node) -> tuple[Step, ...]:
        """The items that decided a quantifier: one that violates `every`, one that satisfies `some`, or all."""
        assert isinstance(node.expr, Quantified)
        wanted = truth_of(node.value)
        inner = self._over(node.expr.name, node.expr.items)
        looks = [look for look in node.parts[1:] if truth_of(look.value) is wanted]
        if (node.expr.kind == "every") is (wanted is Truth.TRUE):
            looks = []
        found = tuple(inner.look(look) for look in looks[:_SHOWN_ITEMS])
        rest = len(looks) - len(found)
        return (*found, *((Step(f"… and {rest} more"),) if rest > 0 else ()))

    def _over(self, name: str, items: Expr) -> Steps:
        """The same inside a loop."""
        return replace(self, revealing=self.revealing | {name}) if reveals(items, self.revealing) else self

    def look(self, look: Node) -> Step:
        """A condition for one item."""
        assert look.binding is not None
        name, item = look.binding
        called = HIDDEN if name in self.revealing and not self.show_values else item_text(item)
        return Step(f"with {called}", truth_of(look.value), parts=self.steps(look))

    # ------------------------------------------------------------ values

    def _shown(self, node: Node) -> str:
        return shown(node.value, node.expr, self.revealing, show_values=self.show_values)

    def _note(self, node: Node) -> str:
        reason = reason_of(node.value)
        match node.expr:
            case Quantified():
                items, looked = node.parts[0].value, len(node.parts) - 1
                size = len(items) if isinstance(items, tuple) else 0
                seen = f"{looked} of {size} looked at" if looked < size else f"{size} looked at"
                return reason or (seen if size else "nothing to look at")
            case Aggregate(kind=kind, condition=condition) if condition is not None and not reason and kind != "list":
                chosen = [
                    look.binding[1]
                    for look in node.parts[1:]
                    if look.binding and look.expr is condition and look.value is True
                ]
                inner = self._over(node.expr.name, node.expr.items)
                hidden = node.expr.name in inner.revealing and not self.show_values
                return "" if hidden or not chosen else listed([item_text(item) for item in chosen])
            case _:
                return reason

    # ------------------------------------------------------------ rows

    def _rows(self, node: Node) -> tuple[Step, ...]:
        """The conditions inside a question, each with the rows for which it holds."""
        assert isinstance(node.expr, Ask)
        counted = self.recording.counts.get((id(node.expr), id(node.subject)), [])
        return tuple(
            Step(one_line(origin.span.text), note=_rows_said(counts))
            for part, counts in counted
            if (origin := self.origins.of(part)) is not None and not isinstance(part, Const)
        )


def _rows_said(counts: RowCounts) -> str:
    neither = counts.reached - counts.true - counts.false
    said = [(counts.true, "true"), (counts.false, "false"), (neither, "neither")]
    listed_ = ", ".join(f"{word} for {count:,}" for count, word in said if count)
    return f"{listed_} of {counts.reached:,} rows" if counts.reached else "no row comes to it"


def _joined(expr: Expr) -> str:
    return "and" if isinstance(expr, And) else "or" if isinstance(expr, Or) else ""


def _is_entity(expr: Expr) -> bool:
    of = required(expr.type)
    return isinstance(of, Entity) or (isinstance(of, Sequence) and isinstance(of.of, Entity))


def _focused(operands: tuple[Step, ...], truth: Truth) -> tuple[Step, ...]:
    """Of the operands of `and` and `or`, those that decided with all their parts, the others briefly."""
    if all(step.truth is truth for step in operands):
        return operands
    return tuple(step if step.truth is truth else brief(step) for step in operands)


def brief(step: Step) -> Step:
    """A step with the values that stand in it, and nothing below them."""
    return replace(step, parts=tuple(replace(part, parts=()) for part in step.parts if part.value is not None))
