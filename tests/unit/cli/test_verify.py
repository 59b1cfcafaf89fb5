from __future__ import annotations

import json
import shlex
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from policy_engine.attestation import sign
from policy_engine.cli.main import invoke
from policy_engine.data.manifest import fingerprint
from policy_engine.data.source import open_source
from policy_engine.evaluation.model import PoliciesUsed, Report, RuleResult, Violation, Waived, Waiver
from policy_engine.plan.canonical import digest
from policy_engine.plan.layer import Layer, read_layer
from policy_engine.trust import PrivateKey, generate, load_keyring, save
from policy_engine.verdict import Enforcement, Outcome, Stage, Verdict, conclude

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PRODUCT = ["--product", "payroll.odcs.yaml"]
GLOBAL = ["--global", "policies/global"]
GIVEN = [*PRODUCT, *GLOBAL]
DATA = ["--data", "employees=employees.csv"]
FILE = "payroll.attestation.json"
CONTRACT = (
    "apiVersion: v3.1.0\nkind: DataContract\nid: payroll\nname: Payroll\nversion: 1.2.0\n"
    "domain: finance\nstatus: active\n"
)


def report(outcome: Outcome = Outcome.PASS, name: str = "Payroll") -> Report:
    rule = RuleResult(
        "acme.naming", Layer.GLOBAL, "high", Enforcement.BLOCK, None, outcome, 1, (), (), (), "council", ""
    )
    return Report(
        id="payroll",
        name=name,
        version="1.2.0",
        domain="finance",
        file="payroll.odcs.yaml",
        digest=digest(Path("payroll.odcs.yaml").read_bytes()),
        verdict=Verdict.COMPLIANT if outcome is Outcome.PASS else Verdict.NON_COMPLIANT,
        stage=Stage.PUBLISH,
        as_of=NOW,
        policies=PoliciesUsed(read_layer(Layer.GLOBAL, (Path("policies/global"),)).digest, None, digest(b""), "1"),
        results=(rule,),
        data=(fingerprint(open_source("employees", "employees.csv")),),
        previous=None,
        remarks=(),
    )


def attest(name: str, of: Report, key: PrivateKey) -> None:
    layer = read_layer(Layer.GLOBAL, (Path("policies/global"),))
    Path(name).write_bytes(sign(of, key, time_evaluated=NOW, global_files=layer))


@pytest.fixture(autouse=True)
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PrivateKey:
    monkeypatch.chdir(tmp_path)
    Path("policies/global").mkdir(parents=True)
    Path("policies/global/naming.policy").write_text("package acme\n")
    Path("payroll.odcs.yaml").write_text(CONTRACT)
    Path("employees.csv").write_text("a,b\n1,2\n")
    made = generate()
    save(made, Path(), "council")
    attest(FILE, report(), made)
    return made


def verify(*args: str) -> int:
    return invoke(["verify", "--keyring", "council.pub", *args])


