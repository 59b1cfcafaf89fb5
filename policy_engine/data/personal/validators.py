"""What looks like personal data, and what passes for it. The patterns mean the same to the engine and to Python."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Detector:
    """`looks` finds values worth a closer look, `is_verified` says whether one holds the real thing."""

    kind: str
    looks: str
    is_verified: Callable[[str], bool]


#: An address where it ends and begins, whatever stands around it: one sign of the local part, `@`, a whole domain.
_MAIL: Final = re.compile(
    r"[\w!#$%&'*+/=?^`{|}~-](?:@|%40)"
    r"((?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}(?:xn--[a-z0-9-]{2,59}|[^\W\d_]{2,24}))(?![^\W_]|-[^\W_]|\.[0-9])",
    re.IGNORECASE,
)
_FILE: Final = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".css", ".js")
_PHONE: Final = re.compile(r"\+[0-9][0-9 ()./-]{5,24}[0-9]")
_IBAN: Final = re.compile(r"(?<![0-9A-Za-z])[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]){11,30}(?![0-9a-z])")
_SHORTEST_IBAN: Final = 15
_CARD: Final = re.compile(
    r"(?<![\w.+-])(?:[0-9]{13,19}|[0-9]{4}([ -])[0-9]{4}\1[0-9]{4}\1[0-9]{1,7}|[0-9]{4}([ -])[0-9]{6}\2[0-9]{4,5})(?![\w-])"
)
_ISSUERS: Final = re.compile(
    r"4(\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|(222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|3[47]\d{13}"
    r"|(6011|64[4-9]\d|65\d\d)\d{12,15}|(30[0-5]\d|36\d\d|3[89]\d\d)\d{10}|35(2[89]|[3-8]\d)\d{12}|62\d{14,17}"
)
_IPV4: Final = re.compile(r"(?<![\w.-])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?!\w|\.\w|-\w)")
_IPV6: Final = re.compile(r"(?<![\w:.])[0-9A-Fa-f:]{2,39}(?:(?:[0-9]{1,3}\.){3}[0-9]{1,3})?(?![\w:])")


def _is_mail(text: str) -> bool:
    return any(not match[1].lower().endswith(_FILE) for match in _MAIL.finditer(text))


def _is_phone(text: str) -> bool:
    import phonenumbers

    for found in _PHONE.findall(text):
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(found, None)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False


def _is_iban(text: str) -> bool:
    """Words may follow an account number in capitals, so every beginning that is long enough is tried."""
    from stdnum import iban

    for found in _IBAN.findall(text):
        compact = found.replace(" ", "").replace("-", "")
        if any(iban.is_valid(compact[:end]) for end in range(len(compact), _SHORTEST_IBAN - 1, -1)):
            return True
    return False


def _is_card(text: str) -> bool:
    from stdnum import luhn

    digits = (re.sub(r"\D", "", match[0]) for match in _CARD.finditer(text))
    return any(_ISSUERS.fullmatch(number) and len(set(number)) > 1 and luhn.is_valid(number) for number in digits)


def _is_ip(text: str) -> bool:
    return any(_is_host(match[0]) for pattern in (_IPV4, _IPV6) for match in pattern.finditer(text))


def _is_host(text: str) -> bool:
    """An address that can belong to somebody: not the loopback, not `::`, not a mask."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified or address.is_multicast or text.startswith("255."))


#: `\b` and classes are those of ASCII in both engines; no look-around, no back-reference.
DETECTORS: Final = (
    Detector("pii.card", r"\b[2-6][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{1,7}\b", _is_card),
    Detector("pii.email", r"[^ @](?:@|%40)[^ @]+\.[^ @.]{2}", _is_mail),
    Detector("pii.iban", r"\b[A-Z]{2}[0-9]{2}[ -]?[A-Z0-9]{4}[ -]?[A-Z0-9]{4}[ -]?[A-Z0-9]{3}", _is_iban),
    Detector(
        "pii.ip",
        r"\b[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\b|[0-9A-Fa-f]::|::[0-9A-Fa-f]|(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]",
        _is_ip,
    ),
    Detector("pii.phone", r"\+[0-9][0-9 ()./-]{5}", _is_phone),
)
