"""What is in a folder, completely or not at all: nothing is left out because it could not be listed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from policy_engine.errors import UsageError


def files_below(root: Path) -> Iterator[Path]:
    """Every regular file at any depth, in the order of paths; what begins with a dot is left out.

    Raises UsageError for what cannot be listed, and for symbolic links, behind which other files could appear.
    """
    for entry in _entries(root):
        path = Path(entry.path)
        if entry.name.startswith("."):
            continue
        if entry.is_symlink():
            raise UsageError(
                f"`{path}` is a symbolic link", help="folders are read without links: put the file itself there"
            )
        if entry.is_dir():
            yield from files_below(path)
        elif entry.is_file():
            yield path


def _entries(root: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(root) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        raise UsageError(f"cannot list `{root}`: {error.strerror}", help="nothing in it was read") from error
