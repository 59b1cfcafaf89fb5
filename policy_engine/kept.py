"""What is kept between runs, so that the same work is not done at every start: files in the user's own cache folder.

A kept file is found by the digest of what it was made from. A folder or a file that is somebody else's, or that others
may write, is not believed: who may write the folder could give one file the name of another. Nothing that is signed
rests on a kept file.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from stat import S_ISREG
from typing import Final

from policy_engine.plan.canonical import Digest

#: Names the folder, or, where it is `off`, keeps nothing.
VARIABLE: Final = "POLICY_ENGINE_CACHE"
_OTHERS_MAY_WRITE: Final = 0o022
#: No link to another file is followed, and no pipe waited for.
_ONLY_A_FILE: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
#: Tidying up lists the whole folder; with many kinds of things in it, it is enough to do so now and then.
_OFTEN: Final = 64


def folder() -> Path | None:
    """Where things are kept; None where nothing is to be kept."""
    named = os.environ.get(VARIABLE)
    if named == "off" or os.name != "posix":  # elsewhere nothing tells whose a file is
        return None
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "policy-engine"
    except RuntimeError:  # no home
        return None


def stamps(names: Iterable[str]) -> list[list[str | int]]:
    """What tells one version of our own files from another, cheaply: of modules and of all modules of folders."""
    root = Path(__file__).resolve().parent
    files = (
        file
        for name in names
        for file in ([root / name] if name.endswith(".py") else sorted((root / name).glob("*.py")))
    )
    return [[file.relative_to(root).as_posix(), file.stat().st_size, file.stat().st_mtime_ns // 1000] for file in files]


def find(where: Path, name: Digest, kind: str) -> bytes | None:
    """What is kept of this kind under this digest, if it is there and can be believed."""
    try:
        if not _is_own(where.stat()):
            return None
        with os.fdopen(os.open(where / f"{name}.{kind}.json", _ONLY_A_FILE), "rb") as file:
            status = os.fstat(file.fileno())
            return file.read() if S_ISREG(status.st_mode) and _is_own(status) else None
    except OSError:
        return None


def _is_own(status: os.stat_result) -> bool:
    return status.st_uid == os.getuid() and not status.st_mode & _OTHERS_MAY_WRITE


def keep(where: Path, name: Digest, kind: str, content: bytes, *, most: int) -> None:
    """Keep it, whole or not at all, and of its kind the `most` that were kept last.

    A folder that cannot be written is no reason to stop, and one that is not believed is not written.
    """
    beside = where / f".{name}.{secrets.token_hex(4)}"
    with contextlib.suppress(OSError):
        where.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_own(where.stat()):
            return
        try:
            beside.touch(mode=0o600)
            beside.write_bytes(content)
            beside.replace(where / f"{name}.{kind}.json")
        finally:
            beside.unlink(missing_ok=True)
        if most <= _OFTEN or int(name[:4], 16) % _OFTEN == 0:
            _forget_old(where, kind, most)


def _forget_old(where: Path, kind: str, most: int) -> None:
    kept = sorted(where.glob(f"*.{kind}.json"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    for file in kept[most:]:
        file.unlink(missing_ok=True)
