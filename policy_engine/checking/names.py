"""What a name means at its place: a variable, a parameter, a declaration of this or an imported package, a member."""

from __future__ import annotations

from collections.abc import Iterator

from policy_engine.checking.declared_here import members_of
from policy_engine.checking.functions import AGGREGATES, FUNCTIONS
from policy_engine.checking.meant import LOOPS, name_meant
from policy_engine.checking.scope import WRONG, Context, Scope, locate
from policy_engine.checking.types import enumeration
from policy_engine.diagnostics import Span, nearest
from policy_engine.linking import Declared
from policy_engine.plan.expressions import Const, Expr, Local, Reference
from policy_engine.plan.types import ANY, Entity, Enumeration, Sequence, Type, required
from policy_engine.product.vocabulary import VOCABULARY
from policy_engine.syntax import ast


def is_bound(scope: Scope, name: str) -> bool:
    """Is the name a variable or parameter here?"""
    return name in scope.locals or name in scope.params


def find_declared(cx: Context, scope: Scope, path: str) -> Declared | None:
    """The declaration that a dotted path means: of this package, or of an imported one by alias or full name."""
    package, name = locate(scope.declared, path)
    return None if package is None else cx.linked.declared(package, name)


def is_lost(cx: Context, declared: Declared, path: str) -> bool:
    """Would the path mean something if all text could be read? Then its mistake has been told."""
    package, name = locate(declared, path)
    return package is not None and cx.linked.is_lost(package, name)


def dotted(node: ast.Expression) -> str | None:
    """`a.b.c` as text, where the expression is nothing but names and dots."""
    match node:
        case ast.Name(name=name):
            return name
        case ast.Dot(of=of, name=name):
            before = dotted(of)
            return None if before is None else f"{before}.{name.text}"
        case _:
            return None


def member(of: Type | None, name: str) -> Const | None:
    """The member of the enum that is expected here."""
    expected = None if of is None else required(of)
    if isinstance(expected, Sequence):
        expected = expected.of
    if isinstance(expected, Enumeration) and name in expected.members:
        return Const(name, expected)
    return None


def infer_name(cx: Context, scope: Scope, node: ast.Name, expected: Type | None) -> Expr:
    """A bare name. A variable and a member of the enum that is expected are never mistaken for each other."""
    as_member = member(expected, node.name)
    if as_member is not None and is_bound(scope, node.name):
        assert isinstance(as_member.type, Enumeration)
        help_ = f"write `{_spelling(scope, as_member.type)}.{node.name}` for the member, or rename the variable"
        message = f"`{node.name}` is a variable here, and a member of `{as_member.type}`"
        return cx.report("CHK007", message, node.span, "which one is meant?", help_)
    if node.name in scope.locals:
        return scope.locals[node.name]
    if node.name in scope.params:
        return _parameter(cx, scope.params[node.name])
    found = cx.linked.declared(scope.declared.package, node.name)
    if as_member is not None:
        return as_member
    if found is not None:
        return value_of(cx, found, node.span)
    return _unknown(cx, scope, node, expected)


def value_of(cx: Context, declared: Declared, span: Span) -> Expr:
    """What the name of a declaration means as a value: a `let`, or the rows of a `table`."""
    match declared.node:
        case ast.Let():
            return (
                Reference(declared.name, cx.constants[declared.name].type) if declared.name in cx.constants else WRONG
            )
        case ast.Table():
            return Local(declared.name, Sequence(Entity(declared.name)))
        case ast.Def(name=name):
            return cx.report("LNK003", f"`{name.text}` is a function", span, help=f"call it: `{name.text}(…)`")
        case ast.Enum(name=name, members=members):
            help_ = f"name a member: `{name.text}.{members[0].text}`"
            return cx.report("LNK003", f"`{name.text}` is a type, no value", span, help=help_)
        case ast.Waiver():
            help_ = "a waiver only says what it excuses"
            return cx.report("LNK003", f"`{span.text}` is a waiver, no value", span, help=help_)
        case _:
            help_ = "its parameters are visible only inside it; share a value with `let`"
            return cx.report("LNK003", f"`{span.text}` is a policy, no value", span, help=help_)


def undeclared(cx: Context, scope: Scope, path: str, span: Span) -> Const | None:
    """What stands for `package.name` where the package is visible and declares no such name."""
    package, name = locate(scope.declared, path)
    if "." not in path or package is None:
        return None
    if cx.linked.is_lost(package, name):
        return WRONG
    near = nearest(name, cx.linked.packages[package].declarations)
    help_ = f"did you mean `{near}`?" if near else "declare it there with `let`, `def`, `enum` or `table`"
    return cx.report("LNK003", f"`{package}` declares no `{name}`", span, help=help_)


def _parameter(cx: Context, name: str) -> Expr:
    param = cx.params.get(name)
    return WRONG if param is None else Reference(name, param.type)


def qualified_member(cx: Context, scope: Scope, node: ast.Dot) -> Const | None:
    """`Classification.confidential`, `vocabulary.Classification.confidential`."""
    path = dotted(node.of)
    if path is None or is_bound(scope, path.partition(".")[0]):
        return None
    found = find_declared(cx, scope, path)
    if found is None or not isinstance(found.node, ast.Enum):
        return None
    enum = enumeration(found)
    if node.name.text in enum.members:
        return Const(node.name.text, enum)
    near = nearest(node.name.text, enum.members)
    help_ = f"did you mean `{near}`?" if near else f"its members: {', '.join(enum.members)}"
    message = f"`{enum}` has no member `{node.name.text}`"
    return cx.report("CHK006", message, node.name.span, help=help_, related=members_of(cx, enum))


