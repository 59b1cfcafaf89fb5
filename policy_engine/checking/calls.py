"""Calls: built-in functions, aggregates, and functions of the policy set."""

from __future__ import annotations

from policy_engine.checking.functions import AGGREGATES, FUNCTIONS, Signature
from policy_engine.checking.loops import Loops
from policy_engine.checking.meant import function_meant
from policy_engine.checking.names import dotted, find_declared, is_lost
from policy_engine.checking.scope import WRONG, Scope
from policy_engine.checking.types import fits, resolve_type
from policy_engine.linking import Declared
from policy_engine.plan.expressions import Attribute, Call, Const, Expr, Invoke, Local
from policy_engine.plan.types import ANY, STRING, TIMESTAMP, VERSION, Entity, Optional, Sequence, Type, required
from policy_engine.plan.values import parse_version
from policy_engine.plan.walk import columns
from policy_engine.syntax import ast


class Calls(Loops):
    """Adds calls."""

    def infer_call(self, scope: Scope, node: ast.Call) -> Expr:
        """A call of anything."""
        name = dotted(node.callee)
        if name is None:
            return self.cx.report("CHK004", "only functions can be called", node.callee.span)
        if name in AGGREGATES:
            return self.infer_aggregate(scope, name, node)
        if name in FUNCTIONS:
            return self._builtin(scope, name, FUNCTIONS[name], node)
        found = find_declared(self.cx, scope, name)
        if found is not None and isinstance(found.node, ast.Def):
            return self._invoke(scope, found, found.node, node)
        if is_lost(self.cx, scope.declared, name):
            return WRONG
        help_ = function_meant(name, node.span)
        return self.cx.report("CHK004", f"no function `{name}`", node.callee.span, help=help_)

    def _arguments(self, node: ast.Call) -> list[ast.Expression] | None:
        if any(isinstance(arg, ast.Filtered | ast.Collected) for arg in node.args):
            help_ = f"`where` and `for` belong to {', '.join(AGGREGATES)}"
            self.cx.report("CHK005", "a collection cannot be built here", node.span, help=help_)
            return None
        return [arg for arg in node.args if not isinstance(arg, ast.Filtered | ast.Collected)]

    def _invoke(self, scope: Scope, found: Declared, declared: ast.Def, node: ast.Call) -> Expr:
        args = self._arguments(node)
        function = self.cx.functions.get(found.name)
        if args is None or function is None:
            return WRONG
        wanted = [resolve_type(self.cx, typed.type, found) for typed in declared.parameters]
        if len(args) != len(wanted):
            names = ", ".join(function.parameters)
            message = _count_message(declared.name.text, len(wanted), len(args))
            return self.cx.report(
                "CHK005", message, node.span, help=f"it is declared as `{declared.name.text}({names})`"
            )
        given = tuple(self.expect(scope, arg, of) for arg, of in zip(args, wanted, strict=True))
        return Invoke(found.name, given, resolve_type(self.cx, declared.result, found))

    def _builtin(self, scope: Scope, name: str, signature: Signature, node: ast.Call) -> Expr:
        args = self._arguments(node)
        if args is None:
            return WRONG
        if name == "lookup":
            return self._lookup(scope, node, args)
        if len(args) != len(signature.parameters):
            message = _count_message(name, len(signature.parameters), len(args))
            return self.cx.report("CHK005", message, node.span, help=f"for example `{signature.example}`")
        given: list[Expr] = []
        for arg, wanted in zip(args, signature.parameters, strict=True):
            found = self._argument(scope, arg, wanted, name, signature)
            if found.type == ANY:
                return WRONG
            given.append(found)
        special = self._special(name, tuple(given), node)
        return special or self._computed(node, name, tuple(given), signature.result)

    def _argument(
        self, scope: Scope, node: ast.Expression, wanted: Type | tuple[Type, ...], name: str, signature: Signature
    ) -> Expr:
        if not isinstance(wanted, tuple):
            return self.expect(scope, node, wanted)
        found = self.present(scope, node)
        if any(fits(found.type, option) for option in wanted):
            return found
        ways = " or ".join(f"`{option}`" for option in wanted)
        message = f"`{name}` takes {ways}, not `{found.type}`"
        return self.cx.report("CHK005", message, node.span, help=f"for example `{signature.example}`")

    def _special(self, name: str, args: tuple[Expr, ...], node: ast.Call) -> Expr | None:
        """Functions that are short for something else."""
        if name == "has_tag" and isinstance(args[0].type, Entity):
            tags = Attribute(args[0], "tags", Sequence(STRING))
            return Call("has_tag", (tags, args[1]), FUNCTIONS[name].result)
        if name == "age":
            if any(columns(arg) for arg in args):
                return None
            return Call("elapsed", (Local("now", TIMESTAMP), args[0]), FUNCTIONS[name].result)
        literal = node.args[0]
        if name == "version" and isinstance(literal, ast.Literal) and isinstance(literal.value, str):
            found = parse_version(literal.value)
            if found is None:
                return self.cx.report(
                    "SYN005", f"`{literal.value}` is no version", literal.span, help="write it as `1.2.0`"
                )
            return Const(found, VERSION)
        if name in {"field", "dataset"} and not isinstance(node.args[0], ast.Literal):
            help_ = f"write its name in quotes: `{FUNCTIONS[name].example.partition(')')[0]})`"
            return self.cx.report("CHK010", f"`{name}` takes a name that stands in the policy", node.span, help=help_)
        return None

    def _lookup(self, scope: Scope, node: ast.Call, args: list[ast.Expression]) -> Expr:
        """`lookup(table, key)`: the first row whose first column is the key."""
        if len(args) != 2:
            message = _count_message(name="lookup", wanted=2, given=len(args))
            return self.cx.report("CHK005", message, node.span, help="for example `lookup(legal_holds, dataset.name)`")
        items = self.infer(scope, args[0])
        entity = items.type.of if isinstance(items.type, Sequence) else None
        if not isinstance(entity, Entity) or entity.name not in self.cx.tables:
            if items.type == ANY:
                return WRONG
            return self.cx.report(
                "CHK005", f"`{args[0].span.text}` is no table", args[0].span, help="declare it with `table`"
            )
        first = self.cx.tables[entity.name].columns[0][1]
        key = self.expect(scope, args[1], required(first))
        return WRONG if key.type == ANY else Call("lookup", (items, key), Optional(entity))


def _count_message(name: str, wanted: int, given: int) -> str:
    return f"`{name}` takes {wanted} argument{'s' if wanted != 1 else ''}, not {given}"
