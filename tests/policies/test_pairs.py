"""Every policy that ships is met by one published contract, and broken by another for a true reason.

What no published contract states, because it is a word of our own (a legal basis, a licence), is shown on a published
contract to which just that is added: `mended` says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from policy_engine.engine import DataGiven, Previous, check
from policy_engine.evaluation.model import Attested, Report, RuleResult
from policy_engine.loading import Policies, load_policies
from policy_engine.plan.canonical import Digest
from policy_engine.product.read import read_product
from policy_engine.verdict import Outcome

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
TODAY = datetime(2026, 11, 20, tzinfo=UTC)


@dataclass(frozen=True)
class Published:
    """A contract as others published it, with what it is judged by. `mended` replaces texts.

    `rows` is how many rows of the data are given (default: all); `rows_before`, how many the version before had.
    """

    file: str
    previous: str | None = None
    data: tuple[tuple[str, str], ...] = ()
    as_of: datetime = TODAY
    mended: tuple[tuple[str, str], ...] = ()
    rows: int | None = None
    rows_before: int | None = None


@dataclass(frozen=True)
class Pair:
    """A policy, who meets it, who breaks it: which rule, about what, in which line, and words of the reason."""

    policy: str
    meets: Published
    breaks: Published
    rule: str
    subject: str
    line: int
    says: str = field(default="")


@cache
def council() -> Policies:
    """The policies that ship."""
    return load_policies([ROOT / "policies" / "global"])


def judged(given: Published, folder: Path) -> Report:
    """The report on a published contract."""
    path = DATA / given.file
    if given.mended:
        text = path.read_text(encoding="utf-8")
        for old, new in given.mended:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = folder / Path(given.file).name
        path.write_text(text, encoding="utf-8")
    before: Previous = DATA / given.previous if given.previous else "none"
    data = {name: DataGiven(rows_of(given, DATA / file, folder)) for name, file in given.data}
    earlier = () if given.rows_before is None else (attested(path, given.rows_before),)
    return check(path, council(), data=data, previous=before, as_of=given.as_of, earlier=earlier)


def rows_of(given: Published, path: Path, folder: Path) -> Path:
    """The data, or its first rows."""
    if given.rows is None:
        return path
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / path.name).write_text("".join(lines[: given.rows + 1]), encoding="utf-8")
    return folder / path.name


def attested(path: Path, rows: int) -> Attested:
    """What an attestation of the version before would have recorded."""
    name = read_product(path).datasets[0].name
    return Attested(Digest("0" * 64), None, TODAY, {name: rows})


def of_policy(report: Report, policy: str) -> list[RuleResult]:
    """The results of a policy's rules."""
    return [result for result in report.results if result.rule.startswith(f"starter.{policy}.")]


FULL = Published("odcs/full-example.odcs.yaml")
PAYROLL = Published("employee/employee_payroll_datacontract.yaml")
TABLES = (
    ("demo_employee_payroll", "employee/demo_employee_payroll.csv"),
    ("demo_employee_list", "employee/demo_employee_list.csv"),
)
PAID = Published(PAYROLL.file, data=TABLES)
_CITY = "schema-evolution/odcs-datacontract-cities-version-{}.yaml"


def cities(version: int, previous: int | None = None, *, with_data: bool = False) -> Published:
    """A version of the cities."""
    rows = (("cities", f"schema-evolution/cities-version-{version}.csv"),) if with_data else ()
    return Published(_CITY.format(version), _CITY.format(previous) if previous else None, rows)


def odcs(name: str, **more: object) -> Published:
    """An example of the contract standard."""
    return Published(f"odcs/{name}.odcs.yaml", **more)  # type: ignore[arg-type]


def full(*mended: tuple[str, str]) -> Published:
    """The full example, mended."""
    return Published(FULL.file, mended=mended)


def payroll(*mended: tuple[str, str], data: bool = False) -> Published:
    """The payroll, mended."""
    return Published(PAYROLL.file, data=TABLES if data else (), mended=mended)


