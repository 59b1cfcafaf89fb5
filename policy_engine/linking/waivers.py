"""Waivers and what they name: may who granted it waive this rule, and for so long?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from policy_engine.diagnostics import Diagnostic, Label, nearest
from policy_engine.linking.formerly import Former, today
from policy_engine.linking.model import Declared, LinkedWaiver, Package
from policy_engine.plan.layer import Layer
from policy_engine.plan.values import midnight, shift
from policy_engine.syntax import ast

#: Who grants the waivers of a layer.
GRANTED_BY: Final = {Layer.WAIVERS: "council", Layer.DOMAIN: "domain"}
#: Which layers' rules those of a layer may waive: the council answers for its own policies only.
_WITHIN_REACH: Final = {Layer.WAIVERS: (Layer.GLOBAL,), Layer.DOMAIN: (Layer.DOMAIN, Layer.GLOBAL)}


#: More waivers of one rule for one product are refused.
MAX_OF_A_RULE: Final = 200


@dataclass(frozen=True, slots=True)
class _Target:
    """A policy, or one rule of it."""

    policy: Declared
    node: ast.Policy
    rule: ast.Rule | None


def link_waivers(
    declared: Sequence[Declared], packages: Mapping[str, Package], former: Former, is_lost: Callable[[str], bool]
) -> tuple[tuple[LinkedWaiver, ...], list[Diagnostic]]:
    """Every waiver with the rules that it names, and every misuse. `is_lost` tells of a path that could not be read."""
    targets = dict(_targets(packages))
    found: list[LinkedWaiver] = []
    diagnostics: list[Diagnostic] = []
    for item in declared:
        misplaced = _misplaced(item)
        if misplaced is not None:
            diagnostics.append(misplaced)
        elif isinstance(item.node, ast.Waiver):
            target = _target(item, item.node, targets, former, is_lost)
            diagnostics += [target] if isinstance(target, Diagnostic) else []
            diagnostics += _twice(item.node)
            if isinstance(target, _Target):
                diagnostics += [*_authority(item, item.node, target), *_length(item.node, target.node)]
                rules = target.node.rules if target.rule is None else (target.rule,)
                found.append(LinkedWaiver(item, item.node, target.policy, rules))
    diagnostics += _too_many(found)
    return tuple(sorted(found, key=lambda waiver: waiver.declared.name)), diagnostics


def _too_many(waivers: Sequence[LinkedWaiver]) -> Iterator[Diagnostic]:
    """Each is asked of every violation of its rule."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for waiver in waivers:
        for rule in waiver.rules:
            for product in waiver.node.products:
                key = waiver.policy.name, rule.name.text, product.text
                counts[key] += 1
                if counts[key] == MAX_OF_A_RULE + 1:
                    message = f"more than {MAX_OF_A_RULE} waivers of `{key[0]}.{key[1]}` for `{key[2]}`"
                    help_ = 'waive several fields at once, such as `where field.path in ["a.b", "a.c"]`'
                    yield Diagnostic("CHK015", message, waiver.node.name.span, "the first too many", help_)


def _targets(packages: Mapping[str, Package]) -> Iterator[tuple[str, _Target]]:
    for package in packages.values():
        for declared in package.declarations.values():
            if isinstance(declared.node, ast.Policy):
                yield declared.name, _Target(declared, declared.node, None)
                for rule in declared.node.rules:
                    yield f"{declared.name}.{rule.name.text}", _Target(declared, declared.node, rule)


def _misplaced(item: Declared) -> Diagnostic | None:
    """The council's waivers have files of their own, in which nothing else stands."""
    node = item.node
    if item.layer is Layer.GLOBAL and isinstance(node, ast.Waiver):
        help_ = "put it into a file of its own, which is given with `--waivers`"
        label = "policies and their exceptions are granted apart"
        return Diagnostic("LNK031", "a waiver among the council's policies", node.name.span, label, help_)
    if item.layer is Layer.WAIVERS and not isinstance(node, ast.Waiver):
        help_ = "a file given with `--waivers` holds waivers only: put this into a global policy file"
        span = node.path.span if isinstance(node, ast.Set) else node.name.span
        return Diagnostic("LNK031", "a file of waivers declares something else", span, "no waiver", help_)
    return None


