"""`policy-engine explain`: what a code means, in full, offline."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policy_engine.cli.inputs import PATH
from policy_engine.errors import UsageError

if TYPE_CHECKING:
    from policy_engine.reporting.code_pages import Entry


@click.command(name="explain")
@click.argument("code", required=False, metavar="[CODE]")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="text by default")
@click.option("-o", "output", type=PATH, metavar="FILE", help="write it to FILE")
@click.option("--no-color", "is_plain", is_flag=True, help="no colours, as with NO_COLOR")
def command(code: str | None, form: str, output: Path | None, is_plain: bool) -> int:
    """Say what a code means, why the language insists, and how to mend it, with an example.

    CODE is what stands in brackets after `error` or `warning`, or the name behind it. Without CODE all are listed.

    \b
    Examples:
      policy-engine explain CHK002
      policy-engine explain missing-unhandled
      policy-engine explain

    Exit codes: 0 explained, 2 no such code.
    """
    return explain_code(code, form, output, is_plain=is_plain)


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
