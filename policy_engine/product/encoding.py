"""Bytes of a metadata file -> text: UTF-8 with or without a byte-order mark, of a bounded size, without controls."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from policy_engine.product.refusal import refuse

#: The largest contract that we know has 0.2 MB.
MAX_BYTES: Final = 16 * 1024 * 1024
_BOM: Final = "\ufeff"
#: What YAML does not allow in a file, and a byte-order mark that is not at its beginning.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
_UTF_16_OR_32 = re.compile(rb"\xff\xfe|\xfe\xff|\x00\x00\xfe\xff|[^\x00]\x00[^\x00]\x00|\x00[^\x00]\x00[^\x00]")
_OTHER_FILES: Final[Mapping[bytes, str]] = {
    b"PAR1": "a Parquet file",
    b"ARROW1": "an Arrow file",
    b"\x1f\x8b": "a gzip archive",
    b"PK\x03\x04": "a zip archive",
    b"%PDF": "a PDF document",
}


def decode(content: bytes, file: str) -> str:
    """The text without its byte-order mark. Raises ProductError with the place of the first byte that is in the way."""
    _refuse_foreign(content, file)
    try:
        text = content.decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError as error:
        line, column = _position(content[: error.start].decode("utf-8").removeprefix(_BOM))
        byte = f"0x{content[error.start]:02x}"
        raise refuse(file, line, column, f"byte {byte} is not UTF-8", "save the file as UTF-8") from error
    found = _FORBIDDEN.search(text)
    if found:
        line, column = _position(text[: found.start()])
        message = f"the character U+{ord(found[0]):04X} cannot be seen and is not allowed in a metadata file"
        raise refuse(file, line, column, message, "delete the character")
    return text


def _refuse_foreign(content: bytes, file: str) -> None:
    if len(content) > MAX_BYTES:
        advice = "give the contract itself; a contract of this size is split into several products"
        raise refuse(file, 1, 1, f"the file is larger than {MAX_BYTES // 1024 // 1024} MB", advice)
    for magic, name in _OTHER_FILES.items():
        if content.startswith(magic):
            raise refuse(file, 1, 1, f"this is {name}, not a product's metadata", "give the contract, in YAML or JSON")
    if _UTF_16_OR_32.match(content):
        raise refuse(file, 1, 1, "the file is UTF-16 or UTF-32, not UTF-8", "save the file as UTF-8")


def _position(before: str) -> tuple[int, int]:
    line_start = max(before.rfind("\n"), before.rfind("\r")) + 1
    lines = before.count("\n") + before.count("\r") - before.count("\r\n")
    return lines + 1, len(before) - line_start + 1