_CUSTOM = "# Custom properties\ncustomProperties:\n"
_MASKED = (
    (
        "        tags: [ 'uid' ]\n",
        "        tags: [ 'uid' ]\n        customProperties: [{property: masking, value: hash}]\n",
    ),
    (
        "        description: Unique identifier for receiver\n",
        "        customProperties: [{property: masking, value: hash}]\n",
    ),
    ("        description: Name of the receiver\n", "        customProperties: [{property: masking, value: redact}]\n"),
)
_AT_HEAD = "status: draft\nname: Employee"
_KEPT = "slaProperties: [{property: retention, value: 3, unit: y}]\n"
_CLAIM = (
    "        description: Contact phone number for the employee, stored",
    "        customProperties: [{property: notPersonalData, value: numbers of the switchboard}]\n"
    "        description: Contact phone number for the employee, stored",
)
_DELETED = "    customProperties: [{property: deletion, value: erase}]\n"
_GONE = (
    (
        "      - property: business-key\n",
        "      - {property: deletion, value: erase}\n      - property: business-key\n",
    ),
    ("    tags: [ 'master-data', 'receivers' ]\n", _DELETED),
    (
        "  - property: retention\n    value: 3\n    unit: y\n    element: tab1.txn_ref_dt\n",
        "  - {property: retention, value: 3, unit: y}\n",
    ),
)
_PAYROLL_TABLE = "  - name: demo_employee_payroll\n"

