"""Writing a key pair: `NAME.key` (0600) and `NAME.pub`, whole or not at all, never over something else."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import Final

from policy_engine.errors import KeyFileError, UsageError
from policy_engine.trust import codes
from policy_engine.trust.keys import PrivateKey

PRIVATE_SUFFIX: Final = ".key"
PUBLIC_SUFFIX: Final = ".pub"

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def save(key: PrivateKey, folder: Path, name: str, passphrase: bytes | None = None) -> tuple[Path, Path]:
    """Write the pair into `folder` and return the private and the public file. Raises KeyFileError, UsageError."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"`{name}` is no name for a key", help="letters, digits, `.`, `_` and `-`; name the folder with -o"
        )
    private, public = folder / f"{name}{PRIVATE_SUFFIX}", folder / f"{name}{PUBLIC_SUFFIX}"
    text = key.to_pem(passphrase)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in (private, public):
            _refuse_existing(path)
        _write_new(private, text, 0o600)
        try:
            _write_new(public, key.public.pem, 0o644)
        except BaseException:
            private.unlink()
            raise
    except OSError as error:
        raise KeyFileError(f"cannot write `{private}`: {error.strerror}", code=codes.NOT_WRITABLE) from error
    return private, public


def _refuse_existing(path: Path) -> None:
    if os.path.lexists(path):
        what = "is a symbolic link" if path.is_symlink() else "exists already"
        raise KeyFileError(
            f"`{path}` {what}; keys are never overwritten", help="choose another name", code=codes.ALREADY_THERE
        )


def _write_new(path: Path, content: bytes, mode: int) -> None:
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # a link, unlike a rename, fails where the name has been taken meanwhile, by a symbolic link too
        os.link(beside, path)
    except FileExistsError:
        _refuse_existing(path)
        raise
    finally:
        beside.unlink()
