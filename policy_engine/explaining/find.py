"""Which rule is meant: its full name, or as much of it as no other rule has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from policy_engine.diagnostics import nearest
from policy_engine.errors import UsageError
from policy_engine.plan.model import Plan

_LISTED: Final = 8


def find_rule(plan: Plan, text: str) -> str:
    """The rule's qualified name. Raises UsageError where none or several are meant."""
    rules, attributes = [rule.name for rule in plan.rules], [one.name for one in plan.attributes]
    names = [*rules, *attributes]
    if text in names:
        return text
    for known, fits in ((rules, _is_end), (rules, _is_abridged), (attributes, _is_end), (attributes, _is_abridged)):
        found = [name for name in known if fits(name, text)]
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(f"`{text}` may be {len(found)} rules", help=f"one of: {_listed(found)}")
    inside = [name for name in names if name.startswith(f"{text}.") or f".{text}." in name]
    if inside:
        raise UsageError(f"`{text}` is not one rule", help=f"its rules: {_listed(inside)}")
    raise UsageError(f"no rule is called `{text}`", help=_help(names, text))


def _is_end(name: str, text: str) -> bool:
    return name.endswith(f".{text}")


def _is_abridged(name: str, text: str) -> bool:
    """Are its words, in order and with the last one, words of the name? `pii_tagging.tagged` leaves out the policy."""
    words = iter(name.split("."))
    return name.rpartition(".")[2] == text.rpartition(".")[2] and all(word in words for word in text.split("."))


def _help(names: Sequence[str], text: str) -> str:
    last = {name.rpartition(".")[2]: name for name in names}
    near = nearest(text, names) or last.get(nearest(text.rpartition(".")[2], last) or "")
    return f"did you mean `{near}`?" if near else "`policy-engine check … --verbose` lists every rule"


def _listed(names: Iterable[str]) -> str:
    found = sorted(names)
    rest = len(found) - _LISTED
    return ", ".join([*found[:_LISTED], *([f"… and {rest} more"] if rest > 0 else [])])
