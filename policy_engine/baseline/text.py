"""The file of a baseline, `urn:policy-engine:baseline:v1`: JSON with one line for each entry, so that merges are easy."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final

from policy_engine.baseline.model import LONGEST, Entry, Key
from policy_engine.errors import InputError, UsageError
from policy_engine.trust.strict_json import MAX_BYTES, LimitExceededError, NotStrictError, read_json

SCHEMA: Final = "urn:policy-engine:baseline:v1"
#: So many are read; a file of more is for nobody to work off.
MAX_ENTRIES: Final = 20_000
_HELP: Final = "restore the file, or remove it and record it anew with --update-baseline"
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TEXTS: Final = ("product", "rule", "subject")
_DAYS: Final = ("recorded", "expires")
_NUMBERS: Final = ("count", "scanned", "times")


class _BadError(ValueError):
    """What is wrong with the file."""


def read_baseline(content: bytes, file: str) -> tuple[Entry, ...]:
    """The entries of a baseline's file. Raises InputError with what is wrong, and with which entry."""
    try:
        listed = _listed(read_json(content))
        return _distinct(_entry(one, f"entry {number}") for number, one in enumerate(listed, start=1))
    except LimitExceededError as error:
        raise InputError(f"`{file}` is no baseline: {error}", help="name a file that --update-baseline wrote") from None
    except (NotStrictError, _BadError) as error:
        raise InputError(f"`{file}` is no baseline: {error}", help=_HELP) from None


def render_baseline(entries: Iterable[Entry]) -> bytes:
    """The one spelling of these entries. Raises UsageError where they are more than can be read."""
    ordered = sorted(entries, key=lambda one: one.key)
    lines = ",".join(f"\n    {json.dumps(_members(one), ensure_ascii=False)}" for one in ordered)
    end = "\n  " if ordered else ""
    content = f'{{\n  "schema": "{SCHEMA}",\n  "violations": [{lines}{end}]\n}}\n'.encode(errors="backslashreplace")
    if len(ordered) > MAX_ENTRIES or len(content) > MAX_BYTES:
        raise UsageError(
            f"{len(ordered):,} violations are too many for one baseline", help="keep one for each folder of products"
        )
    return content


def _members(entry: Entry) -> dict[str, str | int]:
    found: dict[str, str | int] = {name: getattr(entry, name) for name in _TEXTS}
    found |= {name: getattr(entry, name).isoformat() for name in _DAYS}
    found |= {name: number for name in ("count", "scanned") if (number := getattr(entry, name)) is not None}
    return found | ({"times": entry.times} if entry.times != 1 else {})


def _listed(document: object) -> list[object]:
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise _BadError(f"its `schema` is not `{SCHEMA}`")
    _refuse_unknown(document, ("schema", "violations"), "the file")
    listed = document.get("violations")
    if not isinstance(listed, list):
        raise _BadError("`violations` is no list")
    if len(listed) > MAX_ENTRIES:
        raise _BadError(f"it has more than {MAX_ENTRIES:,} entries")
    return listed


def _entry(value: object, where: str) -> Entry:
    if not isinstance(value, dict):
        raise _BadError(f"{where} is no object")
    _refuse_unknown(value, (*_TEXTS, *_DAYS, *_NUMBERS), where)
    product, rule, subject = (_text(value, name, where) for name in _TEXTS)
    recorded, expires = (_day(value, name, where) for name in _DAYS)
    if not recorded < expires <= recorded + timedelta(days=LONGEST):
        raise _BadError(f"{where}: `expires` is not within {LONGEST} days after `recorded`")
    count, scanned, times = (_number(value, name, where) for name in _NUMBERS)
    if scanned is not None and (count is None or count > scanned):
        raise _BadError(f"{where}: `count` is not within `scanned`")
    return Entry(product, rule, subject, recorded, expires, count, scanned, 1 if times is None else times)


def _distinct(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    found: dict[Key, Entry] = {}
    for entry in entries:
        if entry.key in found:
            raise _BadError(f"`{entry.rule}` is there twice for {entry.subject!a} of {entry.product!a}")
        found[entry.key] = entry
    return tuple(found.values())


def _refuse_unknown(value: Mapping[str, object], known: tuple[str, ...], where: str) -> None:
    unknown = next((name for name in value if name not in known), None)
    if unknown is not None:
        raise _BadError(f"{where} has a member {unknown[:100]!a}, which no baseline has")


def _text(value: Mapping[str, object], name: str, where: str) -> str:
    found = value.get(name)
    if not isinstance(found, str) or not found:
        raise _BadError(f"{where}: `{name}` is no text")
    return found


def _day(value: Mapping[str, object], name: str, where: str) -> date:
    found = value.get(name)
    if not isinstance(found, str) or not _DAY.fullmatch(found):
        raise _BadError(f"{where}: `{name}` is no day such as 2027-01-31")
    try:
        return date.fromisoformat(found)
    except ValueError:
        raise _BadError(f"{where}: `{name}` is no day such as 2027-01-31") from None


def _number(value: Mapping[str, object], name: str, where: str) -> int | None:
    found = value.get(name)
    if found is None and name not in value:
        return None
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise _BadError(f"{where}: `{name}` is no number above 0")
    return found
