"""What a rule of quality promises: ODCS's own metrics and SQL become questions; texts and foreign words are listed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from policy_engine.data.model import Count, Duplicates, Metric, Query, RowCheck
from policy_engine.data.promises.bounds import NONE, NotUnderstoodError, read_bounds
from policy_engine.data.promises.fields import among, is_there, matching, name_of
from policy_engine.data.promises.model import Pledge
from policy_engine.data.promises.placeholders import filled
from policy_engine.plan.expressions import And, Const, Expr, Not
from policy_engine.plan.types import BOOL
from policy_engine.product.model import Dataset, Field, Quality, Value

#: What ODCS 3.0 and tools of its time call the metrics of 3.1.
_OTHER_NAMES: Final = {
    **dict.fromkeys(("nullCheck", "nullCount", "notNull"), "nullValues"),
    **dict.fromkeys(("duplicateCount", "duplicates", "unique", "uniqueCheck", "uniqueness"), "duplicateValues"),
    **dict.fromkeys(("validValues", "validityCheck"), "invalidValues"),
    **dict.fromkeys(("missingCount", "missingCheck"), "missingValues"),
    "countCheck": "rowCount",
}
_WORDS: Final = {
    "nullValues": "rows without a value",
    "missingValues": "rows with a missing value",
    "invalidValues": "rows with an invalid value",
    "duplicateValues": "rows that repeat a value",
    "rowCount": "rows",
}
_ARGUMENTS: Final = {
    "nullValues": frozenset[str](),
    "missingValues": frozenset({"missingValues"}),
    "invalidValues": frozenset({"validValues", "pattern"}),
    "duplicateValues": frozenset({"properties"}),
    "rowCount": frozenset[str](),
}


def quality_pledge(rule: Quality, dataset: Dataset, field: Field | None) -> Pledge:
    """The promise that a rule makes about a dataset or a field."""
    kind = (rule.type or ("sql" if rule.query and not rule.metric else "library")).strip().lower()
    if kind in {"text", "custom"}:
        who = "a text, which no machine checks" if kind == "text" else _foreign(rule)
        return _pledge(rule, field, is_checkable=False, note=who)
    try:
        return _sql(rule, dataset, field) if kind == "sql" else _library(rule, dataset, field, kind)
    except NotUnderstoodError as error:
        return _pledge(rule, field, note=str(error))


def _foreign(rule: Quality) -> str:
    return f"it is written for `{rule.engine}`" if rule.engine else "it is written for another engine"


def _pledge(rule: Quality, field: Field | None, *, text: str = "", is_checkable: bool = True, note: str = "") -> Pledge:
    said = " ".join((rule.name or rule.description or text or rule.metric or "a rule of quality").split())
    return Pledge(
        kind="quality",
        path=rule.path,
        text=said,
        pointer=rule.pointer,
        field=field,
        quality=rule,
        is_checkable=is_checkable,
        note=note,
    )


def _sql(rule: Quality, dataset: Dataset, field: Field | None) -> Pledge:
    if rule.query is None:
        raise NotUnderstoodError("it is an SQL rule without a `query`")
    bounds = read_bounds(rule.bounds, None, None)
    query = filled(rule.query, dataset, field)
    pledge = _pledge(rule, field)
    text = pledge.text if bounds == NONE else f"{pledge.text} ({_stated(rule)})"
    return _asking(replace(pledge, text=text), Query(dataset.name, query), bounds=bounds)


def _library(rule: Quality, dataset: Dataset, field: Field | None, kind: str) -> Pledge:
    if kind != "library":
        raise NotUnderstoodError(f"`{rule.type}` is no type of rule: library, sql, text or custom")
    name = _OTHER_NAMES.get(rule.metric or "", rule.metric or "")
    if name not in _WORDS:
        stated = f"`{rule.metric}` is no metric" if rule.metric else "it names no metric"
        raise NotUnderstoodError(f"{stated}: {', '.join(_WORDS)}")
    unknown = sorted(set(rule.arguments) - _ARGUMENTS[name])
    if unknown:
        raise NotUnderstoodError(f"`{unknown[0]}` is no argument of `{name}`")
    bounds = read_bounds(rule.bounds, rule.unit, None if name == "rowCount" else NONE)
    asked = _metric(name, rule, dataset, field)
    shown = _stated(rule)
    unit = " percent" if bounds.in_percent else ""
    described = _pledge(rule, field, text=f"{_WORDS[name]}: {shown}{unit}")
    total = Count(dataset.name) if isinstance(asked, Duplicates) else None
    return _asking(described, asked, bounds=bounds, total=total)


def _asking(pledge: Pledge, metric: Metric, **more: object) -> Pledge:
    return replace(pledge, metric=metric, **more)  # type: ignore[arg-type]


def _metric(name: str, rule: Quality, dataset: Dataset, field: Field | None) -> Metric:
    if name == "rowCount":
        return Count(dataset.name)
    if name == "duplicateValues":
        return Duplicates(dataset.name, _key(rule, dataset, field))
    if field is None:
        raise NotUnderstoodError(f"`{name}` is about a field, and stands at the dataset")
    match name:
        case "nullValues":
            return RowCheck(dataset.name, None, is_there(field))
        case "missingValues":
            return RowCheck(dataset.name, None, _not_missing(rule, field))
        case _:
            return RowCheck(dataset.name, is_there(field), _valid(rule, field))


def _key(rule: Quality, dataset: Dataset, field: Field | None) -> tuple[str, ...]:
    """The fields that together are not repeated: those named, else the field at which the rule stands."""
    properties = rule.arguments.get("properties")
    if properties is None:
        if field is None:
            raise NotUnderstoodError("it does not say of which `properties`")
        return (name_of(field),)
    names = [one for one in _listed(properties, "properties") if isinstance(one, str)]
    known = {name_of(one) for one in dataset.fields}
    wrong = next((one for one in names if one not in known), None)
    if wrong is not None or not names:
        raise NotUnderstoodError(f"`properties` names `{wrong}`, which is no field" if wrong else "it names no field")
    return tuple(names)


def _not_missing(rule: Quality, field: Field) -> Expr:
    """Null is missing whatever is listed; what is no value of the field's type is not among its values anyway."""
    listed = _listed(rule.arguments.get("missingValues", ()), "missingValues")
    members = tuple(one for one in listed if one is not None and among(field, (one,)) is not None)
    there = is_there(field)
    found = among(field, members) if members else None
    return there if found is None else And(there, Not(found))


