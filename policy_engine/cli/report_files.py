"""Reports in several formats, each to its own place: `-o FILE` belongs to the `--format` before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from policy_engine.cli.configured import chosen
from policy_engine.cli.inputs import PATH, refuse_overwriting
from policy_engine.cli.output import emit
from policy_engine.errors import UsageError
from policy_engine.reporting.formats import FORMATS

if TYPE_CHECKING:
    from policy_engine.reporting.run import Run

_ORDER: Final = "policy_engine.formats_and_outputs"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A format, and the file that it goes to; None is stdout."""

    form: str
    output: Path | None


class ReportCommand(click.Command):
    """A command that remembers in which order `--format` and `-o` were given."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse as ever, and keep the order."""
        names = [parameter.name for parameter in self.make_parser(ctx).parse_args(args=list(args))[2]]
        ctx.meta[_ORDER] = [name for name in names if name in {"forms", "outputs"}]
        return super().parse_args(ctx, args)


def report_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--format` and `-o`, repeatable."""
    forms = click.option(
        "--format", "forms", type=click.Choice(FORMATS), multiple=True, help="text by default; repeatable, with -o"
    )
    outputs = click.option(
        "-o", "outputs", type=PATH, multiple=True, metavar="FILE", help="write the format before it to FILE; repeatable"
    )
    return forms(outputs(command))


def wanted(forms: Sequence[str], outputs: Sequence[Path], read: Iterable[Path | None]) -> tuple[Wanted, ...]:
    """Which format goes where. One at most goes to stdout; no file gets two, and no input is written over."""
    pairs: list[Wanted] = []
    first: Path | None = None
    left, files = iter(forms), iter(outputs)
    for name in click.get_current_context().meta[_ORDER]:
        if name == "forms":
            pairs.append(Wanted(next(left), None))
        elif not pairs and first is None:
            first = next(files)
        elif not pairs or first is not None or pairs[-1].output is not None:
            raise _odd(next(files))
        else:
            pairs[-1] = Wanted(pairs[-1].form, next(files))
    pairs = pairs or [Wanted("text", None), *([] if outputs else _configured())]
    if first is not None:
        if len(pairs) > 1 or pairs[0].output is not None:
            raise _odd(first)
        pairs = [Wanted(pairs[0].form, first)]
    _refuse_clashes(pairs, tuple(read))
    return tuple(pairs)


def _configured() -> list[Wanted]:
    """What the configuration file asks for, where the command line asks for nothing."""
    configuration = chosen().configuration
    return [Wanted(one.form, one.file) for one in configuration.outputs] if configuration is not None else []


def _odd(file: Path) -> UsageError:
    return UsageError(f"no format goes to `{file}`", help="each -o FILE belongs to the --format before it")


def _refuse_clashes(pairs: Sequence[Wanted], read: tuple[Path | None, ...]) -> None:
    to_stdout = [one.form for one in pairs if one.output is None]
    if len(to_stdout) > 1:
        raise UsageError(
            f"{' and '.join(f'`{form}`' for form in to_stdout)} both go to stdout",
            help="give one of them a file with -o",
        )
    files = [one.output for one in pairs if one.output is not None]
    for file in files:
        refuse_overwriting(file, read)
    places = [file.resolve() for file in files]
    for at, place in enumerate(places):
        if place in places[:at]:
            raise UsageError(f"two formats go to `{files[at]}`", help="give each its own file")


def write_reports(run: Run, formats: Sequence[Wanted], text: Callable[[Wanted], str]) -> None:
    """Render everything, then write each file as a whole, then print. `text` renders what people read."""
    rendered = [(one, text(one) if one.form == "text" else _rendered(run, one.form)) for one in formats]
    for one, content in sorted(rendered, key=lambda pair: pair[0].output is None):
        if content:
            emit(content, one.output, coloured=one.form == "text" and one.output is None)


def _rendered(run: Run, form: str) -> str:
    match form:
        case "json":
            from policy_engine.reporting.as_json import render_json

            return render_json(run)
        case "sarif":
            from importlib.metadata import version

            from policy_engine.reporting.as_sarif import render_sarif

            return render_sarif(run, version("policy-engine"))
        case "junit":
            from policy_engine.reporting.as_junit import render_junit

            return render_junit(run)
        case "github":
            from policy_engine.reporting.as_github import render_github

            return render_github(run)
        case "gitlab":
            from policy_engine.reporting.as_gitlab import render_gitlab

            return render_gitlab(run)
        case "markdown":
            from policy_engine.reporting.as_markdown import render_markdown

            return render_markdown(run)
        case _:
            from policy_engine.reporting.as_html import render_html

            return render_html(run)
