"""`policy-engine docs`: the policy set as something to read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from policy_engine.cli.configured import configured
from policy_engine.cli.inputs import PATH
from policy_engine.errors import UsageError
from policy_engine.plan.layer import POLICY_SUFFIX

if TYPE_CHECKING:
    from policy_engine.loading import Policies
    from policy_engine.testing.model import Case


@click.command(name="docs")
@click.argument("paths", nargs=-1, type=PATH, metavar="[PATH...]")
@click.option(
    "--global", "global_paths", multiple=True, type=PATH, metavar="PATH", help="the council's policies, as PATH is"
)
@click.option(
    "--local", "local_paths", multiple=True, type=PATH, metavar="PATH", help="a domain's policies; repeatable"
)
@click.option(
    "--tests", multiple=True, type=PATH, metavar="PATH",
    help="pages of tests, shown as examples; default: those beside the policies",
)  # fmt: skip
@click.option(
    "--waivers", "waiver_paths", multiple=True, type=PATH, metavar="PATH", help="the council's waivers; repeatable"
)
@click.option("-o", "output", type=PATH, metavar="DIR", required=True, help="the folder to write")
@click.option("--format", "form", type=click.Choice(["html", "markdown"]), default="html", help="html by default")
@click.option("--title", default="Policy catalogue", help="what the catalogue is called")
@click.option("--as-of", metavar="TIME", help="the day for which it says what is in force; today by default")
@configured(paths_are_policies=True)
def command(
    paths: tuple[Path, ...],
    global_paths: tuple[Path, ...],
    local_paths: tuple[Path, ...],
    tests: tuple[Path, ...],
    waiver_paths: tuple[Path, ...],
    output: Path,
    form: str,
    title: str,
    as_of: str | None,
) -> int:
    """Write the catalogue of policies: a static site, or Markdown.

    Every policy with its documentation, owner, controls, schedule, parameters and tests; all parameters; controls
    against rules; typed metadata; waivers. PATH is a folder of global policies, or `starter` for the library that ships.
    The folder is replaced as a whole, and only if this command wrote it.

    \b
    Examples:
      policy-engine docs starter -o site
      policy-engine docs policies/global --local policies/domains/hr -o site --title "Policies of Acme"
      policy-engine docs policies/global -o policies.md.d --format markdown

    Exit codes: 0 written, 2 could not answer.
    """
    from policy_engine import catalogue, loading
    from policy_engine._resources import layer_root
    from policy_engine.catalogue.gather import Written
    from policy_engine.catalogue.write import INDEX
    from policy_engine.cli import inputs, main
    from policy_engine.cli.output import write_folder

    council = tuple(layer_root(path) for path in (*paths, *global_paths))
    if not council and not local_paths:
        raise UsageError("no policies were given", help="for example `policy-engine docs policies/global -o site`")
    found = loading.authored(council, local_paths, waiver_paths)
    written = Written(found.linked, found.checked, found.policies.plan, _files(found.policies))
    made = catalogue.gather(
        written,
        day=inputs.time_from(as_of).date(),
        title=title,
        digests=_digests(found.policies),
        cases=_cases(tests or _beside((*council, *local_paths))),
    )
    files = catalogue.pages(made, "html" if form == "html" else "markdown")
    write_folder(output, files, INDEX)
    first = "index.html" if form == "html" else "README.md"
    click.echo(f"wrote {len(files)} files; begin with {output / first}")
    return main.YES


def _beside(policies: tuple[Path, ...]) -> tuple[Path, ...]:
    """The folders of policies, which hold their tests too; of a single file, the page of its name."""
    pages = (path.with_suffix(".md") if path.suffix == POLICY_SUFFIX else path for path in policies)
    return tuple(page for page in pages if page.exists())


def _cases(paths: tuple[Path, ...]) -> list[Case]:
    from policy_engine.testing.read import read_page
    from policy_engine.testing.suite import page_files

    return [case for page in page_files(paths) for case in read_page(page).cases]


def _files(policies: Policies) -> dict[str, str]:
    """Where policy files are now -> their paths in their layer."""
    layers = (
        files for files in (policies.global_files, policies.local_files, policies.waiver_files) if files is not None
    )
    return {member.location.as_posix(): f"{files.layer}/{member.path}" for files in layers for member in files.members}


def _digests(policies: Policies) -> list[tuple[str, str]]:
    used = policies.used
    named = (
        ("global policies", used.global_sources),
        ("domain policies", used.local_sources),
        ("waivers", used.waivers),
        ("plan", used.plan),
    )
    return [(f"sha256 of the {label}", digest) for label, digest in named if digest is not None]
