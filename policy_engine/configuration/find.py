"""Where the file is: in a folder or above it, no further than the repository."""

from __future__ import annotations

from pathlib import Path
from typing import Final

NAME: Final = "policy-engine.toml"
#: What only the top folder of a repository has. Files above belong to somebody else.
_TOPS: Final = (".git", ".hg", ".jj")
_MAGIC: Final = frozenset("*?[")


def find(start: Path) -> Path | None:
    """The nearest file from a path upwards; of a glob, from its part without wildcards."""
    folder = _folder(start).resolve()
    for one in (folder, *folder.parents):
        if (one / NAME).is_file():
            return one / NAME
        if any((one / top).exists() for top in _TOPS):
            return None
    return None


def _folder(start: Path) -> Path:
    if start.is_dir():
        return start
    while not start.exists() and (_MAGIC & set(str(start))):
        start = start.parent
    return start if start.is_dir() else start.parent
