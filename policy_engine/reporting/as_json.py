"""Reports as one JSON document: sorted, without colour, with a versioned schema."""

from __future__ import annotations

import json
from typing import Any, Final

from policy_engine.evaluation.model import Compared, Report, RuleResult, Violation, WaiverNote
from policy_engine.reporting.diagnostics_json import diagnostic_json
from policy_engine.reporting.printable import escaped
from policy_engine.reporting.run import Run
from policy_engine.reporting.upcoming import upcoming
from policy_engine.verdict import Outcome

SCHEMA: Final = "urn:policy-engine:report:v1"


def render_json(run: Run) -> str:
    """All reports of one run, and the files that could not be judged."""
    reports = run.reports
    document = {
        "schema": SCHEMA,
        "as_of": reports[0].as_of.isoformat().replace("+00:00", "Z") if reports else None,
        "verdict": run.verdict,
        "products": [_product(report) for report in reports],
        "errors": [
            {"file": one.file, "code": one.code, "message": one.message, "help": one.help} for one in run.refused
        ],
    }
    return escaped(json.dumps(document, indent=2, ensure_ascii=False)) + "\n"


def _product(report: Report) -> dict[str, Any]:
    return {
        "id": report.id,
        "name": report.name,
        "version": report.version,
        "domain": report.domain,
        "file": report.file,
        "digest": report.digest,
        "previous": "none" if report.is_first else report.previous,
        "stage": report.stage,
        "verdict": report.verdict,
        "policies": {
            "global": report.policies.global_sources,
            "local": report.policies.local_sources,
            "waivers": report.policies.waivers,
            "plan": report.policies.plan,
            "language": report.policies.language,
        },
        "data": [
            {
                "dataset": manifest.dataset,
                "format": manifest.format,
                "digest": manifest.digest,
                "sampled": manifest.sampled,
                "files": [{"path": file.path, "size": file.size, "sha256": file.digest} for file in manifest.files],
            }
            for manifest in report.data
        ],
        "unread": list(report.unread),
        "row_counts": dict(report.row_counts),
        "earlier": [
            {
                "digest": one.digest,
                "version": one.version,
                "evaluated": one.evaluated.isoformat().replace("+00:00", "Z"),
                "row_counts": dict(sorted(one.row_counts.items())),
                "verified_by": one.verified_by,
            }
            for one in report.earlier
        ],
        "counts": {outcome.value: report.count(outcome) for outcome in Outcome},
        "rules": [_rule(report, result) for result in report.results],
        "waivers": [_waiver(note) for note in report.waivers],
        "baseline": None if report.baseline is None else _baseline(report.baseline),
        "upcoming": [
            {"from": one.since.isoformat(), "rule": one.rule, "enforcement": one.enforcement, "why": one.why}
            for one in upcoming(report)
        ],
        "not_understood": [
            {
                "message": remark.message,
                "line": remark.place.line,
                "column": remark.place.column,
                "pointer": remark.place.pointer,
            }
            for remark in report.remarks
        ],
    }


def _rule(report: Report, result: RuleResult) -> dict[str, Any]:
    later = result.next_enforcement
    return {
        "rule": result.rule,
        "layer": result.layer,
        "severity": result.severity,
        "owner": result.owner,
        "controls": list(result.controls),
        "documentation": result.documentation,
        "enforcement": result.enforcement,
        "next_enforcement": None if later is None else {"enforcement": later[0], "from": later[1].isoformat()},
        "outcome": result.outcome,
        "subjects": result.subjects,
        "reasons": list(result.reasons),
        "unchecked": list(result.unchecked),
        "diagnostics": [diagnostic_json(diagnostic) for diagnostic in result.unbound],
        "unlisted": result.unlisted,
        "violations": [_violation(report, violation) for violation in result.violations],
        "waived": [{**_violation(report, one.violation), "waivers": list(one.waivers)} for one in result.waived],
    }


def _baseline(compared: Compared) -> dict[str, Any]:
    return {
        "file": compared.file,
        "verdict": compared.verdict,
        "known": compared.known,
        "expired": compared.expired,
        "new": compared.new,
        "fixed": [{"rule": rule, "subject": subject} for rule, subject in compared.fixed],
        "lost": [{"rule": rule, "subject": subject} for rule, subject in compared.lost],
    }


def _waiver(note: WaiverNote) -> dict[str, Any]:
    waiver = note.waiver
    return {
        "name": waiver.name,
        "status": note.status,
        "rules": list(note.rules),
        "granted_by": waiver.granted_by,
        "granted": waiver.granted.isoformat(),
        "until": waiver.until.isoformat(),
        "because": waiver.because,
        "approved_by": waiver.approved_by,
    }


def _violation(report: Report, violation: Violation) -> dict[str, Any]:
    place = violation.place
    location: dict[str, str | int | None] = {"file": report.file, "line": None, "column": None, "pointer": None}
    if place is not None:
        location |= {"line": place.line, "column": place.column, "pointer": place.pointer}
    return {
        "subject": violation.subject,
        "message": violation.message,
        "fix": violation.fix,
        "location": location,
        "count": violation.count,
        "scanned": violation.scanned,
        "rows": list(violation.rows),
        "known": None
        if (known := violation.known) is None
        else {
            "recorded": known.recorded.isoformat(),
            "expires": known.expires.isoformat(),
            "expired": known.has_expired,
        },
    }
