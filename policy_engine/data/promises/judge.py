"""The answer to what a promise asked, judged by its bounds; on a sample only what all of the data would show too."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Final

from policy_engine.data.model import Answer, Count, Metric, Query, QueryAnswer, RowCheckAnswer, Unavailable
from policy_engine.data.promises.model import Pledge, Promise
from policy_engine.plan.values import Unknown

_SAMPLE: Final = Unknown("only a sample was given, which can show broken promises, not kept ones")
_NO_ROWS: Final = Unknown("no rows were read")


def judged(pledge: Pledge, answer: Callable[[Metric], Answer | Unknown], *, sampled: bool) -> Promise:
    """The promise, as far as the answers tell whether it is kept."""
    if pledge.metric is None:
        return _promise(pledge, Unknown(_about(pledge, pledge.note)))
    found = answer(pledge.metric)
    total = None if pledge.total is None else answer(pledge.total)
    for one in (found, total):
        if isinstance(one, Unknown | Unavailable):
            return _promise(pledge, Unknown(_about(pledge, one.reason)))
    return _counted(pledge, found, total if isinstance(total, int) else None, sampled=sampled)


def _about(pledge: Pledge, reason: str) -> str:
    """Which rule of quality it is that cannot be told; of a column and its data the reason says that itself."""
    if pledge.metric is not None and not isinstance(pledge.metric, Query):
        return reason
    return f"`{pledge.path}`, {pledge.text}: {reason}"


def _counted(pledge: Pledge, found: object, total: int | None, *, sampled: bool) -> Promise:
    match found:
        case RowCheckAnswer(reason=str(reason)):
            return _promise(pledge, is_kept=False, count=found.violations, scanned=found.scanned, note=reason)
        case RowCheckAnswer(scanned=0):
            return _promise(pledge, _NO_ROWS)
        case RowCheckAnswer():
            return _decided(pledge, Fraction(found.violations), found.scanned, found.rows, sampled=sampled)
        case QueryAnswer():
            if sampled:
                return _promise(pledge, _SAMPLE)
            is_kept = pledge.bounds.hold(found.number)
            note = f"its query counts {found.number}" if found.is_count and not is_kept else ""
            return _promise(pledge, is_kept=is_kept, note=note)
        case int() if isinstance(pledge.metric, Count):
            kept = _on_sample(pledge, Fraction(found), pledge.bounds.hold(Fraction(found)), sampled=sampled)
            return _promise(pledge, kept, note=f"there are {found}" if kept is False else "")
        case int():
            return _decided(pledge, Fraction(found), total, (), sampled=sampled)
        case _:
            raise AssertionError(f"no promise is judged by a {type(found).__name__}")


def _decided(pledge: Pledge, number: Fraction, total: int | None, rows: tuple[int, ...], *, sampled: bool) -> Promise:
    if pledge.bounds.in_percent and not total:
        return _promise(pledge, _NO_ROWS)
    measured = number * 100 / total if pledge.bounds.in_percent and total else number
    is_kept = _on_sample(pledge, measured, pledge.bounds.hold(measured), sampled=sampled)
    return _promise(pledge, is_kept, count=int(number), scanned=total, rows=rows)


def _on_sample(pledge: Pledge, number: Fraction, is_kept: bool, *, sampled: bool) -> bool | Unknown:
    """Of a sample counts only grow: what is beyond a bound stays there, and all else is open."""
    is_open = pledge.bounds.in_percent or not pledge.bounds.are_exceeded(number)
    return _SAMPLE if sampled and is_open else is_kept


def _promise(
    pledge: Pledge,
    is_kept: bool | Unknown,
    *,
    count: int | None = None,
    scanned: int | None = None,
    rows: tuple[int, ...] = (),
    note: str = "",
) -> Promise:
    unknown = is_kept if isinstance(is_kept, Unknown) else None
    return Promise(
        kind=pledge.kind,
        path=pledge.path,
        text=pledge.text,
        field=pledge.field,
        quality=pledge.quality,
        is_checkable=pledge.is_checkable,
        is_kept=is_kept,
        count=unknown if count is None else count,
        scanned=unknown if scanned is None else scanned,
        share=Fraction(count, scanned) if scanned and count is not None else unknown,
        rows=rows,
        note=note or pledge.note,
        pointer=pledge.pointer,
    )
