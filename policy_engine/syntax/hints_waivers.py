"""What an author probably meant with a line of a waiver."""

from __future__ import annotations

import re
from typing import Final

from policy_engine.diagnostics import nearest
from policy_engine.syntax.places import DECLARATIONS, WAIVER_LINES, Hint, Place

_MEANT: Final = {
    **dict.fromkeys(("from", "since", "starts", "start", "begins", "issued", "valid_from"), "granted"),
    **dict.fromkeys(("to", "till", "expires", "expiry", "ends", "end", "through", "valid"), "until"),
    **dict.fromkeys(("reason", "why", "justification", "rationale"), "because"),
    **dict.fromkeys(("approver", "approval", "signed", "granted_by", "by", "authorised", "authorized"), "approved by"),
    **dict.fromkeys(("policy", "rule", "waives", "exempts", "exempt", "on"), "of"),
    **dict.fromkeys(("product", "products", "applies"), "for product"),
}
_ALL: Final = "a line of a waiver begins with `of`, `for product`, `granted`, `until`, `because` or `approved by`"


def waiver_line(place: Place) -> Hint | None:
    """Lines of a waiver, and the words that others use for them."""
    text = place.word if place.kind == "STRING" else '"…"'
    if place.accepted == {"PRODUCT"}:
        return Hint(f"write `for product {text}`", "`product` is missing", "")
    if place.accepted == {"BY"} and re.search(r"\bapproved\s+$", place.before):
        return Hint(f"write `approved by {text}`", "`by` is missing", "")
    if re.search(r"^\s*(granted|until)\s+$", place.before):
        return _day(place)
    named = re.search(r"^\s*of\s+(policy|rule)\s+$", place.before)
    if named is not None:
        path = (re.match(r"[.\w]*", place.rest) or [""])[0]
        return Hint(f"write `of {path}`", f"no `{named[1]}` stands here", "")
    return _line(place) if {"GRANTED", "UNTIL"} <= place.accepted else None


def _line(place: Place) -> Hint | None:
    if place.word == "{":
        return Hint("leave the braces out: a waiver ends where the next declaration begins", "a waiver has no braces")
    if place.word.lower() in {"when", "if"} and "WHERE" in place.accepted:
        return Hint(f"write `where{place.after.rstrip()}`", f"`{place.word}`, where `where` is meant", "")
    if not place.word.isidentifier() or not place.is_first or place.kind.lower() in DECLARATIONS:
        return None
    meant = _MEANT.get(place.word.lower()) or nearest(place.word, WAIVER_LINES)
    if meant is None:
        return Hint(_ALL, f"`{place.word}` is no line of a waiver")
    after = re.sub(r"^\s+by\b" if meant == "approved" else r"^$", "", place.after.rstrip())
    return Hint(
        f"write `{'approved by' if meant == 'approved' else meant}{after}`", f"`{place.word}` is no line of a waiver"
    )


def _day(place: Place) -> Hint | None:
    text = place.word.strip('"')
    if place.kind == "STRING" and re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return Hint(f"write `{text}`", "a date in quotes", "")
    if place.kind == "TIMESTAMP":
        return Hint(f"write `{text[:10]}`", "a waiver holds for whole days")
    if place.kind in {"DURATION", "STRING"}:
        return Hint("name the day, such as `2027-03-31`", "a waiver says the day itself", "no day")
    return None
