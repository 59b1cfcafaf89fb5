"""Where results go: to stdout, or whole to a file; in colour on terminals only."""

from __future__ import annotations

import difflib
import os
import secrets
import shutil
import stat
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from policy_engine.errors import UsageError

if TYPE_CHECKING:
    from policy_engine.reporting.screen import Screen

_COLOURS: Final = {
    "good": {"fg": "green", "bold": True},
    "bad": {"fg": "red", "bold": True},
    "error": {"fg": "red", "bold": True},
    "doubt": {"fg": "yellow", "bold": True},
    "warning": {"fg": "yellow", "bold": True},
    "heading": {"bold": True},
    "help": {"fg": "cyan"},
    "frame": {"fg": "blue"},
    "quiet": {"dim": True},
}


def is_coloured(output: Path | None, *, is_plain: bool) -> bool:
    """Colour is for terminals, unless somebody said no."""
    return (
        output is None
        and not is_plain
        and "NO_COLOR" not in os.environ
        and sys.stdout is not None
        and sys.stdout.isatty()
    )


def styler(*, coloured: bool) -> Callable[[str, str], str]:
    """A function that colours text by its role."""
    if not coloured:
        return lambda text, _role: text
    return lambda text, role: click.style(text, **_COLOURS[role]) if role in _COLOURS else text  # type: ignore[arg-type]


def width(output: Path | None = None) -> int | None:
    """How wide a terminal is; None where the output goes elsewhere, and is the same everywhere."""
    if output is not None or sys.stdout is None or not sys.stdout.isatty():
        return None
    return shutil.get_terminal_size().columns


def screen(output: Path | None, *, is_plain: bool) -> Screen:
    """The terminal as wide as it is; a file, or what a program reads, without end and without colour."""
    from policy_engine.reporting.screen import Screen

    return Screen(styler(coloured=is_coloured(output, is_plain=is_plain)), width(output))


def emit(text: str, output: Path | None, *, coloured: bool = False) -> None:
    """Print the text, or write it to the file as a whole."""
    if output is None:
        try:
            click.echo(text, nl=False, color=coloured)
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except (OSError, AttributeError) as error:  # a full disk, or no stdout at all
            raise UsageError("cannot write to stdout", help="name a file with -o") from error
    else:
        write_whole(output, text.encode())


def write_whole(target: Path, content: bytes) -> None:
    """Write beside and rename, so that the file is there complete or not at all."""
    try:
        if target.exists() and not target.is_file():  # a device or a pipe is written to, not replaced
            target.write_bytes(content)
        else:
            _replace(target, content)
    except OSError as error:
        raise UsageError(
            f"cannot write `{target}`: {error.strerror}", help="name a file in a folder you may write to"
        ) from error


def rewrite(file: Path, before: bytes, content: bytes) -> None:
    """Replace what a file holds, whole or not at all: not where it is protected, nor where it holds something else by now.

    Permissions stay. Behind a link, the file itself is written.
    """
    target = file.resolve()
    try:
        mode = stat.S_IMODE(target.stat().st_mode)
        if not mode & stat.S_IWUSR:
            raise UsageError(f"`{file}` is read-only", help="make it writable first; it was left as it is")
        now = target.read_bytes()
        if now == content:  # somebody else was faster
            return
        if now != before:
            raise UsageError(f"`{file}` was changed in the meantime", help="run the command again")
        _replace(target, content, mode)
    except OSError as error:
        raise UsageError(f"cannot write `{file}`: {error.strerror}", help="it was left as it is") from error


def write_folder(target: Path, files: Mapping[str, bytes], mark: str) -> None:
    """Write all files into a folder beside, then put it in the place of the old one, which has to bear our mark.

    `mark` is a file that only such a folder has: what somebody else keeps there is never touched.
    """
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise UsageError(f"`{target}` is no folder", help="name a new folder")
    if target.is_dir() and any(target.iterdir()) and not (target / mark).is_file():
        raise UsageError(
            f"`{target}` holds something else: it has no `{mark}`", help="name a new folder, or an empty one"
        )
    if Path.cwd().is_relative_to(target.resolve()):
        raise UsageError(f"`{target}` is the folder in which you are", help="name a new folder in it")
    named = target
    target = Path(os.path.abspath(target))  # noqa: PTH100 - what ends in `..` has no name, and links were refused
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    old = beside.with_name(f"{beside.name}.old")
    try:
        for path, content in files.items():
            (beside / path).parent.mkdir(parents=True, exist_ok=True)
            (beside / path).write_bytes(content)
        if target.exists():
            target.rename(old)
        beside.rename(target)
    except OSError as error:
        raise UsageError(
            f"cannot write `{named}`: {error.strerror}", help="name a folder where you may write"
        ) from error
    finally:
        if old.exists() and not target.exists():  # also where Ctrl-C came in between
            old.rename(target)
        shutil.rmtree(beside, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _replace(target: Path, content: bytes, mode: int | None = None) -> None:
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        beside.write_bytes(content)
        if mode is not None:
            beside.chmod(mode)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def draw_diff(name: str, before: bytes, after: bytes, style: Callable[[str, str], str]) -> str:
    """What changes in a file, as a patch."""
    old, new = (text.decode("utf-8", errors="replace").splitlines(keepends=True) for text in (before, after))
    roles = {"+": "good", "-": "bad", "@": "frame"}
    lines = difflib.unified_diff(old, new, name, name)
    return "".join(style(line.rstrip("\r\n"), roles.get(line[0], "")) + "\n" for line in lines)
