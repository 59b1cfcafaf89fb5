"""A keyring as one JSON file, which can also say for which domain and how long a key is trusted."""

from __future__ import annotations

import base64
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from policy_engine.errors import KeyFileError
from policy_engine.trust import codes
from policy_engine.trust.keys import PublicKey, parse_public
from policy_engine.trust.model import MAX_KEYS, Keyring, TrustedKey
from policy_engine.trust.strict_json import LimitExceededError, NotStrictError, read_json

SCHEMA: Final = "urn:policy-engine:keyring:v1"
MAX_KEYRING_BYTES: Final = 1024 * 1024

#: RFC 3339 with a zone, and nothing else that could be taken for a time: `1767225600` is a moment to some readers.
_RFC_3339: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})$"


def _existing(text: str) -> str:
    datetime.fromisoformat(text)
    return text


_Name = Annotated[str, Field(min_length=1, max_length=200)]
_Moment = Annotated[str, Field(pattern=_RFC_3339), AfterValidator(_existing)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", alias_generator=to_camel)


class _Entry(_Strict):
    name: _Name
    public_key: Annotated[str, Field(max_length=10_000)]
    domain: _Name | None = None
    not_before: _Moment | None = None
    not_after: _Moment | None = None
    status: Literal["active", "revoked"] = "active"


class _Document(_Strict):
    # named `schema` in the file; pydantic has a method of that name
    version: Annotated[Literal["urn:policy-engine:keyring:v1"], Field(alias="schema")]
    keys: Annotated[tuple[_Entry, ...], Field(max_length=MAX_KEYS)]


def read_keyring(path: Path) -> Keyring:
    """The keyring of a JSON file. Raises KeyFileError."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_KEYRING_BYTES + 1)
    except OSError as error:
        raise KeyFileError(f"cannot read `{path}`: {error.strerror}") from error
    return parse_keyring(content, str(path))


def parse_keyring(content: bytes, origin: str) -> Keyring:
    """The keyring in JSON text; `origin` names it in errors. Raises KeyFileError."""
    try:
        read_json(content, max_bytes=MAX_KEYRING_BYTES)
        document = _Document.model_validate_json(content)
    except (LimitExceededError, NotStrictError) as error:
        raise KeyFileError(f"`{origin}` is no keyring: {error}", code=codes.BAD_KEYRING) from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the document"
        raise KeyFileError(
            f"`{origin}` is no keyring: {place}: {first['msg'].lower()}",
            help=f"the members are described under `{SCHEMA}` in the reference of attestations",
            code=codes.BAD_KEYRING,
        ) from None
    return Keyring(tuple(_trusted(entry, origin) for entry in document.keys))


def _trusted(entry: _Entry, origin: str) -> TrustedKey:
    begin, end = _moment(entry.not_before), _moment(entry.not_after)
    if begin and end and begin > end:
        raise KeyFileError(f"in `{origin}` the window of `{entry.name}` ends before it begins", code=codes.BAD_KEYRING)
    key = _key(entry, f"{origin}: {entry.name}")
    return TrustedKey(entry.name, key, entry.domain, begin, end, is_revoked=entry.status == "revoked")


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _key(entry: _Entry, origin: str) -> PublicKey:
    if entry.public_key.lstrip().startswith("-----BEGIN"):
        return parse_public(entry.public_key.encode(), origin)
    try:
        der = base64.b64decode(entry.public_key, validate=True)
    except ValueError:  # characters beyond ASCII are none of binascii.Error
        raise KeyFileError(f"`{origin}`: the public key is neither PEM nor base64", code=codes.BAD_KEYRING) from None
    return parse_public(der, origin)
