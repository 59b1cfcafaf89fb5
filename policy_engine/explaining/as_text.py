"""An explanation as text for people: the verdict, the reason in one sentence, then the details."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from policy_engine.evaluation.results import in_force
from policy_engine.explaining.explain import ORDER
from policy_engine.explaining.model import Explanation, RuleFacts, Standing, SubjectExplained
from policy_engine.explaining.page import WIDTH, Page, Style
from policy_engine.reporting.printable import clean, printable
from policy_engine.reporting.screen import plain
from policy_engine.verdict import Outcome

#: Subjects that are explained in full, and that are named, unless all are wanted.
IN_FULL, NAMED = 1, 10
_WORDS: Final = {
    Outcome.PASS: ("passes", "good"),
    Outcome.FAIL: ("fails", "bad"),
    Outcome.WAIVED: ("is waived", "doubt"),
    Outcome.NOT_APPLICABLE: ("does not apply", "quiet"),
    Outcome.INDETERMINATE: ("cannot be decided", "doubt"),
    Outcome.DUE_LATER: ("is due later", "quiet"),
}
_STANDINGS: Final = {
    Standing.FAILS: ("fails", "fail"),
    Standing.WOULD_FAIL: ("violates, as far as was looked at", "violate, as far as was looked at"),
    Standing.UNKNOWN: ("cannot be decided", "cannot be decided"),
    Standing.WAIVED: ("violates, and is waived", "violate, and are waived"),
    Standing.TOLERATED: ("violates, which is tolerated", "violate, which is tolerated"),
    Standing.MEETS: ("meets it", "meet it"),
    Standing.DOES_NOT_APPLY: ("is not concerned", "are not concerned"),
}
_ROLES: Final = {Standing.FAILS: "bad", Standing.WOULD_FAIL: "doubt", Standing.UNKNOWN: "doubt"}


def render_explanation(
    explanation: Explanation, style: Style = plain, *, width: int = WIDTH, everything: bool = False
) -> str:
    """The whole explanation; `everything` explains every subject in full, not only the first that needs mending."""
    text = explanation.facts.text
    explanation = printable(explanation)
    explanation = replace(explanation, facts=replace(explanation.facts, text=clean(text, lines=True)))
    page = Page(style, width)
    reason, is_message = _reason(explanation)
    _head(page, explanation)
    page.wrapped(0, reason)
    for clause in explanation.clauses:
        page.line(0, "")
        page.tree(clause.step, f"{clause.keyword} ")
    shown = _chosen(explanation, everything=everything)
    for at, subject in enumerate(shown):
        _subject(page, subject, with_message=at > 0 or not is_message)
    _others(page, explanation.subjects, shown)
    page.line(0, "")
    page.line(0, "the rule", "heading")
    _facts(page, explanation.facts, explanation.report.as_of.date())
    return page.text


def render_facts(facts: RuleFacts, today: date, style: Style = plain, *, width: int = WIDTH) -> str:
    """A rule without a product."""
    page = Page(style, width)
    text = facts.text
    facts = replace(printable(facts), text=clean(text, lines=True))
    page.line(0, facts.name, "heading")
    page.wrapped(0, facts.doc)
    page.line(0, "")
    _facts(page, facts, today)
    return page.text


def _head(page: Page, explanation: Explanation) -> None:
    result, report = explanation.result, explanation.report
    word, role = _WORDS[result.outcome]
    weight = f", and {result.enforcement}s" if result.outcome in {Outcome.FAIL, Outcome.INDETERMINATE} else ""
    page.line(0, f"{page.styled(word, role)}{weight}: {page.styled(result.rule, 'heading')}")
    version = f" {report.version}" if report.version else ""
    moment = report.as_of.isoformat().replace("+00:00", "Z")
    page.wrapped(0, f"{report.name or report.id}{version}, {report.file}", "quiet")
    page.wrapped(0, f"stage {report.stage}, as of {moment}", "quiet")
    for waiver in result.waivers:
        subjects = ", ".join(one.violation.subject for one in result.waived if waiver.name in one.waivers)
        until = f"until {waiver.until}, approved by {waiver.approved_by}"
        page.wrapped(0, f"waived by {waiver.name} {until}: {subjects}", "doubt", hanging=2)
        page.wrapped(2, f"because {waiver.because}")
        page.wrapped(2, explanation.waivers[waiver.name], "quiet")


def _subject(page: Page, subject: SubjectExplained, *, with_message: bool) -> None:
    word = _STANDINGS[subject.standing][0]
    text = f"{page.styled(subject.name, 'heading')} {page.styled(word, _ROLES.get(subject.standing, 'quiet'))}"
    page.line(0, "")
    page.beside(0, text, len(subject.name) + 1 + len(word), subject.place)
    for binding in subject.bindings:
        page.wrapped(2, binding, "quiet", hanging=2)
    if subject.message is not None and with_message:
        page.wrapped(2, subject.message)
    for waiver in subject.waivers:
        page.wrapped(2, f"waived by {waiver}", "doubt")
    for clause in subject.clauses:
        page.tree(clause.step, f"{clause.keyword} ")
    if subject.fix is not None:
        _fix(page, subject.fix)


def _fix(page: Page, fix: str) -> None:
    lines = fix.splitlines()
    page.line(2, f"fix: {lines[0]}" if len(lines) == 1 else "fix:", "help")
    for line in lines if len(lines) > 1 else ():
        page.line(4, line, "help")


def _others(page: Page, subjects: tuple[SubjectExplained, ...], shown: tuple[SubjectExplained, ...]) -> None:
    """What is not explained in full: by name where it needs mending, else as a number."""
    rest = subjects[len(shown) :]
    if not rest:
        return
    mending = [one for one in rest if one.standing in _ROLES]
    page.line(0, "")
    for subject in mending[:NAMED]:
        text = f"{subject.name} {_STANDINGS[subject.standing][0]}"
        page.beside(0, text, len(text), subject.place)
    counts = Counter(one.standing for one in (*mending[NAMED:], *rest[len(mending) :]))
    said = [_counted(counts[standing], standing) for standing in ORDER if counts[standing]]
    said = [f"and {', '.join(said)}"] if said else []
    page.wrapped(0, " ".join([*said, "(--all explains each, --subject NAME one)"]), "quiet")


# ---------------------------------------------------------------- the rule


def _facts(page: Page, facts: RuleFacts, today: date) -> None:
    """Text, owner, enforcement, parameters, waivers, tests."""
    origin = f"by {facts.layer}"
    page.beside(2, origin, len(origin), facts.place)
    page.line(0, "")
    for line in facts.text.splitlines():
        page.line(4, line)
    page.line(0, "")
    for name, value in _entries(facts, today):
        page.wrapped(2, f"{name.ljust(13)}{value}", hanging=13)
    for param in facts.params:
        page.wrapped(2, f"{'parameter'.ljust(13)}{param.name}: {param.type} = {param.value}", hanging=13)
        for text in (param.doc, *param.sources):
            page.wrapped(15, text, "quiet", hanging=2)


def _entries(facts: RuleFacts, today: date) -> Iterator[tuple[str, str]]:
    now, later = in_force(facts.schedule, today)
    weight = f"{now}s" + (f", and {later[0]}s from {later[1].isoformat()}" if later is not None else "")
    yield "enforcement", f"{weight}; severity {facts.severity}"
    yield "looks at", f"{facts.needs}; due from stage {facts.stage} on"
    if facts.applies_to is not None:
        yield "scope", facts.applies_to
    if facts.owner:
        yield "owner", facts.owner
    if facts.controls:
        yield "controls", ", ".join(facts.controls)
    if facts.decision is not None or facts.review is not None:
        review = f"review by {facts.review.isoformat()}" if facts.review is not None else ""
        yield "decision", ", ".join(part for part in (facts.decision, review) if part)
    yield "waivable", facts.waivable
    yield "tests", facts.tests or "no test file beside the policy"


# ---------------------------------------------------------------- reasons


def _chosen(explanation: Explanation, *, everything: bool) -> tuple[SubjectExplained, ...]:
    return explanation.subjects if everything else explanation.subjects[:IN_FULL]


def _counted(count: int, standing: Standing) -> str:
    one, many = _STANDINGS[standing]
    return f"{count} {one if count == 1 else many}"


def _reason(explanation: Explanation) -> tuple[str, bool]:
    """Why, in one sentence; and whether that is the message of the first subject."""
    result, subjects = explanation.result, explanation.subjects
    counts = Counter(one.standing for one in subjects)
    if result.reasons and result.outcome is not Outcome.FAIL:
        return "; ".join(result.reasons), False
    if not subjects and result.subjects:
        return f"looked at {result.subjects}, and all fit", False
    if not subjects:
        return "this contract has nothing that the rule goes over", False
    if result.outcome is Outcome.NOT_APPLICABLE:
        return f"its `when` is true for none of {len(subjects)}" if len(subjects) > 1 else "its `when` is false", False
    if result.outcome is Outcome.FAIL and subjects[0].message is not None:
        alone = len(subjects) == 1
        first = "" if alone else f"{counts[Standing.FAILS]} of {len(subjects)} fail; "
        return f"{first}{subjects[0].message}", True
    said = [_counted(counts[standing], standing) for standing in ORDER if counts[standing]]
    return ", ".join(said), False
