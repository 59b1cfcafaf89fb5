"""What a physical type's spelling means, whatever the system: its family, width, scale, sign and zone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class DataType:
    """A type as far as its spelling tells. None is what it leaves open.

    `size`: bits of integers and floats, digits of decimals, characters of text (None: any number), fractional digits
    of times. `detail` is the spelling of a nested type, whose parts are not compared here.
    """

    family: str
    size: int | None = None
    scale: int | None = None
    is_signed: bool = True
    is_fixed: bool = False
    has_zone: bool | None = None
    detail: str = ""


def _sized(family: str, spellings: Mapping[int, str], *, is_signed: bool = True) -> dict[str, DataType]:
    return {
        name: DataType(family, size, is_signed=is_signed)
        for size, names in spellings.items()
        for name in names.split("|")
    }


def _plain(family: str, names: str, *, is_fixed: bool = False, has_zone: bool | None = None) -> dict[str, DataType]:
    return {name: DataType(family, is_fixed=is_fixed, has_zone=has_zone) for name in names.split("|")}


#: `int8` is 8 bits in one system and 8 bytes in another, and a `timestamp` has a zone in some: they are left open.
_NAMES: Final[Mapping[str, DataType]] = {
    **_sized(
        "integer",
        {
            8: "tinyint|byteint|i8|byte",
            16: "smallint|int2|int16|smallserial|i16|short",
            24: "mediumint",
            32: "int|integer|int4|int32|serial|serial4|i32",
            64: "bigint|int64|bigserial|serial8|long|i64",
            128: "hugeint|int128|i128",
        },
    ),
    **_sized(
        "integer",
        {
            8: "tinyint unsigned|utinyint|uint8|u8",
            16: "smallint unsigned|usmallint|uint16|u16",
            32: "int unsigned|integer unsigned|uinteger|uint32|u32",
            64: "bigint unsigned|ubigint|uint64|u64",
            128: "uhugeint|uint128|u128",
        },
        is_signed=False,
    ),
    **_plain("integer", "int8"),
    **_sized("float", {16: "half|float16|f16", 32: "real|float4|float32|f32|float"}),
    **_sized("float", {64: "double|double precision|float8|float64|f64|binary_double"}),
    **_plain("decimal", "decimal|numeric|number|dec|bigdecimal|bignumeric|money"),
    **_plain(
        "string", "string|text|varchar|character varying|nvarchar|varchar2|nvarchar2|clob|longtext|mediumtext|utf8"
    ),
    **_plain("string", "char|character|nchar|bpchar", is_fixed=True),
    **_plain("binary", "binary|varbinary|bytes|bytea|blob|byte_array|longblob"),
    **_plain("binary", "fixed|fixed_len_byte_array", is_fixed=True),
    **_plain("boolean", "bool|boolean|bit"),
    **_plain("date", "date|date32"),
    **_plain("time", "time|time without time zone"),
    **_plain("time", "timetz|time with time zone", has_zone=True),
    **_plain("timestamp", "timestamp"),
    **_plain("timestamp", "timestamp_ntz|timestamp without time zone|datetime|datetime2", has_zone=False),
    **_plain(
        "timestamp", "timestamptz|timestamp_tz|timestamp_ltz|timestamp with time zone|datetimeoffset", has_zone=True
    ),
    **_plain("interval", "interval"),
    **_plain("uuid", "uuid|uniqueidentifier"),
    **_plain("json", "json|jsonb|variant"),
    **_plain("list", "array|list"),
    **_plain("struct", "struct|record|row|object"),
    **_plain("map", "map"),
}
_NESTED = re.compile(r"(array|list|struct|record|row|map)\s*[<(\[].*", re.DOTALL)
_ARGUMENTS = re.compile(r"\(\s*(\d{1,9})\s*(?:,\s*(\d{1,9})\s*)?(?:char|byte)?\s*\)")
MAX_LENGTH: Final = 1_000

#: A logical type of the standard -> the families in which it may be stored.
LOGICAL_FAMILIES: Final[Mapping[str, frozenset[str]]] = {
    "string": frozenset({"string", "uuid", "json", "interval"}),
    "integer": frozenset({"integer"}),
    "number": frozenset({"number", "integer", "float", "decimal"}),
    "boolean": frozenset({"boolean"}),
    "date": frozenset({"date"}),
    "time": frozenset({"time"}),
    "timestamp": frozenset({"timestamp"}),
    "object": frozenset({"struct", "map", "json"}),
    "array": frozenset({"list"}),
}


def read_type(text: str) -> DataType | None:
    """What a physical type means; None where its spelling is unknown."""
    spelling = " ".join(text.casefold().split())[:MAX_LENGTH]
    if spelling.endswith("[]"):
        return DataType("list", detail=spelling)
    if match := _NESTED.fullmatch(spelling):
        family = _NAMES[match[1]].family
        return DataType(family, detail=spelling)
    arguments = _ARGUMENTS.search(spelling)
    name = " ".join(_ARGUMENTS.sub(" ", spelling, count=1).split())
    found = _NAMES.get(name)
    return found if found is None or arguments is None else _with_arguments(found, arguments)


def read_logical(name: str) -> DataType:
    """What a logical type of the standard means."""
    families = {"object": "struct", "array": "list"}
    return DataType(families.get(name, name))


def _with_arguments(found: DataType, arguments: re.Match[str]) -> DataType:
    first, second = int(arguments[1]), arguments[2]
    match found.family:
        case "decimal":
            return replace(found, size=first, scale=int(second or 0))
        case "string" | "binary" | "time" | "timestamp":
            return replace(found, size=first)
        case _:
            return found
