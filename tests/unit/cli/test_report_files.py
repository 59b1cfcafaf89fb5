"""`--format` and `-o`, several times: each format to its own place, nothing half, nothing twice."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from cli_samples import CONTRACT, POLICY

from policy_engine.cli.main import invoke

GIVEN = ("check", "orders.odcs.yaml", "--global", "policies", "--as-of", "2026-11-20")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A policy and a contract that violates it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/rules.policy").write_text(POLICY, encoding="utf-8")
    (tmp_path / "orders.odcs.yaml").write_text(CONTRACT.format(description=""), encoding="utf-8")
    return tmp_path


def test_each_format_goes_to_the_file_behind_it_and_one_to_the_screen(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    args = ("--format", "sarif", "-o", "a.sarif", "--format", "github", "--format", "junit", "-o", "a.xml")
    assert invoke([*GIVEN, *args]) == 1
    assert capsys.readouterr().out.startswith("::error file=orders.odcs.yaml,line=10,col=5,")
    assert json.loads((folder / "a.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert ElementTree.parse(folder / "a.xml").getroot().get("failures") == "1"


def test_one_format_may_stand_behind_its_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke([*GIVEN, "-o", "report.json", "--format", "json"]) == 1
    assert capsys.readouterr().out == ""
    assert json.loads((folder / "report.json").read_text(encoding="utf-8"))["verdict"] == "non_compliant"


def test_a_file_alone_takes_the_text(folder: Path) -> None:
    assert invoke([*GIVEN, "-o", "report.txt"]) == 1
    assert (folder / "report.txt").read_text(encoding="utf-8").startswith("not compliant: Orders")


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "github", "gitlab", "markdown", "html"])
def test_every_format_is_the_same_twice_and_says_what_is_wrong(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    first = (invoke([*GIVEN, "--format", form]), capsys.readouterr().out)
    assert first == (invoke([*GIVEN, "--format", form]), capsys.readouterr().out)
    assert "orders.id is not described" in first[1]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--format", "json", "--format", "text"), "`json` and `text` both go to stdout"),
        (("-o", "a", "--format", "json", "--format", "text"), "no format goes to `a`"),
        (("--format", "json", "-o", "a", "-o", "b"), "no format goes to `b`"),
        (("-o", "a", "-o", "b"), "no format goes to `b`"),
        (("--format", "json", "-o", "a", "--format", "text", "-o", "./a"), "two formats go to `a`"),
        (("--format", "json", "-o", "orders.odcs.yaml"), "`orders.odcs.yaml` is an input"),
        (("--format", "json", "-o", "policies/rules.policy"), "is an input"),
    ],
)
def test_clashes_are_refused_before_anything_is_written(
    folder: Path, args: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert invoke([*GIVEN, *args]) == 2
    assert said in capsys.readouterr().err
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