PAIRS = [
    Pair("ownership.accountability", FULL, PAYROLL, "owner_named", "Employee Payroll Records", 6, "nobody is named"),
    Pair("ownership.continuity", FULL, odcs("basic-four-dpo"), "two_people", "my_table", 9, "1 of 4 people"),
    Pair("documentation.descriptions", PAYROLL, FULL, "product_named", "53581432-6c55-4ba2-a65f-72344a91553a", 2),
    Pair("documentation.granularity", PAYROLL, FULL, "one_row_is", "receivers", 170, "what one row"),
    Pair("documentation.links", odcs("table-column"), FULL, "of_fields", "tbl", 64, "those of tbl.rcvr_cntry_code"),
    Pair("naming.conventions", cities(3), odcs("column-accuracy"), "field_names", "Air_Quality.DataValue", 16),
    Pair("naming.business_names", PAYROLL, cities(3), "dataset_has_one", "cities", 49),
    Pair("types.types", FULL, PAYROLL, "physical", "demo_employee_payroll.employer_cpf_amt", 187),
    Pair(
        "types.agreement",
        odcs("all-data-types"),
        PAYROLL,
        "moments_are_moments",
        "demo_employee_payroll.payroll_start_dt",
        105,
        "stored as TIMESTAMP WITH TIME ZONE, and declared as string",
    ),
    Pair("types.exact_money", PAYROLL, odcs("table-columns-with-partition"), "not_rounded", "tbl.amount", 37, "double"),
    Pair("keys.primary_keys", cities(1), odcs("column-accuracy"), "there_is_one", "Air_Quality", 8),
    Pair("keys.complete_keys", cities(1), FULL, "declared", "tbl.rcvr_id", 99, "may be empty"),
    Pair(
        "classification.consistency",
        FULL,
        PAYROLL,
        "one_name_one_class",
        "demo_employee_payroll.phone_number",
        236,
        "another `phone_number`",
    ),
    Pair(
        "classification.examples", FULL, PAYROLL, "none_of_sensitive_fields", "demo_employee_payroll.phone_number", 250
    ),
    Pair("minimisation.bounded_text", PAYROLL, FULL, "limited", "tbl.rcvr_id", 92, "anything can be written"),
    Pair(
        "minimisation.free_text", cities(1, with_data=True), PAID, "few_traces", "demo_employee_list.phone_number", 372
    ),
    Pair(
        "pii_tagging.personal_data", full(*_MASKED), FULL, "masked", "tbl.rcvr_id", 92, "restricted, and nothing says"
    ),
    Pair(
        "pii_tagging.disputed_findings",
        payroll(_CLAIM),
        payroll(_CLAIM, data=True),
        "shown_to_auditors",
        "demo_employee_list.phone_number",
        372,
        "2 of 2 values look like pii.phone",
    ),
    Pair("purpose.purpose_limitation", PAYROLL, odcs("all-schema-types"), "limits_stated", "my_quantum", 5),
    Pair(
        "purpose.consent",
        full(
            (
                _CUSTOM,
                f"{_CUSTOM}  - {{property: legalBasis, value: consent}}\n  - {{property: consentRecord, value: consents}}\n",
            )
        ),
        full((_CUSTOM, f"{_CUSTOM}  - {{property: legalBasis, value: consent}}\n")),
        "recorded",
        "53581432-6c55-4ba2-a65f-72344a91553a",
        2,
    ),
    Pair(
        "residency.regions_of_ports",
        full(("    host: localhost\n", "    host: db.eu-central-1.cloud.example\n")),
        FULL,
        "stated",
        "my-postgres",
        28,
        "in which region",
    ),
    Pair(
        "retention.limits",
        payroll((_AT_HEAD, f"{_KEPT}{_AT_HEAD}")),
        PAYROLL,
        "stated",
        "Employee Payroll Records",
        6,
    ),
    Pair("retention.deletion", full(*_GONE), full(*_GONE[1:]), "way_stated", "tbl", 37),
    Pair(
        "retention.legal_holds",
        payroll(
            (
                _PAYROLL_TABLE,
                f"{_PAYROLL_TABLE}    customProperties: [{{property: legalHold, value: Wage audit 2025}}]\n",
            )
        ),
        PAYROLL,
        "matter_named",
        "demo_employee_payroll",
        28,
        "under a legal hold",
    ),
    Pair("access.entrance", FULL, PAYROLL, "roles_stated", "Employee Payroll Records", 6),
    Pair(
        "access.approval",
        odcs("service-and-operational-roles"),
        FULL,
        "restricted_twice",
        "bq_queryman_user_opr",
        258,
        "no second person",
    ),
    Pair(
        "compatibility.promises",
        cities(2, 1),
        cities(3, 2),
        "breaks_announced",
        "cities.population",
        69,
        "became-required",
    ),
    Pair(
        "compatibility.deprecation",
        FULL,
        odcs("database-table-sla", as_of=datetime(2032, 3, 1, tzinfo=UTC)),
        "marked_in_time",
        "endOfSupport",
        19,
        "2032-05-12",
    ),
    Pair("lifecycle.status", cities(1), odcs("kafka-server"), "known_word", "abc123", 5, "in development"),
    Pair(
        "lifecycle.maturity",
        FULL,
        odcs("kafka-schemaregistry"),
        "in_use_means_promised",
        "Orders Event Stream",
        6,
        "0.0.1",
    ),
    Pair(
        "slas.elements",
        Published(FULL.file, mended=tuple(("tab1.txn_ref_dt", "tbl") for _ in range(5))),
        FULL,
        "there",
        "latency",
        273,
        "tab1.txn_ref_dt",
    ),
    Pair("slas.freshness", FULL, PAYROLL, "promised", "Employee Payroll Records", 6),
    Pair("quality.checks", PAYROLL, FULL, "stated", "receivers", 170),
    Pair("quality.severities", FULL, PAYROLL, "stated", "demo_employee_payroll", 254, ": 9"),
    Pair(
        "quality.critical_elements",
        full(
            (
                "        criticalDataElement: false\n        tags: [ ]\n        classification: public\n        authoritative",
                "        criticalDataElement: true\n        required: true\n        classification: public\n        authoritative",
            ),
            ("        physicalType: varchar(2)\n        required: false\n", "        physicalType: varchar(2)\n"),
        ),
        payroll(
            (
                "        logicalType: integer\n        physicalType: INT\n",
                "        logicalType: integer\n        criticalDataElement: true\n",
            )
        ),
        "always_there",
        "demo_employee_payroll.total_amt",
        159,
    ),
    Pair(
        "quality.promises",
        cities(1, with_data=True),
        Published(_CITY.format(2), data=(("cities", "schema-evolution/cities-version-2-invalid.csv"),)),
        "kept",
        "cities.population",
        89,
        "no value is below 10000",
    ),
    Pair(
        "volume.not_empty",
        cities(1, with_data=True),
        replace(cities(1, with_data=True), rows=0),
        "rows_arrived",
        "cities",
        19,
    ),
    Pair(
        "volume.no_silent_loss",
        replace(cities(2, 1, with_data=True), rows_before=2),
        replace(cities(2, 1, with_data=True), rows_before=1_000),
        "as_many_as_before",
        "cities",
        67,
        "has 2 rows, and had 1000",
    ),
    Pair(
        "volume.new_fields",
        cities(2, 1, with_data=True),
        cities(3, 1, with_data=True),
        "filled",
        "cities.population",
        66,
    ),
    Pair("ports.environments", cities(1), FULL, "stated", "my-postgres", 28),
    Pair(
        "ports.addresses",
        cities(1),
        full(("    host: localhost\n    port: 5432\n", "    location: postgres://me:secret@localhost:5432\n")),
        "no_secrets",
        "my-postgres",
        30,
    ),
    Pair(
        "machine_learning.licence",
        full((_CUSTOM, f"{_CUSTOM}  - {{property: licence, value: internal}}\n")),
        FULL,
        "stated",
        "53581432-6c55-4ba2-a65f-72344a91553a",
        2,
    ),
    Pair("machine_learning.people_in_training", full(*_MASKED), FULL, "masked", "receivers.receiver_name", 199),
    Pair(
        "machine_learning.anonymity",
        payroll(
            (_AT_HEAD, f"tags: [machine-learning]\n{_AT_HEAD}"),
            (
                _PAYROLL_TABLE,
                f"{_PAYROLL_TABLE}    tags: [pii]\n    customProperties: [{{property: quasiIdentifiers, value: [month]}}]\n",
            ),
        ),
        payroll(
            (_AT_HEAD, f"tags: [machine-learning]\n{_AT_HEAD}"),
            (
                _PAYROLL_TABLE,
                f"{_PAYROLL_TABLE}    customProperties: [{{property: quasiIdentifiers, value: [month]}}]\n",
            ),
            data=True,
        ),
        "crowd_is_large_enough",
        "demo_employee_payroll",
        30,
        "fewer than 5 rows",
    ),
]


