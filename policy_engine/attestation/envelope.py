"""The DSSE envelope (https://github.com/secure-systems-lab/dsse): written in one form, read only in that form."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Final, NoReturn

from policy_engine.attestation.steps import CODES, StepName
from policy_engine.errors import VerificationError
from policy_engine.plan.canonical import canonical
from policy_engine.trust.strict_json import LimitExceededError, NotStrictError, is_canonical, read_json

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
MAX_SIGNATURES: Final = 16

_KEY_ID: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload with its type and the one signature that this format has."""

    payload_type: str
    payload: bytes
    key_id: str
    signature: bytes


def pae(payload_type: str, payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding: what is signed, so that the type is signed with the content."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def write_envelope(envelope: Envelope) -> bytes:
    """The canonical bytes of the envelope."""
    return canonical(
        {
            "payload": base64.b64encode(envelope.payload).decode(),
            "payloadType": envelope.payload_type,
            "signatures": [{"keyid": envelope.key_id, "sig": base64.b64encode(envelope.signature).decode()}],
        }
    )


def read_envelope(content: bytes) -> Envelope:
    """The envelope in exactly these bytes. Raises VerificationError with the code of the step that refuses."""
    document = read_canonical(content, StepName.LIMITS, StepName.JSON, StepName.CANONICAL)
    members = _members(document, "the envelope", {"payload", "payloadType", "signatures"})
    signatures = members["signatures"]
    if not isinstance(signatures, list):
        refuse(StepName.ENVELOPE, "`signatures` is no list")
    if len(signatures) > MAX_SIGNATURES:
        refuse(StepName.ENVELOPE, f"there are {len(signatures)} signatures, more than {MAX_SIGNATURES}")
    if len(signatures) != 1:
        refuse(StepName.ENVELOPE, f"there are {len(signatures)} signatures where exactly one belongs")
    signature = _members(signatures[0], "the signature", {"keyid", "sig"})
    key_id = _text(signature["keyid"], "keyid")
    if not _KEY_ID.fullmatch(key_id):
        refuse(StepName.ENVELOPE, "`keyid` is no SHA-256 in lower-case hexadecimal digits")
    return Envelope(
        _text(members["payloadType"], "payloadType"),
        _base64(_text(members["payload"], "payload"), "payload"),
        key_id,
        _base64(_text(signature["sig"], "sig"), "sig"),
    )


def read_canonical(content: bytes, limits: StepName, strictness: StepName, form: StepName) -> object:
    """The value of canonical JSON bytes. Raises VerificationError with the code of the step that asks what is amiss."""
    try:
        value = read_json(content)
    except LimitExceededError as error:
        refuse(limits, str(error))
    except NotStrictError as error:
        refuse(strictness, str(error))
    if not is_canonical(content, value):
        refuse(form, "the bytes are not the canonical form (RFC 8785) of what they say")
    return value


def refuse(step: StepName, reason: str) -> NoReturn:
    """Raise the VerificationError of a step."""
    raise VerificationError(reason, code=CODES[step])


def _members(value: object, what: str, names: set[str]) -> dict[str, object]:
    if not isinstance(value, dict):
        refuse(StepName.ENVELOPE, f"{what} is no object")
    if set(value) != names:
        differing = min(set(value) ^ names)
        how = "lacks" if differing in names else "has the unknown member"
        refuse(StepName.ENVELOPE, f"{what} {how} `{differing[:100]}`")
    return value


def _text(value: object, what: str) -> str:
    if not isinstance(value, str):
        refuse(StepName.ENVELOPE, f"`{what}` is no text")
    return value


def _base64(text: str, what: str) -> bytes:
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError:
        refuse(StepName.ENVELOPE, f"`{what}` is no standard base64")
    # bits beyond the last byte, and missing or doubled padding, would give one content many texts
    if base64.b64encode(content).decode() != text:
        refuse(StepName.ENVELOPE, f"`{what}` is not in the one standard form of base64")
    return content
