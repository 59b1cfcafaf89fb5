"""A plan to Python functions: rules that share a loop share it in the code too.

The code is built as syntax nodes from the typed plan, never as text, so that no name in a policy or contract can put
code into it. Where everything a rule reads is known, plain Python decides; where something could be unknown, three-
valued logic does. Attributes whose declared type a value may not fit are read once per iteration of their loop.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Final

from policy_engine.evaluation import kleene
from policy_engine.evaluation.emit import FALLIBLE, Emitter, call, lambda_, load, variable
from policy_engine.evaluation.kernels import PRODUCT_KERNELS
from policy_engine.plan.expressions import Ask, Attribute, Call, Custom, Expr, Local
from policy_engine.plan.model import Plan, RulePlan, TablePlan
from policy_engine.plan.types import COLUMN, DECIMAL, Entity, required
from policy_engine.plan.walk import walk

#: The arguments of the generated functions; templates get the loop variables behind them.
ROOTS: Final = ("product", "previous", "changes", "now", "ask")


@dataclass(frozen=True, slots=True)
class Program:
    """The functions of a plan. `judge` notes what every rule says; the others are by index of the rule.

    `scopes` tell whether a policy applies, where that rests on data; `about` gives the dataset or field that a rule is
    about besides its loops.
    """

    judge: Callable[..., None]
    scopes: Mapping[int, Callable[..., Any]]
    about: Mapping[int, Callable[..., Any]]
    messages: Mapping[int, Callable[..., tuple[Any, ...]]]
    fixes: Mapping[int, Callable[..., tuple[Any, ...]]]
    asks: tuple[Ask, ...]


@dataclass(slots=True)
class _Loop:
    """One loop of the code: the rules whose last loop it is, and the loops inside it."""

    name: str
    items: Expr
    rules: list[int] = field(default_factory=list)
    inner: list[_Loop] = field(default_factory=list)

    def all_rules(self) -> Iterator[int]:
        yield from self.rules
        for loop in self.inner:
            yield from loop.all_rules()


def generate(plan: Plan) -> Program:
    """The plan's program. The same plan always gives the same program."""
    emitter = Emitter({table.name: table_rows(table) for table in plan.tables}, PRODUCT_KERNELS)
    writer = _Writer(plan.rules, emitter)
    body = writer.judge()
    emitter.hoisted = {}
    functions = [_function("judge", (*ROOTS, "note"), body)]
    for index, rule in enumerate(plan.rules):
        variables = [variable(name) for name, _ in rule.loops]
        if rule.scope is not None and rests_on_data(rule.scope):
            functions.append(_returning(f"scope_{index}", ROOTS, emitter.kleene(rule.scope)))
        if rule.about is not None:
            functions.append(_returning(f"about_{index}", (*ROOTS, *variables), emitter.kleene(rule.about)))
        for kind, template in (("message", rule.message), ("fix", rule.fix)):
            if template is not None:
                parts = [ast.Constant(part) if isinstance(part, str) else emitter.kleene(part) for part in template]
                functions.append(_returning(f"{kind}_{index}", (*ROOTS, *variables), ast.Tuple(parts, ast.Load())))
    found = _run(functions, emitter)

    def named(kind: str) -> dict[int, Callable[..., Any]]:
        return {index: found[f"{kind}_{index}"] for index in range(len(plan.rules)) if f"{kind}_{index}" in found}

    return Program(found["judge"], named("scope"), named("about"), named("message"), named("fix"), tuple(emitter.asks))


def generate_scopes(plan: Plan) -> dict[int, Callable[..., Any]]:
    """By index of the rule, does its policy apply, where the contract alone tells?"""
    emitter = Emitter({table.name: table_rows(table) for table in plan.tables}, PRODUCT_KERNELS)
    scopes = {
        index: rule.scope
        for index, rule in enumerate(plan.rules)
        if rule.scope is not None and not rests_on_data(rule.scope)
    }
    functions = [_returning(f"scope_{index}", ROOTS, emitter.kleene(scope)) for index, scope in scopes.items()]
    found = _run(functions, emitter)
    return {index: found[f"scope_{index}"] for index in scopes}


def generate_condition(plan: Plan, rule: RulePlan, condition: Expr) -> Callable[..., Any]:
    """Does the condition hold of a subject of the rule? It asks nothing of data."""
    named = {part.name for part in walk(condition) if isinstance(part, Local)}
    tables = {table.name: table_rows(table) for table in plan.tables if table.name in named}
    emitter = Emitter(tables, PRODUCT_KERNELS)
    variables = [variable(name) for name, _ in rule.loops]
    found: Callable[..., Any] = _run([_returning("holds", (*ROOTS, *variables), emitter.kleene(condition))], emitter)[
        "holds"
    ]
    return found


