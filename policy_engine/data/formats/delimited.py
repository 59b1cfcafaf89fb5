"""CSV: every field is text until its contract says otherwise; lines that are not well-formed are errors."""

# ruff: noqa: S608 - every foreign name and value in this SQL went through `quoting`
from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator
from io import TextIOWrapper
from itertools import chain, groupby
from pathlib import Path
from typing import BinaryIO, Final

from policy_engine.data.columns import FileColumn, Relation
from policy_engine.data.quoting import literal
from policy_engine.data.session import Session
from policy_engine.data.source import Source
from policy_engine.data.unanswerable import UnanswerableError

_SEPARATORS: Final = ",;\t"
_LONGEST_HEADER: Final = 1_000_000
_OTHER_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


def open_delimited(session: Session, source: Source) -> Relation:  # noqa: ARG001 - every format has this signature
    """All files as one table, in order. A column must be in every file; the header is required."""
    headers = {file: _header(file) for file in source.files}
    separators = {file: separator for file, (separator, _) in headers.items()}
    names = {file: columns for file, (_, columns) in headers.items()}
    problems = _problems(names)
    shared = [name for name in next(iter(names.values())) if name not in problems]
    parts = []
    for _, group in groupby(source.files, key=lambda file: headers[file]):
        files = list(group)
        parts.append(_select(files, separators[files[0]], names[files[0]], shared))
    columns = {name: FileColumn(f'"v{index}"', "text") for index, name in enumerate(shared)}
    return Relation(f"({' UNION ALL '.join(parts)})", columns, problems)


def _select(files: list[Path], separator: str, names: tuple[str, ...], shared: list[str]) -> str:
    """Columns by position, so that no name out of a file ever is an SQL name."""
    paths = ", ".join(literal(str(file.absolute())) for file in files)
    types = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(len(names)))
    chosen = ", ".join(f"c{names.index(name)} AS v{index}" for index, name in enumerate(shared)) or "1"
    options = (
        f"""auto_detect = false, header = true, delim = {literal(separator)}, quote = '"', escape = '"', nullstr = ''"""
    )
    strict = "allow_quoted_nulls = false, strict_mode = true, null_padding = false, ignore_errors = false"
    return f"SELECT {chosen} FROM read_csv([{paths}], columns = {{{types}}}, {options}, {strict}, encoding = 'utf-8')"


def _header(file: Path) -> tuple[str, tuple[str, ...]]:
    try:
        with _open(file) as stream:
            first = stream.read(_LONGEST_HEADER)
        if first.startswith(_OTHER_MARKS) or b"\0" in first[:4]:
            raise UnanswerableError(f"`{file.name}` is UTF-16 or UTF-32, not UTF-8")
        text = first.decode("utf-8-sig", errors="strict" if len(first) < _LONGEST_HEADER else "ignore")
        line = text.split("\n", 1)[0]
        separator = next((each for each in _SEPARATORS if each in line), ",")
        names = next(csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True), [])
        if any(names):
            _check_lines(file, separator, len(names))
    except (OSError, EOFError, zlib.error) as error:
        raise UnanswerableError(f"the file cannot be read in `{file.name}`: it is damaged or cut off") from error
    except UnicodeDecodeError as error:
        raise UnanswerableError(f"`{file.name}` is not UTF-8") from error
    except csv.Error as error:
        raise UnanswerableError(f"the header of `{file.name}` is not well-formed CSV") from error
    if not any(names):
        raise UnanswerableError(f"`{file.name}` has no header: its first line must name the columns")
    if any("\n" in name or "\r" in name for name in names):
        # The engine takes the first line break of a file for the one that ends its lines, and may then find no rows.
        raise UnanswerableError(f"`{file.name}` has a line break inside the name of a column, which cannot be read")
    return separator, tuple(names)


def _is_compressed(file: Path) -> bool:
    return file.name.lower().endswith(".gz")


def _open(file: Path) -> BinaryIO | gzip.GzipFile:
    return gzip.open(file, "rb") if _is_compressed(file) else file.open("rb")


def _check_lines(file: Path, separator: str, width: int) -> None:
    """Read to the end what the engine does not look at: encoding, check sums, empty fields too many, and line numbers."""
    with _open(file) as stream, TextIOWrapper(stream, encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            if '"' in line:
                _check_quoted(file, chain([line], lines), number, separator, width)
                return
            if line.count(separator) != width - 1 and line != "\n":
                raise _of_other_width(file, number, line.count(separator) + 1, width)


def _check_quoted(file: Path, lines: Iterator[str], first: int, separator: str, width: int) -> None:
    """The same from line `first` on, where a field in quotes may have separators and line breaks."""
    records = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
    number = first
    try:
        for record in records:
            if record and len(record) != width:
                raise _of_other_width(file, number, len(record), width)
            number = first + records.line_num
    except csv.Error as error:
        if "end of data" in str(error):
            raise UnanswerableError(
                f"line {number} in `{file.name}` is not well-formed CSV: a quote is not closed"
            ) from error
        for _ in lines:  # what else is wrong with quotes, the engine says; bytes are looked at to the end
            pass


def _of_other_width(file: Path, line: int, found: int, width: int) -> UnanswerableError:
    fault = f"{found} fields where the header has {width}"
    return UnanswerableError(f"line {line} in `{file.name}` is not well-formed CSV: {fault}")


def _problems(names: dict[Path, tuple[str, ...]]) -> dict[str, str]:
    found = {}
    for file, columns in names.items():
        for name in columns:
            if columns.count(name) > 1:
                found[name] = f"`{file.name}` has it twice"
        for other_file, other in names.items():
            found |= {name: f"it is not in `{other_file.name}`" for name in columns if name not in other}
    return found
