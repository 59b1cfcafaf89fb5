"""What people read: messages, documentation, owners."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from policy_engine.checking.loops import is_data
from policy_engine.checking.model import CheckedRule
from policy_engine.diagnostics import Diagnostic
from policy_engine.linting.model import Policy, Subject
from policy_engine.plan.expressions import Call, Local
from policy_engine.plan.types import Entity, Sequence, required
from policy_engine.plan.walk import walk
from policy_engine.syntax import ast

_VAGUE: Final = frozenset(
    {
        "a", "an", "the", "is", "are", "be", "not", "no", "it", "this", "that", "of", "in", "to", "bad",
        "broken", "check", "compliance", "compliant", "error", "fail", "failed", "fails", "failure",
        "incorrect", "invalid", "issue", "missing", "non", "ok", "policy", "problem", "rule", "valid",
        "violated", "violates", "violation", "wrong",
    }
)  # fmt: skip
_WORD: Final = re.compile(r"\w+")
_PLACEHOLDER: Final = re.compile(r"\b(TODO|FIXME|TBD|XXX)\b|^(todo|tbd|fixme|xxx)\b|^[\W_]*$")


def texts(subject: Subject) -> Iterator[Diagnostic]:
    """Messages that are missing or say nothing, documentation yet to be written, owners without an address."""
    for policy in subject.policies():
        yield from _owner(policy.node)
        yield from _documentation(policy.node, f"policy `{policy.node.name.text}`")
        for node, rule in policy.rules():
            yield from _documentation(node, f"rule `{node.name.text}`")
            yield from _message(policy, node, rule)


def _owner(node: ast.Policy) -> Iterator[Diagnostic]:
    if not re.search(r"\S[@:/#]\S|^[@#]\S", node.owner):
        message = f"nobody can reach the owner of policy `{node.name.text}`"
        help_ = 'write an address or a link, such as `owner "privacy-office@acme.example"`'
        yield Diagnostic("LNT008", message, node.name.span, help=help_)


def _documentation(node: ast.Policy | ast.Rule, what: str) -> Iterator[Diagnostic]:
    help_ = "say what it demands, and why; reports and the catalogue show it"
    said = {word.lower() for word in _WORD.findall(node.doc)}
    if said and said <= set(node.name.text.lower().split("_")):
        yield Diagnostic("LNT009", f"the documentation of {what} says its name again", node.name.span, help=help_)
    elif node.doc and _PLACEHOLDER.search(node.doc):
        yield Diagnostic("LNT009", f"the documentation of {what} is still to be written", node.name.span, help=help_)


def _message(policy: Policy, node: ast.Rule, rule: CheckedRule) -> Iterator[Diagnostic]:
    name = node.name
    if node.message is None:
        # each broken promise says itself what is wrong
        speaks = isinstance(rule.require, Call) and rule.require.function == "conforms"
        if policy.blocks(rule) and not speaks:
            message = f"rule `{name.text}` can block, and has no message"
            help_ = 'add `message "…"`: what is wrong, in words of those who have to mend it'
            yield Diagnostic("LNT005", message, name.span, help=help_)
        return
    written = "".join(part for part in node.message.parts if isinstance(part, str))
    vague = _vagueness(written, node)
    if vague:
        help_ = "say what is wrong with what, so that the reader knows where to look"
        yield Diagnostic("LNT006", f"the message of rule `{name.text}` {vague}", node.message.span, help=help_)
    elif rule.loops and not _names_subject(rule):
        subject, items = rule.loops[-1]
        is_value = isinstance(items.type, Sequence) and not isinstance(required(items.type.of), Entity)
        message = f"the message of rule `{name.text}` does not say which `{subject}` is meant"
        help_ = f"print it: `{{{subject}}}`" if is_value else f"print a part of it, such as `{{{subject}.…}}`"
        yield Diagnostic("LNT007", message, node.message.span, help=help_)


def _vagueness(written: str, node: ast.Rule) -> str | None:
    assert node.message is not None
    said = [word.lower() for word in _WORD.findall(written)]
    prints = any(not isinstance(part, str) for part in node.message.parts)
    if not prints and written.strip(" .") == node.doc.strip(" ."):
        return "repeats what the rule demands, and not what is wrong"
    if all(word in _VAGUE for word in said) and (not prints or len(said) < 2):
        return "says only that something is wrong"
    return None


def _names_subject(rule: CheckedRule) -> bool:
    """Does the message print something of what the innermost loop goes over? Rows are not printed, but counted."""
    items = rule.loops[-1][1]
    if is_data(items):
        return True
    return any(
        isinstance(inner, Local) and inner.name in {loop for loop, _ in rule.loops}
        for part in rule.message or ()
        if not isinstance(part, str)
        for inner in walk(part)
    )
