"""`policy-engine test`: run the tests of policies, which are written in Markdown."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policy_engine._resources import layer_root
from policy_engine.cli.configured import configured, tested
from policy_engine.cli.inputs import PATH
from policy_engine.errors import UsageError

if TYPE_CHECKING:
    from policy_engine.testing.as_text import Style
    from policy_engine.testing.coverage.hear import Coverer
    from policy_engine.testing.coverage.model import Coverage
    from policy_engine.testing.model import Case, Layers
    from policy_engine.testing.mutation.model import Mutation
    from policy_engine.testing.run import Runner
    from policy_engine.testing.suite import PageResult


@click.command(name="test")
@click.argument("paths", nargs=-1, type=PATH, metavar="[PATH...]")
@click.option(
    "--global", "global_paths", multiple=True, type=PATH, metavar="PATH",
    help="the council's policies, for cases that name none; default: the page's folder",
)  # fmt: skip
@click.option(
    "--local", "local_paths", multiple=True, type=PATH, metavar="PATH", help="the domain's policies; repeatable"
)
@click.option(
    "--waivers", "waiver_paths", multiple=True, type=PATH, metavar="PATH", help="the council's waivers; repeatable"
)
@click.option("-k", "name", metavar="TEXT", help="only cases with TEXT in their page's path or their name")
@click.option("--coverage", is_flag=True, help="say how much of the policies the cases exercise")
@click.option("--coverage-lines", is_flag=True, help="the same, line by line")
@click.option("--fail-under", type=click.IntRange(0, 100), metavar="PERCENT", help="exit code 1 with less coverage")
@click.option("--mutate", is_flag=True, help="change the policies in small ways, and say which changes no case notices")
@click.option(
    "--mutate-for",
    type=click.IntRange(min=1),
    default=600,
    metavar="SECONDS",
    help="stop after that long; default: 600",
)
@click.option("--update", is_flag=True, help="write what came of the cases into their `expect` blocks")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="text by default")
@click.option("-o", "output", type=PATH, metavar="FILE", help="write the results to FILE")
@click.option("--quiet", is_flag=True, help="text: only what failed, and one line for all")
@click.option("--no-color", "is_plain", is_flag=True, help="no colours, as with NO_COLOR")
@configured()
def command(
    paths: tuple[Path, ...],
    global_paths: tuple[Path, ...],
    local_paths: tuple[Path, ...],
    waiver_paths: tuple[Path, ...],
    name: str | None,
    coverage: bool,
    coverage_lines: bool,
    fail_under: int | None,
    mutate: bool,
    mutate_for: int,
    update: bool,
    form: str,
    output: Path | None,
    quiet: bool,
    is_plain: bool,
) -> int:
    """Run the tests of policies: Markdown pages whose `expect` blocks say what should come of a product.

    PATH is a page, a folder of them, or `starter`; without one, what policy-engine.toml names.
    Where a page names no policies, those of its folder are tested.

    \b
    Examples:
      policy-engine test policies
      policy-engine test policies/global/retention.md -k "too long"
      policy-engine test policies --update
      policy-engine test policies --coverage-lines --fail-under 100
      policy-engine test policies --mutate

    Exit codes: 0 all cases pass, 1 a case fails, 2 could not answer: an error in a page, or nothing to test.
    """
    from policy_engine._resources import layer_root
    from policy_engine.cli import inputs, main
    from policy_engine.cli.output import emit, is_coloured, styler
    from policy_engine.testing.as_text import render_text
    from policy_engine.testing.coverage.hear import Coverer
    from policy_engine.testing.coverage.model import count, percent
    from policy_engine.testing.run import Runner
    from policy_engine.testing.suite import page_files, run_page

    paths = tuple(layer_root(path) for path in paths or tested())
    files = page_files(paths)
    inputs.refuse_overwriting(output, [*files, *global_paths, *local_paths, *waiver_paths])
    is_covering = coverage or coverage_lines or fail_under is not None
    coverer = Coverer() if is_covering else None
    runner, otherwise = Runner(coverer), _layers(global_paths, local_paths, waiver_paths)
    found = [run_page(file, runner, otherwise, lambda case: _is_wanted(case, name)) for file in files]
    results = [result for result in found if result.cases or result.error]
    _refuse_nothing(paths, found, results, name)
    if update:
        for result in results:
            _update(result)
        return main.CANNOT_ANSWER if _complain(results) else main.YES
    where = (*paths, *map(layer_root, global_paths), *local_paths)
    covered = None if coverer is None else _covered(coverer, where)
    mutation = _mutated(results, runner, where, mutate_for) if mutate else None
    coloured = is_coloured(output, is_plain=is_plain)
    if form == "json":
        text = _as_json(results, covered, mutation)
    else:
        style = styler(coloured=coloured)
        text = render_text(results, style, is_quiet=quiet) + _measured(covered, mutation, style, lines=coverage_lines)
    emit(text, output, coloured=coloured)
    if any(result.errors for result in results):
        return main.CANNOT_ANSWER
    is_short = covered is not None and fail_under is not None and percent(*count(covered.covered)) < fail_under
    return main.NO if is_short or any(result.failing for result in results) else main.YES


def _as_json(results: list[PageResult], covered: Coverage | None, mutation: Mutation | None) -> str:
    from policy_engine.testing.as_json import render_json
    from policy_engine.testing.coverage.as_json import coverage_json
    from policy_engine.testing.mutation.as_text import mutation_json

    measured = {} if covered is None else {"coverage": coverage_json(covered)}
    measured |= {} if mutation is None else {"mutation": mutation_json(mutation)}
    return render_json(results, measured)


def _measured(covered: Coverage | None, mutation: Mutation | None, style: Style, *, lines: bool) -> str:
    from policy_engine.testing.coverage.as_text import render_lines, render_table
    from policy_engine.testing.mutation.as_text import render_mutation

    parts = [] if covered is None else [render_table(covered, style)]
    parts += [render_lines(covered, style)] if covered is not None and lines else []
    parts += [] if mutation is None else [render_mutation(mutation, style)]
    return "".join(f"\n{part}" for part in parts if part)


def _covered(coverer: Coverer, paths: tuple[Path, ...]) -> Coverage:
    """What was covered of the policies below these paths, or beside these pages; of all, where none is there."""
    from policy_engine.testing.coverage.model import Coverage

    coverage = coverer.coverage()
    if not coverage.covered:
        help_ = "coverage is of policies in files; those that are written on a page are part of its cases"
        raise UsageError("the cases test no policy that is in a file", help=help_)
    near = tuple(one for one in coverage.covered if _is_near(one.point.key.file, paths))
    return Coverage(near) if near else coverage


def _is_near(file: str, paths: tuple[Path, ...]) -> bool:
    """Is the file below one of these paths, or beside a page?"""
    roots = {Path(os.path.normpath(path if path.is_dir() else path.parent)) for path in paths}
    return bool(roots & set(Path(file).parents))


def _mutated(results: list[PageResult], runner: Runner, paths: tuple[Path, ...], seconds: int) -> Mutation:
    """Change the policies near the paths, where all cases pass."""
    from policy_engine.testing.mutation.run import mutate
    from policy_engine.testing.suite import Ran

    if any(result.errors or result.failing for result in results):
        raise UsageError(
            "not all cases pass", help="mend them first, without --mutate: only then a change can be noticed"
        )
    ran = [one for result in results for one in result.cases if isinstance(one, Ran)]
    mutation = mutate(ran, runner, lambda file: _is_near(file, paths), seconds, _show_progress)
    if not mutation.mutants:
        mutation = mutate(ran, runner, lambda _: True, seconds, _show_progress)
    if not mutation.mutants:
        help_ = "policies in files are changed; those that are written on a page are part of its cases"
        raise UsageError("the cases test no policy that is in a file", help=help_)
    return mutation


def _show_progress(number: int, count: int) -> None:
    if sys.stderr.isatty() and (number % 10 == 0 or number == count):
        end = number == count
        click.echo(f"\r{number} of {count} changes", nl=end, err=True)


def _layers(
    global_paths: tuple[Path, ...], local_paths: tuple[Path, ...], waiver_paths: tuple[Path, ...]
) -> Layers | None:
    from policy_engine.testing.model import Layers
    from policy_engine.testing.read import stored

    if not global_paths and not local_paths and not waiver_paths:
        return None
    return Layers(stored(tuple(map(layer_root, global_paths))), stored(local_paths), stored(waiver_paths))


def _is_wanted(case: Case, name: str | None) -> bool:
    return name is None or any(name.casefold() in text.casefold() for text in (case.name, case.file))


def _refuse_nothing(
    paths: tuple[Path, ...], found: list[PageResult], results: list[PageResult], name: str | None
) -> None:
    """Nothing tested is never fine."""
    if not results and name is not None and any(result.page and result.page.cases for result in found):
        raise UsageError(f"no case has `{name}` in its name or in its page's path", help="run it without -k to see all")
    empty = {result.file for result in found if result.page is not None and not result.page.cases}
    for path in paths:
        inside = [result for result in found if Path(result.file) == path or path in Path(result.file).parents]
        if all(result.file in empty for result in inside):
            raise UsageError(f"there is no test in `{path}`", help="a test is a Markdown file with an `expect` block")


def _update(result: PageResult) -> None:
    """Write a page anew, unless something in it could not be answered."""
    from policy_engine.cli.output import write_whole
    from policy_engine.testing.as_text import plural
    from policy_engine.testing.compare import updated
    from policy_engine.testing.update import rewritten

    if result.errors or not result.failing or result.page is None:
        return
    texts = [(ran.case.expect, updated(ran.expected, ran.found, ran.case)) for ran in result.failing]
    write_whole(result.page.path, rewritten(result.page, texts).encode())
    click.echo(f"{result.file}: {plural(len(texts), 'case')} rewritten; read the difference before you keep it")
    for (block, text), ran in zip(texts, result.failing, strict=True):
        click.echo(f"  line {block.start}: {ran.case.name}{_surprise(text)}")


def _surprise(text: str) -> str:
    """What a case now expects although nothing was decided: mostly the page has a mistake, and not the policy."""
    first = text.strip().partition("\n")[0]
    is_error = re.match(r"(?:error\[)?[A-Z]{3}\d{3}\b", first)
    return f" (expects an error now, which is right only where one is meant: {first})" if is_error else ""


def _complain(results: list[PageResult]) -> bool:
    from policy_engine.cli import main

    errors = [error for result in results for error in result.errors]
    for error in errors:
        main.complain(error)
    return bool(errors)
