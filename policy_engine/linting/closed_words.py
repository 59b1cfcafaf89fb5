"""Comparisons with a word that an attribute never has: the rule would look at nothing, and nobody would be told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from policy_engine.changes.effects import EFFECTS
from policy_engine.checking.model import CheckedSet
from policy_engine.data.personal.vocabulary import PHRASES
from policy_engine.diagnostics import Diagnostic, nearest
from policy_engine.linting.model import Subject
from policy_engine.plan.expressions import Attribute, Call, Const, Expr, Otherwise, Reference
from policy_engine.plan.types import STRING, Entity, required
from policy_engine.plan.walk import walk
from policy_engine.product.odcs_schema import LOGICAL_TYPES

#: Attributes whose words are the engine's own or the standard's, and all of them. A contract can state no other one.
CLOSED: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("Field", "type"): LOGICAL_TYPES,
    ("Change", "kind"): tuple(sorted({effect.kind for effect in EFFECTS.values()})),
    ("Change", "harm"): tuple(sorted({effect.harm for effect in EFFECTS.values() if effect.harm is not None})),
    ("Change", "severity"): tuple(sorted({effect.severity for effect in EFFECTS.values()})),
    ("PiiFinding", "kind"): tuple(sorted(PHRASES)),
}
#: So many words are listed where none is near.
_FEW: Final = 10


def closed_words(subject: Subject) -> Iterator[Diagnostic]:
    """Every such comparison in rules, scopes and definitions."""
    checked = subject.checked
    for policy in subject.policies():
        wholes = [policy.checked.scope]
        for _, rule in policy.rules():
            wholes += [*(items for _, items in rule.loops), rule.when, rule.require]
        for whole in wholes:
            yield from _inside(checked, whole)
    for function in checked.functions.values():
        yield from _inside(checked, function.body)


def _inside(checked: CheckedSet, whole: Expr | None) -> Iterator[Diagnostic]:
    for expr in walk(whole) if whole is not None else ():
        match expr:
            case Call(function=("==" | "!="), args=(left, right)):
                yield from _compared(checked, expr, left, right)
                yield from _compared(checked, expr, right, left)
            case Call(function=("in" | "not in"), args=(left, right)):
                yield from _compared(checked, expr, left, right)
            case _:
                pass


def _compared(checked: CheckedSet, whole: Expr, of: Expr, other: Expr) -> Iterator[Diagnostic]:
    """What the words on the other side are not, and never can be."""
    found = _attribute(of)
    origin = checked.origins.of(whole)
    if found is None or origin is None:
        return
    entity, name, instead = found
    words = CLOSED[entity, name]
    for word in _words(checked, other):
        if word not in words and word != instead:
            yield Diagnostic(
                "LNT018", f"no `{entity}` has the {name} `{word}`", origin.span, "never there", _help(word, words)
            )


def _attribute(expr: Expr) -> tuple[str, str, object] | None:
    """The entity, the attribute with closed words, and what counts where it states nothing."""
    match expr:
        case Call(function="lower", args=(inner,)):
            return _attribute(inner)
        case Otherwise(value=value, default=default):
            inner_found = _attribute(value)
            instead = default.value if isinstance(default, Const) else None
            return None if inner_found is None else (*inner_found[:2], instead)
        case Attribute(of=of, name=name, type=type_) if required(type_) == STRING:
            owner = required(of.type)
            is_closed = isinstance(owner, Entity) and (owner.name, name) in CLOSED
            return (str(owner), name, None) if is_closed else None
        case _:
            return None


def _words(checked: CheckedSet, expr: Expr) -> tuple[str, ...]:
    """The texts that are written out there."""
    match expr:
        case Reference(name=name) if name in checked.constants and name not in checked.params:
            return _words(checked, checked.constants[name])
        case Const(value=str() as word):
            return (word,)
        case Const(value=(frozenset() | tuple()) as several):
            return tuple(sorted(word for word in several if isinstance(word, str)))
        case _:
            return ()


def _help(word: str, words: tuple[str, ...]) -> str:
    parts = set(word.lower().replace("_", "-").replace(".", "-").split("-"))
    alike = [one for one in words if parts <= set(one.replace(".", "-").split("-"))]
    near = nearest(word, words)
    meant = alike[:_FEW] or ([near] if near else [])
    if meant:
        *first, last = [f"`{one}`" for one in meant]
        return f"did you mean {', '.join(first)} or {last}?" if first else f"did you mean {last}?"
    if len(words) <= _FEW:
        return f"it is one of {', '.join(words)}"
    return "the reference of products lists those that there are"
