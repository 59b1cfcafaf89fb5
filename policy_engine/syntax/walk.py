"""What an expression of the syntax tree consists of, and the expressions of a declaration."""

from __future__ import annotations

from collections.abc import Iterator

from policy_engine.syntax import ast


def parts(node: ast.Argument) -> tuple[ast.Argument, ...]:
    """The direct parts of an expression."""
    match node:
        case ast.Name() | ast.Literal():
            return ()
        case ast.Dot(of=of):
            return (of,)
        case ast.Index(of=of, key=key):
            return of, key
        case ast.Call(callee=callee, args=args):
            return callee, *args
        case ast.Unary(operand=operand) | ast.Presence(operand=operand):
            return (operand,)
        case ast.Binary(left=left, right=right):
            return left, right
        case ast.Conditional(condition=condition, then=then, otherwise=otherwise):
            return condition, then, otherwise
        case ast.Quantifier(items=items, condition=condition) | ast.Filtered(items=items, condition=condition):
            return items, condition
        case ast.Collected(value=value, items=items, condition=condition):
            return (value, items) if condition is None else (value, items, condition)
        case ast.Elements(items=elements):
            return elements


def walk(node: ast.Argument) -> Iterator[ast.Argument]:
    """The expression and all its parts, outermost first."""
    yield node
    for part in parts(node):
        yield from walk(part)


def expressions(node: ast.Declaration) -> Iterator[ast.Expression]:
    """Every expression of a declaration."""
    match node:
        case ast.Let(value=value) | ast.Set(value=value):
            yield value
        case ast.Def(body=body):
            yield body
        case ast.Policy(scope=scope, params=params, rules=rules):
            if scope is not None and scope.condition is not None:
                yield scope.condition
            for param in params:
                yield param.default
                yield from (freedom.bound for freedom in param.freedoms)
            for rule in rules:
                yield from of_rule(rule)
        case ast.Waiver(condition=waived):
            yield from () if waived is None else (waived,)
        case ast.Enum() | ast.Attribute() | ast.Table():
            return


def of_rule(rule: ast.Rule) -> Iterator[ast.Expression]:
    """Every expression of a rule, what it prints included."""
    yield from (loop.items for loop in rule.loops)
    yield from (part for part in (rule.when, rule.require) if part is not None)
    if rule.tolerance is not None:
        yield rule.tolerance.share
    for template in (rule.message, rule.fix):
        if template is not None:
            yield from (part for part in template.parts if not isinstance(part, str))


def types(node: ast.Declaration) -> Iterator[ast.TypeName]:
    """Every type that a declaration names, arguments included."""
    found: tuple[ast.TypeName | None, ...] = ()
    match node:
        case ast.Attribute(type=of):
            found = (of,)
        case ast.Let(type=let_type):
            found = (let_type,)
        case ast.Def(parameters=parameters, result=result):
            found = (*(typed.type for typed in parameters), result)
        case ast.Table(columns=columns):
            found = tuple(typed.type for typed in columns)
        case ast.Policy(params=params):
            found = tuple(param.type for param in params)
        case ast.Enum() | ast.Set() | ast.Waiver():
            return
    for one in found:
        while one is not None:
            yield one
            one = one.argument
