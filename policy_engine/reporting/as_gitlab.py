"""Findings as GitLab's code quality report, which a merge request shows at the lines that changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from policy_engine.reporting.printable import printable
from policy_engine.reporting.run import Finding, Run, findings, unchecked_said
from policy_engine.verdict import Enforcement, Outcome


def render_gitlab(run: Run) -> str:
    """One list. What is waived, or known to the baseline, is left out; what blocks because it could not be decided is in it."""
    issues = [
        *(_refusal(one.file, f"not judged: {one.message}", one.code) for one in map(printable, run.refused)),
        *(_issue(found) for found in findings(run.reports) if not found.is_excused),
        *_undecided(run),
    ]
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"


def _issue(found: Finding) -> dict[str, Any]:
    result = found.result
    return {
        "description": found.text,
        "check_name": result.rule,
        "fingerprint": found.fingerprint,
        "severity": _severity(result.enforcement, result.severity),
        "location": {"path": _path(found.file), "lines": {"begin": found.line}},
    }


def _undecided(run: Run) -> Iterator[dict[str, Any]]:
    for given in run.reports:
        if unchecked := unchecked_said(given):
            yield _refusal(given.file, unchecked, "engine.verdict")
        for result in printable(given).results:
            if result.outcome is Outcome.INDETERMINATE and result.enforcement is Enforcement.BLOCK:
                yield _refusal(given.file, f"could not be decided: {'; '.join(result.reasons)}", result.rule)


def _refusal(file: str, description: str, check: str) -> dict[str, Any]:
    return {
        "description": description,
        "check_name": check,
        "fingerprint": hashlib.sha256(f"{file}\0{check}".encode()).hexdigest()[:32],
        "severity": "critical",
        "location": {"path": _path(file), "lines": {"begin": 1}},
    }


def _severity(enforcement: Enforcement, severity: str) -> str:
    is_high = severity in {"critical", "high"}
    match enforcement:
        case Enforcement.BLOCK:
            return "blocker" if is_high else "critical"
        case Enforcement.WARN:
            return "major" if is_high else "minor"
        case Enforcement.INFORM:
            return "info"


def _path(file: str) -> str:
    """As GitLab knows the file: without a leading `./`, which it does not accept."""
    return PurePath(file).as_posix()
