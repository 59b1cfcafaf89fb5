"""The keys that a verifier trusts, as the verifier brought them: a folder of `.pub` files, one such file, or JSON."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from policy_engine.errors import KeyFileError
from policy_engine.trust import codes
from policy_engine.trust.keys import PublicKey, load_public
from policy_engine.trust.model import MAX_KEYS, Keyring, TrustedKey


def load_keyring(path: Path) -> Keyring:
    """The keyring in a folder (its `.pub` files that are not hidden), a `.pub` file, or a `.json` keyring. Raises KeyFileError."""
    if path.is_dir():
        files = _public_files(path)
        if not files:
            raise KeyFileError(
                f"no .pub file in `{path}`", help="an empty keyring trusts nobody", code=codes.EMPTY_KEYRING
            )
        return keyring_of((file.stem, load_public(file)) for file in files[: MAX_KEYS + 1])
    if path.suffix == ".json":
        # pydantic is needed for this form only
        from policy_engine.trust.keyring_json import read_keyring

        return read_keyring(path)
    return keyring_of([(path.stem, load_public(path))])


def keyring_of(keys: Iterable[tuple[str, PublicKey]]) -> Keyring:
    """A keyring of named keys without limits."""
    return Keyring(tuple(TrustedKey(name, key) for name, key in keys))


def _public_files(folder: Path) -> list[Path]:
    try:
        # a hidden file may be half written, or put there unseen
        return sorted(file for file in folder.iterdir() if file.suffix == ".pub" and not file.name.startswith("."))
    except OSError as error:
        raise KeyFileError(f"cannot read the folder `{folder}`: {error.strerror}") from error
