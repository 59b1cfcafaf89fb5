"""A keyring: the keys that a verifier trusts, and how far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from policy_engine.errors import KeyFileError
from policy_engine.trust import codes
from policy_engine.trust.keys import KeyId, PublicKey

MAX_KEYS: Final = 1000


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """One key and how far it is trusted: None is no limit, and then the verifier says that there was none."""

    name: str
    key: PublicKey
    domain: str | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None
    is_revoked: bool = False


@dataclass(frozen=True, slots=True)
class Keyring:
    """At least one key, no key twice: an empty keyring would make "all signatures are good" true."""

    entries: tuple[TrustedKey, ...]

    def __post_init__(self) -> None:
        if not self.entries:
            raise KeyFileError("the keyring holds no key", help="nothing can be verified", code=codes.EMPTY_KEYRING)
        if len(self.entries) > MAX_KEYS:
            raise KeyFileError(f"the keyring holds more than {MAX_KEYS} keys", code=codes.BAD_KEYRING)
        by_id: dict[KeyId, TrustedKey] = {}
        for entry in self.entries:
            if (other := by_id.setdefault(entry.key.id, entry)) is not entry:
                raise KeyFileError(
                    f"the keyring has one key under two names, `{other.name}` and `{entry.name}`",
                    help="remove one, so that it is clear what the key may sign",
                    code=codes.REPEATED_KEY,
                )

    def find(self, key_id: str) -> TrustedKey | None:
        """The key of that id."""
        return next((entry for entry in self.entries if entry.key.id == key_id), None)
