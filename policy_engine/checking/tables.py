"""Reference tables: a CSV file of the layer, read into typed rows."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Final

from policy_engine.checking.model import CheckedTable
from policy_engine.checking.scope import Context
from policy_engine.checking.types import is_stated, resolve_type
from policy_engine.diagnostics import nearest
from policy_engine.linking import Declared
from policy_engine.plan import types
from policy_engine.plan.expressions import Constant
from policy_engine.plan.types import ANY, Enumeration, Optional, Sequence, Type, required
from policy_engine.product.durations import read_duration
from policy_engine.syntax import ast

MAX_ROWS: Final = 100_000

_READERS: Final[Mapping[Type, Callable[[str], Constant]]] = {
    types.STRING: str,
    types.INT: int,
    types.DECIMAL: lambda text: _decimal(text),
    types.DATE: date.fromisoformat,
    types.TIMESTAMP: lambda text: _moment(text),
    types.DURATION: lambda text: _some(read_duration(text)),
    types.BOOL: lambda text: {"true": True, "false": False}[text],
}


def check_tables(cx: Context) -> None:
    """Read every reference table of the set."""
    for package in cx.linked.packages.values():
        for declared in package.declarations.values():
            if isinstance(declared.node, ast.Table):
                columns = tuple((typed.name.text, _type(cx, typed, declared)) for typed in declared.node.columns)
                cx.tables[declared.name] = CheckedTable(
                    declared.name, columns, _rows(cx, declared, declared.node, columns)
                )


def _type(cx: Context, typed: ast.Typed, declared: Declared) -> Type:
    of = resolve_type(cx, typed.type, declared)
    if isinstance(required(of), Sequence) or not is_stated(of) or required(of) == types.VERSION:
        help_ = "a column holds texts, numbers, dates, durations, `true` and `false`, or members of an enum"
        cx.report("CHK014", f"a cell of a table cannot be a `{of}`", typed.type.span, help=help_)
        return ANY
    return of


def _rows(
    cx: Context, declared: Declared, node: ast.Table, columns: tuple[tuple[str, Type], ...]
) -> tuple[tuple[Constant, ...], ...]:
    content = declared.tables.get(node.file.text)
    if content is None:
        near = nearest(node.file.text, declared.tables)
        help_ = f"did you mean `{near}`?" if near else "the file lies in the layer's folder, named relative to it"
        cx.report("LNK015", f"the layer has no file `{node.file.text}`", node.file.span, help=help_)
        return ()
    try:
        lines = list(csv.reader(content.decode("utf-8-sig").splitlines(), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        cx.report("CHK023", f"`{node.file.text}` is no CSV file in UTF-8", node.file.span, help=str(error))
        return ()
    header = [name for name, _ in columns]
    if not lines or lines[0] != header:
        found = ", ".join(lines[0]) if lines else "nothing"
        help_ = f"the first line has to be `{','.join(header)}`, it is `{found}`"
        cx.report("CHK023", f"the columns of `{node.file.text}` are not those declared", node.file.span, help=help_)
        return ()
    if len(lines) > MAX_ROWS + 1:
        cx.report("CHK023", f"`{node.file.text}` has more than {MAX_ROWS} rows", node.file.span)
        return ()
    rows: list[tuple[Constant, ...]] = []
    for number, line in enumerate(lines[1:], start=2):
        row = _row(line, columns)
        if isinstance(row, str):
            cx.report("CHK023", f"line {number} of `{node.file.text}` does not fit: {row}", node.file.span)
            return ()
        rows.append(row)
    return tuple(rows)


def _row(line: list[str], columns: tuple[tuple[str, Type], ...]) -> tuple[Constant, ...] | str:
    """The typed row, or what is wrong with it."""
    if len(line) != len(columns):
        return f"{len(line)} cells, not {len(columns)}"
    cells: list[Constant] = []
    for text, (name, of) in zip(line, columns, strict=True):
        if not text and isinstance(of, Optional):
            cells.append(None)
            continue
        cell = _cell(text, required(of))
        if cell is None:
            return f"column `{name}` is no `{of}`"
        cells.append(cell)
    return tuple(cells)


def _cell(text: str, of: Type) -> Constant:
    if isinstance(of, Enumeration):
        return text if text in of.members else None
    if of == ANY:
        return text
    try:
        return _READERS[of](text)
    except (ValueError, KeyError, ZeroDivisionError):
        return None


def _decimal(text: str) -> Constant:
    """Digits and a point; exponents could stand for numbers without end."""
    if re.fullmatch(r"[+-]?[0-9]{1,60}(\.[0-9]{1,60})?", text) is None:
        raise ValueError("no decimal")
    return Fraction(text)


def _moment(text: str) -> Constant:
    """Without a zone it would mean another instant on every machine."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no zone")
    return moment.astimezone(UTC)


def _some(value: Constant) -> Constant:
    if value is None:
        raise ValueError("no duration")
    return value
