"""`--baseline` and `--update-baseline`: the file of what is known, read, compared with, and written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from policy_engine.cli.inputs import PATH
from policy_engine.cli.output import rewrite, write_whole
from policy_engine.errors import InputError, UsageError

if TYPE_CHECKING:
    from policy_engine.baseline import Entry
    from policy_engine.evaluation.model import Compared, Report
    from policy_engine.loading import Policies

#: More than is ever read as a baseline.
_MOST: Final = 9 * 1024 * 1024


def baseline_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--baseline` and what it takes."""
    for option in reversed(
        (
            click.option(
                "--baseline", type=PATH, metavar="FILE",
                help="violations that are known: shown, and until they expire not decisive for the exit code",
            ),
            click.option("--update-baseline", is_flag=True, help="record what is violated now in --baseline FILE"),
            click.option(
                "--expires", metavar="DAY", help="with --update-baseline: when what is recorded counts again; default: 180 days"
            ),
        )
    ):  # fmt: skip
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Baseline:
    """A baseline's file as it was read: None where it is not there yet. `expires` is what was asked for, if anything."""

    file: Path
    content: bytes | None
    entries: tuple[Entry, ...]
    is_updated: bool
    expires: date | None


def baseline_from(file: Path | None, *, update: bool, expires: str | None, day: date) -> Baseline | None:
    """The baseline that was asked for, read. Raises InputError or UsageError."""
    from policy_engine.baseline import read_baseline

    if file is None:
        if update or expires is not None:
            raise UsageError("no baseline was named", help="name its file, such as --baseline baseline.json")
        return None
    if expires is not None and not update:
        raise UsageError(
            "--expires is for what --update-baseline records", help="add --update-baseline, or leave it out"
        )
    content = _content(file, update=update)
    entries = () if content is None else read_baseline(content, file.as_posix())
    return Baseline(file, content, entries, update, None if expires is None else _until(expires, day))


def compared(reports: Sequence[Report], baseline: Baseline | None, policies: Policies, day: date) -> list[Report]:
    """The reports beside the baseline; where it is updated, beside the new one, which is written."""
    if baseline is None:
        return list(reports)
    name = baseline.file.as_posix()
    entries = _renamed(baseline.entries, policies)
    found = _beside(reports, entries, name)
    if not baseline.is_updated:
        return found
    entries = _updated(found, entries, baseline, day)
    again = _beside(reports, entries, name)
    return [_with_fixed(now, before.baseline) for now, before in zip(again, found, strict=True)]


def _beside(reports: Sequence[Report], entries: Iterable[Entry], name: str) -> list[Report]:
    from policy_engine.baseline import compare

    by_product: dict[str, list[Entry]] = {}
    for entry in entries:
        by_product.setdefault(entry.product, []).append(entry)
    return [compare(report, by_product.get(report.id, ()), name) for report in reports]


def _content(file: Path, *, update: bool) -> bytes | None:
    try:
        with file.open("rb") as stream:
            return stream.read(_MOST)
    except FileNotFoundError:
        if update:
            return None
        raise UsageError(f"there is no baseline `{file}`", help="record one with --update-baseline") from None
    except OSError as error:
        raise InputError(f"cannot read `{file}`: {error.strerror}", help="name the file of a baseline") from error


def _until(text: str, day: date) -> date:
    from policy_engine.baseline.model import LONGEST

    try:
        expires = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"`{text}` is no day", help="write --expires 2027-06-30") from None
    if not day < expires <= day + timedelta(days=LONGEST):
        raise UsageError(
            f"--expires {expires} is not within the {LONGEST} days after {day}", help="what is known is mended some day"
        )
    return expires


def _renamed(entries: tuple[Entry, ...], policies: Policies) -> tuple[Entry, ...]:
    """With the rules' names of today."""
    from policy_engine.loading import names_today

    plan = policies.plan
    known = {rule.name for rule in plan.rules} | {one.name for one in plan.attributes}
    old = {entry.rule for entry in entries} - known
    if not old:
        return entries
    today: Mapping[str, str] = names_today(policies, sorted(old))
    found = {entry.key: entry for entry in (replace(one, rule=today.get(one.rule, one.rule)) for one in entries)}
    return tuple((found | {entry.key: entry for entry in entries if entry.rule in known}).values())


def _updated(reports: Sequence[Report], entries: tuple[Entry, ...], baseline: Baseline, day: date) -> tuple[Entry, ...]:
    from policy_engine.baseline import record, render_baseline
    from policy_engine.baseline.model import USUAL

    expires = baseline.expires or day + timedelta(days=USUAL)
    found = record(reports, entries, day, expires, renew=baseline.expires is not None)
    content = render_baseline(found)
    if baseline.content is None:
        write_whole(baseline.file, content)
    elif baseline.content != content:
        rewrite(baseline.file, baseline.content, content)
    before, after = ({entry.key for entry in some} for some in (entries, found))
    click.echo(
        f"baseline {baseline.file}: {len(after - before)} recorded, {len(before - after)} taken out, {len(after)} in all",
        err=True,
    )
    return found


def _with_fixed(report: Report, before: Compared | None) -> Report:
    """What the update took out is still said once."""
    if report.baseline is None or before is None:
        return report
    return replace(report, baseline=replace(report.baseline, fixed=before.fixed))
