"""Compiled plans kept between runs, so that unchanged policies are not compiled at every start.

A plan is found by the digests of the very sources it was compiled from and of the compiler's own files. The folder is
the user's own (0700); a file that is somebody else's, or that others may write, is not believed. What is signed is
always compiled anew.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import Final

from policy_engine.errors import PlanError
from policy_engine.plan.canonical import Digest, canonical, digest
from policy_engine.plan.codec import decode, encode
from policy_engine.plan.model import LANGUAGE, Plan

#: Names the folder, or, where it is `off`, keeps nothing.
VARIABLE: Final = "POLICY_ENGINE_CACHE"

_COMPILER: Final = ("syntax", "linking", "checking", "compilation", "plan", "product/vocabulary.py")
_KEPT: Final = 64
_OTHERS_MAY_WRITE: Final = 0o022


def folder() -> Path | None:
    """Where plans are kept; None where nothing is to be kept."""
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


def key(global_sources: Digest | None, local_sources: Digest | None) -> Digest:
    """What a plan is found by: its sources, and the compiler that made it."""
    root = Path(__file__).resolve().parent
    files = [
        file
        for name in _COMPILER
        for file in ([root / name] if name.endswith(".py") else sorted((root / name).glob("*.py")))
    ]
    stamps = [
        [file.relative_to(root).as_posix(), file.stat().st_size, file.stat().st_mtime_ns // 1000] for file in files
    ]
    return digest(
        canonical({"compiler": stamps, "global": global_sources, "language": LANGUAGE, "local": local_sources})
    )


def find(where: Path, name: Digest) -> Plan | None:
    """The plan kept under this key, if it is there and can be believed."""
    try:
        with (where / f"{name}.plan.json").open("rb") as file:
            status = os.fstat(file.fileno())
            if status.st_uid != os.getuid() or status.st_mode & _OTHERS_MAY_WRITE:
                return None
            return decode(file.read())
    except (OSError, PlanError):
        return None


def keep(where: Path, name: Digest, plan: Plan) -> None:
    """Keep a plan, whole or not at all; a folder that cannot be written is no reason to stop."""
    beside = where / f".{name}.{secrets.token_hex(4)}"
    with contextlib.suppress(OSError):
        where.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            beside.touch(mode=0o600)
            beside.write_bytes(encode(plan))
            beside.replace(where / f"{name}.plan.json")
        finally:
            beside.unlink(missing_ok=True)
        _forget_old(where)


def _forget_old(where: Path) -> None:
    """Only the plans used last stay."""
    kept = sorted(where.glob("*.plan.json"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    for file in kept[_KEPT:]:
        file.unlink(missing_ok=True)
