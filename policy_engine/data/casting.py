"""Reading a column as what its contract says: strict spellings, and nothing lost without being counted."""

from __future__ import annotations

import re
from typing import Any, Final

from policy_engine.data.columns import Cast, FileColumn, Kind
from policy_engine.product.model import Field

#: Decimals in text have up to 26 digits before the point and twelve after it.
TEXT_DIGITS: Final = 38
TEXT_SCALE: Final = 12

_INTEGER: Final = r"[+-]?[0-9]{1,38}(\.0*)?"
_DECIMAL: Final = r"[+-]?([0-9]{1,26}(\.[0-9]{0,12}0*)?|\.[0-9]{1,12}0*)"
_FLOAT: Final = r"(?i)[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]{1,4})?"
_FLOAT_WORD: Final = r"(?i)[+-]?(inf|infinity|nan)"
_BOOL: Final = r"(?i)true|false|0|1"
_DATE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
#: A time of day.
CLOCK: Final = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
_ZONE: Final = r"(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)"

_LOGICAL: Final[dict[str, Kind]] = {
    "string": "text",
    "integer": "number",
    "number": "number",
    "boolean": "bool",
    "date": "date",
    "timestamp": "timestamp",
    "time": "time",
    "object": "object",
    "array": "list",
}
_SPELLINGS: Final[tuple[tuple[str, Kind], ...]] = (
    (r"(VAR|N|NVAR)?CHAR\b|.*TEXT\b|STRING\b|UUID\b", "text"),
    (r"(TINY|SMALL|MEDIUM|BIG|HUGE|U)?INT|LONG\b|NUM|DECIMAL", "number"),
    (r"FLOAT|DOUBLE|REAL", "float"),
    (r"BOOL", "bool"),
    (r"DATE\b", "date"),
    (r"TIMESTAMP|DATETIME", "timestamp"),
    (r"TIME\b", "time"),
    (r"STRUCT|RECORD|OBJECT|ROW\b|JSON", "object"),
    (r"ARRAY|LIST", "list"),
)
_PHYSICAL: Final = tuple((re.compile(pattern), kind) for pattern, kind in _SPELLINGS)
_REFINES: Final = frozenset({("number", "float"), ("date", "timestamp"), ("timestamp", "date")})
_NATIVE: Final[dict[str, Kind]] = {
    "varchar": "text",
    "enum": "text",
    "uuid": "text",
    "float": "float",
    "double": "float",
    "boolean": "bool",
    "date": "date",
    "timestamp with time zone": "timestamp",
    "timestamp": "local timestamp",
    "timestamp_ns": "local timestamp",
    "timestamp_ms": "local timestamp",
    "timestamp_s": "local timestamp",
    "time": "time",
    "time with time zone": "time",
    "struct": "object",
    "list": "list",
    "array": "list",
    "map": "list",
}
_INTEGER_DIGITS: Final = {
    "tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19, "hugeint": 39,
    "utinyint": 3, "usmallint": 5, "uinteger": 10, "ubigint": 20, "uhugeint": 39,
}  # fmt: skip
_JSON_TYPES: Final[dict[Kind, tuple[str, ...]]] = {
    "text": ("VARCHAR",),
    "number": ("BIGINT", "UBIGINT", "DOUBLE"),
    "float": ("BIGINT", "UBIGINT", "DOUBLE"),
    "bool": ("BOOLEAN",),
    "date": ("VARCHAR",),
    "timestamp": ("VARCHAR",),
    "time": ("VARCHAR",),
    "object": ("OBJECT",),
    "list": ("ARRAY",),
}


def declared_kind(field: Field) -> Kind | None:
    """What the contract says a field holds: its logical type, which the physical type may refine; None if neither."""
    logical = _LOGICAL.get(field.type or "")
    spelled = (field.physical_type or "").strip().upper()
    physical = next((kind for pattern, kind in _PHYSICAL if pattern.match(spelled)), None)
    if field.type == "integer" or physical is None:
        return logical
    return physical if logical is None or (logical, physical) in _REFINES else logical


def cast(column: FileColumn, field: Field) -> Cast:
    """How to read `column` as the contract's `field`: by the file's own types where it has them."""
    match column.encoding:
        case "native":
            return _native(column, _is_utc(field))
        case "text":
            return _text(column.sql, f"({column.sql} IS NOT NULL)", field)
        case "json":
            return _json(column.sql, field)


