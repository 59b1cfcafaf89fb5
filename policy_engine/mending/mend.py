"""Mending a contract until nothing is left that is safe to mend; then looking again, at all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from policy_engine.errors import ProductError
from policy_engine.evaluation.model import Report, RuleResult, Violation
from policy_engine.mending.edit import insert
from policy_engine.mending.fragment import UncertainError, read_fragment
from policy_engine.mending.merge import additions, find_element, with_additions
from policy_engine.product.model import Value
from policy_engine.verdict import Outcome

#: What one fix makes a rule see, another may mend.
_ROUNDS: Final = 5
#: So often fixes that turned out badly are left out, before none is made.
_ATTEMPTS: Final = 10
_MARK: Final = b"\xef\xbb\xbf"

#: Rule, subject and text of the fix.
_Key = tuple[str, str, str]
Judge = Callable[[bytes], Report]


@dataclass(frozen=True, slots=True)
class Missed:
    """A violation that is left to people, and why."""

    rule: str
    violation: Violation
    reason: str


@dataclass(frozen=True, slots=True)
class Mended:
    """A contract's text with all safe fixes in it: the rule and violation of each, and what was left to people."""

    content: bytes
    fixed: tuple[tuple[str, Violation], ...]
    missed: tuple[Missed, ...]


@dataclass(frozen=True, slots=True)
class _Fix:
    rule: str
    violation: Violation
    element: str
    fragment: Mapping[str, Value]

    @property
    def key(self) -> _Key:
        return _key(self.rule, self.violation)


def mend(content: bytes, file: str, judge: Judge) -> Mended:
    """The contract with every fix that is safe; `judge` says what a text of it violates."""
    before = judge(content)
    refused: dict[_Key, str] = {}
    for _ in range(_ATTEMPTS):
        text, fixes, after = _rounds(content, file, judge, before, refused)
        bad = {} if not fixes else _turned_out_badly(before, after, fixes)
        if not bad:
            fixed = tuple((fix.rule, fix.violation) for fix in fixes)
            return Mended(text, fixed, tuple(_missed(after, refused)))
        refused |= bad
    return Mended(content, (), tuple(_missed(before, refused)))


def _rounds(
    content: bytes, file: str, judge: Judge, report: Report, refused: dict[_Key, str]
) -> tuple[bytes, list[_Fix], Report]:
    """Fixes, and fixes of what those brought to light."""
    done: list[_Fix] = []
    for _ in range(_ROUNDS):
        known = refused | {fix.key: "" for fix in done}
        root = _read(content, file)
        fixes = [fix for fix in _fixes(report, root, known) if fix.key not in known]
        refused |= {key: reason for key, reason in known.items() if reason}
        fixes = _settle(content, root, file, fixes, refused)
        if not fixes:
            break
        mended = _with(content, root, file, fixes)
        try:
            report = judge(mended)
        except ProductError as error:
            refused |= {fix.key: f"it could not be read then: {error}" for fix in fixes}
            break
        content, done = mended, [*done, *fixes]
    return content, done, report


def _fixes(report: Report, root: Mapping[str, Value], known: dict[_Key, str]) -> Iterator[_Fix]:
    """The fix of each violation; why it is none goes to `known`."""
    for rule, violation in _violations(report):
        key = _key(rule, violation)
        if key in known:
            continue
        try:
            fragment = read_fragment(violation.fix)
            at = "" if violation.place is None else violation.place.pointer
            element = find_element(root, at, fragment)
            if not additions(root, [(element, fragment)]):
                known[key] = "the contract states that already"
                continue
        except UncertainError as error:
            known[key] = str(error)
            continue
        yield _Fix(rule, violation, element, fragment)


def _settle(
    content: bytes, root: Mapping[str, Value], file: str, fixes: Sequence[_Fix], refused: dict[_Key, str]
) -> list[_Fix]:
    """Those of the fixes that can be made together."""
    if not fixes:
        return []
    try:
        _with(content, root, file, fixes)
    except UncertainError as error:
        if len(fixes) == 1:
            refused[fixes[0].key] = str(error)
            return []
        half = len(fixes) // 2
        first = _settle(content, root, file, fixes[:half], refused)
        second = _settle(content, root, file, fixes[half:], refused)
        return _together(content, root, file, first, second, refused)
    return list(fixes)


def _together(
    content: bytes,
    root: Mapping[str, Value],
    file: str,
    first: list[_Fix],
    second: list[_Fix],
    refused: dict[_Key, str],
) -> list[_Fix]:
    """Both, or where they are in each other's way the first; of the others another round says why."""
    try:
        _with(content, root, file, [*first, *second])
    except UncertainError as error:
        if len(first) + len(second) == 2:
            refused[second[0].key] = str(error)
        return first
    return [*first, *second]


def _with(content: bytes, root: Mapping[str, Value], file: str, fixes: Sequence[_Fix]) -> bytes:
    """The text with these fixes, which states what it stated, and them, and nothing else. Raises UncertainError."""
    mark = _MARK if content.startswith(_MARK) else b""
    text = content.removeprefix(_MARK).decode()
    added = additions(root, [(fix.element, fix.fragment) for fix in fixes])
    try:
        mended = mark + insert(text, added, file).encode()
        is_sure = _typed(_read(mended, file)) == _typed(with_additions(root, added))
    except (ProductError, UnicodeEncodeError):
        is_sure = False
    if not is_sure:
        raise UncertainError("its place in the text is not certain")
    return mended


def _turned_out_badly(before: Report, after: Report, fixes: Sequence[_Fix]) -> dict[_Key, str]:
    """Fixes that did not mend, and those that may have brought what was not there before."""
    left = {(rule, violation.subject) for rule, violation in _violations(after)}
    bad = {fix.key: "its fix does not mend it" for fix in fixes if (fix.rule, fix.violation.subject) in left}
    for rule, subject in sorted(_problems(after) - _problems(before)):
        near = [fix for fix in fixes if fix.violation.subject == subject] or fixes
        bad |= {fix.key: f"`{rule}` would not be met then" for fix in near if fix.key not in bad}
    return bad


def _problems(report: Report) -> set[tuple[str, str]]:
    """What is violated, and what is undecided, where the subject is empty."""
    open_ = (one for one in report.results if one.outcome is Outcome.INDETERMINATE or _is_open_for_the_rest(one))
    undecided = {(one.rule, "") for one in open_}
    return undecided | {(rule, violation.subject) for rule, violation in _violations(report)}


def _is_open_for_the_rest(result: RuleResult) -> bool:
    return result.outcome is Outcome.FAIL and bool(result.reasons)


def _missed(report: Report, refused: Mapping[_Key, str]) -> Iterator[Missed]:
    for rule, violation in _violations(report):
        yield Missed(rule, violation, refused.get(_key(rule, violation), "it was not tried"))


def _violations(report: Report) -> Iterator[tuple[str, Violation]]:
    for result in report.results:
        if result.outcome is Outcome.FAIL:
            yield from ((result.rule, violation) for violation in result.violations)


def _key(rule: str, violation: Violation) -> _Key:
    return rule, violation.subject, violation.fix or ""


def _read(content: bytes, file: str) -> Mapping[str, Value]:
    from policy_engine.product.text import read_document

    return read_document(content, file).root


def _typed(value: Value) -> object:
    """A value that equals another only where both are of one type: 1 is not true, and not 1.0."""
    match value:
        case Mapping():
            return {key: _typed(part) for key, part in value.items()}
        case tuple():
            return [_typed(part) for part in value]
        case _:
            return type(value).__name__, str(value)
