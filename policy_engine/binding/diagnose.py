"""What does not fit, as diagnostics: underlined where the rule names it, with the contract's line beside it.

A plan holds no text, so the rule is looked up in the policy files, which are parsed for that; only what fails pays.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policy_engine.binding.model import READ, Misfit
from policy_engine.diagnostics import Diagnostic, Label, Source, Span
from policy_engine.plan.expressions import Pattern
from policy_engine.plan.values import Duration
from policy_engine.product.model import Place
from policy_engine.syntax import ast


def diagnose(
    misfit: Misfit, rule: str, files: Sequence[ast.File], contract: Source, places: Mapping[str, Place]
) -> Diagnostic | None:
    """The diagnostic; None where the files do not hold the rule. `contract` is the text that `places` are of."""
    span = _span(misfit, rule, files)
    if span is None:
        return None
    labels = ((_place(there.pointer, contract, places), there.text) for there in misfit.there)
    related = tuple(Label(place, text) for place, text in labels if place is not None)
    help_ = misfit.help.replace(READ, span.text) if misfit.code == "BND005" else misfit.help
    return Diagnostic(misfit.code, misfit.message, span, misfit.label, help_, related)


def _span(misfit: Misfit, rule: str, files: Sequence[ast.File]) -> Span | None:
    """Where the rule names it: in the rule itself, else in its policy's scope, else in a definition that it uses."""
    for file in files:
        for policy in file.declarations:
            if isinstance(policy, ast.Policy) and rule.startswith(f"{file.package.text}.{policy.name.text}."):
                found = next((one for one in policy.rules if rule.endswith(f".{one.name.text}")), None)
                if found is not None:
                    definitions = [d for f in files for d in f.declarations if isinstance(d, ast.Let | ast.Def)]
                    if misfit.kind == "column" and not misfit.name:
                        return next(_values(found, found.require), found.name.span)
                    wholes = [found, policy.scope, *definitions]
                    spans = (span for whole in wholes for span in _mentions(whole, misfit))
                    return next(spans, found.name.span)
    return None


def _mentions(node: Any, misfit: Misfit) -> Iterator[Span]:
    """The places below a node that name what does not fit."""
    match node:
        case ast.Call(callee=ast.Name(name=function), args=(ast.Literal(value=str() as name, span=span), *_)) if (
            function == misfit.kind and name == misfit.name
        ):
            yield span
        case ast.Dot() if misfit.kind == "column" and misfit.name and _path(node) == misfit.name:
            yield node.span
        case ast.Index(key=ast.Literal(value=name)) if misfit.kind == "column" and name == misfit.name:
            yield node.span
        case ast.Literal(value=name, span=span) if misfit.kind == "column" and name == misfit.name:
            yield span
        case _:
            for part in _parts(node):
                yield from _mentions(part, misfit)


def _values(rule: ast.Rule, node: Any) -> Iterator[Span]:
    """Where the values that the rule's last loop goes over are read."""
    match node:
        case ast.Name(name=name, span=span) if rule.loops and name == rule.loops[-1].name.text:
            yield span
        case _:
            for part in _parts(node):
                yield from _values(rule, part)


def _parts(node: Any) -> Iterator[Any]:
    if isinstance(node, tuple):
        yield from node
    elif dataclasses.is_dataclass(node) and not isinstance(node, Span | Pattern | Duration):
        yield from (getattr(node, field.name) for field in dataclasses.fields(node))


def _path(node: ast.Dot) -> str | None:
    """`address.city` of `row.address.city`."""
    match node.of:
        case ast.Name():
            return node.name.text
        case ast.Dot() as of:
            above = _path(of)
            return None if above is None else f"{above}.{node.name.text}"
        case _:
            return None


def _place(pointer: str, contract: Source, places: Mapping[str, Place]) -> Span | None:
    """What stands at a pointer, up to the end of its line, or of its entry in a `{…}`."""
    place = places.get(pointer)
    if place is None or place.line > contract.lines:
        return None
    line = contract.line(place.line)
    at = min(place.column - 1, len(line))
    end = min((line.find(sign, at) for sign in ",}" if "{" in line[:at] and sign in line[at:]), default=len(line))
    start = contract.offset(place.line)
    return Span(contract, start + at, start + max(at + 1, len(line[:end].rstrip())))
