"""`explain CODE`: every code that a command prints, by code or name, as a page, a paragraph or JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from policy_engine.cli.main import invoke
from policy_engine.diagnostics import CODES
from policy_engine.reporting.code_pages import STAGES, entries

PACKAGE = Path(__file__).parents[3] / "policy_engine"


def explained(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    assert invoke(["explain", *args]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("wanted", ["CHK002", "chk002", "missing-unhandled", "Missing-Unhandled", "missing_unhandled"])
def test_a_code_is_found_by_itself_and_by_its_name_in_any_case(wanted: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = explained(capsys, wanted)
    assert out.startswith("CHK002 missing-unhandled\n\nA contract need not say everything")
    assert "\nWrong\n\n    package acme\n" in out
    assert "  answer:\n    error[CHK002 missing-unhandled]: `field.description` may be missing\n" in out
    assert "\nRight\n\n" in out


@pytest.mark.parametrize("code", entries())
def test_every_code_is_explained_without_marks_of_markdown(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = explained(capsys, code)
    assert out.startswith(code)
    prose = [line for line in out.splitlines() if not line.startswith("    ")]
    assert [line for line in prose if re.match(r"#|\||```", line) or "](" in line or len(line) > 88] == []
    assert len(" ".join(prose).split()) >= 12


def test_an_attestation_step_is_found_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert explained(capsys, "signature") == explained(capsys, "ATT007")
    assert "Does the signature fit these very bytes?" in explained(capsys, "att007")


@pytest.mark.parametrize(
    ("wanted", "help_"),
    [
        pytest.param("CHK099", "did you mean `CHK0", id="a code"),
        pytest.param("mising-unhandled", "did you mean `missing-unhandled`?", id="a name"),
        pytest.param("????", "`policy-engine explain` lists all codes", id="nothing near"),
    ],
)
def test_an_unknown_code_is_answered_with_the_likeliest(
    wanted: str, help_: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(["explain", wanted]) == 2
    err = capsys.readouterr().err
    assert f"there is no code `{wanted}`" in err
    assert help_ in err


def test_without_a_code_all_are_listed_by_stage(capsys: pytest.CaptureFixture[str]) -> None:
    out = explained(capsys)
    headings = re.findall(r"^[A-Z].+", out, re.MULTILINE)[:-1]
    used = {code[:3] for code in entries()}
    assert headings == [text[0].upper() + text[1:] for letters, text in STAGES.items() if letters in used]
    assert [code for code in entries() if not re.search(rf"^  {code}  ", out, re.MULTILINE)] == []


def test_json_has_the_same_codes_and_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    listed = json.loads(explained(capsys, "--format", "json"))
    assert listed["schema"] == "urn:policy-engine:codes:v1"
    assert [one["code"] for one in listed["codes"]] == list(entries())
    one = json.loads(explained(capsys, "SYN001", "--format", "json"))
    assert (one["schema"], one["name"], one["level"]) == ("urn:policy-engine:code:v1", "unexpected-text", "error")
    assert one["page"].startswith("# SYN001 unexpected-text\n")


def test_the_page_is_written_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "page.txt"
    assert explained(capsys, "SYN001", "-o", str(target)) == ""
    assert target.read_text(encoding="utf-8") == explained(capsys, "SYN001")


def test_every_code_in_the_source_is_known() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    used = set(re.findall(r'"([A-Z]{3}\d{3})"', text))
    assert used - set(entries()) == set()
    assert set(CODES) <= set(entries())


def test_no_name_stands_for_two_codes() -> None:
    names = [one.name for one in entries().values() if one.name]
    assert sorted(names) == sorted(set(names))
