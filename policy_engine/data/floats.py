"""Sums and means of floats, rounded once from the exact value: the same on every number of threads."""

# ruff: noqa: S608 - every foreign name and value in this SQL went through `quoting`
from __future__ import annotations

from fractions import Fraction
from math import inf, nan
from typing import Any

from policy_engine.data.model import Answer

_MANTISSA = 2**52
_SPECIAL = 2047


def partial_sums(value: str, condition: str, relation: str) -> str:
    """A query whose rows are (sign, exponent, exact sum of mantissas, count): a double is mantissa x 2^exponent."""
    bits = (
        f"SELECT CAST(CAST({value} AS BIT) AS UBIGINT) AS b FROM {relation} WHERE ({condition}) AND {value} IS NOT NULL"
    )
    return (
        f"SELECT b >> 63 AS s, (b >> 52) & {_SPECIAL} AS e, sum(CAST(b & {_MANTISSA - 1} AS HUGEINT)) AS m, count(*) AS n "
        f"FROM ({bits}) GROUP BY s, e"
    )


def combine(kind: str, rows: list[tuple[Any, ...]]) -> Answer:
    """The sum or the mean of what `partial_sums` found; NaN where a value is NaN or infinities cancel."""
    count = sum(n for *_, n in rows)
    if not count:
        return 0 if kind == "sum" else None
    special = {(s, bool(m)) for s, e, m, _ in rows if e == _SPECIAL}
    if special:
        return (
            nan
            if len(special) > 1 or any(is_nan for _, is_nan in special)
            else (-inf if (1, False) in special else inf)
        )
    total = sum((_exact(*row) for row in rows), Fraction(0))
    return _rounded(total if kind == "sum" else total / count)


def _exact(sign: int, exponent: int, mantissas: int, count: int) -> Fraction:
    implicit = count * _MANTISSA if exponent else 0
    magnitude = (mantissas + implicit) * Fraction(2) ** (max(exponent, 1) - 1075)
    return -magnitude if sign else magnitude


def _rounded(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return inf if value > 0 else -inf