def _is_utc(field: Field) -> bool:
    """Whether the contract says of which zone a timestamp without one is; only UTC leaves no instant ambiguous."""
    stated = (field.constraints.default_timezone, *(field.custom.get(key) for key in ("timezone", "defaultTimezone")))
    return any(isinstance(zone, str) and zone.upper() in {"UTC", "ETC/UTC", "Z"} for zone in stated)


def _native(column: FileColumn, utc: bool) -> Cast:
    sql, id_ = column.sql, str(column.type.id)
    present = f"({sql} IS NOT NULL)"
    if id_ in _INTEGER_DIGITS:
        return Cast(sql, present, None, "number", _INTEGER_DIGITS[id_], integer=True)
    if id_ == "decimal":
        parts: dict[str, Any] = dict(column.type.children)
        return Cast(sql, present, None, "number", int(parts["precision"]), int(parts["scale"]))
    kind = _NATIVE.get(id_, "other")
    unreadable = f"epoch_ns({sql}) % 1000 <> 0" if id_ == "timestamp_ns" else None
    if kind == "local timestamp" and utc:
        return Cast(f"(CAST({sql} AS TIMESTAMP) AT TIME ZONE 'UTC')", present, unreadable, "timestamp")
    if kind == "text":
        return Cast(sql if id_ == "varchar" else f"CAST({sql} AS VARCHAR)", present, None, "text")
    return Cast(f"CAST({sql} AS DOUBLE)" if id_ == "float" else sql, present, unreadable, kind)


def _text(sql: str, present: str, field: Field) -> Cast:
    kind = declared_kind(field) or "text"
    match kind:
        case "text":
            return Cast(sql, present, None, kind)
        case "number" if field.type == "integer":
            return _guarded(
                sql, present, _INTEGER, f"CAST(split_part({sql}, '.', 1) AS HUGEINT)", kind, 38, integer=True
            )
        case "number":
            value = f"CAST({sql} AS DECIMAL({TEXT_DIGITS},{TEXT_SCALE}))"
            return _guarded(sql, present, _DECIMAL, value, kind, TEXT_DIGITS, TEXT_SCALE)
        case "float":
            value = f"CAST({sql} AS DOUBLE)"
            found = _guarded(sql, present, f"{_FLOAT}|{_FLOAT_WORD}", value, kind)
            overflow = f"isinf({found.value}) AND NOT regexp_full_match({sql}, '{_FLOAT_WORD}')"
            return Cast(found.value, present, f"({found.unreadable} OR ({overflow}))", kind)
        case "bool":
            return _guarded(sql, present, _BOOL, f"CAST({sql} AS BOOLEAN)", kind)
        case "date":
            return _guarded(sql, present, _DATE, f"CAST({sql} AS DATE)", kind)
        case "timestamp":
            zone = f"{_ZONE}?" if _is_utc(field) else _ZONE
            value = f"CAST({sql} AS TIMESTAMPTZ)"
            return _guarded(sql, present, f"{_DATE}[Tt ]{CLOCK}{zone}", value, kind)
        case _:
            return Cast(sql, present, None, kind)


def _guarded(
    sql: str, present: str, pattern: str, value: str, kind: Kind, digits: int = 0, scale: int = 0, *, integer: bool = False
) -> Cast:  # fmt: skip
    """`value` only where the text is spelled as `pattern`: the engine's own casts round, and accept much else."""
    safe = f"(CASE WHEN regexp_full_match({sql}, '{pattern}') THEN TRY_{value} END)"
    return Cast(safe, present, f"({present} AND {safe} IS NULL)", kind, digits, scale, integer)


def _json(sql: str, field: Field) -> Cast:
    type_of = f"json_type({sql})"
    present = f"({sql} IS NOT NULL AND {type_of} <> 'NULL')"
    kind = declared_kind(field)
    if kind is None:
        return Cast(sql, present, None, "other")
    allowed = ", ".join(f"'{name}'" for name in _JSON_TYPES[kind])
    of_kind = f"{type_of} IN ({allowed})"
    found = _text(f"({sql} ->> '$')", present, field)
    inexact = f"{type_of} = 'DOUBLE' AND length(regexp_replace({sql} ->> '$', '[^0-9]', '', 'g')) > 15"
    doubt = f" OR ({inexact})" if kind == "number" else ""
    wrong = f"({present} AND (NOT {of_kind}{doubt}))"
    unreadable = wrong if found.unreadable is None else f"({wrong} OR {found.unreadable})"
    value = f"(CASE WHEN {of_kind} THEN {found.value} END)"
    return Cast(value, present, unreadable, found.kind, found.digits, found.scale, found.integer)
