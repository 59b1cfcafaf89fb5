"""Coverage as JSON."""

from __future__ import annotations

from typing import Any

from policy_engine.testing.coverage.model import Coverage, Covered, count


def coverage_json(coverage: Coverage) -> dict[str, Any]:
    """The member `coverage` of a test report."""
    seen, total = count(coverage.covered)
    policies = [_group(name, covered) for name, covered in coverage.groups]
    return {"seen": seen, "total": total, "policies": policies}


def _group(name: str, covered: tuple[Covered, ...]) -> dict[str, Any]:
    seen, total = count(covered)
    return {"name": name, "seen": seen, "total": total, "missing": [_missing(one) for one in covered if one.never]}


def _missing(one: Covered) -> dict[str, Any]:
    line, column = one.point.span.position
    return {
        "file": one.point.key.file,
        "line": line,
        "column": column,
        "kind": one.point.key.kind,
        "text": one.point.span.text,
        "never": list(one.never),
    }
