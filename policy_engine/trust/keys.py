"""Ed25519 keys: made, written to and read from files. No message, repr or log ever holds private key material."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NewType

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from policy_engine.errors import KeyFileError
from policy_engine.plan.canonical import digest
from policy_engine.trust import codes
from policy_engine.trust.curve import weakness

#: SHA-256 of the DER SubjectPublicKeyInfo, 64 lower-case hexadecimal digits. Recomputed on load, never taken on trust.
KeyId = NewType("KeyId", str)

ALGORITHM: Final = "Ed25519"
MAX_KEY_BYTES: Final = 64 * 1024

_PEM: Final = re.compile(rb"\s*-----BEGIN ([A-Z0-9 ]+)-----[\sA-Za-z0-9+/=]+-----END \1-----\s*")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An Ed25519 public key of full strength, as 32 bytes."""

    raw: bytes = field(repr=False)
    id: KeyId

    @property
    def pem(self) -> bytes:
        """The SubjectPublicKeyInfo as PEM."""
        return self._loaded().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def has_signed(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` is this key's over exactly `message`."""
        try:
            self._loaded().verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def _loaded(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.raw)


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """An Ed25519 private key. What shows of it is the id of its public half."""

    public: PublicKey
    _secret: Ed25519PrivateKey = field(repr=False, compare=False)

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of the signature over `message`; deterministic (RFC 8032)."""
        return self._secret.sign(message)

    def to_pem(self, passphrase: bytes | None) -> bytes:
        """PKCS#8 as PEM, encrypted where a passphrase is given."""
        if passphrase is None:
            encoding = serialization.Encoding.PEM
        elif passphrase:
            encoding = serialization.Encoding.DER
        else:
            raise KeyFileError("the passphrase is empty", code=codes.PASSPHRASE)
        plain = self._secret.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        if passphrase is None:
            return plain
        from policy_engine.trust.encryption import encrypt

        return encrypt(plain, passphrase)


def generate() -> PrivateKey:
    """A new key from the operating system's randomness."""
    return _private(Ed25519PrivateKey.generate())


def load_public(path: Path) -> PublicKey:
    """The public key of a PEM file. Raises KeyFileError."""
    return parse_public(_read(path, is_secret=False), str(path))


def load_private(path: Path, passphrase: bytes | None = None) -> PrivateKey:
    """The private key of a PEM file that nobody else can read. Raises KeyFileError, TRU005 where a passphrase lacks."""
    return _parse_private(_read(path, is_secret=True), path, passphrase)


def is_private(path: Path) -> bool:
    """Whether the file says of itself that it holds a private key."""
    return b"PRIVATE KEY-----" in _read(path, is_secret=False)


def is_encrypted(path: Path) -> bool:
    """Whether the file says of itself that it holds a private key under a passphrase."""
    return b"ENCRYPTED PRIVATE KEY-----" in _read(path, is_secret=False)


def parse_public(content: bytes, origin: str) -> PublicKey:
    """The public key in PEM or DER SubjectPublicKeyInfo; `origin` names it in errors."""
    label = _label(content)
    if b"PRIVATE KEY-----" in content:
        raise KeyFileError(
            f"`{origin}` holds a private key where a public one is meant",
            help="give the .pub file, and keep the private key to yourself",
            code=codes.WRONG_KIND,
        )
    try:
        if label == "PUBLIC KEY":
            key = serialization.load_pem_public_key(content)
        elif label is None and content[:1] == b"\x30":
            key = serialization.load_der_public_key(content)
        else:
            raise _no_key(origin, label)
    except (ValueError, UnsupportedAlgorithm):
        raise _no_key(origin, label) from None
    if not isinstance(key, Ed25519PublicKey):
        raise _wrong_algorithm(origin, key)
    return _public(key, origin)


def _parse_private(content: bytes, path: Path, passphrase: bytes | None) -> PrivateKey:
    label = _label(content)
    if label == "PUBLIC KEY":
        raise KeyFileError(
            f"`{path}` holds a public key; signing needs the private one",
            help="give the .key file",
            code=codes.WRONG_KIND,
        )
    if label not in {"PRIVATE KEY", "ENCRYPTED PRIVATE KEY"}:
        raise _no_key(str(path), label)
    is_hidden = label == "ENCRYPTED PRIVATE KEY"
    if is_hidden and not passphrase:
        raise KeyFileError(
            f"`{path}` is encrypted and there is no passphrase",
            help="set POLICY_ENGINE_PASSPHRASE, or name a file with --passphrase-file",
            code=codes.PASSPHRASE,
        )
    try:
        key = serialization.load_pem_private_key(content, passphrase if is_hidden else None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # not chained: the library's message could quote what it read
        if is_hidden:
            raise KeyFileError(f"the passphrase does not open `{path}`", code=codes.PASSPHRASE) from None
        raise _no_key(str(path), label) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise _wrong_algorithm(str(path), key)
    return _private(key)


def _public(key: Ed25519PublicKey, origin: str) -> PublicKey:
    raw = key.public_bytes_raw()
    if (reason := weakness(raw)) is not None:
        raise KeyFileError(
            f"the public key in `{origin}` {reason}",
            help="such a key does not come about by chance",
            code=codes.WEAK_KEY,
        )
    spki = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return PublicKey(raw, KeyId(digest(spki)))


def _private(key: Ed25519PrivateKey) -> PrivateKey:
    return PrivateKey(_public(key.public_key(), "the private key"), key)


def _label(content: bytes) -> str | None:
    found = _PEM.fullmatch(content)
    return found[1].decode() if found else None


def _no_key(origin: str, label: str | None) -> KeyFileError:
    what = f"holds a `{label}`, which is not read" if label and "KEY" not in label else "is no PEM key file"
    if label and "KEY" in label:
        what = f"holds a `{label}` that cannot be read"
    return KeyFileError(f"`{origin}` {what}", help="make a pair with `policy-engine keys generate NAME`")


def _wrong_algorithm(origin: str, key: object) -> KeyFileError:
    name = type(key).__name__.removesuffix("PublicKey").removesuffix("PrivateKey").lstrip("_")
    bits = getattr(key, "key_size", None)
    size = f" of {bits} bits" if isinstance(bits, int) else ""
    return KeyFileError(
        f"`{origin}` holds a key for {name}{size}; only {ALGORITHM} is accepted",
        help="make a pair with `policy-engine keys generate NAME`",
        code=codes.WRONG_ALGORITHM,
    )


def _read(path: Path, *, is_secret: bool) -> bytes:
    try:
        with path.open("rb") as file:
            if is_secret:
                _check_permissions(path, os.fstat(file.fileno()))
            content = file.read(MAX_KEY_BYTES + 1)
    except OSError as error:
        raise KeyFileError(f"cannot read `{path}`: {error.strerror}") from error
    if len(content) > MAX_KEY_BYTES:
        raise KeyFileError(f"`{path}` is larger than {MAX_KEY_BYTES} bytes, so it is no key file")
    return content


def _check_permissions(path: Path, status: os.stat_result) -> None:
    mode = stat.S_IMODE(status.st_mode)
    if os.name == "posix" and mode & 0o077:
        raise KeyFileError(
            f"others on this machine can use the private key `{path}` (mode {mode:04o})",
            help=f"take it away from them: chmod 600 {path}",
            code=codes.PERMISSIONS,
        )
