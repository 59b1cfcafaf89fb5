"""Expressions of a plan to Python syntax nodes, in two ways: plain, where everything is known, and three-valued."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any, Final

from policy_engine.evaluation import kleene
from policy_engine.evaluation.convert import reader
from policy_engine.evaluation.dynamic import dynamic
from policy_engine.plan.expressions import (
    Aggregate,
    And,
    Ask,
    Attribute,
    Call,
    Captured,
    Collection,
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
    Pattern,
    Quantified,
    Reference,
)
from policy_engine.plan.kernels import KERNELS, matcher
from policy_engine.plan.types import COLUMN, required
from policy_engine.plan.values import Unknown

_COMPARE: Final[Mapping[str, type[ast.cmpop]]] = {
    "==": ast.Eq, "!=": ast.NotEq, "<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE,
}  # fmt: skip
_ARITHMETIC: Final[Mapping[str, type[ast.operator]]] = {"+": ast.Add, "-": ast.Sub, "*": ast.Mult, "concat": ast.Add}
_PRODUCT_FUNCTIONS: Final = frozenset({"field", "dataset"})
#: Functions that may have no result: for those, the three-valued way knows what follows.
FALLIBLE: Final = frozenset({"/", "shift", "shift_date"})


def load(name: str) -> ast.expr:
    """A variable's value."""
    return ast.Name(name, ast.Load())


def call(function: ast.expr, *args: ast.expr) -> ast.expr:
    """A call."""
    return ast.Call(function, list(args), [])


def lambda_(body: ast.expr, *parameters: str) -> ast.expr:
    """A function of one expression."""
    args = ast.arguments(
        posonlyargs=[], args=[ast.arg(name) for name in parameters], kwonlyargs=[], kw_defaults=[], defaults=[]
    )
    return ast.Lambda(args, body)


def variable(name: str) -> str:
    """The Python name of a plan's variable: `$0` is `v0`; roots keep their names."""
    return f"v{name[1:]}" if name.startswith("$") else name