def as_json(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def first_line(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.partition("\n")[0]


def test_the_example_of_help_works_as_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["verify", "--help"]) == 0
    shown = capsys.readouterr().out
    example = shown[shown.index("Example:") :].partition("\n\n")[0].replace("Example:", "").replace("\\\n", " ")
    assert invoke(shlex.split(example)[1:]) == 0
    assert capsys.readouterr().out.startswith("verified, without the data")


def test_the_first_line_says_what_it_did_without(capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(FILE, *GIVEN) == 0
    assert (
        first_line(capsys)
        == "verified, without the data, an earlier version, a timestamp, the log, a chain of trust, a replay"
    )
    assert verify(FILE, *GIVEN, *DATA) == 0
    assert (
        first_line(capsys) == "verified, without an earlier version, a timestamp, the log, a chain of trust, a replay"
    )


def test_every_step_is_printed_with_its_code(capsys: pytest.CaptureFixture[str]) -> None:
    verify(FILE, *GIVEN)
    out = capsys.readouterr().out
    for number in range(1, 25):
        assert f"  ATT{number:03}  " in out


def test_an_attestation_of_a_product_that_does_not_comply_verifies_and_says_both(
    key: PrivateKey, capsys: pytest.CaptureFixture[str]
) -> None:
    attest(FILE, report(Outcome.FAIL), key)
    assert verify(FILE, *GIVEN) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("verified")
    assert lines[1].endswith("non_compliant: did not meet a policy that blocks at stage publish as of 2026-03-01")
    assert "    fail           global  block   acme.naming" in lines


@pytest.mark.parametrize(
    ("given", "exit_code", "code"),
    [
        ((), 3, "ATT011"),
        (PRODUCT, 3, "ATT016"),
        (GLOBAL, 3, "ATT011"),
        ((*GIVEN, "--require", "data"), 3, "ATT015"),
        ((*GIVEN, *DATA, "--require", "data"), 0, None),
        ((*GIVEN, "--require", "log"), 3, "ATT022"),
        ((*GIVEN, "--require", "previous"), 3, "ATT019"),
        ((*GIVEN, "--require", "time"), 3, "ATT021"),
        ((*GIVEN, "--require", "replay"), 3, "ATT024"),
        ((*GLOBAL, "--product", "employees.csv"), 1, "ATT011"),
        ((*GIVEN, "--data", "employees=payroll.csv"), 1, "ATT015"),
        ((*GIVEN, "--data", "employes=employees.csv"), 1, "ATT015"),
        ((*GIVEN, "--local", "policies/global"), 1, "ATT017"),
        ((*GIVEN, "--previous", "employees.csv"), 1, "ATT019"),
    ],
)
def test_exit_codes(
    given: tuple[str, ...], exit_code: int, code: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("payroll.csv").write_text("a,b\n1,3\n")
    assert verify(FILE, *given, "--format", "json") == exit_code
    assert as_json(capsys)["attestations"][0]["code"] == code


RULE = RuleResult("r", Layer.GLOBAL, "high", Enforcement.BLOCK, None, Outcome.PASS, 1, (), (), (), "council", "")
MOMENT = "at stage publish as of 2026-03-01"


def blocking(*outcomes: Outcome) -> tuple[RuleResult, ...]:
    """A rule that warns and passes, and blocking ones."""
    warning = replace(RULE, rule="a.warns", enforcement=Enforcement.WARN)
    return (warning, *(replace(RULE, rule=f"b.{number}", outcome=each) for number, each in enumerate(outcomes)))


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        ((Outcome.PASS,), f"compliant: met every policy that blocks {MOMENT}"),
        (
            (Outcome.PASS, *[Outcome.DUE_LATER] * 3),
            f"compliant: met every policy that blocks {MOMENT}; 3 blocking rules are not due yet",
        ),
        ((Outcome.DUE_LATER,), f"compliant: no rule blocks {MOMENT}; 1 blocking rule is not due yet"),
        ((), f"compliant: no rule blocks {MOMENT}"),
        ((Outcome.NOT_APPLICABLE,), f"compliant: no rule that blocks {MOMENT} applies to the product"),
        (
            (Outcome.FAIL, Outcome.DUE_LATER),
            f"non_compliant: did not meet a policy that blocks {MOMENT}; 1 blocking rule is not due yet",
        ),
        ((Outcome.INDETERMINATE,), f"indeterminate: cannot be told whether it met every policy that blocks {MOMENT}"),
    ],
)
def test_the_second_line_says_what_the_verdict_covers(
    outcomes: tuple[Outcome, ...], said: str, key: PrivateKey, capsys: pytest.CaptureFixture[str]
) -> None:
    results = blocking(*outcomes)
    attest(FILE, replace(report(), results=results, verdict=conclude(results)), key)
    verify(FILE, *GIVEN)
    assert capsys.readouterr().out.splitlines()[1] == f"  verdict attested  {said}"


def test_what_is_waived_is_said_with_its_waiver(key: PrivateKey, capsys: pytest.CaptureFixture[str]) -> None:
    Path("waivers.policy").write_text("package w\n")
    files = read_layer(Layer.WAIVERS, (Path("waivers.policy"),))
    waiver = Waiver("w.DG_1", "council", NOW.date(), NOW.date(), "it is being mended\x1b[2J", "the council")
    waived = replace(
        RULE, outcome=Outcome.WAIVED, waived=(Waived(Violation("a.b", "", None, None), ("w.DG_1",)),), waivers=(waiver,)
    )
    judged = replace(report(), results=(waived,), policies=replace(report().policies, waivers=files.digest))
    Path(FILE).write_bytes(sign(judged, key, time_evaluated=NOW, waiver_files=files))
    assert verify(FILE, *GIVEN) == 3
    assert verify(FILE, *GIVEN, "--waivers", "waivers.policy") == 0
    said = capsys.readouterr().out
    assert f"compliant: met every policy that blocks {MOMENT}; 1 blocking rule is waived" in said
    assert "w.DG_1  until 2026-03-01, granted by the council on 2026-03-01, approved by the council" in said
    assert "because it is being mended\\u{1b}[2J\n      r: 1 violation" in said


def test_a_verdict_on_nothing_says_so(key: PrivateKey, capsys: pytest.CaptureFixture[str]) -> None:
    attest(FILE, replace(report(), results=(), verdict=Verdict.INDETERMINATE), key)
    verify(FILE, *GIVEN)
    assert f"indeterminate: nothing was checked {MOMENT}\n" in capsys.readouterr().out


def test_rules_that_did_not_simply_pass_are_listed_and_json_has_all(
    key: PrivateKey, capsys: pytest.CaptureFixture[str]
) -> None:
    results = blocking(Outcome.DUE_LATER, Outcome.FAIL, Outcome.INDETERMINATE, Outcome.NOT_APPLICABLE)
    violations = (Violation("x", "m", None, None),) * 2
    results = (*results[:2], replace(results[2], rule="b.longer_name", violations=violations), *results[3:])
    attest(FILE, replace(report(), results=results, verdict=Verdict.NON_COMPLIANT), key)
    verify(FILE, *GIVEN)
    lines = capsys.readouterr().out.splitlines()
    at = lines.index("  rules             1 pass, 1 fail, 1 not_applicable, 1 indeterminate, 1 due_later")
    assert lines[at + 1 : at + 5] == [
        "    fail           global  block   b.longer_name  2 violations",
        "    indeterminate  global  block   b.2",
        "    due_later      global  block   b.0",
        "",
    ]
    verify(FILE, *GIVEN, "--format", "json")
    found = as_json(capsys)["attestations"][0]["attested"]["results"]
    assert [each["rule"] for each in found] == ["a.warns", "b.0", "b.2", "b.3", "b.longer_name"]
    assert found[-1] == {
        "rule": "b.longer_name",
        "layer": "global",
        "enforcement": "block",
        "outcome": "fail",
        "subjects": 1,
        "violations": 2,
    }


@pytest.mark.parametrize(
    ("as_of", "said"),
    [
        (datetime(2019, 4, 12, tzinfo=UTC), "policies were applied as of 2019-04-12, 2515 days before it was signed"),
        (datetime(2026, 3, 4, tzinfo=UTC), "policies were applied as of 2026-03-04, 3 days after it was signed"),
        (datetime(2026, 2, 28, tzinfo=UTC), None),
        (NOW, None),
    ],
)
def test_policies_applied_as_of_another_day_are_said_on_a_line(
    as_of: datetime, said: str | None, key: PrivateKey, capsys: pytest.CaptureFixture[str]
) -> None:
    attest(FILE, replace(report(), as_of=as_of), key)
    verify(FILE, *GIVEN)
    notes = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  note")]
    assert notes == ([] if said is None else [f"  note              {said}"])


def test_domain_id_and_version_have_lines_of_their_own(key: PrivateKey, capsys: pytest.CaptureFixture[str]) -> None:
    verify(FILE, *GIVEN)
    lines = capsys.readouterr().out.splitlines()
    assert lines[2:5] == ["  product           payroll", "  version           1.2.0", "  domain            finance"]
    attest(FILE, replace(report(), id="finance/payroll@1.2.0", version=None, domain=None), key)
    verify(FILE, *GLOBAL)
    lines = capsys.readouterr().out.splitlines()
    assert lines[2] == "  product           finance/payroll@1.2.0"
    assert lines[3:5] == ["  version           not stated", "  domain            not stated"]


def test_a_changed_policy_file_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    Path("policies/global/naming.policy").write_text("package acme \n")
    assert verify(FILE, *GIVEN) == 1
    line = first_line(capsys)
    assert line.startswith("refused: the global policies given")
    assert line.endswith("changed `naming.policy` [ATT016]")


def test_what_a_refused_attestation_says_is_only_claimed(capsys: pytest.CaptureFixture[str]) -> None:
    Path("payroll.odcs.yaml").write_text("id: other\n")
    assert verify(FILE, *GIVEN, "--format", "json") == 1
    (entry,) = as_json(capsys)["attestations"]
    assert (entry["attested"], entry["claimed"]["verdict"]) == (None, "compliant")
    verify(FILE, *GIVEN)
    assert "verdict claimed   compliant" in capsys.readouterr().out


def test_an_unknown_key_is_refused_and_nothing_is_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    attest(FILE, report(name="Mallory"), generate())
    assert verify(FILE, *GIVEN, "--format", "json") == 1
    (entry,) = as_json(capsys)["attestations"]
    assert (entry["code"], entry["attested"], entry["claimed"]) == ("ATT006", None, None)
    assert "Mallory" not in json.dumps(entry)


def test_json_is_one_document_of_a_known_schema(capsys: pytest.CaptureFixture[str]) -> None:
    verify(FILE, *GIVEN, "--format", "json")
    document = as_json(capsys)
    assert (document["schema"], document["conclusion"]) == ("urn:policy-engine:verification:v1", "verified")
    (entry,) = document["attestations"]
    assert entry["attested"]["signer"]["name"] == "council"
    assert entry["attested"]["signer"]["key_id"] == load_keyring(Path("council.pub")).entries[0].key.id
    assert entry["unchecked"] == ["window", "data", "local", "previous", "waivers", "time", "log", "trust", "replay"]
    assert {step["status"] for step in entry["steps"]} == {"pass", "not_checked"}
    assert set(entry["steps"][0]) == {"code", "name", "about", "status", "required", "reason"}


def test_of_several_the_worst_wins(key: PrivateKey, capsys: pytest.CaptureFixture[str]) -> None:
    attest("mallory.json", report(), generate())
    assert verify(FILE, FILE, *GIVEN) == 0
    assert verify(FILE, "mallory.json", *GIVEN) == 1
    assert verify("mallory.json", FILE) == 1
    assert verify("mallory.json", "none.json", FILE) == 2
    out = capsys.readouterr()
    assert "cannot read `none.json`" in out.err
    assert f"{FILE}: incomplete: required and not checked: product, resource, global" in out.out


def test_an_attestation_that_cannot_be_read_ends_in_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert verify("none.json", *GIVEN, "--format", "json") == 2
    out = capsys.readouterr()
    assert json.loads(out.out)["conclusion"] == "unreadable"
    assert "cannot read `none.json`: No such file" in out.err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--product", "none"], "cannot read `none`"),
        (["--global", "none"], "`none` does not exist"),
        (["--data", "employees"], "DATASET=PATH"),
        (["--data", "=x"], "DATASET=PATH"),
        (["--data", "employees=none"], "`none` does not exist"),
        ([*DATA, *DATA], "given twice"),
        (["--require", "dat"], "--require"),
        (["--format", "yaml"], "--format"),
        (["--produkt", "x"], "--product"),
        (["--keyring", "none"], "cannot read `none`"),
        (["--keyring", "council.key"], "private key where a public one"),
        (["--keyring", "policies"], "no .pub file"),
        (["-o", "no/such/folder"], "cannot write"),
    ],
)
def test_what_was_given_wrongly_ends_in_two(args: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(FILE, *args) == 2
    err = capsys.readouterr().err
    assert message in err
    assert "Traceback" not in err


def test_without_a_keyring_nothing_is_verified(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["verify", FILE, *GIVEN]) == 2
    assert "--keyring" in capsys.readouterr().err


def test_quiet_is_the_first_line_alone(capsys: pytest.CaptureFixture[str]) -> None:
    verify(FILE, FILE, *GIVEN, "--quiet")
    assert [line.partition(",")[0] for line in capsys.readouterr().out.splitlines()] == [f"{FILE}: verified"] * 2


def test_the_result_goes_to_a_file_whole(capsys: pytest.CaptureFixture[str]) -> None:
    Path("out.txt").write_text("before")
    assert verify(FILE, *GIVEN, "-o", "out.txt") == 0
    assert capsys.readouterr().out == ""
    assert Path("out.txt").read_text().startswith("verified")
    assert not [path for path in Path().iterdir() if path.name.startswith(".")]


def test_names_cannot_steer_a_terminal(key: PrivateKey, capsys: pytest.CaptureFixture[str]) -> None:
    attest(FILE, replace(report(), version="1\x1b[2J\n\u202e"), key)
    assert verify(FILE, *GLOBAL) == 3
    out = capsys.readouterr().out
    assert "  version           1\\u{1b}[2J\\u{a}\\u{202e}\n" in out
    assert "\x1b" not in out


def test_colour_is_for_terminals_that_want_it() -> None:
    from policy_engine.attestation import examine
    from policy_engine.reporting.verification import Checked, render_text

    done = examine(Path(FILE).read_bytes(), load_keyring(Path("council.pub")))
    checked = (Checked(FILE, done),)
    assert "\x1b[" not in render_text(checked)
    assert "\x1b[" in render_text(checked, colour=True)


@pytest.mark.parametrize(("given", "absent"), [(GIVEN, {"policy_engine.data"}), ([*GIVEN, *DATA], {"duckdb"})])
def test_the_command_loads_no_compiler_and_no_data_library(given: list[str], absent: set[str]) -> None:
    code = f"""
import sys
from policy_engine.cli.main import invoke
code = invoke(["verify", "{FILE}", "--keyring", "council.pub", *{given}, "-o", "out"])
stages = {{f"policy_engine.{{stage}}" for stage in ("syntax", "linking", "checking", "compilation", "engine", "evaluation")}}
stages |= {{"policy_engine.attestation.signing"}} | {absent}
unwanted = {{"duckdb", "pyarrow", "lark", "re2", "phonenumbers", "stdnum", "ssl", "http.client"}} | stages
print(code, sorted(unwanted & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("0 []\n", "")
