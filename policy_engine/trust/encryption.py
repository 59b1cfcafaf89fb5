"""A private key under a passphrase: PKCS#8 EncryptedPrivateKeyInfo (RFC 5958) with PBES2 (RFC 8018).

Written out because `cryptography` offers no choice of rounds and takes 2048, which a graphics card guesses through.
Its own reader, and openssl's, read the result.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

ROUNDS: Final = 600_000

_PBES2: Final = bytes.fromhex("06092a864886f70d01050d")
_PBKDF2: Final = bytes.fromhex("06092a864886f70d01050c")
_HMAC_SHA256: Final = bytes.fromhex("06082a864886f70d02090500")  # with its NULL parameters
_AES_256_CBC: Final = bytes.fromhex("060960864801650304012a")


def encrypt(pkcs8: bytes, passphrase: bytes) -> bytes:
    """The PEM text of the DER key `pkcs8`, encrypted with AES-256 under PBKDF2 of the passphrase."""
    salt, iv = secrets.token_bytes(16), secrets.token_bytes(16)
    key = hashlib.pbkdf2_hmac("sha256", passphrase, salt, ROUNDS, 32)
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    padding = 16 - len(pkcs8) % 16
    hidden = encryptor.update(pkcs8 + bytes([padding]) * padding) + encryptor.finalize()
    rounds = b"\x02\x03" + ROUNDS.to_bytes(3, "big")
    derivation = _sequence(_PBKDF2, _sequence(_octets(salt), rounds, _sequence(_HMAC_SHA256)))
    scheme = _sequence(_PBES2, _sequence(derivation, _sequence(_AES_256_CBC, _octets(iv))))
    return _pem("ENCRYPTED PRIVATE KEY", _sequence(scheme, _octets(hidden)))


def _sequence(*parts: bytes) -> bytes:
    return _tagged(0x30, b"".join(parts))


def _octets(content: bytes) -> bytes:
    return _tagged(0x04, content)


def _tagged(tag: int, content: bytes) -> bytes:
    # DER, X.690 8.1.3: the short form of a length to 127, else 0x81 and one byte, which is enough for these
    length = bytes([len(content)]) if len(content) < 128 else bytes([0x81, len(content)])
    return bytes([tag]) + length + content


def _pem(label: str, der: bytes) -> bytes:
    text = base64.b64encode(der).decode()
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode()