def rests_on_data(expr: Expr) -> bool:
    """Does the expression ask anything of the data?"""
    return any(isinstance(part, Ask) for part in walk(expr))


def _run(functions: list[ast.stmt], emitter: Emitter) -> dict[str, Any]:
    module = ast.fix_missing_locations(ast.Module(functions, []))
    exec(compile(module, "<plan>", "exec"), emitter.namespace)  # noqa: S102 - built from nodes, never from text
    return emitter.namespace


def table_rows(table: TablePlan) -> tuple[SimpleNamespace, ...]:
    """Reference data as expressions read it."""
    return tuple(SimpleNamespace(**dict(zip(table.columns, row, strict=True))) for row in table.rows)


def _function(name: str, parameters: Sequence[str], body: list[ast.stmt]) -> ast.stmt:
    args = ast.arguments(
        posonlyargs=[], args=[ast.arg(each) for each in parameters], kwonlyargs=[], kw_defaults=[], defaults=[]
    )
    return ast.FunctionDef(name, args, body or [ast.Pass()], [])


def _returning(name: str, parameters: Sequence[str], value: ast.expr) -> ast.stmt:
    return _function(name, parameters, [ast.Return(value)])


class _Writer:
    """Writes the statements that judge every rule."""

    def __init__(self, rules: Sequence[RulePlan], emitter: Emitter) -> None:
        self.rules = rules
        self.emitter = emitter

    def judge(self) -> list[ast.stmt]:
        """The whole body: rules without loop, then every tree of loops."""
        alone = [index for index, rule in enumerate(self.rules) if not rule.loops]
        body = self._hoist("product", list(range(len(self.rules))))
        body += [_note("subjects", index, ast.Constant(1)) for index in alone if _is_counted(self.rules[index])]
        body += [stmt for index in alone for stmt in self._rule(index)]
        for loop in self._loops():
            body += self._loop(loop)
        conditional = [index for index, rule in enumerate(self.rules) if rule.when is not None and not rule.over_rows]
        start = [_assign(_counter(index), ast.Constant(0)) for index in conditional]
        return [*start, *body, *(_note("subjects", index, load(_counter(index))) for index in conditional)]

    def _loops(self) -> list[_Loop]:
        """Rules by their loops; equal beginnings are one loop."""
        roots: list[_Loop] = []
        for index, rule in enumerate(self.rules):
            level = roots
            for at, (name, items) in enumerate(rule.loops):
                loop = next((one for one in level if one.name == name and one.items == items), None)
                if loop is None:
                    loop = _Loop(name, items)
                    level.append(loop)
                if at + 1 == len(rule.loops):
                    loop.rules.append(index)
                level = loop.inner
        return roots

    # ------------------------------------------------------------ loops

    def _loop(self, loop: _Loop) -> list[ast.stmt]:
        name = variable(loop.name)
        counter = f"count_{name}"
        rules = list(loop.all_rules())
        before, items = self._items(loop, rules)
        counted = [index for index in loop.rules if _is_counted(self.rules[index])]
        body: list[ast.stmt] = [_increment(counter)] if counted else []
        kept = dict(self.emitter.hoisted)
        body += self._hoist(loop.name, rules)
        body += [stmt for index in loop.rules for stmt in self._rule(index)]
        body += [stmt for inner in loop.inner for stmt in self._loop(inner)]
        self.emitter.hoisted = kept
        start: list[ast.stmt] = [_assign(counter, ast.Constant(0))] if counted else []
        end = [_note("subjects", index, load(counter)) for index in counted]
        code = ast.For(ast.Name(name, ast.Store()), items, body or [ast.Pass()], [], None)
        return [*before, *start, code, *end]

    def _items(self, loop: _Loop, rules: list[int]) -> tuple[list[ast.stmt], ast.expr]:
        """What the loop goes over; where that may be unknown, every rule inside hears of it."""
        if self._is_plain(loop.items):
            return [], self.emitter.plain(loop.items)
        items = f"items_{variable(loop.name)}"
        value = call(self.emitter.logic(kleene.looped), self.emitter.kleene(loop.items))
        notes = [_note("unknown", index, load(items)) for index in rules]
        check = ast.If(_is_unknown(load(items)), [*notes, _assign(items, ast.Tuple([], ast.Load()))], [])
        return [_assign(items, value), check], load(items)

    def _hoist(self, subject: str, rules: list[int]) -> list[ast.stmt]:
        """Typed attributes of a loop's subject, read once, each with a flag that tells whether it is unknown."""
        statements: list[ast.stmt] = []
        for atom in dict.fromkeys(atom for index in rules for atom in _atoms(self.rules[index])):
            if isinstance(atom.of, Local) and atom.of.name == subject and atom not in self.emitter.hoisted:
                name = f"h{len(self.emitter.hoisted)}"
                statements.append(_assign(name, self.emitter.typed(atom, load(variable(subject)))))
                statements.append(_assign(_flag(name), _is_unknown(load(name))))
                self.emitter.hoisted[atom] = name
        return statements

    # ------------------------------------------------------------ rules

    def _rule(self, index: int) -> list[ast.stmt]:
        rule = self.rules[index]
        subject = ast.Tuple([load(variable(name)) for name, _ in rule.loops], ast.Load())
        if rule.over_rows:
            when = ast.Constant(None) if rule.when is None else lambda_(self.emitter.kleene(rule.when))
            return [_note("rows", index, subject, when, lambda_(self.emitter.kleene(rule.require)))]
        parts = [part for part in (rule.when, rule.require) if part is not None]
        if rule.tolerance is not None or not all(self._is_plain(part) for part in parts):
            return [self._judged(index, subject)]
        flags = [load(_flag(self.emitter.hoisted[atom])) for atom in dict.fromkeys(_atoms(rule))]
        known = self._known(index, subject)
        if not flags:
            return known
        doubt = flags[0] if len(flags) == 1 else ast.BoolOp(ast.Or(), flags)
        return [ast.If(doubt, [self._judged(index, subject)], known)]

    def _judged(self, index: int, subject: ast.expr) -> ast.stmt:
        """The three-valued way: the parts as functions."""
        rule = self.rules[index]
        when = ast.Constant(None) if rule.when is None else lambda_(self.emitter.kleene(rule.when))
        return _note("judge", index, subject, when, lambda_(self.emitter.kleene(rule.require)))

    def _known(self, index: int, subject: ast.expr) -> list[ast.stmt]:
        """The plain way: nothing is unknown, and everything has a result."""
        rule = self.rules[index]
        fail = _note("fail", index, subject)
        body: list[ast.stmt] = [ast.If(ast.UnaryOp(ast.Not(), self.emitter.plain(rule.require)), [fail], [])]
        if rule.when is not None:
            body = [ast.If(self.emitter.plain(rule.when), [_increment(_counter(index)), *body], [])]
        return body

    def _is_plain(self, expr: Expr) -> bool:
        """Can nothing in it be unknown or without a result, apart from what is hoisted here?"""
        for part in walk(expr):
            match part:
                case Ask() | Call(function="field" | "dataset"):
                    return False
                case Call(function=function) if function in FALLIBLE:
                    return False
                case Local(name="previous" | "changes"):
                    return False
                case Attribute(of=of) if of.type == Entity("Promise"):
                    return False
                case Attribute(declared=True) | Custom():
                    if part not in self.emitter.hoisted:
                        return False
                case Attribute(type=of) if required(of) in (COLUMN, DECIMAL) and not _is_finding(part):
                    return False
                case Call(args=args) if any(required(arg.type) == COLUMN for arg in args):
                    return False
                case _:
                    continue
        return True


