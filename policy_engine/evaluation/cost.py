"""What a rule may cost, known before it runs: a sum of products of sizes, such as 14 · fields².

One step is one part of an expression, computed once. Everything is bounded from above: conditions that stop a loop early
do not count. Long texts and long numbers count as more than one step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Final

from policy_engine.evaluation.widths import ARITHMETIC, UNIT, Widths, divides
from policy_engine.plan.expressions import (
    Aggregate,
    Ask,
    Attribute,
    Call,
    Collection,
    Const,
    Custom,
    Expr,
    If,
    Local,
    Otherwise,
    Quantified,
)
from policy_engine.plan.model import RulePlan, TablePlan
from policy_engine.plan.types import COLUMN, DECIMAL, Sequence, required
from policy_engine.plan.walk import parts

#: A product of sizes: their names in order, each as often as it multiplies.
Sizes = tuple[str, ...]
Terms = dict[Sizes, float]

#: No rule is evaluated that may take more steps than this, and of all rules together not more than that.
MOST_OF_A_RULE: Final = 500_000_000
MOST_OF_ALL: Final = 1_000_000_000
#: No text may become longer.
LONGEST_TEXT: Final = 50_000_000

#: The characters of the longest text of the contract.
CHARACTERS: Final = "characters"
#: The characters of all its texts together.
ALL_CHARACTERS: Final = "all characters"
#: Before the name of a list: the words of one text of each of its elements.
WORDS_OF: Final = "words of "
#: What a subject costs besides its expressions, and a question to the data besides its parts.
SUBJECT: Final = 10
QUESTION: Final = 200
#: What it costs to look at one more element for the one that is sought.
FOUND: Final = 0.2
#: Where something may be unknown, a step takes so many times as long.
DOUBT: Final = 5
#: A question that is another one for each subject: it is asked of all rows again.
OTHER_QUESTION: Final = 50_000
_FINDINGS: Final = 20
#: A field makes at most so many promises, rules of quality included.
_PROMISES: Final = 20


@dataclass(frozen=True, slots=True)
class Cost:
    """Steps as a sum of products of sizes. `longest` is how many of the contract's longest texts one text may hold."""

    terms: Mapping[Sizes, float]
    longest: float = 0

    def at(self, sizes: Mapping[str, int], otherwise: int = 1) -> float:
        """The steps for a product of these sizes; of a size that is not named, `otherwise`."""
        return sum(factor * prod(sizes.get(name, otherwise) for name in names) for names, factor in self.terms.items())

    @property
    def growth(self) -> Sizes:
        """The product of sizes that multiplies most."""
        counted = [tuple(name for name in names if name not in {CHARACTERS, ALL_CHARACTERS}) for names in self.terms]
        return max(counted, key=lambda names: (len(names), names.count("fields"), names), default=())


def scope_cost(rule: RulePlan, tables: Iterable[TablePlan]) -> Cost:
    """What it costs at most to find out whether the rule's policy applies."""
    wholes = [] if rule.scope is None else [rule.scope]
    reckoning = _Reckoning({table.name: len(table.rows) for table in tables}, wholes)
    for whole in wholes:
        reckoning.visit(whole, {(): 1.0}, {})
    return Cost(reckoning.terms, reckoning.longest)


def rule_cost(rule: RulePlan, tables: Iterable[TablePlan]) -> Cost:
    """What one rule costs at most, its messages included."""
    wholes = [*(items for _, items in rule.loops), *([] if rule.when is None else [rule.when]), rule.require]
    reckoning = _Reckoning({table.name: len(table.rows) for table in tables}, wholes)
    whole: Terms = {(): 1.0}
    scope: dict[str, str] = {}
    for name, items in rule.loops:
        reckoning.visit(items, whole, scope)
        whole, scope = reckoning.inside(name, items, whole, scope)
    reckoning.add(whole, SUBJECT)
    printed = [part for part in (*(rule.message or ()), *(rule.fix or ())) if not isinstance(part, str)]
    for part in (rule.when, rule.require, rule.about, *printed):
        if part is not None:
            reckoning.visit(part, whole, scope)
    times = DOUBT if rule.tolerance is not None or any(map(_doubts, wholes)) else 1
    return Cost({names: factor * times for names, factor in reckoning.terms.items()}, reckoning.longest)


