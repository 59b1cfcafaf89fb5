"""Verifications for people and for scripts. Pure: what is shown depends on the arguments alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final, TypeAlias

from policy_engine.attestation import Conclusion, Statement, Status, Step, StepName, Verification
from policy_engine.trust import TrustedKey

SCHEMA: Final = "urn:policy-engine:verification:v1"

_Json: TypeAlias = "str | int | bool | list[_Json] | dict[str, _Json] | None"

#: What the first line of a verified attestation says it did without.
_WITHOUT: Final = {
    StepName.PRODUCT: "the contract",
    StepName.DATA: "the data",
    StepName.GLOBAL: "the global policies",
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
_MEANING: Final = {
    "compliant": "the product met every blocking policy",
    "non_compliant": "the product did not meet a blocking policy",
    "indeterminate": "it could not be told whether the product met the blocking policies",
}
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
    verdict = f"{stated.verdict}: {_MEANING[stated.verdict]}"
    counts = stated.counts.model_dump(by_alias=True)
    found = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
    rows = [
        (
            "verdict claimed" if is_refused else "verdict attested",
            f"{verdict} (refused: not to be relied on)" if is_refused else verdict,
        ),
        ("product", stated.product.subject),
        ("signer", f"{done.signer.name}, key {done.signer.key.id}"),
        ("as of", f"{stated.parameters.as_of}, stage {stated.stage}"),
        ("signed", f"{stated.time_evaluated}, by the signer's own word"),
        ("rules", found or "none"),
    ]
    return [f"  {title:<17} {_plain(text)}" for title, text in rows]


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
    }
