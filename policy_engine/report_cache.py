"""Reports kept between runs, so that only what changed is judged again. Nothing that is signed rests on one.

A report is found by everything that it depends on: the contract's bytes and name, the policies, the stage, what was
said of an earlier version, the engine's own files, and the time as far as the policies look at it. Where there is more
to depend on, such as data, nothing is kept.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

from policy_engine import kept
from policy_engine.evaluation import kept as kept_results
from policy_engine.evaluation.holds import period
from policy_engine.evaluation.model import PoliciesUsed, Report
from policy_engine.evaluation.waivers import waiver_notes
from policy_engine.plan.canonical import Digest, canonical, digest
from policy_engine.plan.model import Plan
from policy_engine.product.model import Place, Remark
from policy_engine.verdict import Stage, conclude

_ENGINE: Final = (
    "binding", "changes", "data", "data/personal", "data/promises", "evaluation", "plan", "product",
    "engine.py", "report_cache.py", "scanned.py", "verdict.py",
)  # fmt: skip
#: Whose other versions could read or match otherwise.
_LIBRARIES: Final = ("google-re2", "pyyaml")
_KIND: Final = "report"
#: Of some ten kilobytes each: as many as a large mesh has.
_KEPT: Final = 20_000


def key(
    contract: Digest, file: str, policies: PoliciesUsed, plan: Plan, stage: Stage, moment: datetime, *, is_first: bool
) -> Digest:
    """What a report is found by that rests on a contract and policies alone. `is_first`: there is no earlier version."""
    return digest(
        canonical(
            {
                "contract": contract,
                "engine": _engine(),
                "file": file,
                "first": is_first,
                "global": policies.global_sources,
                "local": policies.local_sources,
                "period": period(plan, stage, moment),
                "plan": policies.plan,
                "stage": stage.value,
                "waivers": policies.waivers,
            }
        )
    )


def is_there(where: Path, name: Digest) -> bool:
    """Is something kept under this key? Whether it is whole is seen when it is used."""
    return kept.find(where, name, _KIND) is not None


def find(where: Path, name: Digest, policies: PoliciesUsed, plan: Plan, moment: datetime) -> Report | None:
    """The report kept under this key, as of this very moment; if it is there and can be believed."""
    content = kept.find(where, name, _KIND)
    if content is None:
        return None
    head, _, rest = content.partition(b"\n")
    try:
        id_, title, numbered, domain, file, contract, stage, is_first, remarks = json.loads(head)
        said = tuple(Remark(Place(*place), message) for message, place in remarks)
        at = Stage(stage)
    except (ValueError, TypeError, RecursionError):
        return None
    results = kept_results.decode(plan, id_, moment.date(), rest)
    if results is None:
        return None
    return Report(
        id=id_,
        name=title,
        version=numbered,
        domain=domain,
        file=file,
        digest=Digest(contract),
        verdict=conclude(results),
        stage=at,
        as_of=moment,
        policies=policies,
        results=results,
        data=(),
        previous=None,
        is_first=is_first,
        remarks=said,
        waivers=waiver_notes(plan, id_, moment.date(), results),
    )


def keep(where: Path, report: Report, plan: Plan) -> None:
    """Keep a report that rests on a contract and policies alone."""
    results = kept_results.encode(plan, report.results)
    if results is None:
        return
    remarks = [[one.message, [one.place.line, one.place.column, one.place.pointer]] for one in report.remarks]
    head = [
        report.id, report.name, report.version, report.domain, report.file, report.digest,
        report.stage.value, report.is_first, remarks,
    ]  # fmt: skip
    name = key(report.digest, report.file, report.policies, plan, report.stage, report.as_of, is_first=report.is_first)
    kept.keep(where, name, _KIND, json.dumps(head, separators=(",", ":")).encode() + b"\n" + results, most=_KEPT)


@cache
def _engine() -> Digest:
    libraries = [[name, version(name)] for name in _LIBRARIES]
    return digest(canonical([kept.stamps(_ENGINE), libraries, sys.version]))
