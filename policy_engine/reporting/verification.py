"""Verifications for people and for scripts. Pure: what is shown depends on the arguments alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeAlias

from policy_engine.attestation import Conclusion, Statement, Status, Step, StepName, Verification
from policy_engine.attestation.statement import Evaluation, time_of
from policy_engine.trust import TrustedKey
from policy_engine.verdict import Enforcement, Outcome, Verdict

SCHEMA: Final = "urn:policy-engine:verification:v1"

_Json: TypeAlias = "str | int | bool | list[_Json] | dict[str, _Json] | None"

#: What the first line of a verified attestation says it did without.
_WITHOUT: Final = {
    StepName.PRODUCT: "the contract",
    StepName.DATA: "the data",
    StepName.GLOBAL: "the global policies",
    StepName.PREVIOUS: "an earlier version",
    StepName.TIME: "a timestamp",
    StepName.LOG: "the log",
    StepName.TRUST: "a chain of trust",
    StepName.REPLAY: "a replay",
}
#: Green, red and yellow of a terminal.
_COLOURS: Final[dict[str, str]] = {
    Conclusion.VERIFIED: "\x1b[32m",
    Conclusion.REFUSED: "\x1b[31m",
    Conclusion.INCOMPLETE: "\x1b[33m",
    Status.PASS: "\x1b[32m",
    Status.FAIL: "\x1b[31m",
    Status.NOT_CHECKED: "\x1b[33m",
}
#: What a reader must see rule by rule, in this order; what passed or did not apply is counted.
_LISTED: Final = (Outcome.FAIL, Outcome.INDETERMINATE, Outcome.DUE_LATER, Outcome.WAIVED)
#: From bad to good: a file that could not be read, then as the exit codes 2, 1, 3, 0.
_WORST_FIRST: Final = (None, Conclusion.REFUSED, Conclusion.INCOMPLETE, Conclusion.VERIFIED)


@dataclass(frozen=True, slots=True)
class Checked:
    """One attestation file and how its verification went; None and `error` where it could not be read."""

    file: str
    verification: Verification | None
    error: str = ""

    @property
    def conclusion(self) -> Conclusion | None:
        """None where there was nothing to verify."""
        return self.verification.conclusion if self.verification else None


def worst(checked: tuple[Checked, ...]) -> Conclusion | None:
    """What all files together come to; None where one could not be read."""
    return min((each.conclusion for each in checked), key=_WORST_FIRST.index)


def render_text(checked: tuple[Checked, ...], *, colour: bool = False, quiet: bool = False) -> str:
    """The first line says it all; then what was attested, then every step. `quiet` stops after the first line."""
    parts = []
    for each in checked:
        name = f"{_plain(each.file)}: " if len(checked) > 1 else ""
        if each.verification is None:
            parts.append([f"{name}unreadable: {_plain(each.error)}"])
            continue
        lines = [name + _headline(each.verification, colour=colour)]
        if not quiet:
            lines += [*_attested(each.verification), "", *_steps(each.verification.steps, colour=colour)]
        parts.append(lines)
    gap = "\n" if quiet else "\n\n"
    return gap.join("\n".join(lines) for lines in parts) + "\n"


def render_json(checked: tuple[Checked, ...]) -> str:
    """One document in ASCII, so that no name steers a terminal; keys sorted; schema `urn:policy-engine:verification:v1`."""
    document = {
        "schema": SCHEMA,
        "conclusion": worst(checked) or "unreadable",
        "attestations": [_entry(each) for each in checked],
    }
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def _headline(done: Verification, *, colour: bool) -> str:
    painted = _painted(done.conclusion.value, done.conclusion, colour=colour)
    step = done.decisive
    if step is None:
        without = [_WITHOUT[name] for name in _unchecked(done.steps) if name in _WITHOUT]
        return f"{painted}, without {', '.join(without)}" if without else painted
    if done.conclusion is Conclusion.REFUSED:
        return f"{painted}: {_plain(_labelled(step))} [{step.code}]"
    lacking = (each for each in done.steps if each.status is Status.NOT_CHECKED and each.is_required)
    return f"{painted}: required and not checked: {', '.join(_plain(_label(each)) for each in lacking)}"


def _unchecked(steps: tuple[Step, ...]) -> list[StepName]:
    return list(dict.fromkeys(step.name for step in steps if step.status is Status.NOT_CHECKED))


def _attested(done: Verification) -> list[str]:
    if done.statement is None or done.signer is None:
        return ["  nothing that it says is believed: no verdict, no product, no signer"]
    stated = done.statement.predicate
    is_refused = done.conclusion is Conclusion.REFUSED
    verdict = f"{stated.verdict}: {_meaning(stated)}"
    counts = stated.counts.model_dump(by_alias=True)
    found = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
    rows = [
        (
            "verdict claimed" if is_refused else "verdict attested",
            f"{verdict} (refused: not to be relied on)" if is_refused else verdict,
        ),
        ("product", stated.product.id),
        ("version", stated.product.version or "not stated"),
        ("domain", stated.product.domain or "not stated"),
        ("signer", f"{done.signer.name}, key {done.signer.key.id}"),
        ("as of", f"{stated.parameters.as_of}, stage {stated.stage}"),
        ("signed", f"{stated.time_evaluated}, by the signer's own word"),
        *(("note", apart) for apart in _apart(stated)),
        *(("compared with", earlier) for earlier in _earlier(stated)),
        ("rules", found or "none"),
    ]
    return [*(f"  {title:<17} {_plain(text)}" for title, text in rows), *_rules(stated)]


def _meaning(stated: Evaluation) -> str:
    """What the verdict says, from the results themselves: which rules blocked, and which did not yet."""
    moment = f"at stage {stated.stage} as of {stated.parameters.as_of[:10]}"
    blocking = [found.outcome for found in stated.results if found.enforcement is Enforcement.BLOCK]
    in_force = [outcome for outcome in blocking if outcome is not Outcome.DUE_LATER]
    match stated.verdict:
        case Verdict.COMPLIANT if not in_force:
            said = f"no rule blocks {moment}"
        case Verdict.COMPLIANT if set(in_force) == {Outcome.NOT_APPLICABLE}:
            said = f"no rule that blocks {moment} applies to the product"
        case Verdict.COMPLIANT:
            said = f"met every policy that blocks {moment}"
        case Verdict.NON_COMPLIANT:
            said = f"did not meet a policy that blocks {moment}"
        case Verdict.INDETERMINATE if Outcome.INDETERMINATE in in_force:
            said = f"cannot be told whether it met every policy that blocks {moment}"
        case Verdict.INDETERMINATE:
            said = f"nothing was checked {moment}"
    return "; ".join([said, *_exceptions(blocking)])


def _exceptions(blocking: list[Outcome]) -> Iterator[str]:
    for outcome, what in ((Outcome.WAIVED, "waived"), (Outcome.DUE_LATER, "not due yet")):
        if count := blocking.count(outcome):
            yield f"{count} blocking {'rule is' if count == 1 else 'rules are'} {what}"


def _apart(stated: Evaluation) -> Iterator[str]:
    """Whether the time that the policies took for now is another than that of signing, by more than a day."""
    signed, as_of = time_of(stated.time_evaluated), time_of(stated.parameters.as_of)
    if abs(signed - as_of) > timedelta(days=1):
        side = "before" if as_of < signed else "after"
        yield f"policies were applied as of {as_of.date()}, {abs(signed - as_of).days} days {side} it was signed"


def _earlier(stated: Evaluation) -> Iterator[str]:
    """The attestations whose row counts were compared with: which they are, the signer chose."""
    for used in stated.metrics.earlier if stated.metrics else ():
        by = f"verified with key {used.key[:12]}" if used.key else "whose signature the signer did not verify"
        yield f"the row counts of attestation {used.digest.sha256[:12]}, {by}"


def _rules(stated: Evaluation) -> list[str]:
    listed = [found for outcome in _LISTED for found in stated.results if found.outcome is outcome]
    wide = max((len(_plain(found.rule)) for found in listed), default=0)
    rules = [
        f"    {found.outcome:<13}  {found.layer:<6}  {found.enforcement:<6}  {_plain(found.rule):<{wide}}"
        f"  {_amount(found.violations)}".rstrip()
        for found in listed
    ]
    return [*rules, *_waivers(stated)]


def _amount(violations: int) -> str:
    return f"{violations} {'violation' if violations == 1 else 'violations'}" if violations else ""


def _waivers(stated: Evaluation) -> Iterator[str]:
    """What is excused, until when, by whom and why: an auditor reads these first."""
    if stated.waivers:
        yield "  waivers"
    for used in stated.waivers or ():
        said = f"until {used.until}, granted by the {used.granted_by} on {used.granted}, approved by {used.approved_by}"
        yield f"    {_plain(used.name)}  {_plain(said)}"
        yield f"      because {_plain(used.because)}"
        yield from (f"      {_plain(waived.rule)}: {_amount(waived.violations)}" for waived in used.waived)


def _steps(steps: tuple[Step, ...], *, colour: bool) -> list[str]:
    wide = max(len(_plain(_label(step))) for step in steps)
    lines = []
    for step in steps:
        status = f"{step.status.value:<11}"
        painted = _painted(status, step.status, colour=colour)
        lines.append(f"  {step.code}  {_plain(_label(step)):<{wide}}  {painted}  {_plain(step.reason)}")
    return lines


def _painted(text: str, word: str, *, colour: bool) -> str:
    return f"{_COLOURS[word]}{text}\x1b[0m" if colour else text


def _label(step: Step) -> str:
    return step.name if step.about is None else f"{step.name} {step.about}"


def _labelled(step: Step) -> str:
    return step.reason if step.about is None else f"{step.about}: {step.reason}"


def _plain(text: str) -> str:
    """`text` without what would steer a terminal or hide in it: names come from the attestation."""
    return "".join(char if char.isprintable() else f"\\u{{{ord(char):x}}}" for char in text)


def _entry(checked: Checked) -> dict[str, _Json]:
    done = checked.verification
    if done is None:
        return {"file": checked.file, "conclusion": "unreadable", "error": checked.error}
    said = _said(done.statement, done.signer) if done.statement and done.signer else None
    is_refused = done.conclusion is Conclusion.REFUSED
    return {
        "file": checked.file,
        "conclusion": done.conclusion.value,
        "code": done.decisive.code if done.decisive else None,
        "reason": _labelled(done.decisive) if done.decisive else None,
        "unchecked": [name.value for name in _unchecked(done.steps)],
        "attested": None if is_refused else said,
        "claimed": said if is_refused else None,
        "steps": [
            {
                "code": step.code,
                "name": step.name.value,
                "about": step.about,
                "status": step.status.value,
                "required": step.is_required,
                "reason": step.reason,
            }
            for step in done.steps
        ],
    }


def _said(statement: Statement, signer: TrustedKey) -> dict[str, _Json]:
    stated = statement.predicate
    product = stated.product
    return {
        "verdict": stated.verdict.value,
        "product": {
            "id": product.id,
            "name": product.name,
            "version": product.version,
            "domain": product.domain,
            "sha256": product.digest.sha256,
        },
        "signer": {"name": signer.name, "key_id": signer.key.id},
        "as_of": stated.parameters.as_of,
        "time_evaluated": stated.time_evaluated,
        "stage": stated.stage.value,
        "counts": stated.counts.model_dump(by_alias=True),
        "row_counts": {one.dataset: one.rows for one in stated.metrics.row_counts} if stated.metrics else {},
        "earlier": [
            {"digest": used.digest.sha256, "key_id": used.key}
            for used in (stated.metrics.earlier if stated.metrics else ())
        ],
        "results": [
            {
                "rule": found.rule,
                "layer": found.layer.value,
                "enforcement": found.enforcement.value,
                "outcome": found.outcome.value,
                "subjects": found.subjects,
                "violations": found.violations,
            }
            for found in stated.results
        ],
        "waivers": [
            {
                "name": used.name,
                "granted_by": used.granted_by,
                "granted": used.granted,
                "until": used.until,
                "because": used.because,
                "approved_by": used.approved_by,
                "waived": [{"rule": waived.rule, "violations": waived.violations} for waived in used.waived],
            }
            for used in stated.waivers or ()
        ],
    }
