"""The spellings of a day that metadata uses: a date, or a timestamp, whose day is the one in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime


def read_date(value: object) -> date | None:
    """The day that a text spells; None where it spells none. Without a zone, it is the day that is written."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        return (moment.astimezone(UTC) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError):
        return None