def _target(
    item: Declared, node: ast.Waiver, targets: Mapping[str, _Target], former: Former, is_lost: Callable[[str], bool]
) -> _Target | Diagnostic | None:
    """What the waiver names; None where it could not be read, which was said."""
    alias, _, rest = node.of.text.partition(".")
    written = node.of.text
    paths = (written, *([f"{item.imports[alias]}.{rest}"] if alias in item.imports else []))
    if item.layer is Layer.DOMAIN:
        paths = (*paths, f"{item.package}.{written}")
    for path in paths:
        for layer in _WITHIN_REACH[item.layer]:
            known = targets.get(today(path, layer, former))
            if known is not None and known.policy.layer is layer:
                return known
    if any(is_lost(path) for path in paths):
        return None
    return _unknown(item, node, paths, targets)


def _unknown(item: Declared, node: ast.Waiver, paths: Sequence[str], targets: Mapping[str, _Target]) -> Diagnostic:
    span, text = node.of.span, node.of.text
    if any(path in targets for path in paths):
        help_ = "a domain changes its own policy, or waives it in its own files where the policy says `by domain`"
        message = f"`{text}` is a domain's, and the council waives its own policies"
        return Diagnostic("LNK033", message, span, "not the council's", help_)
    if ".attributes." in text:
        help_ = "give the attribute another type, such as an optional one, or enforce it later"
        return Diagnostic("LNK032", f"`{text}` is a typed attribute", span, "not waivable", help_)
    near = nearest(text, [name for name, known in targets.items() if known.policy.layer in _WITHIN_REACH[item.layer]])
    help_ = f"did you mean `{near}`?" if near else "write the policy's or rule's full name, as reports show it"
    return Diagnostic("LNK034", f"no policy or rule is called `{text}`", span, help=help_)


def _authority(item: Declared, node: ast.Waiver, target: _Target) -> Iterator[Diagnostic]:
    """May the role behind these files waive this policy?"""
    waivable, name = target.node.waivable, target.policy.name
    if waivable is None:
        related = (Label(target.node.name.span, "no `waivable by …` here"),)
        help_ = "mend the product, or ask who owns the policy to make it waivable"
        yield Diagnostic("LNK032", f"`{name}` is not waivable", node.of.span, "nobody may waive it", help_, related)
        return
    role = GRANTED_BY[item.layer]
    roles = [ident.text for ident in waivable.by]
    if role not in roles and roles:
        related = (Label(waivable.span, "who may"),)
        message = f"`{name}` is not waivable by the {role}"
        domain = "ask the council for a waiver, which it gives in its own files (`--waivers`)"
        council = "the domain grants this waiver, in a file of its own policies"
        help_ = domain if role == "domain" else council
        yield Diagnostic("LNK033", message, node.of.span, f"this is a waiver of the {role}'s", help_, related)


def _length(node: ast.Waiver, policy: ast.Policy) -> Iterator[Diagnostic]:
    granted, until = node.granted.value, node.until.value
    if until < granted:
        related = (Label(node.granted.span, "granted on this day"),)
        help_ = "`until` names the last day on which it holds"
        message = "the waiver ends before it is granted"
        yield Diagnostic("LNK035", message, node.until.span, "an earlier day", help_, related)
    elif policy.waivable is not None and (last := last_day(granted, policy.waivable)) is not None and until > last:
        related = (Label(policy.waivable.span, "the most that is allowed"),)
        longest = policy.waivable.longest
        message = f"the waiver holds for longer than {longest}"
        help_ = f"granted on {granted}, it holds until {last} at the latest"
        yield Diagnostic("LNK036", message, node.until.span, "too late", help_, related)


def last_day(granted: date, waivable: ast.Waivable) -> date | None:
    """The last whole day within the longest time, the day of granting included; None beyond the calendar."""
    try:
        return (shift(midnight(granted), waivable.longest) - timedelta(days=1)).date()
    except OverflowError:
        return None


def _twice(node: ast.Waiver) -> Iterator[Diagnostic]:
    seen: dict[str, ast.Ident] = {}
    for ident in node.products:
        if ident.text in seen:
            related = (Label(seen[ident.text].span, "first here"),)
            message = f"the waiver names product `{ident.text}` twice"
            yield Diagnostic("LNK002", message, ident.span, "again here", "remove one of them", related)
        seen.setdefault(ident.text, ident)
