"""`policy-engine explain RULE`: a rule alone, or with a product of which it said something."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policy_engine._resources import STARTER, layer_root
from policy_engine.cli import inputs, main
from policy_engine.cli.output import emit, is_coloured, styler
from policy_engine.errors import UsageError

if TYPE_CHECKING:
    from policy_engine.explaining.facts import Facts


@dataclass(frozen=True, slots=True)
class RuleAsked:
    """The command line: a rule, perhaps a product, and what it is judged by."""

    rule: str
    product: Path | None
    form: str
    output: Path | None
    is_plain: bool
    global_paths: tuple[Path, ...]
    local_paths: tuple[Path, ...]
    waiver_paths: tuple[Path, ...]
    data: tuple[str, ...]
    sampled: tuple[str, ...]
    previous: str | None
    earlier: tuple[Path, ...]
    keyring: Path | None
    stage: str | None
    as_of: str | None
    subject: str | None
    everything: bool
    show_values: bool


def explain_rule(asked: RuleAsked) -> int:
    """Find the rule, and say what it demands, or why it said what it said."""
    from policy_engine.explaining.facts import Facts
    from policy_engine.explaining.find import find_rule
    from policy_engine.explaining.places import Places
    from policy_engine.loading import authored

    if not asked.global_paths:
        click.echo("note: no --global was given; using the policy library that ships (--global starter)", err=True)
    council = asked.global_paths or (Path(STARTER),)
    roots = tuple(layer_root(path) for path in council)
    aliases = {root.as_posix(): STARTER for root, path in zip(roots, council, strict=True) if root != path}
    facts = Facts(authored(roots, asked.local_paths, asked.waiver_paths), Places(aliases))
    name = find_rule(facts.plan, asked.rule)
    text = _alone(asked, facts, name) if asked.product is None else _judged(asked, facts, name, asked.product)
    emit(text, asked.output, coloured=_coloured(asked))
    return main.YES


def _coloured(asked: RuleAsked) -> bool:
    return is_coloured(asked.output, is_plain=asked.is_plain)


def _width(asked: RuleAsked) -> int:
    from policy_engine.explaining.page import WIDTH

    is_watched = asked.output is None and sys.stdout is not None and sys.stdout.isatty()
    return min(WIDTH, shutil.get_terminal_size().columns) if is_watched else WIDTH


def _alone(asked: RuleAsked, facts: Facts, name: str) -> str:
    from policy_engine.explaining.as_json import facts_json
    from policy_engine.explaining.as_text import render_facts

    for option, value in (("--data", asked.data), ("--subject", asked.subject), ("--previous", asked.previous)):
        if value:
            raise UsageError(f"{option} is about a product", help="name its contract with --product FILE")
    today = inputs.time_from(asked.as_of).date()
    if asked.form == "json":
        return facts_json(facts.rule(name), today)
    return render_facts(facts.rule(name), today, styler(coloured=_coloured(asked)), width=_width(asked))


def _judged(asked: RuleAsked, facts: Facts, name: str, product: Path) -> str:
    from policy_engine import engine
    from policy_engine.explaining.as_json import explanation_json
    from policy_engine.explaining.as_text import render_explanation
    from policy_engine.explaining.explain import explain, only
    from policy_engine.explaining.recording import Recording
    from policy_engine.verdict import Stage

    given = inputs.data_from(asked.data, asked.sampled)
    attested, trusted = inputs.earlier_from(asked.earlier, asked.keyring, (product,))
    read = [product, *inputs.data_paths(given), *asked.global_paths, *asked.local_paths, *asked.waiver_paths, *attested]
    inputs.refuse_overwriting(asked.output, read)
    recording = Recording(name, facts.origins)
    report = engine.check(
        product,
        facts.authored.policies,
        data=given,
        previous=inputs.previous_from(asked.previous, (product,)),
        stage=None if asked.stage is None else Stage(asked.stage),
        as_of=inputs.time_from(asked.as_of),
        show_values=asked.show_values,
        recorder=recording,
        earlier=attested,
        keyring=trusted,
    )
    located = {dataset: str(one.location) for dataset, one in given.items()}
    explanation = explain(name, facts, recording, report, located, show_values=asked.show_values)
    if asked.subject is not None:
        explanation = only(explanation, asked.subject)
    if asked.form == "json":
        return explanation_json(explanation)
    everything = asked.everything or asked.subject is not None
    return render_explanation(
        explanation, styler(coloured=_coloured(asked)), width=_width(asked), everything=everything
    )