class Emitter:
    """Emits the expressions of one plan, and keeps the values and questions that the code refers to by name."""

    def __init__(self, tables: Mapping[str, object], kernels: Mapping[str, Callable[..., Any]]) -> None:
        self.namespace: dict[str, Any] = {"__builtins__": {}, "Unknown": Unknown}
        self.asks: list[Ask] = []
        self.hoisted: dict[Expr, str] = {}
        self._tables = {name: self.constant(rows) for name, rows in tables.items()}
        self._kernels = {**KERNELS, **kernels}
        self._named: dict[tuple[str, Any], str] = {}

    # ------------------------------------------------------------ constants

    def constant(self, value: Any) -> ast.expr:
        """A value of the code's namespace."""
        if value is None or isinstance(value, bool | int | str):
            return ast.Constant(value)
        name = f"k{len(self.namespace)}"
        self.namespace[name] = value
        return load(name)

    def function(self, name: str, make: Callable[[], Any]) -> ast.expr:
        """A function of the code's namespace, made once."""
        key = ("function", name)
        if key not in self._named:
            self._named[key] = f"f{len(self.namespace)}"
            self.namespace[self._named[key]] = make()
        return load(self._named[key])

    def _kernel(self, name: str) -> ast.expr:
        return self.function(name, lambda: self._kernels[name])

    def logic(self, function: Callable[..., Any]) -> ast.expr:
        """A function of three-valued logic."""
        return self.function(f"kleene.{function.__name__}", lambda: function)

    def typed(self, expr: Attribute | Custom, of: ast.expr) -> ast.expr:
        """A typed attribute or custom property, read and converted."""
        name = expr.key if isinstance(expr, Custom) else expr.name
        what = f"`{str(expr.of.type).lower()}.{name}`"
        if isinstance(expr, Custom):
            read = ast.Attribute(ast.Attribute(of, "custom", ast.Load()), "get", ast.Load())
            raw = call(read, ast.Constant(name))
        else:
            raw = ast.Attribute(of, name, ast.Load())
        return call(self.constant(reader(expr.type, what)), raw)

    # ------------------------------------------------------------ plain

    def plain(self, expr: Expr) -> ast.expr:
        """Python that assumes that nothing is unknown."""
        if expr in self.hoisted:
            return load(self.hoisted[expr])
        match expr:
            case Const(value=value):
                return self.constant(value)
            case Local(name=name):
                return self._tables.get(name) or load(variable(name))
            case Attribute(of=of, name=name):
                return ast.Attribute(self.plain(of), name, ast.Load())
            case Call():
                return self._plain_call(expr)
            case And(left=left, right=right):
                return ast.BoolOp(ast.And(), [self.plain(left), self.plain(right)])
            case Or(left=left, right=right):
                return ast.BoolOp(ast.Or(), [self.plain(left), self.plain(right)])
            case Not(operand=IsPresent(operand=operand)):
                return ast.Compare(self.plain(operand), [ast.Is()], [ast.Constant(None)])
            case Not(operand=operand):
                return ast.UnaryOp(ast.Not(), self.plain(operand))
            case IsPresent(operand=operand):
                return ast.Compare(self.plain(operand), [ast.IsNot()], [ast.Constant(None)])
            case Otherwise(value=value, default=default):
                return call(self.logic(kleene.otherwise), self.plain(value), lambda_(self.plain(default)))
            case If(condition=condition, then=then, otherwise=otherwise):
                return ast.IfExp(self.plain(condition), self.plain(then), self.plain(otherwise))
            case Quantified(kind=kind, name=name, items=items, condition=condition):
                function = self.function(kind, lambda: all if kind == "every" else any)
                return call(function, self._generator(name, items, None, self.plain(condition)))
            case Aggregate():
                return self._plain_aggregate(expr)
            case Collection(items=items):
                return ast.Tuple([self.plain(item) for item in items], ast.Load())
            case Custom() | Reference() | Invoke() | Column() | Captured() | Ask():
                raise AssertionError(f"no plain Python for {type(expr).__name__}")

    def _plain_call(self, expr: Call) -> ast.expr:
        name, args = expr.function, expr.args
        if name in _COMPARE:
            return ast.Compare(self.plain(args[0]), [_COMPARE[name]()], [self.plain(args[1])])
        if name == "in":
            return ast.Compare(self.plain(args[0]), [ast.In()], [self._container(args[1])])
        if name in _ARITHMETIC:
            return ast.BinOp(self.plain(args[0]), _ARITHMETIC[name](), self.plain(args[1]))
        found = _matcher(expr)
        if found is not None:
            return ast.UnaryOp(ast.Not(), ast.UnaryOp(ast.Not(), call(self.constant(found), self.plain(args[0]))))
        if name == "rank" and isinstance(args[1], Const):
            assert isinstance(args[1].value, tuple)
            ranks = self.constant({member: at for at, member in enumerate(args[1].value)})
            return ast.Subscript(ranks, self.plain(args[0]), ast.Load())
        return call(self._kernel(name), *(self.plain(arg) for arg in args))

    def _container(self, expr: Expr) -> ast.expr:
        """Membership in a constant is by hash."""
        if isinstance(expr, Const) and isinstance(expr.value, tuple):
            return self.constant(frozenset(expr.value))
        return self.plain(expr)

    def _plain_aggregate(self, expr: Aggregate) -> ast.expr:
        condition = None if expr.condition is None else self.plain(expr.condition)
        if expr.kind == "count":
            return call(
                self.function("len", lambda: len), self._listed(expr.name, expr.items, condition, ast.Constant(1))
            )
        value = None if expr.value is None else self.plain(expr.value)
        functions = (
            ast.Constant(None) if body is None else lambda_(body, variable(expr.name)) for body in (condition, value)
        )
        items = self.plain(expr.items)
        return call(self.logic(kleene.aggregate), ast.Constant(expr.kind), items, *functions)

    def _listed(self, name: str, items: Expr, condition: ast.expr | None, value: ast.expr) -> ast.expr:
        return ast.ListComp(value, [self._clause(name, items, condition)])

    def _generator(self, name: str, items: Expr, condition: ast.expr | None, value: ast.expr) -> ast.expr:
        return ast.GeneratorExp(value, [self._clause(name, items, condition)])

    def _clause(self, name: str, items: Expr, condition: ast.expr | None) -> ast.comprehension:
        target = ast.Name(variable(name), ast.Store())
        return ast.comprehension(target, self.plain(items), [] if condition is None else [condition], 0)

    # ------------------------------------------------------------ three-valued

    def kleene(self, expr: Expr) -> ast.expr:
        """Python through which unknown travels."""
        if expr in self.hoisted:
            return load(self.hoisted[expr])
        match expr:
            case Const(value=value):
                return self.constant(value)
            case Local(name=name):
                return self._tables.get(name) or load(variable(name))
            case Attribute(of=of, declared=True) | Custom(of=of):
                subject = f"s{len(self.namespace)}"
                return self._apply(lambda_(self.typed(expr, load(subject)), subject), self.kleene(of))
            case Attribute(of=of, name=name):
                return call(self.logic(kleene.part), self.kleene(of), ast.Constant(name))
            case Call():
                return self._kleene_call(expr)
            case And(left=left, right=right):
                return call(self.logic(kleene.both), self.kleene(left), lambda_(self.kleene(right)))
            case Or(left=left, right=right):
                return call(self.logic(kleene.either), self.kleene(left), lambda_(self.kleene(right)))
            case Not(operand=operand):
                return call(self.logic(kleene.negate), self.kleene(operand))
            case IsPresent(operand=operand):
                return call(self.logic(kleene.is_present), self.kleene(operand))
            case Otherwise(value=value, default=default):
                return call(self.logic(kleene.otherwise), self.kleene(value), lambda_(self.kleene(default)))
            case If(condition=condition, then=then, otherwise=otherwise):
                branches = lambda_(self.kleene(then)), lambda_(self.kleene(otherwise))
                return call(self.logic(kleene.choose), self.kleene(condition), *branches)
            case Quantified(kind=kind, name=name, items=items, condition=condition):
                logic = self.logic(kleene.every if kind == "every" else kleene.some)
                return call(logic, self.kleene(items), lambda_(self.kleene(condition), variable(name)))
            case Aggregate(kind=kind, name=name, items=items, condition=where, value=value):
                parts = (
                    ast.Constant(None) if part is None else lambda_(self.kleene(part), variable(name))
                    for part in (where, value)
                )
                return call(self.logic(kleene.aggregate), ast.Constant(kind), self.kleene(items), *parts)
            case Collection(items=items):
                return call(self.logic(kleene.collection), *(self.kleene(item) for item in items))
            case Ask():
                return self._ask(expr)
            case Reference() | Invoke() | Column() | Captured():
                raise AssertionError(f"a plan holds no {type(expr).__name__} here")

    def _kleene_call(self, expr: Call) -> ast.expr:
        args = [self.kleene(arg) for arg in expr.args]
        if expr.function in _PRODUCT_FUNCTIONS:
            args = [load("product"), *args]
        if any(required(arg.type) == COLUMN for arg in expr.args):
            name = expr.function
            function = self.function(f"dynamic {name}", lambda: dynamic(name, self._kernels[name]))
        else:
            function = self._kernel(expr.function)
        return self._apply(function, *args)

    def _apply(self, function: ast.expr, *args: ast.expr) -> ast.expr:
        return call(self.logic(kleene.apply), function, *args)

    def _ask(self, expr: Ask) -> ast.expr:
        if expr not in self.asks:
            self.asks.append(expr)
        args = ast.Tuple([self.kleene(arg) for arg in expr.args], ast.Load())
        return call(load("ask"), ast.Constant(self.asks.index(expr)), self.kleene(expr.subject), args)


def _matcher(expr: Call) -> Callable[[str], list[int]] | None:
    """Of a match with a pattern that is known: what finds it in a text."""
    if expr.function == "matches" and isinstance(expr.args[1], Const) and isinstance(expr.args[1].value, Pattern):
        return matcher(expr.args[1].value)
    return None
