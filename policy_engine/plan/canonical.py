"""One way to write a value as bytes (RFC 8785, JSON Canonicalization Scheme) and one digest of bytes (SHA-256)."""

from __future__ import annotations

import hashlib
from typing import Any, NewType

import rfc8785

#: SHA-256 as 64 lower-case hexadecimal digits.
Digest = NewType("Digest", str)


def canonical(value: Any) -> bytes:
    """The canonical JSON bytes of dicts, lists, strings, ints, bools and None. Floats have no place in what is signed."""
    return rfc8785.dumps(value)


def digest(content: bytes) -> Digest:
    """The SHA-256 of `content`."""
    return Digest(hashlib.sha256(content).hexdigest())