def _valid(rule: Quality, field: Field) -> Expr:
    """Of the values that are there: one of those listed, and matching."""
    checks: list[Expr] = []
    if "validValues" in rule.arguments:
        listed = _listed(rule.arguments["validValues"], "validValues")
        members = tuple(one for one in listed if one is not None)
        checks += _understood(among(field, members), "`validValues` holds what is no value of the field's type")
    pattern = rule.arguments.get("pattern")
    if pattern is not None:
        found = matching(field, pattern) if isinstance(pattern, str) else None
        checks += _understood(found, "its `pattern` is none that all engines understand alike")
    if not checks:
        raise NotUnderstoodError("it does not say which values are valid: `validValues` or `pattern`")
    condition: Expr = Const(True, BOOL)
    for check in checks:
        condition = check if isinstance(condition, Const) else And(condition, check)
    return condition


def _understood(check: Expr | None, otherwise: str) -> Iterable[Expr]:
    if check is None:
        raise NotUnderstoodError(otherwise)
    return [check]


def _listed(value: Value, what: str) -> tuple[Value, ...]:
    if not isinstance(value, tuple):
        raise NotUnderstoodError(f"`{what}` is no list")
    return value


def _stated(rule: Quality) -> str:
    """Its operators as they are written."""
    return " and ".join(f"{operator} {_shown(value)}" for operator, value in rule.bounds.items()) or "mustBe 0"


def _shown(value: Value) -> str:
    return " and ".join(map(str, value)) if isinstance(value, tuple) else str(value)
