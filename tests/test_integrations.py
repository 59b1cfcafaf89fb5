"""What runs elsewhere is parsed, and its shell steps are run here, in a repository that `init` made."""

from __future__ import annotations

import json
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
import types
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from policy_engine.cli import main
from policy_engine.testing.blocks import blocks

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/how-to/run-it-where-you-work.md"
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
GITLAB = yaml.safe_load((ROOT / "integrations/gitlab/policies.gitlab-ci.yml").read_text())
DBT = ROOT / "integrations/dbt/build-and-check.sh"
AIRFLOW = ROOT / "integrations/airflow/load_orders.py"
CONTAINER = ROOT / "integrations/container/Containerfile"
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")


@pytest.fixture
def repository(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A domain's repository, whose example complies."""
    made = tmp_path / "a repository"
    assert main.invoke(["init", "domain", str(made), "--name", "sales", "--ci", "none"]) == 0
    capsys.readouterr()
    return made


def _break(repository: Path) -> None:
    contract = repository / "contracts/example.odcs.yaml"
    contract.write_text(contract.read_text().replace("role: Owner", "role: Reader"))


def _bash(script: str, where: Path, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run it as runners do, with `policy-engine` on the path."""
    programs = where.parent / "programs"
    programs.mkdir(exist_ok=True)
    program = programs / "policy-engine"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m policy_engine "$@"\n')
    program.chmod(0o755)
    around = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), **(env or {})}
    around["POLICY_ENGINE_CACHE"] = "off"
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=where, env=around, capture_output=True, text=True, check=False)


def _inputs(step: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    """The variables of a step, as the runner fills them from the inputs."""
    values = {name: one["default"] for name, one in ACTION["inputs"].items()} | dict(given)
    return {
        name: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda match: values[match[1]], text)
        for name, text in step.get("env", {}).items()
    }


def _check(repository: Path, **given: str) -> subprocess.CompletedProcess[str]:
    step = STEPS["Check the products"]
    files = {"GITHUB_OUTPUT": str(repository / "output"), "GITHUB_STEP_SUMMARY": str(repository / "summary.md")}
    return _bash(step["run"], repository, {**files, **_inputs(step, given)})


# ---------------------------------------------------------------- GitHub


def test_the_action_checks_what_the_file_lists(repository: Path) -> None:
    done = _check(repository)
    assert done.returncode == 0, done.stderr
    assert (repository / "output").read_text() == "sarif=policy-engine.sarif\n"
    assert json.loads((repository / "policy-engine.sarif").read_text())["version"] == "2.1.0"
    assert (repository / "summary.md").read_text()


def test_the_action_shows_a_violation_on_its_line_and_fails(repository: Path) -> None:
    _break(repository)
    done = _check(repository, products="contracts/example.odcs.yaml", options="--stage change --as-of 2027-06-01")
    assert done.returncode == 1, done.stderr
    assert re.search(r"^::error .*file=contracts/example\.odcs\.yaml,line=\d+", done.stdout, re.MULTILINE)


def test_what_is_given_to_the_action_is_never_a_program(repository: Path) -> None:
    done = _check(repository, products="$(touch run) `touch run`", options="")
    assert done.returncode == 2
    assert not (repository / "run").exists()
    assert all("${{" not in step["run"] for step in STEPS.values())


def test_the_action_looks_at_policies(repository: Path) -> None:
    assert _bash(STEPS["Look at the policies"]["run"], repository).returncode == 0
    policy = repository / "policies/sales.policy"
    policy.write_text(policy.read_text().replace("  severity", "     severity"))
    assert _bash(STEPS["Look at the policies"]["run"], repository).returncode == 1


def test_the_action_installs_what_is_beside_it() -> None:
    text = STEPS["Install"]["run"]
    assert subprocess.run(["bash", "-n", "-c", text], check=False).returncode == 0
    assert (ROOT / "requirements.lock").is_file()
    assert text.count("$GITHUB_ACTION_PATH") == 2


# ---------------------------------------------------------------- GitLab


def test_the_template_for_gitlab_writes_both_reports(repository: Path) -> None:
    script = "\n".join(GITLAB["policies"]["script"])
    variables = {name: value for name, value in GITLAB["variables"].items() if name != "POLICY_ENGINE"}
    done = _bash(script, repository, variables)
    assert done.returncode == 0, done.stderr
    reports = GITLAB["policies"]["artifacts"]["reports"]
    assert all((repository / file).is_file() for file in reports.values())
    _break(repository)
    assert _bash(script, repository, {**variables, "POLICY_PRODUCTS": "contracts"}).returncode == 1


# ---------------------------------------------------------------- pre-commit


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_runs_on_the_files_that_it_asks_for(repository: Path, hook: dict[str, Any]) -> None:
    files = [path.relative_to(repository).as_posix() for path in sorted(repository.rglob("*")) if path.is_file()]
    wanted = [file for file in files if re.search(hook["files"], file)]
    assert wanted
    args = " ".join(map(shlex.quote, wanted)) if hook.get("pass_filenames", True) else ""
    done = _bash(f"{hook['entry']} {args}", repository)
    assert done.returncode == 0, done.stderr


# ---------------------------------------------------------------- dbt, Airflow, a container


def test_after_dbt_what_was_built_is_judged_and_signed(repository: Path) -> None:
    made = _bash("policy-engine keys generate ci", repository)
    assert made.returncode == 0, made.stderr
    (repository / "orders.csv").write_text(f"order_id,ordered_at\nA-1,{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}\n")
    with (repository / "policy-engine.toml").open("a") as file:
        file.write('[data]\norders = "orders.csv"\n')
    done = _bash(f"bash {shlex.quote(str(DBT))}", repository, {"DBT": "echo dbt", "POLICY_SIGNING_KEY": "ci.key"})
    assert done.stdout.startswith("dbt build\n"), done.stderr
    assert done.returncode == 0, done.stdout + done.stderr
    assert (repository / "target/attestations/example.attestation.json").is_file()
    _break(repository)
    assert _bash(f"bash {shlex.quote(str(DBT))}", repository, {"DBT": "true"}).returncode == 1
    assert _bash(f"bash {shlex.quote(str(DBT))}", repository, {"DBT": "false"}).returncode == 1


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The tasks of the DAG, made by something that looks like Airflow."""
    found: list[dict[str, Any]] = []

    class Dag:
        def __init__(self, **options: Any) -> None:
            assert options["default_args"] == {"retries": 0}

        def __enter__(self) -> Dag:
            return self

        def __exit__(self, *_: object) -> None:
            return None

    class Task:
        def __init__(self, **options: Any) -> None:
            found.append(options)

        def __rshift__(self, other: Task) -> Task:
            return other

    for name, members in {
        "airflow": {"DAG": Dag},
        "airflow.operators": {},
        "airflow.operators.bash": {"BashOperator": Task},
    }.items():
        module = types.ModuleType(name)
        module.__dict__.update(members)
        monkeypatch.setitem(sys.modules, name, module)
    return found


def test_the_tasks_of_airflow_stop_before_publishing(repository: Path, tasks: list[dict[str, Any]]) -> None:
    runpy.run_path(str(AIRFLOW))
    assert [task["task_id"] for task in tasks] == ["load", "check", "publish"]
    env = {"POLICY_REPOSITORY": str(repository)}
    _break(repository)
    assert _bash(tasks[1]["bash_command"], repository.parent, env).returncode == 1
    assert json.loads((repository / "policies.json").read_text())["products"]


def test_the_container_copies_what_is_there_and_runs_as_nobody() -> None:
    text = re.sub(r"\\\n", " ", CONTAINER.read_text())
    steps = [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]
    assert {name for name, _ in steps} == {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "ENTRYPOINT", "CMD"}
    for name, rest in steps:
        if name == "COPY" and not rest.startswith("--from="):
            assert all((ROOT / source).exists() for source in rest.split()[:-1])
        if name == "RUN":
            assert subprocess.run(["bash", "-n", "-c", rest], check=False).returncode == 0
    bundled = re.findall(r'^"([a-z/]+)" = "policy_engine/_bundled', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    copied = " ".join(rest for name, rest in steps if name == "COPY")
    assert bundled
    assert all(folder in copied for folder in bundled)
    assert dict(steps)["USER"] == "65534:65534"


# ---------------------------------------------------------------- the page


def test_the_page_uses_what_there_is() -> None:
    action, gitlab, hooks = (yaml.safe_load(one.text) for one in blocks(PAGE.read_text()) if one.kind == "yaml")
    step = next(one for one in action["jobs"]["policies"]["steps"] if one.get("id") == "policies")
    assert set(step["with"]) <= set(ACTION["inputs"])
    assert [name for name in ACTION["inputs"] if f"| `{name}` |" not in PAGE.read_text()] == []
    assert set(gitlab["variables"]) <= set(GITLAB["variables"])
    assert (ROOT / gitlab["include"][0]["file"]).is_file()
    assert [one["id"] for one in hooks["repos"][0]["hooks"]] == [one["id"] for one in HOOKS]
