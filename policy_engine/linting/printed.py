"""Messages that show a value of data, which reports hide unless somebody asks with `--show-values`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policy_engine.checking.loops import is_data
from policy_engine.checking.model import CheckedSet
from policy_engine.diagnostics import Diagnostic
from policy_engine.linting.model import Subject
from policy_engine.linting.truth import text_of
from policy_engine.plan.expressions import Aggregate, Call, Column, Expr, If, Invoke, Reference
from policy_engine.plan.types import BOOL, required
from policy_engine.plan.walk import parts
from policy_engine.syntax import ast

#: How many there are, and which share, is no value of data.
_COUNTS: Final = frozenset({"count", "share", "distinct"})
#: Functions that answer with a value of data.
_VALUES: Final = frozenset({"newest", "oldest"})


def printed(subject: Subject) -> Iterator[Diagnostic]:
    """What reports hide of messages and fixes."""
    for policy in subject.policies():
        for node, rule in policy.rules():
            for template, parts_ in ((node.message, rule.message), (node.fix, rule.fix)):
                yield from _template(subject.checked, template, parts_ or ())


def _template(
    checked: CheckedSet, template: ast.Template | None, found: tuple[str | Expr, ...]
) -> Iterator[Diagnostic]:
    if template is None:
        return
    for part, expr in zip(template.parts, found, strict=True):
        if not isinstance(part, str) and not isinstance(expr, str) and _prints(checked, expr, set()):
            help_ = "name the field, and what is demanded of it; counts and shares may be printed"
            message = f"`{text_of(part)}` is a value of data, which reports hide"
            yield Diagnostic("LNT017", message, part.span, help=help_)


def _prints(checked: CheckedSet, expr: Expr, seen: set[str]) -> bool:
    """Does the expression come out as a value of data? Whether a condition holds is none.

    `seen` are the definitions that were looked into: once is enough, however often they are used.
    """
    if required(expr.type) == BOOL:
        return False
    match expr:
        case Column():
            return True
        case Aggregate(kind=kind, items=items) if is_data(items):
            return kind not in _COUNTS
        case Call(function=called) if called in _VALUES:
            return True
        case If(then=then, otherwise=otherwise):
            looked_at: tuple[Expr, ...] = (then, otherwise)
        case Invoke(name=name, args=args):
            looked_at = args
            if name in checked.functions and name not in seen:
                seen.add(name)
                looked_at = (*args, checked.functions[name].body)
        case Reference(name=name):
            looked_at = (checked.constants[name],) if name in checked.constants and name not in seen else ()
            seen.add(name)
        case _:
            looked_at = parts(expr)
    return any(_prints(checked, part, seen) for part in looked_at)
