"""The catalogue as a static site: no script, nothing from elsewhere, readable in print, by night and on a phone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from xml.etree.ElementTree import Element

from policy_engine.catalogue.highlight import highlight
from policy_engine.catalogue.model import (
    Catalogue,
    Example,
    Force,
    ParameterEntry,
    Place,
    PolicyEntry,
    RuleEntry,
)
from policy_engine.plan.layer import Layer
from policy_engine.reporting.html import Content, document, name, prose, table
from policy_engine.reporting.html import element as e

_LAYERS = {Layer.GLOBAL: "Global policies", Layer.DOMAIN: "Policies of domains"}
_PAGES = (("index.html", "Policies"), ("parameters.html", "Parameters"), ("controls.html", "Controls"),
          ("metadata.html", "Metadata and terms"), ("waivers.html", "Waivers"))  # fmt: skip
STYLE_SHEET = "style.css"


def site(catalogue: Catalogue) -> Iterator[tuple[str, bytes]]:
    """Every page: its path and its bytes."""
    yield "index.html", _page(catalogue, "index.html", "Policies", _index(catalogue))
    yield "parameters.html", _page(catalogue, "parameters.html", "Parameters", _parameters(catalogue))
    yield "controls.html", _page(catalogue, "controls.html", "Controls", _controls(catalogue))
    yield "metadata.html", _page(catalogue, "metadata.html", "Metadata and terms", _metadata(catalogue))
    yield "waivers.html", _page(catalogue, "waivers.html", "Waivers", _waivers(catalogue))
    for policy in catalogue.policies:
        yield f"policies/{policy.name}.html", _page(catalogue, None, policy.name, _policy(policy), up="../")


# ---------------------------------------------------------------- the frame


def _page(catalogue: Catalogue, path: str | None, title: str, main: Iterable[Content], *, up: str = "") -> bytes:
    links = (
        e("li", e("a", label, href=up + target, aria_current="page" if target == path else None))
        for target, label in _PAGES
    )
    body = e(
        "body",
        e("a", "Skip to the content", class_="skip", href="#content"),
        e("header", e("p", catalogue.title, class_="site"), e("nav", e("ul", *links), aria_label="Catalogue")),
        e("main", *main, id="content"),
        _footer(catalogue),
    )
    sheet = e("link", rel="stylesheet", href=up + STYLE_SHEET)
    return document(title=f"{title} - {catalogue.title}", head=(sheet,), body=body)


def _footer(catalogue: Catalogue) -> Element:
    lines = [e("p", f"As of {catalogue.day}. What is in force, and what comes next, is said for that day.")]
    lines += [e("p", f"{label}: ", e("code", digest)) for label, digest in catalogue.digests]
    return e("footer", *lines)


# ---------------------------------------------------------------- lists


def _index(catalogue: Catalogue) -> Iterator[Content]:
    rules = sum(len(policy.rules) for policy in catalogue.policies)
    yield e("h1", "Policies")
    yield e("p", f"{_count(len(catalogue.policies), 'policy', 'policies')}, {_count(rules, 'rule')}, "
            f"{_count(len(catalogue.attributes), 'typed attribute')}.", class_="lead")  # fmt: skip
    for layer, policies in groupby(catalogue.policies, key=lambda policy: policy.layer):
        yield e("h2", _LAYERS[layer])
        yield table(
            ("Policy", "What it demands", "Owner", "Severity", "In force", "Rules"),
            (
                (
                    _link(policy),
                    e("span", *prose(policy.documentation)),
                    policy.owner,
                    policy.severity,
                    _force(policy.force),
                    str(len(policy.rules)),
                )
                for policy in policies
            ),
            caption=_LAYERS[layer],
        )


def _parameters(catalogue: Catalogue) -> Iterator[Content]:
    yield e("h1", "Parameters")
    yield e("p", "What the council left to domains, and what they have made of it.", class_="lead")
    rows = [(policy, parameter) for policy in catalogue.policies for parameter in policy.parameters]
    yield (
        table(
            ("Parameter", "What it is", "Default", "Domains may", "Set to"),
            (
                (
                    e("span", _link(policy), e("code", f".{parameter.name}")),
                    e("span", *prose(parameter.documentation)),
                    e("code", parameter.default),
                    _freedoms(parameter),
                    _chosen(parameter),
                )
                for policy, parameter in rows
            ),
            caption="Parameters of all policies",
        )
        if rows
        else e("p", "No policy has parameters.")
    )


def _controls(catalogue: Catalogue) -> Iterator[Content]:
    policies = {rule.name: policy for policy in catalogue.policies for rule in policy.rules}
    yield e("h1", "Controls")
    yield e("p", "Which rules fulfil which control of which framework, as the policies' owners say.", class_="lead")
    for framework, controls in groupby(catalogue.controls, key=lambda one: one.framework):
        yield e("h2", framework)
        yield table(
            ("Control", "Rules, and how they weigh"),
            (
                (
                    e("strong", control.control),
                    e("ul", *(_weighed(policies[rule], rule) for rule in control.rules), class_="plain"),
                )
                for control in controls
            ),
            caption=f"Controls of {framework}",
        )
    without = [policy for policy in catalogue.policies if not policy.controls]
    if without:
        yield e("h2", "Policies that name no control")
        yield e("ul", *(e("li", _link(policy)) for policy in without))


def _metadata(catalogue: Catalogue) -> Iterator[Content]:
    yield e("h1", "Metadata and terms")
    if catalogue.attributes:
        yield e("h2", "Typed attributes")
        yield e("p", "What contracts state in these places has to fit the type. Each is a rule of its own.")
        yield table(
            ("Attribute", "Type", "Stated in", "What it is", "In force"),
            (
                (
                    e("code", one.target),
                    e("code", one.type),
                    e("span", "custom property ", e("code", one.custom)) if one.custom else "the standard attribute",
                    e("span", *prose(one.documentation)),
                    _force(one.force),
                )
                for one in catalogue.attributes
            ),
            caption="Typed attributes",
        )
    if catalogue.terms:
        yield e("h2", "Terms")
        for term in catalogue.terms:
            yield e("section", e("h3", term.name.rpartition(".")[2], id=term.name),
                    e("p", *prose(term.documentation)) if term.documentation else None,
                    e("p", f"{term.kind} of ", e("code", term.name.rpartition(".")[0]), ", ", _place(term.place),
                      class_="quiet"), _code(term.text))  # fmt: skip


def _waivers(catalogue: Catalogue) -> Iterator[Content]:
    yield e("h1", "Waivers")
    if not catalogue.waivers:
        yield e("p", "No waiver was given.", class_="lead")
        return
    yield e("p", "Recorded exceptions, each with its reason and its end. What is waived never counts as passed.",
            class_="lead")  # fmt: skip
    yield table(
        ("Waiver", "Of", "For", "From - until", "Why", "Approved by", "State"),
        (
            (
                e("code", one.name),
                e("code", one.of),
                e("span", ", ".join(one.products), e("br"), e("code", one.condition))
                if one.condition
                else ", ".join(one.products),
                f"{one.granted} - {one.until}",
                one.because,
                one.approved_by,
                one.state,
            )
            for one in catalogue.waivers
        ),
        caption="Waivers",
    )


# ---------------------------------------------------------------- one policy


def _policy(policy: PolicyEntry) -> Iterator[Content]:
    yield e("p", e("code", policy.package), class_="quiet")
    yield e("h1", policy.short)
    yield e("p", *prose(policy.documentation), class_="lead")
    yield e("dl", *(part for label, value in _facts(policy) for part in (e("dt", label), e("dd", value))))
    if policy.parameters:
        yield e("h2", "Parameters")
        yield table(
            ("Parameter", "What it is", "Type", "Default", "Domains may", "Set to"),
            (
                (
                    e("code", parameter.name),
                    e("span", *prose(parameter.documentation)),
                    e("code", parameter.type),
                    e("code", parameter.default),
                    _freedoms(parameter),
                    _chosen(parameter),
                )
                for parameter in policy.parameters
            ),
            caption=f"Parameters of {policy.short}",
        )
    yield e("h2", "Rules")
    for rule in policy.rules:
        yield _rule(rule)
    yield e("h2", "Examples")
    if not policy.examples:
        yield e("p", "No test of this policy was given.")
    for example in policy.examples:
        yield _example(example)


def _facts(policy: PolicyEntry) -> Iterator[tuple[str, Content]]:
    yield "Owner", policy.owner
    yield "Severity", policy.severity
    yield "In force", e("span", _force(policy.force), e("span", f" ({policy.force.text})", class_="quiet"))
    if policy.controls:
        yield "Controls", ", ".join(policy.controls)
    if policy.decision:
        yield "Decision", policy.decision
    if policy.review:
        yield "Review by", str(policy.review)
    yield "Applies to", policy.scope or "all products"
    yield "Waivable", policy.waivable or "no"
    if policy.formerly:
        yield "Formerly", e("code", policy.formerly)
    yield "Source", _place(policy.place)


def _rule(rule: RuleEntry) -> Element:
    return e(
        "section",
        e("h3", rule.short, id=rule.short),
        e("p", *prose(rule.documentation)) if rule.documentation else None,
        e(
            "p",
            _force(rule.force),
            f" · {rule.severity} · from stage {rule.stage} · ",
            _place(rule.place),
            class_="quiet",
        ),
        _code(rule.text),
    )


def _example(example: Example) -> Element:
    blocks: list[Content] = []
    for block in example.blocks:
        label = _LABELS.get(block.kind, block.kind) + (f" {block.title}" if block.title else "")
        blocks += [e("p", label, class_="label"), _code(block.text) if block.kind == "policy" else _plain(block.text)]
    return e("details", e("summary", example.name), *blocks)


_LABELS = {
    "policy": "the policy",
    "product": "the product",
    "previous": "the version before",
    "data": "data",
    "options": "options",
    "waivers": "waivers",
    "metrics": "what was attested of the version before",
    "expect": "what comes of it",
}


# ---------------------------------------------------------------- parts


def _code(text: str) -> Element:
    pieces = (e("span", piece, class_=kind) if kind else piece for kind, piece in highlight(text))
    return e("pre", e("code", *pieces), tabindex="0")


def _plain(text: str) -> Element:
    return e("pre", e("code", text), tabindex="0")


def _force(force: Force) -> Element:
    later = f", {force.next[0]} from {force.next[1]}" if force.next else None
    return e("span", e("span", str(force.now), class_=f"force {force.now}"), later)


def _link(policy: PolicyEntry) -> Element:
    return e("a", *name(policy.name), href=f"policies/{policy.name}.html")


def _rule_link(policy: PolicyEntry, rule: str) -> Element:
    return e("a", *name(rule), href=f"policies/{policy.name}.html#{rule.rpartition('.')[2]}")


def _weighed(policy: PolicyEntry, rule: str) -> Element:
    return e("li", _rule_link(policy, rule), " ", e("span", _force(_named(policy, rule).force), class_="beside"))


def _named(policy: PolicyEntry, rule: str) -> RuleEntry:
    return next(one for one in policy.rules if one.name == rule)


def _freedoms(parameter: ParameterEntry) -> Content:
    return " or ".join(parameter.freedoms) if parameter.freedoms else "nothing: it is fixed"


def _chosen(parameter: ParameterEntry) -> Content:
    if parameter.chosen is None or parameter.chosen_at is None:
        return "-"
    return e("span", e("code", parameter.chosen), " (", _place(parameter.chosen_at), ")")


def _place(place: Place) -> Element:
    return e("span", f"{place.file}:{place.line}", class_="place")


def _count(number: int, one: str, several: str | None = None) -> str:
    return f"{number} {one if number == 1 else several or one + 's'}"
