"""The catalogue as Markdown that reads well unrendered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from policy_engine.catalogue.model import (
    Catalogue,
    ControlEntry,
    Example,
    Force,
    ParameterEntry,
    PolicyEntry,
    RuleEntry,
    WaiverEntry,
)
from policy_engine.plan.layer import Layer

_LAYERS = {Layer.GLOBAL: "Global policies", Layer.DOMAIN: "Policies of domains"}


def markdown(catalogue: Catalogue) -> Iterator[tuple[str, bytes]]:
    """Every page: its path and its bytes."""
    yield "README.md", _page(_index(catalogue))
    yield "parameters.md", _page(_parameters(catalogue))
    yield "controls.md", _page(_controls(catalogue))
    yield "metadata.md", _page(_metadata(catalogue))
    yield "waivers.md", _page(_waivers(catalogue.waivers))
    for policy in catalogue.policies:
        yield f"policies/{policy.name}.md", _page(_policy(policy))


def _page(parts: Iterable[str]) -> bytes:
    return ("\n\n".join(part.rstrip("\n") for part in parts if part) + "\n").encode()


def _index(catalogue: Catalogue) -> Iterator[str]:
    yield f"# {_text(catalogue.title)}"
    yield f"As of {catalogue.day}. See also [parameters](parameters.md), [controls](controls.md), [metadata and terms](metadata.md), [waivers](waivers.md)."  # noqa: E501
    for layer, policies in groupby(catalogue.policies, key=lambda policy: policy.layer):
        yield f"## {_LAYERS[layer]}"
        yield _table(
            ("policy", "what it demands", "owner", "severity", "in force"),
            (
                (_link(policy), _text(policy.documentation), _text(policy.owner), policy.severity, _force(policy.force))
                for policy in policies
            ),
        )
    yield "\n".join(f"- {label}: `{digest}`" for label, digest in catalogue.digests)


def _parameters(catalogue: Catalogue) -> Iterator[str]:
    yield "# Parameters"
    rows = [(policy, parameter) for policy in catalogue.policies for parameter in policy.parameters]
    yield (
        _table(
            ("policy", "parameter", "what it is", "default", "domains may", "set to"),
            ((_link(policy), *_parameter(parameter)) for policy, parameter in rows),
        )
        if rows
        else "No policy has parameters."
    )


def _parameter(parameter: ParameterEntry) -> tuple[str, ...]:
    chosen = "-"
    if parameter.chosen is not None and parameter.chosen_at is not None:
        chosen = f"{_code(parameter.chosen)} ({parameter.chosen_at.file}:{parameter.chosen_at.line})"
    freedoms = " or ".join(parameter.freedoms) or "nothing: it is fixed"
    return (
        _code(parameter.name),
        _text(parameter.documentation),
        _code(parameter.default),
        _text(freedoms),
        chosen,
    )


def _controls(catalogue: Catalogue) -> Iterator[str]:
    homes = {rule.name: policy for policy in catalogue.policies for rule in policy.rules}
    yield "# Controls"
    for framework, controls in groupby(catalogue.controls, key=lambda one: one.framework):
        yield f"## {_text(framework)}"
        yield _table(("control", "rule", "in force"), (row for one in controls for row in _rows(one, homes)))
    without = [policy for policy in catalogue.policies if not policy.controls]
    if without:
        yield "## Policies that name no control"
        yield "\n".join(f"- {_link(policy)}" for policy in without)


def _rows(control: ControlEntry, homes: dict[str, PolicyEntry]) -> Iterator[tuple[str, str, str]]:
    for at, name in enumerate(control.rules):
        home = homes[name]
        rule = next(one for one in home.rules if one.name == name)
        link = f"[{name}](policies/{home.name}.md#{rule.short})"
        yield _text(control.control) if at == 0 else "", link, _force(rule.force)


def _metadata(catalogue: Catalogue) -> Iterator[str]:
    yield "# Metadata and terms"
    if catalogue.attributes:
        yield "## Typed attributes"
        yield _table(
            ("attribute", "type", "stated in", "what it is", "in force"),
            (
                (
                    _code(one.target),
                    _code(one.type),
                    f"custom property {_code(one.custom)}" if one.custom else "the standard attribute",
                    _text(one.documentation),
                    _force(one.force),
                )
                for one in catalogue.attributes
            ),
        )
    for term in catalogue.terms:
        yield f"## {term.name.rpartition('.')[2]}"
        yield _text(term.documentation)
        yield f"{term.kind} of {_code(term.name.rpartition('.')[0])}, {term.place.file}:{term.place.line}"
        yield _fenced("policy", term.text)


def _waivers(waivers: tuple[WaiverEntry, ...]) -> Iterator[str]:
    yield "# Waivers"
    if not waivers:
        yield "No waiver was given."
        return
    yield _table(
        ("waiver", "of", "for", "from", "until", "why", "approved by", "state"),
        (
            (
                _code(one.name),
                _code(one.of),
                _text(", ".join(one.products) + (f" where {one.condition}" if one.condition else "")),
                str(one.granted),
                str(one.until),
                _text(one.because),
                _text(one.approved_by),
                one.state,
            )
            for one in waivers
        ),
    )


def _policy(policy: PolicyEntry) -> Iterator[str]:
    yield f"# {policy.name}"
    yield _text(policy.documentation)
    yield "\n".join(f"- {label}: {value}" for label, value in _facts(policy))
    if policy.parameters:
        yield "## Parameters"
        heads = ("parameter", "what it is", "default", "domains may", "set to")
        yield _table(heads, (_parameter(parameter) for parameter in policy.parameters))
    yield "## Rules"
    for rule in policy.rules:
        yield from _rule(rule)
    if policy.examples:
        yield "## Examples"
        for example in policy.examples:
            yield from _example(example)


def _facts(policy: PolicyEntry) -> Iterator[tuple[str, str]]:
    yield "owner", _text(policy.owner)
    yield "severity", policy.severity
    yield "in force", f"{_force(policy.force)} ({policy.force.text})"
    yield from (("controls", _text(", ".join(policy.controls))),) if policy.controls else ()
    yield from (("decision", _text(policy.decision)),) if policy.decision else ()
    yield from (("review by", str(policy.review)),) if policy.review else ()
    yield "applies to", _text(policy.scope or "all products")
    yield "waivable", policy.waivable or "no"
    yield from (("formerly", _code(policy.formerly)),) if policy.formerly else ()
    yield "source", f"{policy.place.file}:{policy.place.line}"


def _rule(rule: RuleEntry) -> Iterator[str]:
    yield f"### {rule.short}"
    yield _text(rule.documentation)
    place = f"{rule.place.file}:{rule.place.line}"
    yield f"{_force(rule.force)} · {rule.severity} · from stage {rule.stage} · {place}"
    yield _fenced("policy", rule.text)


def _example(example: Example) -> Iterator[str]:
    yield f"### {_text(example.name)}"
    for block in example.blocks:
        yield _fenced(block.kind + (f' title="{block.title}"' if block.title else ""), block.text)


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    top = tuple(heads)
    lines = [top, ("---",) * len(top), *map(tuple, rows)]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def _fenced(info: str, text: str) -> str:
    """A fence longer than any inside the text."""
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return f"{ticks}{info}\n{text.rstrip()}\n{ticks}"


def _code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _text(text: str) -> str:
    """What authors wrote, on one line, with nothing in it that a reader of Markdown would take for markup of ours."""
    return re.sub(r"([\\<>\[\]*_#])", r"\\\1", " ".join(text.split())) if "`" not in text else _with_code(text)


def _with_code(text: str) -> str:
    parts = " ".join(text.split()).split("`")
    if len(parts) % 2 == 0:
        return _text(text.replace("`", "'"))
    return "".join(f"`{part}`" if at % 2 else _text(part) if part else "" for at, part in enumerate(parts))


def _force(force: Force) -> str:
    return f"{force.now}" + (f", {force.next[0]} from {force.next[1]}" if force.next else "")


def _link(policy: PolicyEntry) -> str:
    return f"[{policy.name}](policies/{policy.name}.md)"
