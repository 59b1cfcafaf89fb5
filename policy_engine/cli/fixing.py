"""Mending policy files as diagnostics say: shown first, or written in place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from policy_engine.cli import main
from policy_engine.cli.output import draw_diff, emit, rewrite, styler
from policy_engine.errors import UsageError

if TYPE_CHECKING:
    from policy_engine.diagnostics import Diagnostic, Source

#: What one fix leaves over, the next round may mend.
_ROUNDS: Final = 10
_MARK: Final = b"\xef\xbb\xbf"


def show_fixes(diagnostics: Sequence[Diagnostic], output: Path | None, *, coloured: bool) -> int:
    """Show what fixing would change."""
    from policy_engine.diagnostics import Level
    from policy_engine.linting import apply

    texts, _ = apply(diagnostics)
    errors = any(diagnostic.level is Level.ERROR for diagnostic in diagnostics)
    nothing = "nothing to fix" + (" before the errors are mended" if errors else "")
    patches = (
        draw_diff(source.name, source.text.encode(), text.encode(), styler(coloured=coloured))
        for source, text in sorted(texts.items(), key=lambda item: item[0].name)
    )
    emit("".join(patches) or f"{nothing}\n", output, coloured=coloured)
    return main.NO if texts or errors else main.YES


def fix_files(diagnose: Callable[[], Sequence[Diagnostic]]) -> None:
    """Mend until nothing is left that can be mended; say on stderr what was."""
    from policy_engine.linting import apply

    for _ in range(_ROUNDS):
        texts, mended = apply(diagnose())
        if not texts:
            return
        before = {source: _content(source) for source in texts}
        for source, text in texts.items():
            rewrite(Path(source.name), before[source], _as_it_was_written(text, before[source]))
        for one in mended:
            line, column = one.span.position
            click.echo(f"fixed {one.span.source.name}:{line}:{column}: {one.code} {one.message}", err=True)


def _content(source: Source) -> bytes:
    """What the file holds; it has to be what the diagnostics are about."""
    file = Path(source.name)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read `{file}`: {error.strerror}", help="nothing was fixed in it") from error
    text = content.removeprefix(_MARK).decode("utf-8", errors="replace")
    if text.replace("\r\n", "\n").replace("\r", "\n") != source.text:
        raise UsageError(f"`{file}` was changed in the meantime", help="run the command again")
    return content


def _as_it_was_written(text: str, before: bytes) -> bytes:
    """With the mark and the line ends that the file had."""
    ends = text.replace("\n", "\r\n") if b"\r\n" in before else text
    return (_MARK if before.startswith(_MARK) else b"") + ends.encode()