class _Reckoning:
    """Adds up the parts of one rule. `whole` is how often a part is computed; `scope` what loop variables go over."""

    def __init__(self, tables: Mapping[str, int], wholes: Iterable[Expr]) -> None:
        self.terms: Terms = {}
        self.longest = 0.0
        self._tables = tables
        self._widths = Widths()
        self._written = max([1.0, *map(_measured, wholes)])

    def add(self, whole: Terms, steps: float, *sizes: str) -> None:
        """So many steps, as often as `whole` says, times further sizes."""
        for names, factor in whole.items():
            key = tuple(sorted((*names, *sizes)))
            self.terms[key] = self.terms.get(key, 0) + factor * steps

    def visit(self, expr: Expr, whole: Terms, scope: dict[str, str]) -> None:
        """Add an expression and its parts."""
        match expr:
            case Const() | Local():
                self.add(whole, 1)
                return
            case Quantified(name=name, items=items, condition=condition):
                self.visit(items, whole, scope)
                inner, within = self.inside(name, items, whole, scope)
                self.add(inner, 1)
                self.visit(condition, inner, within)
                return
            case Aggregate(name=name, items=items, condition=where, value=value):
                self.visit(items, whole, scope)
                inner, within = self.inside(name, items, whole, scope)
                self.add(inner, 1)
                for part in (where, value):
                    if part is not None:
                        self.visit(part, inner, within)
                self._total(expr, whole, scope)
                return
            case Ask(args=args):
                self.add(whole, QUESTION if all(isinstance(arg, Const) for arg in args) else OTHER_QUESTION)
            case Call():
                pass
            case _:
                self.add(whole, 1)
        for part in parts(expr):
            self.visit(part, whole, scope)
        if isinstance(expr, Call):  # how long its arguments are is known once they have been visited
            self._call(expr, whole)

    def inside(self, name: str, items: Expr, whole: Terms, scope: dict[str, str]) -> tuple[Terms, dict[str, str]]:
        """How often what stands inside a loop is computed, and what the loop's variable goes over."""
        self._widths.bind(name, items)
        paired = self._paired(items, whole, scope)
        if paired is not None:
            of, together, factor = paired
            inner = {
                tuple(sorted((*_without(names, scope[of]), together))): factor * times for names, times in whole.items()
            }
            return inner, {**scope, of: "", name: together}
        size = self.size(items)
        inner = {}
        for names, factor in whole.items():
            for more, times in size.items():
                key = tuple(sorted((*names, *more)))
                inner[key] = inner.get(key, 0) + factor * times
        return inner, {**scope, name: next(iter(size))[0] if any(size) and next(iter(size)) else ""}

    def _paired(self, items: Expr, whole: Terms, scope: dict[str, str]) -> tuple[str, str, float] | None:
        """Parts of what a loop goes over, which together are known: the fields of all datasets, the words of all texts.

        The loop's variable, what there is of the parts in all, and how many may be made of one.
        """
        match items:
            case Attribute(of=Local(name=of), name="fields") if scope.get(of) == "datasets":
                found = of, "fields", 1.0
            case Call(function="split" | "words", args=(text, *_)) if (of := _owner(text) or "") and scope.get(of):
                found = of, f"{WORDS_OF}{scope[of]}", max(1.0, self._widths.texts(text))
            case _:
                return None
        return found if all(scope[of] in names for names in whole) else None

    def size(self, items: Expr) -> Terms:
        """How many elements a list may have."""
        match items:
            case Const(value=tuple() as value):
                return {(): max(1.0, _largest(value))}
            case Local(name=name) if name in self._tables:
                return {(): max(1.0, self._tables[name])}
            case Attribute(of=of, name=name):
                entity = str(of.type).lower()
                return {(name if entity == "product" else f"{entity}.{name}",): 1.0}
            case Custom():
                return {("custom",): 1.0}
            case Call(function="split" | "words", args=(text, *_)):
                return {(CHARACTERS,): max(1.0, self._widths.texts(text))}
            case Local(name="changes"):
                return {("changes",): 1.0}
            case Ask(kind="pii"):
                return {(): float(_FINDINGS)}
            case Ask(kind="promises"):
                return {("list",): float(_PROMISES)}
            case If(then=then, otherwise=otherwise) | Otherwise(value=then, default=otherwise):
                return {**self.size(then), **self.size(otherwise)}
            case Collection():
                return {(): max(1.0, float(len(items.items)))}
            case Aggregate(kind="list", items=of_what):
                return self.size(of_what)
            case _:  # an element of a list of lists
                return {("list",): self._written}

    # ------------------------------------------------------------ what costs more than a step

    def _call(self, call: Call, whole: Terms) -> None:
        self.add(whole, 1)
        match call.function, call.args:
            case "field", _:
                self.add(whole, FOUND, "fields")
            case "dataset", _:
                self.add(whole, FOUND, "datasets")
            case "lookup", (items, _):
                self._each(items, whole)
            case (("in" | "==" | "!=" | "has_tag"), (first, second)):
                for items in (first, second):
                    if isinstance(required(items.type), Sequence) and not isinstance(items, Const):
                        self._each(items, whole)
            case function, _ if function in ARITHMETIC:
                self.add(whole, (self._widths.bits(call) / UNIT) ** 2)
            case _:
                pass
        texts = sum(self._widths.texts(arg) for arg in (*call.args, *((call,) if call.function == "concat" else ())))
        if texts:
            self.longest = max(self.longest, texts)
            self.add(whole, texts / UNIT, CHARACTERS)

    def _each(self, items: Expr, whole: Terms) -> None:
        for names, factor in self.size(items).items():
            self.add(whole, factor, *names)

    def _total(self, expr: Aggregate, whole: Terms, scope: dict[str, str]) -> None:
        """Quotients that are added up have ever longer denominators."""
        if expr.kind not in {"sum", "mean"} or expr.value is None or not divides(expr.value):
            return
        inner, within = self.inside(expr.name, expr.items, whole, scope)
        for _ in range(2):
            inner, within = self.inside(f"{expr.name}'", expr.items, inner, within)
        self.add(inner, (self._widths.bits(expr.value) / UNIT) ** 2)


