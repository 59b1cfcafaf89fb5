"""What the catalogue shows, as text ready to be laid out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policy_engine.plan.layer import Layer
from policy_engine.verdict import Enforcement


@dataclass(frozen=True, slots=True)
class Place:
    """A file, as it was given, and a line of it, from 1."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Force:
    """How a rule weighs on the catalogue's day, what comes next, and all steps as they were written."""

    now: Enforcement
    next: tuple[Enforcement, date] | None
    text: str


@dataclass(frozen=True, slots=True)
class ParameterEntry:
    """A parameter: its default, what a domain may do with it, and what one has set, if one has."""

    name: str
    type: str
    default: str
    freedoms: tuple[str, ...]
    chosen: str | None
    chosen_at: Place | None
    documentation: str


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """A rule: `text` is its source, without the indentation that it has in its file."""

    name: str
    short: str
    documentation: str
    text: str
    severity: str
    stage: str
    force: Force
    place: Place


@dataclass(frozen=True, slots=True)
class Block:
    """A part of an example: what it is (`product`, `data`, `expect`, …), its title, its text."""

    kind: str
    title: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """A test of a policy: its headings, and its blocks, the last of which is what is expected."""

    name: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class PolicyEntry:
    """A policy with everything that its header says."""

    name: str
    short: str
    package: str
    layer: Layer
    documentation: str
    owner: str
    decision: str | None
    review: date | None
    severity: str
    controls: tuple[str, ...]
    force: Force
    scope: str | None
    waivable: str | None
    formerly: str | None
    parameters: tuple[ParameterEntry, ...]
    rules: tuple[RuleEntry, ...]
    examples: tuple[Example, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class AttributeEntry:
    """A typed attribute: what it types, and where the contract states it, if in a custom property."""

    name: str
    target: str
    type: str
    custom: str | None
    documentation: str
    force: Force
    place: Place


@dataclass(frozen=True, slots=True)
class TermEntry:
    """An enum, constant, function or table that policies use, as it was written."""

    name: str
    kind: str
    documentation: str
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class WaiverEntry:
    """A waiver: of what, for what, since when, until when, why, and by whom."""

    name: str
    of: str
    products: tuple[str, ...]
    condition: str | None
    granted: date
    until: date
    because: str
    approved_by: str
    state: str
    place: Place


@dataclass(frozen=True, slots=True)
class ControlEntry:
    """A control of a framework, and the rules that fulfil it."""

    framework: str
    control: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A policy set on one day. Policies in the order of layer and name, controls in that of framework and number."""

    title: str
    day: date
    digests: tuple[tuple[str, str], ...]
    policies: tuple[PolicyEntry, ...]
    attributes: tuple[AttributeEntry, ...]
    terms: tuple[TermEntry, ...]
    waivers: tuple[WaiverEntry, ...]
    controls: tuple[ControlEntry, ...]