def _is_finding(part: Attribute) -> bool:
    """Findings are made by us: their numbers are exact already."""
    return part.of.type == Entity("PiiFinding")


def _atoms(rule: RulePlan) -> Iterator[Attribute | Custom]:
    """The typed attributes that a rule reads, in order."""
    for whole in (rule.when, rule.require):
        if whole is not None:
            for part in walk(whole):
                if isinstance(part, Custom) or (isinstance(part, Attribute) and part.declared):
                    yield part


def _is_counted(rule: RulePlan) -> bool:
    """Are the subjects of the rule simply all iterations of its loop?"""
    return rule.when is None and rule.tolerance is None and not rule.over_rows


def _note(method: str, index: int, *args: ast.expr) -> ast.stmt:
    return ast.Expr(call(ast.Attribute(load("note"), method, ast.Load()), ast.Constant(index), *args))


def _assign(name: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([ast.Name(name, ast.Store())], value)


def _increment(name: str) -> ast.stmt:
    return ast.AugAssign(ast.Name(name, ast.Store()), ast.Add(), ast.Constant(1))


def _is_unknown(value: ast.expr) -> ast.expr:
    return ast.Compare(ast.Attribute(value, "__class__", ast.Load()), [ast.Is()], [load("Unknown")])


def _counter(index: int) -> str:
    """The variable that counts the subjects of a rule with `when`."""
    return f"subjects_{index}"


def _flag(name: str) -> str:
    return f"unknown_{name}"
