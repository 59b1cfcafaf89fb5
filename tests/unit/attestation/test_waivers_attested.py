"""What an attestation says of waivers has to agree with itself, and with the files that the verifier brings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from attestation.samples import (
    EVALUATED,
    GLOBAL,
    KEY,
    LOCAL,
    REPORT,
    code_of,
    examined,
    forged,
    layer,
    payload_of,
    result,
)
from policy_engine.attestation import Conclusion, sign
from policy_engine.evaluation.model import Report, Violation, Waived, Waiver
from policy_engine.plan.layer import Layer
from policy_engine.verdict import Outcome

WAIVERS = layer(Layer.WAIVERS, {"2026.policy": b"package w\n"})
OTHER = layer(Layer.WAIVERS, {"2026.policy": b"package v\n"})
WAIVER = Waiver("w.A", "council", date(2026, 2, 1), date(2026, 3, 1), "being mended", "the council")
VIOLATION = Violation("employees.iban", "not tagged", None, None)


def waived(*waivers: Waiver, outcome: Outcome = Outcome.WAIVED, left: tuple[Violation, ...] = ()) -> Report:
    names = tuple(waiver.name for waiver in waivers)
    rule = replace(
        result("acme.pii.tagged", outcome, violations=left), waived=(Waived(VIOLATION, names),), waivers=waivers
    )
    policies = replace(REPORT.policies, waivers=WAIVERS.digest)
    return replace(REPORT, results=(REPORT.results[0], rule, REPORT.results[2]), policies=policies)


def signed(report: Report) -> bytes:
    files = WAIVERS if report.policies.waivers else None
    return sign(report, KEY, time_evaluated=EVALUATED, global_files=GLOBAL, local_files=LOCAL, waiver_files=files)


CONTENT = signed(waived(WAIVER))


def test_the_statement_names_the_waiver_with_its_days_its_reason_and_what_it_excuses() -> None:
    assert payload_of(CONTENT)["predicate"]["waivers"] == [
        {
            "name": "w.A",
            "grantedBy": "council",
            "granted": "2026-02-01",
            "until": "2026-03-01",
            "because": "being mended",
            "approvedBy": "the council",
            "waived": [{"rule": "acme.pii.tagged", "violations": 1}],
        }
    ]


def test_with_the_very_waivers_it_is_verified() -> None:
    assert code_of(CONTENT, waiver_files=WAIVERS) is None


def test_without_the_council_s_waivers_it_is_incomplete() -> None:
    done = examined(CONTENT)
    assert (done.conclusion, done.decisive and done.decisive.code) == (Conclusion.INCOMPLETE, "ATT020")


def test_with_other_waivers_it_is_refused_and_the_file_is_named() -> None:
    step = examined(CONTENT, waiver_files=OTHER).decisive
    assert step is not None
    assert (step.code, step.status, "changed `2026.policy`" in step.reason) == ("ATT020", "fail", True)


def test_waivers_that_were_not_applied_are_refused() -> None:
    assert code_of(waiver_files=WAIVERS) == "ATT020"


def test_waivers_that_took_no_effect_need_not_be_given() -> None:
    report = replace(REPORT, policies=replace(REPORT.policies, waivers=WAIVERS.digest))
    assert code_of(signed(report)) is None
    assert code_of(signed(report), waiver_files=OTHER) == "ATT020"


def test_the_domain_s_own_waivers_are_among_its_policies() -> None:
    own = replace(WAIVER, granted_by="domain")
    report = replace(waived(own), policies=REPORT.policies)
    (step,) = (one for one in examined(signed(report)).steps if one.code == "ATT020")
    assert step.status == "pass"
    assert code_of(signed(report)) is None


def test_a_rule_may_be_waived_in_part() -> None:
    report = waived(WAIVER, outcome=Outcome.INDETERMINATE)
    assert code_of(signed(replace(report, verdict=REPORT.verdict.INDETERMINATE)), waiver_files=WAIVERS) is None


def _waiver(document: dict[str, Any]) -> dict[str, Any]:
    found = document["predicate"]["waivers"][0]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s["predicate"].update(waivers=[]), "rule `acme.pii.tagged` is waived by no waiver"),
        (lambda s: _waiver(s).update(until="2026-02-28"), "holds from 2026-02-01 until 2026-02-28, not as of"),
        (lambda s: _waiver(s).update(granted="2026-03-02"), "not as of 2026-03-01"),
        (lambda s: s["predicate"]["policies"].update(waivers=None), "is the council's, of whom no files are stated"),
        (lambda s: s["predicate"]["waivers"].append(_waiver(s)), "not each there once"),
        (lambda s: _waiver(s)["waived"][0].update(rule="x"), "of which there is no result"),
        (lambda s: _waiver(s)["waived"][0].update(rule="acme.naming.snake_case"), "excuses some"),
        (lambda s: s["predicate"]["results"][2].update(violations=1), "excuses some"),
        (lambda s: _waiver(s)["waived"].append(_waiver(s)["waived"][0]), "not there once"),
    ],
)
def test_a_statement_that_contradicts_itself_is_refused(change: Callable[[dict[str, Any]], object], said: str) -> None:
    step = examined(forged(change, CONTENT), waiver_files=WAIVERS).decisive
    assert step is not None
    assert (step.code, said in step.reason) == ("ATT020", True)


def test_the_council_waives_no_rule_of_the_domain_s_own() -> None:
    done = examined(
        forged(lambda s: s["predicate"]["results"][2].update(layer="domain"), CONTENT), waiver_files=WAIVERS
    )
    (step,) = (one for one in done.steps if one.code == "ATT020")
    assert (step.status, step.reason) == (
        "fail",
        "waiver `w.A` is the council's, and rule `acme.pii.tagged` the domain's own",
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s["predicate"].pop("waivers"),
        lambda s: s["predicate"]["policies"].pop("waivers"),
        lambda s: _waiver(s).pop("because"),
        lambda s: _waiver(s).update(grantedBy="nobody"),
        lambda s: _waiver(s).update(until="2026-02-30"),
        lambda s: _waiver(s)["waived"].clear(),
        lambda s: s["predicate"]["results"][2].update(layer="waivers"),
    ],
)
def test_half_a_waiver_is_no_statement(change: Callable[[dict[str, Any]], object]) -> None:
    assert code_of(forged(change, CONTENT), waiver_files=WAIVERS) == "ATT010"
