"""`policy-engine check`: judge products; say what is wrong, where, and how to fix it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policy_engine._resources import STARTER
from policy_engine.cli.baselines import baseline_options
from policy_engine.cli.configured import configured
from policy_engine.cli.inputs import product_options
from policy_engine.cli.mending import fix_options
from policy_engine.cli.report_files import ReportCommand, report_options
from policy_engine.errors import PolicyEngineError

if TYPE_CHECKING:
    from policy_engine.engine import ReadProduct
    from policy_engine.evaluation.model import Report
    from policy_engine.reporting.run import Run
    from policy_engine.reporting.screen import Screen
    from policy_engine.verdict import Verdict


@click.command(name="check", cls=ReportCommand)
@product_options
@report_options
@baseline_options
@fix_options
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    metavar="N",
    help="how many processes judge; default: as many as there is work and processors for",
)
@click.option("--show-values", is_flag=True, help="let messages show values of data: smallest, largest, sums")
@click.option(
    "--verbose",
    is_flag=True,
    help="text: list also what passed and what does not apply; say what the configuration gave",
)
@click.option("--quiet", is_flag=True, help="text: one line for each product")
@click.option("--no-color", "is_plain", is_flag=True, help="no colours, as with NO_COLOR")
@configured()
def command(
    products: tuple[Path, ...],
    global_paths: tuple[Path, ...],
    local_paths: tuple[Path, ...],
    waiver_paths: tuple[Path, ...],
    data: tuple[str, ...],
    sampled: tuple[str, ...],
    previous: str | None,
    earlier: tuple[Path, ...],
    keyring: Path | None,
    stage: str | None,
    as_of: str | None,
    forms: tuple[str, ...],
    outputs: tuple[Path, ...],
    baseline: Path | None,
    update_baseline: bool,
    expires: str | None,
    fix: bool,
    diff: bool,
    jobs: int | None,
    show_values: bool,
    verbose: bool,
    quiet: bool,
    is_plain: bool,
) -> int:
    """Judge products against global and local policies.

    Without data, metadata is checked, and what remains unchecked is listed. Without --global, the policy library that
    ships is used, and that is said.

    \b
    Examples:
      policy-engine check orders.odcs.yaml --global starter
      policy-engine check orders.odcs.yaml --global policies/global --local policies/sales \\
          --data orders=data/orders.parquet --previous published/orders.odcs.yaml
      policy-engine check contracts/ --global policies/global --fix --diff

    Exit codes: 0 compliant, 1 not compliant, 2 could not answer, 3 indeterminate (evidence is missing).
    """
    from policy_engine import kept
    from policy_engine.cli import inputs, main
    from policy_engine.cli.baselines import baseline_from, compared
    from policy_engine.cli.mending import mended, refuse_values, show_mended, write_mended
    from policy_engine.cli.output import screen
    from policy_engine.cli.per_product import JudgedBy, PerProduct
    from policy_engine.cli.report_files import Wanted, wanted, write_reports
    from policy_engine.many import Given, judge_many, judge_one
    from policy_engine.reporting.run import Refused, Run
    from policy_engine.verdict import Stage

    if not global_paths:
        click.echo("note: no --global was given; using the policy library that ships (--global starter)", err=True)
    council = global_paths or (Path(STARTER),)
    policies = inputs.policies_from(council, local_paths, waiver_paths)
    given = inputs.data_from(data, sampled)
    files = inputs.product_files(products)
    before = inputs.previous_from(previous, files)
    attested, trusted = inputs.earlier_from(earlier, keyring, files)
    judged = PerProduct(
        JudgedBy(policies, given, before, attested),
        lambda local: inputs.policies_from(council, local, waiver_paths),
    )
    judged.refuse_strangers(files)
    read = [*files, *inputs.data_paths(given), *global_paths, *local_paths, *waiver_paths, *attested, baseline, keyring]
    read += [before] if isinstance(before, Path) else []
    formats = wanted(forms, outputs, [*read, *judged.paths()])
    moment = inputs.time_from(as_of)
    known = baseline_from(baseline, update=update_baseline, expires=expires, day=moment.date())
    shared = Given(
        policies=policies,
        data=given,
        previous=before,
        stage=None if stage is None else Stage(stage),
        as_of=moment,
        show_values=show_values,
        earlier=attested,
        keyring=trusted,
        cache=kept.folder(),
    )

    def own(file: Path) -> Given:
        by = judged.of(file)
        if by is judged.shared:
            return shared
        return replace(shared, policies=by.policies, data=by.data, previous=by.previous, earlier=by.earlier)

    def judge(file: Path, text: ReadProduct | None = None) -> Report:
        return judge_one(text or file, own(file))

    unwritten = False
    if fix or diff:
        refuse_values(show_values=show_values)
        found = mended(files, judge)
        if diff:
            return show_mended(found, outputs[0] if outputs else None, is_plain=is_plain)
        unwritten = not write_mended(found)
    reports: list[Report] = []
    errors: list[tuple[Path, PolicyEngineError]] = []
    with closing(judge_many(files, shared, own, jobs=jobs)) as all_found:
        for file, one in zip(files, inputs.with_progress(all_found, len(files)), strict=True):
            if isinstance(one, PolicyEngineError):
                errors.append((file, one))
            else:
                reports.append(one)
    for _, error in errors:
        main.complain(error)
    refused = tuple(Refused(file.as_posix(), error.code, str(error), error.help) for file, error in errors)
    run = Run(tuple(compared(reports, known, policies, moment.date())), refused)

    def text(one: Wanted) -> str:
        return _text(run, screen(one.output, is_plain=is_plain), verbose=verbose, quiet=quiet) if reports else ""

    write_reports(run, formats, text)
    return main.CANNOT_ANSWER if refused or unwritten else exit_code([report.decisive for report in run.reports])


def _text(run: Run, screen: Screen, *, verbose: bool, quiet: bool) -> str:
    from policy_engine.reporting.as_text import HINT, headline, is_calm, render_text
    from policy_engine.reporting.summary import render_summary

    if quiet:
        return "".join(f"{headline(report, screen)[0]}\n" for report in run.reports)
    several = run.products > 1
    texts = [
        f"{headline(report, screen)[0]}\n"
        if several and not verbose and is_calm(report)
        else render_text(report, screen, verbose=verbose)
        for report in run.reports
    ]
    if not all(is_calm(report) for report in run.reports):
        texts.append("".join(f"{line}\n" for line in screen.lay(0, (HINT, "quiet"))))
    return "\n".join([*texts, *([render_summary(run, screen)] if several else [])])


def exit_code(verdicts: list[Verdict]) -> int:
    """The worst verdict's exit code."""
    from policy_engine.cli import main
    from policy_engine.reporting.run import worst
    from policy_engine.verdict import Verdict

    match worst(verdicts):
        case Verdict.COMPLIANT:
            return main.YES
        case Verdict.NON_COMPLIANT:
            return main.NO
        case Verdict.INDETERMINATE:
            return main.INDETERMINATE
