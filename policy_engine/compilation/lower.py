"""One expression at a time: definitions inlined, constants folded, data turned into questions.

Loop variables become `$0`, `$1`, …, which no author can write, so that a plan does not depend on their names and equal loops can be fused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final

from policy_engine.checking.model import CheckedAttribute, CheckedSet
from policy_engine.checking.scope import ROOTS
from policy_engine.plan.expressions import (
    Aggregate,
    And,
    Ask,
    Attribute,
    Call,
    Captured,
    Column,
    Const,
    Custom,
    Expr,
    If,
    Invoke,
    IsPresent,
    Local,
    Not,
    Or,
    Otherwise,
    Quantified,
    Reference,
)
from policy_engine.plan.kernels import KERNELS
from policy_engine.plan.origins import Origin, Origins
from policy_engine.plan.types import BOOL, COLUMN, INT, Entity, Optional, Sequence, Type, optional, required
from policy_engine.plan.values import Duration
from policy_engine.plan.walk import columns, parts, rebuild

#: More nodes than any rule that a person wrote on purpose.
MAX_NODES: Final = 20_000
#: Deeper expressions than a parsed one can be, once its definitions stand in it; later stages recurse.
MAX_DEPTH: Final = 150
#: The longest text and the greatest number of digits that are computed before a product is seen.
MAX_TEXT: Final = 100_000
MAX_BITS: Final = 4_000

Names = Mapping[str, Expr]


class NotScannableError(Exception):
    """A row expression holds a part that the scan of the data cannot compute."""


class TooLargeError(Exception):
    """Inlining the definitions of a rule would make it larger than MAX_NODES, or deeper than MAX_DEPTH."""


@dataclass(slots=True)
class Lowering:
    """The lowering of one rule: counts nodes, depth and loop variables."""

    checked: CheckedSet
    origins: Origins = field(default_factory=Origins)
    nodes: int = 0
    depth: int = 0
    variables: int = 0

    def fresh(self) -> str:
        """The next loop variable."""
        self.variables += 1
        return f"${self.variables - 1}"

    def lower(self, expr: Expr, names: Names) -> Expr:
        """The expression as plans have it. `names` says what variables stand for."""
        self._enter()
        lowered = self._placed_at(expr, with_data_type(self._lower(expr, names)))
        self.depth -= 1
        return lowered

    def _placed_at(self, expr: Expr, lowered: Expr) -> Expr:
        """What was lowered, with the place of what it was lowered from: a copy, where it stands elsewhere too."""
        origin = self.checked.origins.of(expr) or self.origins.of(expr)
        if origin is None:
            return lowered
        is_other = lowered is not expr and not isinstance(lowered, Captured)
        within = self.origins.of(lowered) if is_other else None
        definition = expr.name if isinstance(expr, Reference | Invoke) else None
        is_shared = lowered is expr or isinstance(expr, Local)
        return self.origins.mark(replace(lowered) if is_shared else lowered, Origin(origin.span, definition, within))

    def _lower(self, expr: Expr, names: Names) -> Expr:
        match expr:
            case Local(name=name):
                return self._placed(names.get(name, expr))
            case Reference(name=name):
                return self.lower(self.checked.constants[name], {})
            case Invoke(name=name, args=args):
                function = self.checked.functions[name]
                given = [self.lower(arg, names) for arg in args]
                return self.lower(function.body, dict(zip(function.parameters, given, strict=True)))
            case Attribute():
                return self._attribute(expr, names)
            case Custom(of=of, key=key):
                return Custom(self.lower(of, names), key, self._custom_type(expr))
            case Call():
                return self._call(expr, names)
            case Quantified():
                return self._quantified(expr, names)
            case Aggregate():
                return self._aggregate(expr, names)
            case _:
                return rebuild(expr, lambda part: self.lower(part, names))

    def _enter(self, nodes: int = 1) -> None:
        self.nodes += nodes
        self.depth += 1
        if self.nodes > MAX_NODES or self.depth > MAX_DEPTH:
            raise TooLargeError

    def _placed(self, expr: Expr) -> Expr:
        """What stands for a variable: it counts wherever it is put."""
        size, depth = _measured(expr)
        self.nodes += size
        if self.nodes > MAX_NODES or self.depth + depth > MAX_DEPTH:
            raise TooLargeError
        return expr

    # ------------------------------------------------------------ metadata

    def _call(self, call: Call, names: Names) -> Expr:
        args = tuple(self.lower(arg, names) for arg in call.args)
        match call.function:
            case "newest" | "oldest":
                kind = "max" if call.function == "newest" else "min"
                return Ask(kind, args[0], (), call.type, _PRESENT, _VALUE)
            case "duplicates" | "k_anonymity" | "orphans":
                return Ask(call.function, args[0], args[1:], call.type)
            case "promises":
                return Ask("promises", args[0], (), call.type)
            case "conforms":
                return self._conforms(args[0])
            case "pii":
                return Ask("pii", args[0], (), call.type)
            case function if function in KERNELS and all(isinstance(arg, Const) for arg in args):
                return self._folded(Call(function, args, call.type))
            case _:
                return Call(call.function, args, call.type)

    def _folded(self, call: Call) -> Expr:
        """The value of a call of constants, where it has one of a sensible size."""
        values = [arg.value for arg in call.args if isinstance(arg, Const)]
        try:
            value = KERNELS[call.function](*values)
        except ArithmeticError:
            return call  # has no result, which violates the rule where it is evaluated
        if _bits(value) > MAX_BITS or (isinstance(value, str) and len(value) > MAX_TEXT):
            raise TooLargeError
        constant = Const(value, call.type)
        self.origins.fold(constant, call)
        return constant

    def _conforms(self, dataset: Expr) -> Expr:
        """Every promise that a machine can check is kept, and there is one: of nothing checked nobody says that it is fine."""
        promises = Ask("promises", dataset, (), Sequence(Entity("Promise")))
        each, some = (Local(self.fresh(), Entity("Promise")) for _ in range(2))
        kept = Or(Not(Attribute(each, "is_checkable", BOOL)), Attribute(each, "is_kept", BOOL))
        return And(
            Quantified("some", some.name, promises, Attribute(some, "is_checkable", BOOL)),
            Quantified("every", each.name, promises, kept),
        )

    def _attribute(self, expr: Attribute, names: Names) -> Expr:
        of = self.lower(expr.of, names)
        match str(expr.of.type), expr.name:
            case "Dataset", "row_count":
                return Ask("count", of, (), INT)
            case "Dataset", "recent_row_count":
                return Ask("recent", of, (), expr.type)
            case "Field", "null_count":
                return Ask("count", of, (), INT, Not(_PRESENT))
            case "Field", "null_share":
                return Ask("share", of, (), expr.type, None, Not(_PRESENT))
            case "Field", "distinct_count":
                return Ask("distinct", of, (), INT, _PRESENT, _VALUE)
            case _, name:
                types = self._declared(expr.of, lambda item: item.attribute == name) if expr.declared else [expr.type]
                return Attribute(of, name, types[0], expr.declared)

    def _custom_type(self, expr: Custom) -> Type:
        """Several attributes may read one property; a type without `?` may be one that is known to be present here."""
        types = self._declared(expr.of, lambda item: item.custom == expr.key)
        return expr.type if expr.type in types else optional(expr.type)

    def _declared(self, of: Expr, is_it: Callable[[CheckedAttribute], bool]) -> list[Type]:
        """The type an attribute was declared with: a plan reads it in one way, wherever it is known to be present."""
        assert isinstance(of.type, Entity)
        entity = of.type.name
        return [item.type for item in self.checked.attributes if item.entity == entity and is_it(item)]

    def _quantified(self, expr: Quantified, names: Names) -> Expr:
        data = data_loop(expr.items)
        if data is None:
            items = self.lower(expr.items, names)
            variable = self.fresh()
            inner = {**names, expr.name: Local(variable, _item(items))}
            return Quantified(expr.kind, variable, items, self.lower(expr.condition, inner))
        everything = self.ask("count", data, None, None, names, INT)
        satisfying = self.ask("count", data, expr.condition, None, names, INT)
        if expr.kind == "every":
            return Call("==", (satisfying, everything), BOOL)
        return Call(">", (satisfying, Const(0, INT)), BOOL)

    def _aggregate(self, expr: Aggregate, names: Names) -> Expr:
        data = data_loop(expr.items)
        if data is not None and expr.kind == "list":
            raise NotScannableError
        if data is not None and expr.kind == "share":
            return self.ask("share", data, None, expr.condition or Const(True, BOOL), names, expr.type)
        if data is not None:
            return self.ask(expr.kind, data, expr.condition, expr.value, names, expr.type)
        items = self.lower(expr.items, names)
        variable = self.fresh()
        inner = {**names, expr.name: Local(variable, _item(items))}
        condition = None if expr.condition is None else self.lower(expr.condition, inner)
        value = None if expr.value is None else self.lower(expr.value, inner)
        of = Sequence(required(value.type)) if expr.kind == "list" and value is not None else expr.type
        return Aggregate(expr.kind, variable, items, condition, value, of)

    # ------------------------------------------------------------ data

    def ask(
        self, kind: str, data: Attribute, condition: Expr | None, value: Expr | None, names: Names, of: Type
    ) -> Ask:
        """A question over the rows of a dataset, or the present values of a field."""
        captures: list[Expr] = []
        where = None if condition is None else self._row(condition, names, captures)
        what = None if value is None else self._row(value, names, captures)
        if data.name == "values":
            where = _PRESENT if where is None else And(_PRESENT, where)
        return Ask(kind, self.lower(data.of, names), tuple(captures), of, where, what)

    def _row(self, expr: Expr, names: Names, captures: list[Expr]) -> Expr:
        """An expression over the columns of a row; what does not depend on the row is captured beforehand."""
        self._enter()
        placed = self._placed_at(expr, self._row_part(expr, names, captures))
        self.depth -= 1
        return placed

    def _row_part(self, expr: Expr, names: Names, captures: list[Expr]) -> Expr:
        match expr:
            case Invoke(name=name, args=args):
                function = self.checked.functions[name]
                given = [arg if columns(arg) else self.lower(arg, names) for arg in args]
                body = self._substitute(function.body, dict(zip(function.parameters, given, strict=True)))
                return self._row(body, names, captures)
            case _ if not columns(expr):
                return self._capture(self.lower(expr, names), captures)
            case Quantified() | Aggregate() | Attribute() | Custom() | Ask():
                raise NotScannableError
            case _:
                return rebuild(expr, lambda part: self._row(part, names, captures))

    def _substitute(self, expr: Expr, given: Names) -> Expr:
        """The body of a `def` with its parameters replaced by what a call gives."""
        if isinstance(expr, Local):
            return given.get(expr.name, expr)
        rebuilt = rebuild(expr, lambda part: self._substitute(part, given))
        origin = self.checked.origins.of(expr)
        return rebuilt if origin is None else self.checked.origins.mark(rebuilt, origin)

    def _capture(self, expr: Expr, captures: list[Expr]) -> Expr:
        if isinstance(expr, Const):
            return expr
        if expr not in captures:
            captures.append(expr)
        return Captured(captures.index(expr), expr.type)


_VALUE: Final = Column(None, guarded=True)
_PRESENT: Final = IsPresent(Column(None, guarded=False))


_DATA_LOOPS: Final = frozenset({("rows", Sequence(Entity("Row"))), ("values", Sequence(COLUMN))})


def data_loop(items: Expr) -> Attribute | None:
    """The attribute `rows` or `values` that a loop goes over, if it goes over data."""
    if isinstance(items, Attribute) and (items.name, items.type) in _DATA_LOOPS:
        return items
    return None


_OF_DATA: Final = frozenset({"+", "-", "*", "/", "negate"})


def with_data_type(expr: Expr) -> Expr:
    """Where a value of data takes part, the result is one too, though the policy calls it by a type of its own."""
    match expr:
        case Call(function=function, args=args, type=of) if function in _OF_DATA and of != COLUMN:
            return replace(expr, type=COLUMN) if any(required(arg.type) == COLUMN for arg in args) else expr
        case If(then=left, otherwise=right, type=of) | Otherwise(value=left, default=right, type=of):
            if required(of) != COLUMN and COLUMN in (required(left.type), required(right.type)):
                return replace(expr, type=optional(COLUMN) if isinstance(of, Optional) else COLUMN)
            return expr
        case _:
            return expr


def _bits(value: object) -> int:
    match value:
        case int():
            return value.bit_length()
        case Fraction():
            return max(value.numerator.bit_length(), value.denominator.bit_length())
        case Duration():
            return max(value.months.bit_length(), value.microseconds.bit_length())
        case _:
            return 0


def _measured(expr: Expr) -> tuple[int, int]:
    """How many nodes, and how deep."""
    size, deepest = 0, 0
    pending = [(expr, 1)]
    while pending:
        node, depth = pending.pop()
        size, deepest = size + 1, max(deepest, depth)
        pending += [(part, depth + 1) for part in parts(node)]
    return size, deepest


def is_computable(expr: Expr, tables: Collection[str]) -> bool:
    """Has everything about data become a question? A row as such, or rows that are no loop, nobody can compute."""
    match expr:
        case Local(name=name):
            return name.startswith("$") or name in ROOTS or name in tables
        case Column() | Captured():
            return False
        case Ask(subject=subject, args=args):
            return all(is_computable(part, tables) for part in (subject, *args))
        case _:
            return data_loop(expr) is None and all(is_computable(part, tables) for part in parts(expr))


def _item(items: Expr) -> Type:
    of = required(items.type)  # of a typed attribute, the plan keeps that it may be missing elsewhere
    assert isinstance(of, Sequence)
    return of.of
