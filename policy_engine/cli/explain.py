"""`policy-engine explain`: what a code means, what a rule demands, and why it said of a product what it said."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from policy_engine.cli.configured import chosen, configured
from policy_engine.cli.inputs import PATH, judging_options
from policy_engine.errors import UsageError

if TYPE_CHECKING:
    from policy_engine.reporting.code_pages import Entry

#: Names of codes have hyphens, names of rules have none; three letters and digits are meant as a code.
_LIKE_A_RULE: Final = re.compile(r"(?![A-Za-z]{3}\d+$)[A-Za-z_][\w.]*")


def _is_code(options: dict[str, Any]) -> bool:
    """Is it no rule that is asked for? What a code means does not depend on any policies."""
    from policy_engine.reporting.code_pages import find

    what = options["what"]
    about_rules = options["product"] is not None or options["global_paths"] or options["local_paths"]
    return not about_rules and (what is None or find(what) is not None or not _LIKE_A_RULE.fullmatch(what))


@click.command(name="explain")
@click.argument("what", required=False, metavar="[CODE|RULE]")
@click.option("--product", type=PATH, metavar="FILE", help="the contract of which the rule said it")
@judging_options
@click.option("--subject", metavar="NAME", help="explain one subject, such as orders.amount")
@click.option("--all", "everything", is_flag=True, help="explain every subject, not only the first that needs mending")
@click.option("--show-values", is_flag=True, help="show values of data: smallest, largest, sums")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="text by default")
@click.option("-o", "output", type=PATH, metavar="FILE", help="write it to FILE")
@click.option("--no-color", "is_plain", is_flag=True, help="no colours, as with NO_COLOR")
@configured(unless=_is_code)
def command(
    what: str | None,
    product: Path | None,
    form: str,
    output: Path | None,
    is_plain: bool,
    **options: Any,
) -> int:
    """Say what a code means, what a rule demands, or why a rule said what it said of a product.

    CODE is what stands in brackets after `error` or `warning`, or the name behind it. RULE is the name of a rule, or as
    much of it as no other rule has. With --product, every part of the rule is shown with its value and where that comes
    from. Without CODE and RULE all codes are listed. Policies and data are given as to `check`.

    \b
    Examples:
      policy-engine explain CHK002
      policy-engine explain missing-unhandled
      policy-engine explain pii_tagging.tagged
      policy-engine explain pii_tagging.tagged --product orders.odcs.yaml

    Exit codes: 0 explained, 2 no such code or rule, or could not answer.
    """
    from policy_engine.cli.explain_rule import RuleAsked, explain_rule
    from policy_engine.cli.per_product import own_options
    from policy_engine.reporting.code_pages import find

    about_rules = product is not None or chosen().is_given("global_paths", "local_paths")
    is_rule = what is not None and (about_rules or (find(what) is None and _LIKE_A_RULE.fullmatch(what)))
    if what is not None and is_rule:
        own = {} if product is None else own_options(product)
        return explain_rule(RuleAsked(what, product, form, output, is_plain, **(options | own)))
    if about_rules:
        raise UsageError("which rule?", help="for example `policy-engine explain RULE --product orders.odcs.yaml`")
    return explain_code(what, form, output, is_plain=is_plain)


def explain_code(code: str | None, form: str, output: Path | None, *, is_plain: bool) -> int:
    """One code with its page, or the list of all."""
    from policy_engine.cli import main
    from policy_engine.cli.output import emit, is_coloured
    from policy_engine.reporting import code_pages

    entry = None if code is None else _found(code)
    if form == "json":
        known = list(code_pages.entries().values())
        document = code_pages.as_json(known) if entry is None else code_pages.one_as_json(entry)
        emit(json.dumps(document, indent=2, ensure_ascii=False) + "\n", output)
    else:
        coloured = is_coloured(output, is_plain=is_plain)
        emit(_text(entry, coloured=coloured), output, coloured=coloured)
    return main.YES


def _found(code: str) -> Entry:
    from policy_engine.reporting.code_pages import find, likeliest

    entry = find(code)
    if entry is None:
        near = likeliest(code)
        help_ = f"did you mean `{near}`?" if near else "`policy-engine explain` lists all codes"
        raise UsageError(f"there is no code `{code}`", help=help_)
    return entry


def _text(entry: Entry | None, *, coloured: bool) -> str:
    from policy_engine.cli.output import styler
    from policy_engine.reporting.code_pages import as_text, entries, page
    from policy_engine.reporting.page_text import WIDTH, page_text

    if entry is None:
        return as_text(list(entries().values()))
    width = min(WIDTH, shutil.get_terminal_size().columns) if coloured else WIDTH
    return page_text(page(entry), styler(coloured=coloured), width)
