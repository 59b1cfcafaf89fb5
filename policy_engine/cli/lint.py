"""`policy-engine lint`: every diagnostic of policy text, of all files, in one run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import click

from policy_engine.cli.configured import configured
from policy_engine.cli.inputs import PATH
from policy_engine.errors import UsageError

SCHEMA: Final = "urn:policy-engine:diagnostics:v1"


@click.command(name="lint")
@click.argument("paths", nargs=-1, type=PATH, metavar="[PATH...]")
@click.option(
    "--global", "global_paths", multiple=True, type=PATH, metavar="PATH", help="the council's policies, as PATH is"
)
@click.option(
    "--local", "local_paths", multiple=True, type=PATH, metavar="PATH", help="the domain's policies; repeatable"
)
@click.option("--product", type=PATH, metavar="FILE", help="also say what of the policies does not fit this contract")
@click.option(
    "--waivers", "waiver_paths", multiple=True, type=PATH, metavar="PATH",
    help="the council's waivers: a folder or a file; repeatable",
)  # fmt: skip
@click.option("--cost", is_flag=True, help="also say how many steps each rule may take, and what that grows with")
@click.option(
    "--as-of", metavar="TIME", help="the day on which reviews and schedules are looked at, such as 2027-01-31"
)
@click.option("--strict", is_flag=True, help="warnings count as errors")
@click.option("--fix", is_flag=True, help="mend in the files what can be mended safely, and show the rest")
@click.option("--diff", is_flag=True, help="show what --fix would change; write nothing")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="text by default")
@click.option("-o", "output", type=PATH, metavar="FILE", help="write the diagnostics to FILE")
@click.option("--no-color", "is_plain", is_flag=True, help="no colours, as with NO_COLOR")
@configured(paths_are_policies=True)
def command(
    paths: tuple[Path, ...],
    global_paths: tuple[Path, ...],
    local_paths: tuple[Path, ...],
    product: Path | None,
    waiver_paths: tuple[Path, ...],
    cost: bool,
    as_of: str | None,
    strict: bool,
    fix: bool,
    diff: bool,
    form: str,
    output: Path | None,
    is_plain: bool,
) -> int:
    """Say what is wrong with policy text: syntax, names, types, bounds; and what deserves a second look.

    PATH is a folder of global policies, or one file of them. A domain's policies are linted with the global ones that
    they build on. With --product, names and types are compared with a contract too: fields and columns that it lacks,
    columns of another type, and those that may be null.

    \b
    Examples:
      policy-engine lint policies/global
      policy-engine lint --global policies/global --local policies/sales --strict
      policy-engine lint policies/global --product orders.odcs.yaml
      policy-engine lint policies/global --cost
      policy-engine lint policies/global --fix --diff

    Exit codes: 0 no diagnostics (warnings are shown, and count with --strict; those that were fixed do not), 1 there
    are some, or --diff would change something, 2 could not answer.
    """
    from policy_engine import engine, loading
    from policy_engine._resources import layer_root
    from policy_engine.cli import main
    from policy_engine.cli.fixing import fix_files, show_fixes
    from policy_engine.cli.inputs import time_from
    from policy_engine.cli.output import emit, is_coloured, styler, width
    from policy_engine.diagnostics import Level, draw, pointer
    from policy_engine.reporting.costs import costs_json, render_costs
    from policy_engine.reporting.diagnostics_json import diagnostic_json

    council = tuple(layer_root(path) for path in (*paths, *global_paths))
    if not council and not local_paths:
        raise UsageError("no policies were given", help="for example `policy-engine lint policies/global`")
    day = time_from(as_of).date()
    coloured = is_coloured(output, is_plain=is_plain)
    if diff:
        return show_fixes(
            loading.diagnose(council, local_paths, waiver_paths, lint_as_of=day)[1], output, coloured=coloured
        )
    if fix:
        fix_files(lambda: loading.diagnose(council, local_paths, waiver_paths, lint_as_of=day)[1])
    policies, diagnostics = loading.diagnose(council, local_paths, waiver_paths, lint_as_of=day)
    if product is not None and policies is not None:
        diagnostics += engine.bind_policies(policies, product)
    diagnostics.sort(key=lambda diagnostic: diagnostic.order)
    found = engine.costs(policies, product) if cost and policies is not None else None
    if form == "json":
        document = {"schema": SCHEMA, "diagnostics": [diagnostic_json(diagnostic) for diagnostic in diagnostics]}
        document |= {} if found is None else {"costs": costs_json(*found)}
        emit(json.dumps(document, indent=2, ensure_ascii=False) + "\n", output)
    else:
        errors = sum(diagnostic.level is Level.ERROR for diagnostic in diagnostics)
        text = draw(diagnostics, styler(coloured=coloured), width(output)) + ("\n" if diagnostics else "")
        more = f"{where}\n" if (where := pointer(diagnostics)) else ""
        table = "" if found is None else f"\n{render_costs(*found)}"
        emit(f"{text}{_summary(errors, len(diagnostics) - errors)}\n{more}{table}", output, coloured=coloured)
    counted = [diagnostic for diagnostic in diagnostics if strict or diagnostic.level is Level.ERROR]
    return main.NO if counted else main.YES


def _summary(errors: int, warnings: int) -> str:
    if not errors and not warnings:
        return "no diagnostics"
    parts = [
        f"{count} {word}{'s' if count != 1 else ''}"
        for count, word in ((errors, "error"), (warnings, "warning"))
        if count
    ]
    return ", ".join(parts)
