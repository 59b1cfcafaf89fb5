"""Whom to believe: in come key and keyring files, out go keys that sign and keys that are trusted.

What is loaded is Ed25519 of full strength, identified by the digest of its own bytes; a keyring holds at least one key
and none twice. Nothing here ever shows private key material.
"""

from policy_engine.trust.key_files import save
from policy_engine.trust.keyring import keyring_of, load_keyring
from policy_engine.trust.keys import KeyId, PrivateKey, PublicKey, generate, load_private, load_public
from policy_engine.trust.model import Keyring, TrustedKey

__all__ = [
    "KeyId",
    "Keyring",
    "PrivateKey",
    "PublicKey",
    "TrustedKey",
    "generate",
    "keyring_of",
    "load_keyring",
    "load_private",
    "load_public",
    "save",
]
