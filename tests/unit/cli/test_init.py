"""`init`: what is there is used and left alone, and the result passes its own CI."""

from __future__ import annotations

import shlex
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from policy_engine.cli import main

Run = Callable[..., tuple[int, str, str]]
CITIES = Path(__file__).parents[2] / "data/schema-evolution"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)

    def run(line: str) -> tuple[int, str, str]:
        code = main.invoke(shlex.split(line))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def _commands(pipeline: Path) -> list[str]:
    """The lines of a pipeline that call policy-engine."""
    found = yaml.safe_load(pipeline.read_text())
    jobs = found["jobs"]["policies"]["steps"] if "jobs" in found else [{"run": s} for s in found["policies"]["script"]]
    return [step["run"] for step in jobs if step.get("run", "").startswith("policy-engine ")]


@pytest.mark.parametrize("kind", ["domain", "council"])
@pytest.mark.parametrize(
    ("ci", "pipeline"), [("github", ".github/workflows/policies.yml"), ("gitlab", ".gitlab-ci.yml")]
)
def test_what_is_written_passes_its_own_pipeline_at_once(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, ci: str, pipeline: str
) -> None:
    assert run(f"init {kind} made --ci {ci}")[0] == 0
    monkeypatch.chdir(tmp_path / "made")
    lines = _commands(Path(pipeline))
    assert {line.split()[1] for line in lines} == {"lint", "fmt", "test", "check" if kind == "domain" else "docs"}
    for line in lines:
        code, out, err = run_here(run, line.replace("$GITHUB_STEP_SUMMARY", "summary.md"))
        assert code == 0, (line, out, err)
    assert run("lint --strict --as-of 2026-12-01")[:2] == (0, "no diagnostics\n")


def run_here(run: Run, line: str) -> tuple[int, str, str]:
    """Without `policy-engine`, as a shell would call it."""
    return run(line.removeprefix("policy-engine "))


def test_contracts_versions_and_data_are_found(run: Run, tmp_path: Path) -> None:
    shutil.copytree(CITIES, tmp_path, dirs_exist_ok=True)
    (tmp_path / "manifest.json").write_text("{}")
    code, out, _ = run("init domain --name Geo-Data")
    assert code == 0
    assert out.startswith(
        "found   odcs-datacontract-cities-version-3.yaml: cities 2.0.0\n"
        "        the version before it: odcs-datacontract-cities-version-1.yaml\n"
        "        data of `cities`: cities-version-3.csv\n"
        "left    manifest.json: dbt is not read yet; contracts are\n"
    )
    assert "left    data that no contract is sure about: cities-version-1.csv" in out
    written = tomllib.loads((tmp_path / "policy-engine.toml").read_text())
    assert written == {
        "global": "starter",
        "local": "policies",
        "products": "odcs-datacontract-cities-version-3.yaml",
        "product": {
            "cities": {
                "previous": "odcs-datacontract-cities-version-1.yaml",
                "data": {"cities": "cities-version-3.csv"},
            }
        },
    }
    assert (tmp_path / "policies/geo_data.policy").is_file()
    code, out, _ = run("check")
    assert code == 1
    assert "nobody is named as the owner of this product" in out


def test_with_a_baseline_only_what_is_new_holds_up_the_pipeline(run: Run, tmp_path: Path) -> None:
    shutil.copytree(CITIES, tmp_path, dirs_exist_ok=True)
    assert run("init domain --baseline --name geo")[0] == 0
    code, out, _ = run("check --quiet")
    assert (code, out) == (0, "not compliant, all of it known: Cities 2.0.0  odcs-datacontract-cities-version-3.yaml\n")


def test_what_is_there_is_left(run: Run, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("ours")
    (tmp_path / ".gitlab-ci.yml").write_text("stages: []")
    code, out, _ = run("init domain --name sales")
    assert code == 0
    assert "kept    README.md: it was there before" in out
    assert "kept    .gitlab-ci.yml: it was there before" in out
    assert (tmp_path / "README.md").read_text() == "ours"
    assert not (tmp_path / ".github").exists()


@pytest.mark.parametrize("kind", ["domain", "council"])
def test_a_second_time_nothing_is_written(run: Run, tmp_path: Path, kind: str) -> None:
    (tmp_path / "policy-engine.toml").write_text("")
    code, out, err = run(f"init {kind}")
    assert (code, out) == (2, "")
    assert "this was set up before" in err
    assert [path.name for path in tmp_path.iterdir()] == ["policy-engine.toml"]


def test_where_a_folder_cannot_be_made_nothing_is_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "policies").write_text("a file")
    code, out, err = run("init domain")
    assert (code, out) == (2, "")
    assert "`policies` is no folder" in err
    assert [path.name for path in tmp_path.iterdir()] == ["policies"]


def test_a_contract_that_cannot_be_read_is_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "orders.yaml").write_text("kind: DataContract\nid: a\nid: b\n")
    code, out, _ = run("init domain --name 1st --ci none")
    assert code == 0
    assert "left    orders.yaml: cannot be read:" in out
    assert (tmp_path / "policies/domain_1st.policy").is_file()
    assert (tmp_path / "contracts/example.odcs.yaml").is_file()


def test_names_with_quotes_are_written_so_that_they_are_read_again(run: Run, tmp_path: Path) -> None:
    (tmp_path / 'a "b".odcs.yaml').write_text(
        "apiVersion: v3.1.0\nkind: DataContract\nid: 'a \"\\ b'\nversion: 1.0.0\nstatus: active\nschema:\n- name: x\n"
    )
    (tmp_path / "x.csv").write_text("a\n1\n")
    assert run("init domain --name sales")[0] == 0
    written = tomllib.loads((tmp_path / "policy-engine.toml").read_text())
    assert written["products"] == 'a "b".odcs.yaml'
    assert written["product"] == {'a "\\ b': {"data": {"x": "x.csv"}}}
    assert run("check --quiet")[0] in {0, 1, 3}
