"""Policies and their rules: loops, conditions, tolerances, messages."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from policy_engine.checking.constants import NotConstantError, fold
from policy_engine.checking.cost import affordable
from policy_engine.checking.expressions import Expressions
from policy_engine.checking.loops import is_data
from policy_engine.checking.model import CheckedPolicy, CheckedRule, Schedule
from policy_engine.checking.scope import Context, Scope, file_scope
from policy_engine.checking.shares import as_printed
from policy_engine.checking.types import is_scalar
from policy_engine.diagnostics import Label
from policy_engine.linking import Declared
from policy_engine.plan.expressions import Attribute, Call, Collection, Const, Expr
from policy_engine.plan.types import ANY, BOOL, DECIMAL, STRING, Sequence, required
from policy_engine.plan.walk import columns, mentions
from policy_engine.syntax import ast, on_one_line
from policy_engine.verdict import Enforcement, Stage

DEFAULT_SCHEDULE: Final[Schedule] = ((Enforcement.BLOCK, None),)
DEFAULT_SEVERITY: Final = "medium"
#: A rule in the text of a policy: one that could not be read is not missed.
_RULE: Final = re.compile(r"^\s*rule\b", re.MULTILINE)


def schedule_of(steps: tuple[ast.Step, ...] | None) -> Schedule | None:
    """The steps without their spans."""
    return None if steps is None else tuple((step.enforcement, step.since) for step in steps)


def check_policy(cx: Context, declared: Declared, node: ast.Policy) -> CheckedPolicy:
    """One policy."""
    params = {param.name.text: f"{declared.name}.{param.name.text}" for param in node.params}
    top = file_scope(declared)
    scope = Scope(top.declared, top.locals, params)
    _warn(cx, node)
    rules: dict[str, CheckedRule] = {}
    places: dict[str, ast.Rule] = {}
    for rule in node.rules:
        if rule.name.text in rules:
            message = f"policy `{node.name.text}` has a rule `{rule.name.text}` twice"
            related = (Label(places[rule.name.text].name.span, "first here"),)
            cx.report("LNK002", message, rule.name.span, "again here", "give one of them another name", related)
            continue
        places[rule.name.text] = rule
        rules[rule.name.text] = _rule(cx, scope, declared, rule)
    return CheckedPolicy(
        declared.name,
        declared.layer,
        node.owner,
        node.severity.text if node.severity is not None else DEFAULT_SEVERITY,
        node.controls,
        schedule_of(node.schedule) or DEFAULT_SCHEDULE,
        None if node.stage is None else Stage(node.stage.text),
        node.decision,
        node.review,
        None if node.waivable is None else (tuple(ident.text for ident in node.waivable.by), node.waivable.longest),
        _applies(cx, scope, node.scope),
        tuple(rules.values()),
        node.doc,
        node.name.span,
    )


def _warn(cx: Context, node: ast.Policy) -> None:
    name = node.name
    if not node.rules and not _RULE.search(node.span.text):
        cx.report("CHK018", f"policy `{name.text}` has no rule", name.span, "it checks nothing", "add a `rule`")
    if not node.doc:
        help_ = "say in a `##` line above it what it is for; reports and the catalogue show it"
        cx.report("CHK019", f"policy `{name.text}` is not documented", name.span, help=help_)
    for rule in node.rules:
        if not rule.doc:
            help_ = "say in a `##` line above it what it demands; reports and the catalogue show it"
            cx.report("CHK019", f"rule `{rule.name.text}` is not documented", rule.name.span, help=help_)


def _applies(cx: Context, scope: Scope, node: ast.Scope | None) -> Expr | None:
    if node is None:
        return None
    if node.condition is not None:
        return Expressions(cx).expect(scope, node.condition, BOOL)
    ids = Const(node.ids, Sequence(STRING, distinct=True))
    return Call("in", (Attribute(scope.locals["product"], "id", STRING), ids), BOOL)


def _rule(cx: Context, scope: Scope, declared: Declared, node: ast.Rule) -> CheckedRule:
    check = Expressions(cx)
    loops: list[tuple[str, Expr]] = []
    for at, loop in enumerate(node.loops):
        items, scope = check.loop(scope, loop.name, loop.items)
        if is_data(items) and at + 1 < len(node.loops):
            help_ = "put the loop over rows or values last"
            cx.report("CHK011", "a loop over data with another loop inside", loop.items.span, help=help_)
        loops.append((loop.name.text, items))
    when: Expr | None = None
    if node.when is not None:
        when, scope = check.condition(scope, node.when)
    require = check.expect(scope, node.require, BOOL)
    parts = (*(items for _, items in loops), *([] if when is None else [when]), require)
    affordable(cx, Collection(parts, ANY), node.name.span, f"rule `{node.name.text}`")
    _mentions_subject(cx, node, loops, when, require)
    return CheckedRule(
        f"{declared.name}.{node.name.text}",
        tuple(loops),
        when,
        require,
        None if node.tolerance is None else _tolerance(cx, scope, node, loops),
        None if node.message is None else _template(cx, scope, node.message),
        None if node.fix is None else _template(cx, scope, node.fix),
        None if node.severity is None else node.severity.text,
        schedule_of(node.schedule),
        None if node.stage is None else Stage(node.stage.text),
        node.doc,
        node.name.span,
        on_one_line(node.require.span.text),
    )


def _mentions_subject(
    cx: Context, node: ast.Rule, loops: list[tuple[str, Expr]], when: Expr | None, require: Expr
) -> None:
    if not loops or require.type == ANY or (when is not None and when.type == ANY):
        return
    name, items = loops[-1]
    parts = [require] if when is None else [when, require]
    if not any(columns(part) if is_data(items) else mentions(part, name) for part in parts):
        message = f"rule `{node.name.text}` says nothing about `{name}`"
        cx.report("CHK017", message, node.loops[-1].name.span, help="drop the loop, or require something of it")


def _tolerance(cx: Context, scope: Scope, node: ast.Rule, loops: list[tuple[str, Expr]]) -> Fraction | None:
    tolerance = node.tolerance
    assert tolerance is not None
    found = Expressions(cx).expect(scope, tolerance.share, DECIMAL)
    if not loops:
        cx.report("CHK016", "a tolerance needs a loop", tolerance.span, help="tolerate a share of what `for` goes over")
        return None
    name, items = loops[-1]
    words = {f"{name}s", items.name if isinstance(items, Attribute) else f"{name}s"}
    if tolerance.noun.text not in words:
        wanted = items.name if isinstance(items, Attribute) else f"{name}s"
        help_ = f"write `of {wanted}`: a tolerance is a share of the innermost subjects"
        cx.report("CHK016", f"`{tolerance.noun.text}` is not what the rule goes over", tolerance.noun.span, help=help_)
    if found.type == ANY:
        return None
    try:
        share = fold(found, {**cx.constants, **{k: Const(p.value, p.type) for k, p in cx.params.items()}})
    except NotConstantError:
        cx.report("CHK010", "a tolerance must be known before a product is seen", tolerance.share.span)
        return None
    if isinstance(tolerance.share, ast.Literal) and isinstance(tolerance.share.value, int) and share != 0:
        help_ = f"write `{share}%`, or `100%` for all"
        cx.report("CHK016", "a tolerance is a share, not a number of subjects", tolerance.share.span, help=help_)
        return None
    if not isinstance(share, int | Fraction) or not 0 <= share <= 1:
        help_ = "write, for example, `tolerate 0.5% of rows`"
        cx.report("CHK016", "a tolerance is a share between 0% and 100%", tolerance.share.span, help=help_)
        return None
    return Fraction(share)


def _template(cx: Context, scope: Scope, node: ast.Template) -> tuple[str | Expr, ...]:
    parts: list[str | Expr] = []
    for part in node.parts:
        if isinstance(part, str):
            parts.append(part)
            continue
        found = Expressions(cx).infer(scope, part)
        if columns(found):
            help_ = "a message names the field, never its values; counts are added by the report"
            cx.report("CHK012", "a message cannot print values of data", part.span, help=help_)
        elif found.type != ANY and not is_scalar(required(found.type)) and not _is_printable_list(found):
            message = f"a `{found.type}` cannot be printed"
            help_ = "name a part of it, such as its `name` or `path`"
            if isinstance(required(found.type), Sequence):
                help_ = "name a part of each: `list(f.path for f in product.fields)`"
            cx.report("CHK001", message, part.span, help=help_)
        else:
            parts.append(as_printed(cx, found))
    return tuple(parts)


def _is_printable_list(found: Expr) -> bool:
    of = required(found.type)
    return isinstance(of, Sequence) and is_scalar(of.of)
