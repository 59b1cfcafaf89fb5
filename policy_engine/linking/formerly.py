"""`formerly`: what policies and rules were called before, so that waivers which use the old name stay valid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policy_engine.diagnostics import Diagnostic, Label
from policy_engine.linking.model import Package
from policy_engine.plan.layer import Layer
from policy_engine.syntax import ast

#: By layer and old name, the name of today.
Former = Mapping[tuple[Layer, str], str]


def former_names(packages: Mapping[str, Package]) -> tuple[Former, list[Diagnostic]]:
    """The old names, and those claims that cannot be: of a name that is in use, or that another one claims, too."""
    claims = [claim for package in packages.values() for claim in _claims(package)]
    used = {name for package in packages.values() for name in _names(package)}
    found: dict[str, tuple[Layer, str, ast.Ident]] = {}
    diagnostics: list[Diagnostic] = []
    for layer, old, new, ident in claims:
        if old == new:
            continue  # says nothing, which the linter says
        if old in used:
            help_ = "`formerly` says what this was called before, and no longer is"
            message = f"`{old}` still exists"
            diagnostics.append(Diagnostic("LNK030", message, ident.span, "so this was not renamed", help_))
        elif old in found:
            related = (Label(found[old][2].span, "claimed here"),)
            help_ = "a waiver of the old name would mean both: keep one of them"
            message = f"two were formerly `{old}`"
            diagnostics.append(Diagnostic("LNK030", message, ident.span, "claimed again here", help_, related))
        else:
            found[old] = layer, new, ident
    return {(layer, old): new for old, (layer, new, _) in found.items()}, diagnostics


def today(path: str, layer: Layer, former: Former) -> str:
    """What a path means today: its policy may have been renamed, and then its rule."""
    renamed = former.get((layer, path))
    if renamed is not None:
        return renamed
    policy, _, rule = path.rpartition(".")
    moved = former.get((layer, policy))
    return path if moved is None else former.get((layer, f"{moved}.{rule}"), f"{moved}.{rule}")


def _claims(package: Package) -> Iterator[tuple[Layer, str, str, ast.Ident]]:
    """Every claim: layer, old name, name of today, and where it stands. A name without dots was beside the new one."""
    for name, declared in package.declarations.items():
        node = declared.node
        if not isinstance(node, ast.Policy):
            continue
        policy = f"{package.name}.{name}"
        if node.formerly is not None:
            yield declared.layer, _full(package.name, node.formerly), policy, node.formerly
        for rule in node.rules:
            if rule.formerly is not None:
                yield declared.layer, _full(policy, rule.formerly), f"{policy}.{rule.name.text}", rule.formerly


def _full(inside: str, ident: ast.Ident) -> str:
    return ident.text if "." in ident.text else f"{inside}.{ident.text}"


def _names(package: Package) -> Iterator[str]:
    """The policies and rules of a package."""
    for declared in package.declarations.values():
        if isinstance(declared.node, ast.Policy):
            yield declared.name
            yield from (f"{declared.name}.{rule.name.text}" for rule in declared.node.rules)
