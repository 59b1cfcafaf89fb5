"""The one table of codes for key and keyring files. A code is never used again for something else."""

from __future__ import annotations

from typing import Final

MALFORMED: Final = "TRU001"
WRONG_KIND: Final = "TRU002"
WRONG_ALGORITHM: Final = "TRU003"
WEAK_KEY: Final = "TRU004"
PASSPHRASE: Final = "TRU005"  # noqa: S105 - a code, no password
PERMISSIONS: Final = "TRU006"
ALREADY_THERE: Final = "TRU007"
NOT_WRITABLE: Final = "TRU008"
REPEATED_KEY: Final = "TRU009"
EMPTY_KEYRING: Final = "TRU010"
BAD_KEYRING: Final = "TRU011"

#: What each code means, in one line.
CODES: Final[dict[str, str]] = {
    MALFORMED: "the file is no key: not PEM, cut off, too large, or unreadable",
    WRONG_KIND: "a private key where a public one is meant, or the other way round",
    WRONG_ALGORITHM: "a key of another algorithm than Ed25519",
    WEAK_KEY: "a public key of low order or off the curve: no signature by it means anything",
    PASSPHRASE: "the private key is encrypted and the passphrase is missing, empty or wrong",
    PERMISSIONS: "a private key that others on this machine can read or change",
    ALREADY_THERE: "a key file of that name exists, and keys are never overwritten",
    NOT_WRITABLE: "the key files cannot be written in that folder",
    REPEATED_KEY: "one key twice in a keyring, under whatever names",
    EMPTY_KEYRING: "a keyring without a key, which could only refuse everything",
    BAD_KEYRING: "a keyring file that does not have exactly the documented members",
}
