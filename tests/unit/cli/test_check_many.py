"""`check` on many products: the options, and that bytes do not depend on how many processes worked."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_samples import CONTRACT, DESCRIBED, POLICY

from policy_engine.cli.main import invoke


@pytest.fixture
def mesh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A policy, and fifty contracts of three domains: every fifth is bad."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policies.policy").write_text(POLICY, encoding="utf-8")
    for number in range(50):
        text = CONTRACT.format(description="" if number % 5 == 0 else DESCRIBED)
        folder = tmp_path / f"mesh/{'abc'[number % 3]}"
        folder.mkdir(parents=True, exist_ok=True)
        text = text.replace("id: shop.orders", f"id: p{number}\ndomain: {'abc'[number % 3]}")
        (folder / f"{number:02}.odcs.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def _check(*args: str) -> int:
    return invoke(["check", "mesh", "--global", "policies.policy", "--as-of", "2026-11-20", *args])


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_bytes_are_those_of_one_process(
    form: str, mesh: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = []
    for cache, jobs in (("off", "1"), ("off", "2"), (str(mesh / "cache"), "2"), (str(mesh / "cache"), "1")):
        monkeypatch.setenv("POLICY_ENGINE_CACHE", cache)
        assert _check("--jobs", jobs, "--format", form) == 1
        printed.append(capsys.readouterr())
    assert len(set(printed)) == 1
    assert len(list((mesh / "cache").glob("*.report.json"))) == 50


@pytest.mark.usefixtures("mesh")
@pytest.mark.parametrize("jobs", ["0", "-1", "many"])
def test_a_number_of_processes_that_is_none_is_refused(jobs: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _check("--jobs", jobs) == 2
    assert "--jobs" in capsys.readouterr().err
