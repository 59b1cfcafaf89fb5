"""A report becomes a signed statement. Same report, same files, same key, same time: same bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, TypeAlias

from policy_engine.attestation.envelope import PAYLOAD_TYPE, Envelope, pae, read_envelope, write_envelope
from policy_engine.attestation.statement import (
    ENGINE,
    MAX_MEMBERS,
    PREDICATE_TYPE,
    STATEMENT_TYPE,
    ProductJudged,
    dataset_subject,
    read_statement,
)
from policy_engine.errors import UsageError, VerificationError
from policy_engine.plan.canonical import canonical, digest
from policy_engine.verdict import Outcome

if TYPE_CHECKING:
    from policy_engine.data.model import Manifest
    from policy_engine.evaluation.model import Report, RuleResult, Waiver
    from policy_engine.plan.layer import LayerFiles
    from policy_engine.trust import PrivateKey

_Json: TypeAlias = "str | int | bool | list[_Json] | dict[str, _Json] | None"


def sign(
    report: Report,
    key: PrivateKey,
    *,
    time_evaluated: datetime,
    global_files: LayerFiles | None = None,
    local_files: LayerFiles | None = None,
    waiver_files: LayerFiles | None = None,
) -> bytes:
    """The canonical bytes of the envelope over what `report` found; of any verdict, since a failing one is signed too.

    With the files of the layers, a verifier can later name the file that differs. `time_evaluated` is cut to whole
    seconds. Raises UsageError where the report cannot be stated: files that are not those evaluated, an `as_of` of no
    whole second, more rules than the format holds.
    """
    try:
        payload = canonical(_statement(report, time_evaluated, (global_files, local_files, waiver_files)))
        # INVARIANT: nothing is signed that the reader would refuse
        read_statement(payload)
        signature = key.sign(pae(PAYLOAD_TYPE, payload))
        content = write_envelope(Envelope(PAYLOAD_TYPE, payload, key.public.id, signature))
        read_envelope(content)
    except (VerificationError, ValueError) as error:
        raise UsageError(f"this report cannot be attested: {error}") from error
    return content


def _statement(
    report: Report,
    time_evaluated: datetime,
    files: tuple[LayerFiles | None, LayerFiles | None, LayerFiles | None],
) -> dict[str, _Json]:
    global_files, local_files, waiver_files = files
    product: dict[str, _Json] = {
        "id": report.id,
        "name": report.name,
        "version": report.version,
        "domain": report.domain,
        "digest": _digest(report.digest),
    }
    judged = ProductJudged.model_construct(id=report.id, version=report.version, domain=report.domain)
    data = sorted(report.data, key=lambda manifest: manifest.dataset)
    subjects: list[_Json] = [{"name": judged.subject, "digest": _digest(report.digest)}]
    subjects += [{"name": dataset_subject(used.dataset), "digest": _digest(used.digest)} for used in data]
    return {
        "_type": STATEMENT_TYPE,
        "predicateType": PREDICATE_TYPE,
        "subject": subjects,
        "predicate": {
            "resourceUri": judged.uri,
            "product": product,
            "stage": report.stage,
            "policies": {
                "global": _layer("global", report.policies.global_sources, global_files),
                "local": _layer("local", report.policies.local_sources, local_files),
                "waivers": _layer("waivers", report.policies.waivers, waiver_files),
                "effective": _digest(report.policies.plan),
            },
            "engine": {"id": ENGINE, "version": version(ENGINE), "language": report.policies.language},
            "parameters": {"asOf": _time(report.as_of)},
            "data": [_dataset(used) for used in data],
            "metrics": {
                "rowCounts": [{"dataset": name, "rows": rows} for name, rows in report.row_counts],
                "earlier": [{"digest": _digest(one.digest), "key": one.key_id} for one in report.earlier],
            },
            "previous": _previous(report),
            "results": [_result(each) for each in sorted(report.results, key=lambda each: (each.layer, each.rule))],
            "waivers": [_waiver(report, used) for used in _used(report)],
            "counts": {outcome.value: report.count(outcome) for outcome in Outcome},
            "verdict": report.verdict,
            "timeEvaluated": _time(time_evaluated.replace(microsecond=0)),
        },
    }


def _layer(name: str, expected: str | None, files: LayerFiles | None) -> _Json:
    if files is not None and files.digest != expected:
        what = name if name == "waivers" else f"{name} policies"
        raise UsageError(f"the {what} given are not those that were evaluated")
    if expected is None:
        return None
    return {"digest": _digest(expected), "members": None if files is None else _members(files)}


def _members(files: LayerFiles) -> _Json:
    if len(files.members) > MAX_MEMBERS:
        return None
    return [
        {"path": member.path, "sha256": digest(member.content), "size": len(member.content)} for member in files.members
    ]


def _previous(report: Report) -> _Json:
    if report.previous is not None:
        return _digest(report.previous)
    return {"first": True} if report.is_first else None


def _dataset(used: Manifest) -> _Json:
    return {
        "dataset": used.dataset,
        "digest": _digest(used.digest),
        "format": used.format,
        "files": len(used.files),
        "bytes": sum(file.size for file in used.files),
        "sampled": used.sampled,
    }


def _result(found: RuleResult) -> _Json:
    return {
        "rule": found.rule,
        "layer": found.layer,
        "enforcement": found.enforcement,
        "outcome": found.outcome,
        "subjects": found.subjects,
        "violations": len(found.violations) + found.unlisted,
    }


def _used(report: Report) -> list[Waiver]:
    """The waivers that took effect, by name."""
    named = {used.name: used for result in report.results for used in result.waivers}
    return [named[name] for name in sorted(named)]


def _waiver(report: Report, used: Waiver) -> _Json:
    waived = {
        result.rule: sum(used.name in one.waivers for one in result.waived)
        for result in sorted(report.results, key=lambda each: each.rule)
    }
    return {
        "name": used.name,
        "grantedBy": used.granted_by,
        "granted": used.granted.isoformat(),
        "until": used.until.isoformat(),
        "because": used.because,
        "approvedBy": used.approved_by,
        "waived": [{"rule": rule, "violations": count} for rule, count in waived.items() if count],
    }


def _digest(sha256: str) -> _Json:
    return {"sha256": sha256}


def _time(moment: datetime) -> str:
    if moment.tzinfo is None or moment.microsecond:
        raise UsageError(f"the time `{moment.isoformat()}` is not in whole seconds of a known zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
