"""`policy-engine fmt`: one layout for all policy text."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from policy_engine.cli.configured import authored, configured
from policy_engine.cli.inputs import PATH, policy_files
from policy_engine.errors import UsageError

if TYPE_CHECKING:
    from policy_engine.diagnostics import Diagnostic

STDIN: Final = Path("-")


@dataclass(frozen=True, slots=True)
class _Text:
    """One text before and after; `after` is None where it cannot be read."""

    name: str
    before: bytes
    after: bytes | None
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def changes(self) -> bool:
        """Is it laid out differently afterwards?"""
        return self.after is not None and self.after != self.before


@click.command(name="fmt")
@click.argument("paths", nargs=-1, type=PATH, metavar="[PATH...]")
@click.option("--check", "is_check", is_flag=True, help="write nothing; exit with 1 where a file would change")
@click.option("--diff", "is_diff", is_flag=True, help="the same, and show what would change")
@click.option("--no-color", "is_plain", is_flag=True, help="no colours, as with NO_COLOR")
@configured()
def command(paths: tuple[Path, ...], is_check: bool, is_diff: bool, is_plain: bool) -> int:
    """Lay policy text out in the one way there is.

    PATH is a file, a folder with policies at any depth, or `-` for stdin to stdout. Files are rewritten in place,
    whole or not at all. Without PATH, they are the policies that policy-engine.toml calls the domain's, else the
    council's. Only blanks, line breaks, commas after last items and the spelling of numbers change: comments,
    documentation and texts stay, and policies compile to the same plan.

    \b
    Examples:
      policy-engine fmt policies
      policy-engine fmt --check policies
      policy-engine fmt - < draft.policy

    Exit codes: 0 formatted, 1 something would change (--check, --diff), 2 could not answer, or a file cannot be read.
    """
    from policy_engine.cli import main

    paths = paths or authored()
    if STDIN in paths:
        return _stdin(paths, is_check=is_check, is_diff=is_diff, is_plain=is_plain)
    texts = [_formatted(str(file), _content(file)) for file in policy_files(paths)]
    writes = not (is_check or is_diff)
    for text in texts:
        if is_diff and text.changes:
            _show(text, is_plain=is_plain)
        if writes and text.changes and text.after is not None:
            from policy_engine.cli.output import rewrite

            rewrite(Path(text.name), text.before, text.after)
        if text.changes and not is_diff:
            click.echo(f"{'formatted' if writes else 'would format'} {text.name}")
    _complain(texts)
    click.echo(_summary(texts, writes=writes), err=is_diff)
    if any(text.after is None for text in texts):
        return main.CANNOT_ANSWER
    return main.NO if not writes and any(text.changes for text in texts) else main.YES


def _stdin(paths: tuple[Path, ...], *, is_check: bool, is_diff: bool, is_plain: bool) -> int:
    from policy_engine.cli import main
    from policy_engine.cli.output import emit

    if paths != (STDIN,):
        raise UsageError("`-` stands alone", help="give stdin, or files and folders")
    text = _formatted("<stdin>", sys.stdin.buffer.read())
    _complain([text])
    if text.after is None:
        return main.CANNOT_ANSWER
    if is_diff and text.changes:
        _show(text, is_plain=is_plain)
    if not is_check and not is_diff:
        emit(text.after.decode(), None)
        return main.YES
    return main.NO if text.changes else main.YES


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read `{file}`: {error.strerror}", help="nothing was written") from error


def _formatted(name: str, content: bytes) -> _Text:
    from policy_engine.syntax import format_policies

    after, diagnostics = format_policies(name, content)
    return _Text(name, content, None if after is None else after.encode(), tuple(diagnostics))


def _show(text: _Text, *, is_plain: bool) -> None:
    from policy_engine.cli.output import draw_diff, emit, is_coloured, styler

    coloured = is_coloured(None, is_plain=is_plain)
    assert text.after is not None
    emit(draw_diff(text.name, text.before, text.after, styler(coloured=coloured)), None, coloured=coloured)


def _complain(texts: list[_Text]) -> None:
    from policy_engine.cli.output import is_coloured, styler, width
    from policy_engine.diagnostics import draw, pointer

    found = [diagnostic for text in texts for diagnostic in text.diagnostics]
    if found:
        click.echo(draw(found, styler(coloured=is_coloured(None, is_plain=False)), width()), err=True)
        if more := pointer(found):
            click.echo(more, err=True)


def _summary(texts: list[_Text], *, writes: bool) -> str:
    changed = sum(text.changes for text in texts)
    unread = sum(text.after is None for text in texts)
    counted = (
        (changed, "formatted" if writes else "to format"),
        (len(texts) - changed - unread, "formatted already"),
        (unread, "not read, and left as they are" if unread > 1 else "not read, and left as it is"),
    )
    return ", ".join(f"{count} file{'s' if count != 1 else ''} {what}" for count, what in counted if count)