def _doubts(expr: Expr) -> bool:
    """Can anything in it be unknown, or without a result?"""
    match expr:
        case Ask() | Custom() | Attribute(declared=True) | Local(name="previous" | "changes"):
            return True
        case Call(function="field" | "dataset" | "/" | "shift" | "shift_date"):
            return True
        case Attribute(type=of) if required(of) in (COLUMN, DECIMAL):
            return True
        case _:
            return any(map(_doubts, parts(expr)))


def _owner(text: Expr) -> str | None:
    """The variable of whose text this is, or is made."""
    match text:
        case Attribute(of=Local(name=name)):
            return name
        case Otherwise(value=value, default=Const()):
            return _owner(value)
        case Call(function="lower" | "upper" | "trim", args=(of,)):
            return _owner(of)
        case _:
            return None


def _without(names: Sizes, one: str) -> Sizes:
    at = names.index(one)
    return (*names[:at], *names[at + 1 :])


def _largest(value: object) -> float:
    """The length of the longest list in a constant."""
    return max([len(value), *map(_largest, value)]) if isinstance(value, tuple) else 0


def _measured(expr: Expr) -> float:
    """The longest list written out anywhere in an expression."""
    here = _largest(expr.value) if isinstance(expr, Const) else len(parts(expr))
    return max([here, *map(_measured, parts(expr))])