def _unknown(cx: Context, scope: Scope, node: ast.Name, expected: Type | None) -> Const:
    wanted = None if expected is None else required(expected)
    if wanted == ANY or is_lost(cx, scope.declared, node.name) or _is_lost_param(cx, scope, node.name):
        return WRONG
    if isinstance(wanted, Sequence):
        wanted = required(wanted.of)
    if isinstance(wanted, Enumeration):
        near = nearest(node.name, wanted.members)
        help_ = f"did you mean `{near}`?" if near else f"its members: {', '.join(wanted.members)}"
        message = f"`{wanted}` has no member `{node.name}`"
        return cx.report("CHK006", message, node.span, help=help_, related=members_of(cx, wanted))
    if node.name in LOOPS:
        help_ = _loop_meant(scope, node)
        return cx.report("LNK003", f"`{node.name}` stands for nothing here", node.span, help=help_)
    if node.name in FUNCTIONS or node.name in AGGREGATES:
        help_ = f"say of what: `{_call(scope, node.name)}`"
        return cx.report("LNK003", f"`{node.name}` is a function", node.span, "used as if it were a value", help_)
    if node.name.lower() in {"true", "false", "yes", "no"}:
        word = "true" if node.name.lower() in {"true", "yes"} else "false"
        return cx.report("LNK003", f"nothing here is called `{node.name}`", node.span, help=f"did you mean `{word}`?")
    enums = [enum for enum in _visible_enums(cx, scope) if node.name in enum.members]
    if len(enums) == 1:
        help_ = f"write `{_spelling(scope, enums[0])}.{node.name}`"
        return cx.report("CHK007", f"which enum's `{node.name}` is meant?", node.span, "nothing here tells", help_)
    if enums:
        ways = " or ".join(f"`{_spelling(scope, enum)}.{node.name}`" for enum in enums)
        return cx.report("CHK007", f"several enums have a member `{node.name}`", node.span, help=f"write {ways}")
    known = [*scope.locals, *scope.params, *_visible(cx, scope)]
    near = _attribute_of(scope, node.name) or _package_called(cx, node.name) or nearest(node.name, known)
    help_ = name_meant(node.name, node.span, wanted)
    if near is not None:
        help_ = near if " " in near else f"did you mean `{near}`?"
    elif scope.rows is not None:
        help_ = f"a column is read as `{scope.rows}.{node.name}`; a text stands in double quotes"
    return cx.report("LNK003", f"nothing here is called `{node.name}`", node.span, help=help_)


def _loop_meant(scope: Scope, node: ast.Name) -> str:
    """How to loop, where the loop of a usual name is missing or has another name."""
    near = nearest(node.name, scope.locals)
    following = node.span.source.text[node.span.end : node.span.end + 1]
    if near is not None and following == ".":
        return f"did you mean `{near}`?"
    return name_meant(node.name, node.span, None)


def _is_lost_param(cx: Context, scope: Scope, name: str) -> bool:
    """Parameters are visible in their policy only."""
    return isinstance(scope.declared.node, ast.Policy) and cx.linked.is_lost(scope.declared.package, name)


def _call(scope: Scope, name: str) -> str:
    """How the function is called here: with a variable that fits, if there is one."""
    signature = FUNCTIONS.get(name)
    if signature is None or not signature.parameters:
        return AGGREGATES[name][1] if name in AGGREGATES else f"{name}(…)"
    wanted = signature.parameters[0]
    options = wanted if isinstance(wanted, tuple) else (wanted,)
    fitting = [
        local for local, value in scope.locals.items() if value.type in options and isinstance(value.type, Entity)
    ]
    rest = ", …" * (len(signature.parameters) - 1)
    return f"{name}({fitting[-1]}{rest})" if fitting else signature.example


def _attribute_of(scope: Scope, name: str) -> str | None:
    """An attribute of that name, of a variable here."""
    for local, value in reversed(list(scope.locals.items())):
        if isinstance(value.type, Entity) and name in VOCABULARY.get(value.type.name, {}):
            return f"{local}.{name}"
    return None


def _package_called(cx: Context, name: str) -> str | None:
    """How to import a package whose name ends or begins so."""
    packages = [package for package, found in cx.linked.packages.items() if found.declarations]
    for package in packages:
        if name == package.rpartition(".")[2]:
            return f"import its package first: `import {package}`"
    begins = any(package.startswith(f"{name}.") for package in packages)
    return "import the package that declares it, and use it under the package's last word" if begins else None


def _visible(cx: Context, scope: Scope) -> Iterator[str]:
    declared = scope.declared
    yield from cx.linked.packages[declared.package].declarations
    for alias, package in declared.imports.items():
        yield from (f"{alias}.{name}" for name in cx.linked.packages[package].declarations)


def _visible_enums(cx: Context, scope: Scope) -> list[Enumeration]:
    packages = [scope.declared.package, *scope.declared.imports.values()]
    return [
        enumeration(item)
        for package in dict.fromkeys(packages)
        for item in cx.linked.packages[package].declarations.values()
        if isinstance(item.node, ast.Enum)
    ]


def _spelling(scope: Scope, enum: Enumeration) -> str:
    package, _, name = enum.name.rpartition(".")
    aliases = {full: alias for alias, full in scope.declared.imports.items()}
    return name if package == scope.declared.package else f"{aliases.get(package, package)}.{name}"
