"""The policy library that ships: every rule passes a good contract, and fails a worse one for the true reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from policy_engine.cli.test import command
from policy_engine.diagnostics import PolicyTextError
from policy_engine.engine import DataGiven, Previous, check
from policy_engine.evaluation.model import Report, RuleResult
from policy_engine.loading import Policies, diagnose, load_policies
from policy_engine.plan.model import RulePlan
from policy_engine.verdict import Enforcement, Outcome, Stage, Verdict

ROOT = Path(__file__).parents[2]
GLOBAL, HR = ROOT / "policies" / "global", ROOT / "policies" / "domains" / "hr"
PAYROLL = ROOT / "policies" / "products" / "employee_payroll"
CATALOGUE = ROOT / "docs" / "reference" / "policies.md"
TODAY = datetime(2026, 11, 20, tzinfo=UTC)

PACKAGES = ("compatibility", "documentation", "naming", "ownership", "pii_tagging", "retention")

#: A contract that meets every policy.
GOOD = (ROOT / "policies" / "products" / "customers" / "customers.odcs.yaml").read_text()
ROW = (
    '{"customer_id": 1, "email": "ada@example.org", "allergies": null, "ship_name": "Maria",'
    ' "segments": [{"code": "a"}], "last_seen_at": "2026-11-19T00:00:00Z"}\n'
)


@cache
def council() -> Policies:
    """The global policies."""
    return load_policies([GLOBAL])


@cache
def hr() -> Policies:
    """The global policies and those of the HR domain."""
    return load_policies([GLOBAL], [HR])


def rules() -> tuple[RulePlan, ...]:
    """Every rule of both layers."""
    return hr().plan.rules


def judge(
    folder: Path,
    contract: str,
    *,
    previous: str | None = None,
    rows: str | None = None,
    stage: Stage = Stage.CHANGE,
    policies: Policies | None = None,
) -> Report:
    """The report on a contract. `previous` is the text of the contract published before."""
    product, before, data = folder / "product.yaml", folder / "before.yaml", folder / "customers.jsonl"
    product.write_text(contract)
    earlier: Previous = "none"
    if previous is not None:
        before.write_text(previous)
        earlier = before
    given = {}
    if rows is not None:
        data.write_text(rows)
        given = {"customers": DataGiven(data)}
    return check(product, policies or council(), data=given, previous=earlier, stage=stage, as_of=TODAY)


def of(report: Report, rule: str) -> RuleResult:
    """The result of the rule whose name ends so."""
    (found,) = [result for result in report.results if f".{result.rule}".endswith(f".{rule}")]
    return found


def line_of(text: str, marker: str) -> int:
    """The line, from 1, in which the marker begins."""
    return text[: text.index(marker)].count("\n") + 1


def test_the_policies_have_no_diagnostics() -> None:
    assert diagnose([GLOBAL])[1] == []
    assert diagnose([GLOBAL], [HR])[1] == []


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_every_rule_says_what_is_wrong_and_what_to_do(rule: RulePlan) -> None:
    assert rule.message or rule.require_text == "conforms(dataset)"  # each promise of the contract has its own words
    assert rule.fix
    assert rule.doc
    assert rule.owner.endswith("acme.example")
    assert rule.controls


def test_a_good_contract_passes_every_rule(tmp_path: Path) -> None:
    earlier = without(GOOD, "  - name: ship_name", "  - name: segments").replace("version: 1.2.0", "version: 1.1.0")
    report = judge(tmp_path, GOOD, previous=earlier, rows=ROW, stage=Stage.RUN)
    others = {result.outcome for result in report.results} - {Outcome.PASS, Outcome.NOT_APPLICABLE}
    assert others == {Outcome.INDETERMINATE}
    assert [result.rule for result in report.results if result.outcome is Outcome.INDETERMINATE] == [
        "starter.volume.no_silent_loss.as_many_as_before"
    ]
    assert report.verdict is Verdict.COMPLIANT


def without(text: str, begin: str, end: str) -> str:
    """The text without the lines from `begin` up to `end`."""
    return text[: text.index(begin)] + text[text.index(end) :]


@dataclass(frozen=True)
class Worse:
    """The good contract with `old` replaced by `new`: which rule fails, about what, at the line that holds `at`."""

    rule: str
    old: str
    new: str
    subject: str
    at: str

    @property
    def text(self) -> str:
        """The contract."""
        assert self.old in GOOD
        return GOOD.replace(self.old, self.new, 1)


#: Each of these breaks the rule once.
WORSE = [
    Worse("descriptions.product_named", "name: Customers\n", "", "shop.customers", "apiVersion"),
    Worse(
        "descriptions.product_described",
        GOOD[GOOD.index("description:\n") : GOOD.index("customProperties:\n- property: legalBasis")],
        "",
        "Customers",
        "name:",
    ),
    Worse(
        "descriptions.datasets_described",
        "  description: One row for each person or company that ever ordered.\n",
        "",
        "customers",
        "- name: customers",
    ),
    Worse(
        "descriptions.fields_described",
        "    description: Where invoices are sent.\n",
        "",
        "customers.email",
        "- name: email",
    ),
    Worse(
        "descriptions.fields_explained",
        "Number that the shop gives at the first order, and never again.",
        "The ID of the customer",
        "customers.customer_id",
        "The ID of the customer",
    ),
    Worse(
        "conventions.dataset_names",
        "- name: customers\n  physicalType: table",
        "- name: Customers\n  physicalName: customers",
        "Customers",
        "- name: Customers",
    ),
    Worse("conventions.field_names", "name: ship_name", "name: shipName", "customers.shipName", "- name: shipName"),
    Worse(
        "conventions.field_names",
        "  - name: code",
        "  - name: Code",
        "customers.segments[].Code",
        "- name: Code",
    ),
    Worse("conventions.short_enough", "name: ship_name", f"name: {'x' * 64}", f"customers.{'x' * 64}", "x" * 64),
    Worse("conventions.no_reserved_words", "name: ship_name", "name: order", "customers.order", "- name: order"),
    Worse("accountability.owner_named", "role: Owner", "role: Developer", "Customers", "name: Customers"),
    Worse("accountability.owner_is_somebody", "username: grace", "username: TBD", "Customers", "username: TBD"),
    Worse(
        "accountability.help_is_reachable",
        "support:\n- channel: shop-help\n  url: mailto:shop-help@example.org\n",
        "",
        "Customers",
        "name: Customers",
    ),
    Worse("accountability.domain_named", "domain: shop\n", "", "Customers", "name: Customers"),
    Worse("personal_data.tagged", "    tags: [pii.email]\n", "", "customers.email", "- name: email"),
    Worse("personal_data.tagged", "tags: [pii.email]", "tags: [pii.phone]", "customers.email", "- name: email"),
    Worse("personal_data.classified", "    classification: public\n", "", "customers.ship_name", "- name: ship_name"),
    Worse(
        "personal_data.classified_high_enough",
        "classification: confidential",
        "classification: internal",
        "customers.email",
        "classification: internal\n    tags: [pii.email]",
    ),
    Worse(
        "personal_data.special_categories",
        "classification: restricted",
        "classification: confidential",
        "customers.allergies",
        "classification: confidential\n    tags: [pii.health]",
    ),
    Worse("personal_data.masked", "value: tokenise", "value: none", "customers.email", "value: none"),
    Worse(
        "personal_data.masked",
        "    customProperties:\n    - property: masking\n      value: redact\n",
        "",
        "customers.allergies",
        "- name: allergies",
    ),
    Worse(
        "personal_data.legal_basis",
        "customProperties:\n- property: legalBasis\n  value: contract\n",
        "",
        "Customers",
        "name: Customers",
    ),
    Worse(
        "limits.stated",
        "- property: retention\n  value: 3\n  unit: y\n  element: customers\n",
        "",
        "Customers",
        "name: Customers",
    ),
    Worse("limits.stated_as_time", "  value: 3\n  unit: y", "  value: long", "retention", "- property: retention"),
    Worse(
        "limits.stated_for_something",
        "element: customers",
        "element: customers,clients",
        "retention",
        "element: customers,clients",
    ),
    Worse(
        "limits.stated_for_every_dataset",
        "- name: customers\n  physicalType: table",
        "- name: lanes\n  description: One row for each lane that lorries take.\n- name: customers",
        "lanes",
        "- name: lanes",
    ),
    Worse("limits.not_too_long", "value: 3\n  unit: y", "value: 85\n  unit: mo", "customers", "value: 85"),
    Worse("promises.version_stated", "version: 1.2.0", "version: summer", "Customers", "version: summer"),
    Worse(
        "attributes.field.classification",
        "classification: public",
        "classification: publik",
        "customers.ship_name",
        "publik",
    ),
    Worse("attributes.field.masking", "value: tokenise", "value: tokenize", "customers.email", "tokenize"),
    Worse("attributes.product.legal_basis", "value: contract", "value: habit", "Customers", "value: habit"),
]


@pytest.mark.parametrize("case", WORSE, ids=lambda case: f"{case.rule} {case.new.strip()[:20]!r}")
def test_a_worse_contract_fails_that_rule_there(tmp_path: Path, case: Worse) -> None:
    report = judge(tmp_path, case.text)
    failed = of(report, case.rule)
    (violation,) = failed.violations
    assert violation.subject == case.subject
    assert violation.fix
    if ".attributes." not in failed.rule:
        assert isinstance(yaml.safe_load(violation.fix), dict), "a fix can be pasted"
    assert violation.place is not None
    assert violation.place.line == line_of(case.text, case.at)


@pytest.mark.parametrize("rule", council().plan.rules, ids=lambda rule: rule.name)
def test_every_global_rule_is_seen_to_pass_and_to_fail_on_the_page_beside_it(rule: RulePlan) -> None:
    page = (GLOBAL / f"{rule.name.split('.')[1]}.md").read_text()
    assert re.search(rf"^pass {re.escape(rule.name)}$", page, re.MULTILINE)
    assert re.search(rf"^fail {re.escape(rule.name)} ", page, re.MULTILINE)


def test_every_case_of_the_pages_passes_and_together_they_cover_the_policies() -> None:
    run = CliRunner().invoke(command, [str(GLOBAL), "--coverage", "--fail-under", "99"])
    assert run.exit_code == 0, run.output


# ---------------------------------------------------------------- personal data


def test_a_reason_answers_a_name_and_never_a_verified_value(tmp_path: Path) -> None:
    argued = GOOD.replace(
        "    tags: [pii.email]\n    description: Where invoices are sent.\n    customProperties:\n",
        "    description: Where invoices are sent.\n    customProperties:\n"
        "    - property: notPersonalData\n      value: addresses of departments\n",
    )
    assert of(judge(tmp_path, argued), "tagged").outcome is Outcome.DUE_LATER
    found = of(judge(tmp_path, argued, rows=ROW, stage=Stage.PUBLISH), "tagged")
    assert [violation.subject for violation in found.violations] == ["customers.email"]
    assert "ada" not in found.violations[0].message


def test_a_word_is_no_reason(tmp_path: Path) -> None:
    for reason, outcome in (("no", Outcome.FAIL), ("the name of a ship", Outcome.DUE_LATER)):
        text = GOOD.replace(
            "  - name: ship_name\n",
            f"  - name: last_name\n    customProperties:\n    - {{property: notPersonalData, value: {reason!r}}}\n",
        )
        assert of(judge(tmp_path, text), "tagged").outcome is outcome


@pytest.mark.parametrize("tag", ["pii", "PII", "PII.Email", "pii.email.private"])
def test_tags_are_understood_as_people_write_them(tmp_path: Path, tag: str) -> None:
    text = GOOD.replace("tags: [pii.email]", f"tags: [{tag}]")
    report = judge(tmp_path, text, rows=ROW, stage=Stage.PUBLISH)
    assert of(report, "tagged").outcome is Outcome.PASS
    assert of(report, "classified_high_enough").subjects == 2


def test_groups_of_fields_need_no_class_of_their_own(tmp_path: Path) -> None:
    found = of(judge(tmp_path, GOOD), "classified")
    assert (found.outcome, found.subjects) == (Outcome.PASS, 6)


def test_a_misspelt_class_is_never_taken_for_one(tmp_path: Path) -> None:
    report = judge(tmp_path, GOOD.replace("classification: public", "classification: publik"))
    assert of(report, "classified").outcome is Outcome.INDETERMINATE
    (violation,) = of(report, "attributes.field.classification").violations
    assert "did you mean `public`?" in violation.message


# ---------------------------------------------------------------- retention


def test_rows_older_than_the_retention_are_seen_at_run(tmp_path: Path) -> None:
    old = ROW + ROW.replace("2026-11-19", "2023-11-19")
    report = judge(tmp_path, GOOD, rows=old, stage=Stage.RUN)
    assert [violation.subject for violation in of(report, "kept_to").violations] == ["customers"]
    assert of(judge(tmp_path, GOOD, rows=ROW, stage=Stage.RUN), "kept_to").outcome is Outcome.PASS
    assert of(judge(tmp_path, GOOD, rows=old, stage=Stage.PUBLISH), "kept_to").outcome is Outcome.DUE_LATER


def test_a_retention_may_be_for_everything_or_for_parts(tmp_path: Path) -> None:
    for everywhere in ("", "  element: customers.email, customers\n"):
        report = judge(tmp_path, GOOD.replace("  element: customers\n", everywhere))
        assert not [result.rule for result in report.results if result.outcome is Outcome.FAIL]


# ---------------------------------------------------------------- documentation


def test_a_tenth_of_the_fields_may_be_undescribed(tmp_path: Path) -> None:
    many = GOOD + "".join(
        f"  - name: score_{letter}\n    logicalType: number\n    classification: internal\n    description: How often.\n"
        for letter in "abc"
    )
    assert of(judge(tmp_path, many), "fields_described").subjects == 10
    one = many.replace("    description: Which vessel brings the goods.\n", "")
    two = one.replace("    description: Where invoices are sent.\n", "")
    assert of(judge(tmp_path, one), "fields_described").outcome is Outcome.PASS
    assert len(of(judge(tmp_path, two), "fields_described").violations) == 2


# ---------------------------------------------------------------- compatibility


def test_a_break_needs_a_new_major_version(tmp_path: Path) -> None:
    removed = without(GOOD, "  - name: ship_name", "  - name: segments")
    minor = judge(tmp_path, removed.replace("version: 1.2.0", "version: 1.3.0"), previous=GOOD)
    (break_,) = of(minor, "breaks_announced").violations
    assert break_.subject == "customers.ship_name"
    assert "field-removed, from VARCHAR(80) to nothing" in break_.message
    assert break_.fix == "version: 2.0.0 # or undo the change"
    assert [one.subject for one in of(minor, "version_honest").violations] == ["version"]
    major = judge(tmp_path, removed.replace("version: 1.2.0", "version: 2.0.0"), previous=GOOD)
    assert of(major, "breaks_announced").outcome is Outcome.PASS
    assert of(major, "version_honest").outcome is Outcome.PASS


@pytest.mark.parametrize(("before", "after"), [("0.2.0", "0.3.0"), ("1.0.0-rc.1", "1.0.0")])
def test_before_the_first_version_nothing_is_promised(tmp_path: Path, before: str, after: str) -> None:
    removed = without(GOOD, "  - name: ship_name", "  - name: segments")
    report = judge(tmp_path, removed.replace("1.2.0", after), previous=GOOD.replace("1.2.0", before))
    assert of(report, "breaks_announced").outcome is Outcome.PASS
    assert of(report, "version_honest").outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("after", "kind"),
    [("1.2.0", "version-reused"), ("1.1.0", "version-decreased"), ("1.2.1", "version-not-bumped-enough")],
)
def test_a_version_that_does_not_tell_the_truth(tmp_path: Path, after: str, kind: str) -> None:
    added = (
        GOOD + "  - name: score\n    logicalType: number\n    classification: internal\n    description: How often.\n"
    )
    text = added.replace("1.2.0", after)
    (violation,) = of(judge(tmp_path, text, previous=GOOD), "version_honest").violations
    assert violation.message.startswith(f"{kind}, from 1.2.0 to {after}")
    assert violation.place is not None
    assert violation.place.line == line_of(text, "version: 1")


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("classification: confidential", "classification: internal", "classification-lowered"),
        ("    classification: confidential\n", "", "classification-removed"),
        ("    tags: [pii.email]\n", "", "personal-data-tag-removed"),
    ],
)
def test_no_version_takes_protection_away(tmp_path: Path, old: str, new: str, kind: str) -> None:
    text = GOOD.replace(old, new, 1).replace("1.2.0", "2.0.0")
    found = of(judge(tmp_path, text, previous=GOOD), "protection_kept")
    assert [violation.subject for violation in found.violations] == ["customers.email"]
    assert kind in found.violations[0].message
    assert found.severity == "critical"


def test_a_first_version_and_an_unknown_one(tmp_path: Path) -> None:
    about_changes = ("breaks_announced", "version_honest", "protection_kept")
    first = judge(tmp_path, GOOD)
    assert {of(first, rule).outcome for rule in about_changes} == {Outcome.NOT_APPLICABLE}
    (tmp_path / "alone.yaml").write_text(GOOD)
    unknown = check(tmp_path / "alone.yaml", council(), as_of=TODAY)
    for rule in about_changes:
        result = of(unknown, rule)
        assert result.outcome is Outcome.INDETERMINATE
        assert result.enforcement is Enforcement.WARN
        assert "--previous" in result.reasons[0]
    assert unknown.verdict is Verdict.COMPLIANT
    later = check(tmp_path / "alone.yaml", council(), as_of=datetime(2027, 2, 1, tzinfo=UTC))
    assert later.verdict is Verdict.INDETERMINATE


def test_the_cities_as_they_were_published(tmp_path: Path) -> None:
    first, second, third = (
        ROOT / "tests" / "data" / "schema-evolution" / f"odcs-datacontract-cities-version-{number}.yaml"
        for number in (1, 2, 3)
    )
    announced = check(second, council(), previous=first, as_of=TODAY)
    assert of(announced, "version_honest").outcome is Outcome.PASS
    silent = check(third, council(), previous=second, as_of=TODAY)
    (break_,) = of(silent, "breaks_announced").violations
    assert break_.subject == "cities.population"
    assert "became-required" in break_.message
    (version,) = of(silent, "version_honest").violations
    assert version.message.startswith("version-reused")


@pytest.mark.parametrize("path", sorted((ROOT / "tests" / "data" / "odcs").glob("*.yaml")), ids=lambda path: path.name)
def test_published_contracts_are_judged_line_by_line(path: Path) -> None:
    lines = len(path.read_text().splitlines())
    report = check(path, council(), previous="none", as_of=TODAY)
    assert not [result.rule for result in report.results if result.outcome is Outcome.INDETERMINATE]
    for result in report.results:
        for violation in result.violations:
            assert violation.place is not None
            assert 1 <= violation.place.line <= lines
            assert "(missing)" not in violation.message


# ---------------------------------------------------------------- what domains may


def local(folder: Path, setting: str) -> Policies:
    """The global policies with one `set` of a domain."""
    (folder / "local").mkdir()
    (folder / "local" / "own.policy").write_text(
        "package shop\n" + "".join(f"import starter.{name}\n" for name in PACKAGES) + f"set {setting}\n"
    )
    return load_policies([GLOBAL], [folder / "local"])


@pytest.mark.parametrize(
    ("setting", "rule"),
    [
        ("pii_tagging.personal_data.least_class = restricted", "classified_high_enough"),
        ("retention.limits.longest_for_personal_data = 1y", "not_too_long"),
        ("naming.conventions.style = camel_case", "field_names"),
        ("naming.conventions.longest_name = 30", "short_enough"),
        ("documentation.descriptions.undescribed = 0%", "fields_described"),
        ("pii_tagging.personal_data.masked_from = internal", "personal_data.masked"),
        ("pii_tagging.personal_data.min_confidence = 50%", "tagged"),
    ],
)
def test_what_a_domain_sets_bites(tmp_path: Path, setting: str, rule: str) -> None:
    contract = GOOD + (
        f"  - name: {'long_' * 6}name\n    logicalType: number\n    classification: internal\n    description: How often.\n"
    )
    contract = contract.replace("Where invoices are sent.", "It is here.")
    contract = contract.replace("    description: Which vessel brings the goods.\n", "")
    for letter in "abc":
        contract += f"  - name: score_{letter}\n    logicalType: number\n    classification: internal\n    description: How often.\n"
    rows = ROW.replace('"Maria"', '"at 10.20.30.40"').replace("{", '{"long_long_long_long_long_long_name": 1, ', 1)
    rows = rows.replace('"email"', '"score_a": 1, "score_b": 1, "score_c": 1, "email"')
    assert of(judge(tmp_path, contract, rows=rows, stage=Stage.PUBLISH), rule).outcome is Outcome.PASS
    strict = judge(tmp_path, contract, rows=rows, stage=Stage.PUBLISH, policies=local(tmp_path, setting))
    assert of(strict, rule).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    "setting",
    [
        "pii_tagging.personal_data.least_class = internal",
        "pii_tagging.personal_data.masked_from = restricted",
        "pii_tagging.personal_data.min_confidence = 90%",
        "retention.limits.longest_for_personal_data = 10y",
        "naming.conventions.longest_name = 64",
        "documentation.descriptions.undescribed = 20%",
    ],
)
def test_no_domain_sets_less_than_the_council_asks(tmp_path: Path, setting: str) -> None:
    with pytest.raises(PolicyTextError) as caught:
        local(tmp_path, setting)
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == ["CHK021"]


# ---------------------------------------------------------------- the payroll

DATA = {name: DataGiven(PAYROLL / f"{name}.csv") for name in ("demo_employee_payroll", "demo_employee_list")}
CONTRACT = PAYROLL / "employee_payroll.odcs.yaml"


@cache
def payroll() -> Report:
    """The published contract with its data."""
    return check(CONTRACT, hr(), data=DATA, previous="none", as_of=TODAY)


def test_the_payroll_is_what_was_published() -> None:
    published = ROOT / "tests" / "data" / "employee"
    assert CONTRACT.read_bytes() == (published / "employee_payroll_datacontract.yaml").read_bytes()
    for name in DATA:
        assert (PAYROLL / f"{name}.csv").read_bytes() == (published / f"{name}.csv").read_bytes()


#: Rule -> (subject, line) of every violation, each judged by reading the contract and the two files.
TRUE = {
    "accountability.owner_named": [("Employee Payroll Records", 6)],
    "accountability.help_is_reachable": [("Employee Payroll Records", 6)],
    "personal_data.tagged": [
        ("demo_employee_payroll.phone_number", 236),
        ("demo_employee_list.employee_last_name", 322),
        ("demo_employee_list.employee_first_name", 343),
        ("demo_employee_list.phone_number", 372),
    ],
    "personal_data.classified": [
        ("demo_employee_payroll.employee_id", 37),
        ("demo_employee_payroll.payroll_id", 59),
        ("demo_employee_payroll.month", 76),
        ("demo_employee_payroll.payroll_start_dt", 103),
        ("demo_employee_payroll.payroll_end_dt", 128),
        ("demo_employee_payroll.total_amt", 153),
        ("demo_employee_payroll.employer_cpf_amt", 187),
        ("demo_employee_payroll.total_amt_employee", 199),
        ("demo_employee_list.employee_id", 308),
        ("demo_employee_list.employee_last_name", 322),
        ("demo_employee_list.employee_first_name", 343),
        ("demo_employee_list.current_title", 364),
        ("demo_employee_list.phone_number", 372),
    ],
    "personal_data.masked": [
        ("demo_employee_payroll.employee_cpf_amt", 209),
        ("demo_employee_payroll.employee_gross_amt", 221),
        ("demo_employee_payroll.phone_number", 236),
    ],
    "limits.stated": [("Employee Payroll Records", 6)],
    "entrance.roles_stated": [("Employee Payroll Records", 6)],
    "promises.kept": [
        ("demo_employee_payroll", 268),
        ("demo_employee_payroll", 283),
        ("demo_employee_payroll.payroll_start_dt", 111),
        ("demo_employee_payroll.payroll_end_dt", 136),
        ("demo_employee_list.phone_number", 384),
    ],
    "consistency.one_name_one_class": [("demo_employee_payroll.phone_number", 236)],
    "examples.none_of_sensitive_fields": [
        ("demo_employee_payroll.employee_cpf_amt", 217),
        ("demo_employee_payroll.employee_gross_amt", 232),
        ("demo_employee_payroll.phone_number", 250),
    ],
    "free_text.few_traces": [("demo_employee_payroll.phone_number", 236), ("demo_employee_list.phone_number", 372)],
    "severities.stated": [("demo_employee_payroll", 254), ("demo_employee_list", 303)],
    "legal_holds.matter_named": [("demo_employee_payroll", 28)],
    "freshness.promised": [("Employee Payroll Records", 6)],
    "agreement.moments_are_moments": [
        ("demo_employee_payroll.payroll_start_dt", 105),
        ("demo_employee_payroll.payroll_end_dt", 130),
    ],
    "types.physical": [
        ("demo_employee_payroll.employer_cpf_amt", 187),
        ("demo_employee_payroll.total_amt_employee", 199),
        ("demo_employee_payroll.employee_cpf_amt", 209),
    ],
    "payroll.everybody_paid_is_employed": [("demo_employee_payroll.employee_id", 37)],
    "payroll.phone_numbers_are_known": [("demo_employee_payroll.phone_number", 236)],
    "payroll.periods_are_moments": [
        ("demo_employee_payroll.payroll_start_dt", 105),
        ("demo_employee_payroll.payroll_end_dt", 130),
    ],
    "payroll.paid_every_month": [("demo_employee_payroll.employee_id", 48)],
}


def test_the_violations_of_the_payroll_are_these() -> None:
    found = {
        ".".join(result.rule.split(".")[-2:]): [
            (violation.subject, violation.place.line if violation.place else None) for violation in result.violations
        ]
        for result in payroll().results
        if result.outcome is Outcome.FAIL
    }
    assert found == TRUE
    assert payroll().verdict is Verdict.NON_COMPLIANT


def test_one_is_paid_who_is_not_employed_and_two_phone_numbers_are_unknown() -> None:
    (paid,) = of(payroll(), "everybody_paid_is_employed").violations
    assert paid.message.endswith(": 1")
    (phones,) = of(payroll(), "phone_numbers_are_known").violations
    assert phones.message.endswith(": 2")


def test_the_amounts_add_up_and_the_rest_is_in_order() -> None:
    for rule in ("cost_adds_up", "pay_adds_up", "amounts_are_not_negative", "months_exist"):
        assert (of(payroll(), rule).outcome, of(payroll(), rule).subjects) == (Outcome.PASS, 3)
    for rule in ("somebody_is_paid", "nobody_is_paid_twice"):
        assert of(payroll(), rule).outcome is Outcome.PASS


def test_the_order_of_text_and_a_date_is_not_guessed() -> None:
    found = of(payroll(), "periods_end_after_they_begin")
    assert found.outcome is Outcome.INDETERMINATE
    assert "payroll_start_dt" in found.reasons[0]


def test_no_value_of_the_payroll_is_in_the_report() -> None:
    said = repr(payroll())
    for value in ("e939123", "6581234567", "Janice", "234000", "160000", "e52e556f"):
        assert value not in said


BROKEN = [
    ("everybody_paid_is_employed", "", ""),
    ("somebody_is_paid", "e123213,4020", None),
    ("nobody_is_paid_twice", "e128903,cb04", "e123213,cb04"),
    ("cost_adds_up", "93600,13600", "93601,13600"),
    ("pay_adds_up", "16000,64000", "16000,64001"),
    ("amounts_are_not_negative", "16000,64000", "-16000,64000"),
    ("months_exist", "2025-12,2024", "2025-13,2024"),
    ("phone_numbers_are_known", "", ""),
]


@pytest.mark.parametrize(("rule", "old", "new"), BROKEN, ids=[rule for rule, _, _ in BROKEN])
def test_every_rule_of_the_payroll_can_fail(tmp_path: Path, rule: str, old: str, new: str | None) -> None:
    text = (PAYROLL / "demo_employee_payroll.csv").read_text()
    assert old in text
    (tmp_path / "paid.csv").write_text(text[: text.index(old)] if new is None else text.replace(old, new, 1))
    data = {**DATA, "demo_employee_payroll": DataGiven(tmp_path / "paid.csv")}
    assert of(check(CONTRACT, hr(), data=data, previous="none", as_of=TODAY), rule).outcome is Outcome.FAIL


def test_the_fixes_that_the_payroll_asks_for_are_enough(tmp_path: Path) -> None:
    text = CONTRACT.read_text()
    start, end = text.index("      - name: payroll_start_dt"), text.index("      - name: total_amt\n")
    moments = text[start:end].replace("logicalType: string", "logicalType: timestamp")
    text = text[:start] + moments.replace("logicalType: date", "logicalType: timestamp") + text[end:]
    text = text.replace("        unique: true\n", "        unique: false\n", 1)
    (tmp_path / "payroll.yaml").write_text(text)
    lines = (PAYROLL / "demo_employee_list.csv").read_text().rstrip("\n")
    (tmp_path / "list.csv").write_text(
        f"{lines}\ne939123,Tan,Joan,Engineer,+6594327654\ne128904,Ng,Jan,Engineer,+6581234567\n"
    )
    data = {**DATA, "demo_employee_list": DataGiven(tmp_path / "list.csv")}
    report = check(tmp_path / "payroll.yaml", hr(), data=data, previous="none", as_of=TODAY)
    own = {result.rule: result.outcome for result in report.results if result.rule.startswith("hr.")}
    assert set(own.values()) == {Outcome.PASS}
    assert len(own) == 11
    backwards = (PAYROLL / "demo_employee_payroll.csv").read_text().replace("2024-12-24T", "2026-12-24T", 1)
    (tmp_path / "paid.csv").write_text(backwards)
    data["demo_employee_payroll"] = DataGiven(tmp_path / "paid.csv")
    found = of(
        check(tmp_path / "payroll.yaml", hr(), data=data, previous="none", as_of=TODAY), "periods_end_after_they_begin"
    )
    assert [(violation.count, violation.rows) for violation in found.violations] == [(1, (1,))]


# ---------------------------------------------------------------- the catalogue


def test_every_rule_and_parameter_is_in_the_catalogue() -> None:
    text = CATALOGUE.read_text()
    names = {part for rule in rules() for part in (rule.name.rpartition(".")[0], f"`{rule.name.rpartition('.')[2]}`")}
    missing = {name for name in names if name not in text}
    for path in (*GLOBAL.glob("*.policy"), *HR.glob("*.policy")):
        found = re.findall(r"^ *(?:param|attribute|enum|def|let) ([\w.]+)", path.read_text(), re.MULTILINE)
        missing |= {name for name in found if f"`{name}" not in text and path.parent == GLOBAL}
    assert not missing
    for control in {control for rule in rules() for control in rule.controls}:
        assert f"`{control}`" in text


def test_the_example_of_the_catalogue_is_true(tmp_path: Path) -> None:
    head = GOOD[: GOOD.index("  - name: email")]
    bad, good = re.findall(r"```yaml\n(.*?)```", CATALOGUE.read_text(), re.DOTALL)
    found = judge(tmp_path, head + bad)
    assert {result.rule.split(".")[-1] for result in found.results if result.outcome is Outcome.FAIL} == {
        "tagged",
        "classified",
        "fields_explained",
    }
    assert not [result for result in judge(tmp_path, head + good).results if result.outcome is Outcome.FAIL]
    (setting,) = re.findall(r"```\n(package.*?)```", CATALOGUE.read_text(), re.DOTALL)
    (tmp_path / "own.policy").write_text(setting)
    assert diagnose([GLOBAL], [tmp_path / "own.policy"])[1] == []
