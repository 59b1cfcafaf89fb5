"""Findings as SARIF 2.1.0, which code scanning and editors read. Deterministic: no times but `as_of`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any, Final
from urllib.parse import quote

from policy_engine.evaluation.model import Report, RuleResult, Waiver
from policy_engine.reporting.as_markdown import code, prose
from policy_engine.reporting.printable import printable
from policy_engine.reporting.run import Finding, Refused, Run, findings, unchecked_said
from policy_engine.verdict import Enforcement, Outcome, Verdict

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final = {Enforcement.BLOCK: "error", Enforcement.WARN: "warning", Enforcement.INFORM: "note"}
#: What GitHub calls the level of a rule.
_PROBLEMS: Final = {Enforcement.BLOCK: "error", Enforcement.WARN: "warning", Enforcement.INFORM: "recommendation"}
#: What relative paths are relative to.
_BASE: Final = "%SRCROOT%"
#: In a message, `[text](target)` would be a link, and nobody who writes a policy or a contract means one.
_LINK: Final = re.compile(r"\]\(")
_EXIT_CODES: Final = {Verdict.COMPLIANT: 0, Verdict.NON_COMPLIANT: 1, Verdict.INDETERMINATE: 3}


def render_sarif(run: Run, version: str) -> str:
    """One document with one run of the tool. `version` is that of this software."""
    reports = [printable(report) for report in run.reports]
    rules = {result.rule: result for report in reports for result in report.results}
    index = {rule: at for at, rule in enumerate(rules)}
    document = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "policy-engine",
                        "version": version,
                        "rules": [_rule(result) for result in rules.values()],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {_BASE: {"description": {"text": "the folder in which the command was run"}}},
                "invocations": [_invocation(run, index)],
                "results": [_result(found, index) for found in findings(run.reports)],
                "properties": {
                    "verdict": run.verdict,
                    "products": [_product(report) for report in reports],
                },
            }
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _rule(result: RuleResult) -> dict[str, Any]:
    said = result.documentation or result.rule
    controls = f"\n\nControls: {', '.join(result.controls)}" if result.controls else ""
    help_text = f"{said}\n\nOwner: {result.owner}{controls}\n\npolicy-engine explain {result.rule}"
    return {
        "id": result.rule,
        "shortDescription": {"text": said},
        "fullDescription": {"text": said},
        "help": {"text": help_text, "markdown": _markdown_help(result)},
        "defaultConfiguration": {"level": _LEVELS[result.enforcement]},
        "properties": {
            "tags": [f"{result.layer} policy", *result.controls],
            "precision": "high",
            "problem.severity": _PROBLEMS[result.enforcement],
            "severity": result.severity,
            "owner": result.owner,
        },
    }


def _markdown_help(result: RuleResult) -> str:
    lines = [prose(result.documentation)] if result.documentation else []
    lines.append(f"**Owner:** {code(result.owner)}")
    if result.controls:
        lines.append(f"**Controls:** {', '.join(map(code, result.controls))}")
    return "\n\n".join([*lines, f"More: {code(f'policy-engine explain {result.rule}')}"])


def _result(found: Finding, index: dict[str, int]) -> dict[str, Any]:
    result = found.result
    region = {"startLine": found.line, "startColumn": found.column}
    made: dict[str, Any] = {
        "ruleId": result.rule,
        "ruleIndex": index[result.rule],
        "level": _LEVELS[result.enforcement],
        "message": {"text": _LINK.sub("] (", found.text)},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": _artifact(found.file), "region": region},
                "logicalLocations": [{"fullyQualifiedName": found.violation.subject}],
            }
        ],
        "partialFingerprints": {"productRuleSubject/v1": found.fingerprint},
    }
    if found.waivers:
        made["suppressions"] = [_suppression(waiver) for waiver in found.waivers]
    known = found.violation.known
    if found.report.baseline is not None:
        made["baselineState"] = "new" if known is None else "unchanged"
    if known is not None and not known.has_expired:
        said = f"known since {known.recorded}, to be mended by {known.expires} (baseline)"
        made["suppressions"] = [{"kind": "external", "status": "accepted", "justification": said}]
    return made


def _suppression(waiver: Waiver) -> dict[str, Any]:
    return {
        "kind": "external",
        "status": "accepted",
        "justification": f"{waiver.because} (waiver {waiver.name} until {waiver.until}, granted by the "
        f"{waiver.granted_by}, approved by {waiver.approved_by})",
    }


def _invocation(run: Run, index: dict[str, int]) -> dict[str, Any]:
    return {
        "executionSuccessful": not run.refused,
        "exitCode": 2 if run.refused else _EXIT_CODES[run.decisive],
        "toolExecutionNotifications": [
            *(_refusal(printable(one), one.file) for one in run.refused),
            *(notice for report in run.reports for notice in _undecided(printable(report), report.file, index)),
        ],
    }


def _refusal(refused: Refused, file: str) -> dict[str, Any]:
    return {
        "descriptor": {"id": refused.code},
        "level": "error",
        "message": {"text": f"not judged: {refused.message}"},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(file)}}],
    }


def _undecided(report: Report, file: str, index: dict[str, int]) -> Iterator[dict[str, Any]]:
    """Rules that could not be decided, and promises that nobody checked: no violations, and not fine."""
    place = [{"physicalLocation": {"artifactLocation": _artifact(file)}}]
    if unchecked := unchecked_said(report):
        yield {"level": "error", "message": {"text": unchecked}, "locations": place}
    for result in report.results:
        rule = {"id": result.rule, "index": index[result.rule]}
        if result.outcome is Outcome.INDETERMINATE:
            said = f"could not be decided: {'; '.join(result.reasons)}"
            level = "error" if result.enforcement is Enforcement.BLOCK else "warning"
            yield {"associatedRule": rule, "level": level, "message": {"text": said}, "locations": place}
        for line in result.unchecked:
            said = f"promised by the contract, and not evaluated: {line}"
            yield {"associatedRule": rule, "level": "warning", "message": {"text": said}, "locations": place}
        if result.outcome is Outcome.FAIL and result.unlisted:
            said = f"{result.unlisted} more violations are not listed"
            yield {"associatedRule": rule, "level": "warning", "message": {"text": said}, "locations": place}


def _product(report: Report) -> dict[str, Any]:
    return {
        "id": report.id,
        "version": report.version,
        "domain": report.domain,
        "file": report.file,
        "verdict": report.verdict,
        "stage": report.stage,
        "asOf": report.as_of.isoformat().replace("+00:00", "Z"),
    }


def _artifact(file: str) -> dict[str, str]:
    """A path as a URI: relative to where the command was run, as whoever reads the document has it."""
    path = PurePath(file)
    if path.is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": quote(path.as_posix()), "uriBaseId": _BASE}
