"""Reports as JUnit XML, which every CI server shows: one suite for each product, one case for each rule."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from policy_engine.evaluation.model import Report, RuleResult
from policy_engine.reporting.known import known_said
from policy_engine.reporting.printable import printable
from policy_engine.reporting.run import Finding, Refused, Run, findings, unchecked_said
from policy_engine.verdict import Enforcement, Outcome


def render_junit(run: Run) -> str:
    """One document. What blocks fails or errs; what only warns is printed, and never turns a pipeline red."""
    found: dict[tuple[str, str], list[Finding]] = {}
    for one in findings(run.reports):
        found.setdefault((one.file, one.result.rule), []).append(one)
    suites = [_suite(report, found) for report in run.reports] + [_unjudged(one) for one in run.refused]
    top = Element("testsuites", name="policy-engine")
    top.extend(suites)
    for counted in ("tests", "failures", "errors"):
        top.set(counted, str(sum(int(suite.get(counted, "0")) for suite in suites)))
    indent(top)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(top, encoding="unicode")}\n'


def _suite(given: Report, found: dict[tuple[str, str], list[Finding]]) -> Element:
    report = printable(given)
    suite = Element("testsuite", name=" ".join(part for part in (report.name or report.id, report.version) if part))
    properties = SubElement(suite, "properties")
    for name, value in (
        ("verdict", report.verdict),
        ("product", report.id),
        ("version", report.version),
        ("domain", report.domain),
        ("file", report.file),
        ("stage", report.stage),
        ("as_of", report.as_of.isoformat().replace("+00:00", "Z")),
    ):
        if value is not None:
            SubElement(properties, "property", name=name, value=value)
    for result in report.results:
        suite.append(_case(report, result, found.get((given.file, result.rule), [])))
    if unchecked := unchecked_said(report):
        nothing = SubElement(suite, "testcase", classname=report.id, name="engine.verdict")
        _said(nothing, "error", unchecked, "indeterminate")
    return _counted(suite)


def _case(report: Report, result: RuleResult, found: list[Finding]) -> Element:
    case = Element("testcase", classname=report.id, name=result.rule)
    counting = [one for one in found if not one.is_excused]
    is_blocking = result.enforcement is Enforcement.BLOCK
    reason = "; ".join(result.reasons)
    match result.outcome:
        case Outcome.FAIL if is_blocking and not (counting or result.unlisted):
            known = "; ".join(known_said(result.violations))
            if result.reasons:
                _said(case, "error", f"{known}; not decided for the rest: {reason}", "indeterminate")
            else:
                _said(case, "skipped", known)
        case Outcome.FAIL if is_blocking:
            number = len(counting) + result.unlisted
            said = f"{number} violation{'' if number == 1 else 's'}: {result.documentation}".rstrip(": ")
            _said(case, "failure", said, result.severity, _listed(counting, result))
        case Outcome.FAIL:
            SubElement(case, "system-out").text = f"{result.enforcement}s\n{_listed(counting, result)}"
        case Outcome.INDETERMINATE if is_blocking:
            _said(case, "error", f"could not be decided: {reason}", "indeterminate")
        case Outcome.INDETERMINATE:
            _said(case, "skipped", f"could not be decided, and only {result.enforcement}s: {reason}")
        case Outcome.WAIVED:
            _said(case, "skipped", f"waived: {_waivers(result)}")
        case Outcome.NOT_APPLICABLE:
            _said(case, "skipped", f"does not apply: {reason or 'nothing to look at'}")
        case Outcome.DUE_LATER:
            _said(case, "skipped", f"due later: {reason}")
        case Outcome.PASS:
            pass
    if result.unchecked:
        SubElement(case, "system-err").text = "\n".join(
            ["promised by the contract, and not evaluated", *result.unchecked]
        )
    return case


def _listed(found: list[Finding], result: RuleResult) -> str:
    lines = [f"{one.report.file}:{one.line}:{one.column}: {one.text}" for one in found]
    more = [f"… and {result.unlisted} more"] if result.unlisted else []
    undecided = [f"not decided for the rest: {reason}" for reason in result.reasons]
    return "\n".join([*lines, *more, *undecided, f"owner: {result.owner}"])


def _waivers(result: RuleResult) -> str:
    return "; ".join(f"{one.name} until {one.until}: {one.because}" for one in result.waivers)


def _unjudged(given: Refused) -> Element:
    refused = printable(given)
    suite = Element("testsuite", name=refused.file)
    case = SubElement(suite, "testcase", classname=refused.file, name="readable")
    _said(case, "error", f"not judged: {refused.message}", refused.code, refused.help)
    return _counted(suite)


def _said(case: Element, tag: str, message: str, kind: str | None = None, text: str | None = None) -> None:
    SubElement(case, tag, {"message": message, **({"type": kind} if kind else {})}).text = text


def _counted(suite: Element) -> Element:
    suite.set("tests", str(len(suite.findall("testcase"))))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(len(suite.findall(f"testcase/{tag}"))))
    return suite