def test_every_policy_that_ships_has_a_pair() -> None:
    shipped = {rule.name.removeprefix("starter.").rpartition(".")[0] for rule in council().plan.rules}
    assert {pair.policy for pair in PAIRS} == shipped
    assert len(shipped) >= 30


def test_thirty_policies_need_nothing_but_what_others_published() -> None:
    assert sum(not (pair.meets.mended or pair.breaks.mended) for pair in PAIRS) >= 30


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.policy)
def test_a_published_contract_meets_the_policy(pair: Pair, tmp_path: Path) -> None:
    results = of_policy(judged(pair.meets, tmp_path), pair.policy)
    outcomes = {result.outcome for result in results}
    assert not outcomes & {Outcome.FAIL, Outcome.INDETERMINATE}, [
        (result.rule, result.violations, result.reasons) for result in results
    ]
    assert Outcome.PASS in outcomes


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.policy)
def test_a_published_contract_breaks_the_policy(pair: Pair, tmp_path: Path) -> None:
    results = of_policy(judged(pair.breaks, tmp_path), pair.policy)
    (broken,) = [result for result in results if result.rule == f"starter.{pair.policy}.{pair.rule}"]
    found = {violation.subject: violation for violation in broken.violations}
    violation = found[pair.subject]
    assert violation.place is not None
    assert (violation.place.line, pair.says in violation.message) == (pair.line, True), violation.message
