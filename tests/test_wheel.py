"""The wheel carries the grammar and the policies, and works where nothing of the checkout is in sight."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout with what is installed."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content in an empty folder: what an installer would put into site-packages."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def _run(installed: Path, *args: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-m", "policy_engine", *args]
    return subprocess.run(command, cwd=installed.parent, env=environment, capture_output=True, text=True, check=False)


def test_the_installed_package_is_the_one_that_runs(installed: Path) -> None:
    code = "import policy_engine, sys; sys.stdout.write(policy_engine.__file__)"
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=installed.parent, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(str(installed))


def test_grammar_tables_policies_and_licences_are_inside(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for name in (
        "policy_engine/_bundled/grammar/policy.lark",
        "policy_engine/_bundled/grammar/policy.tables.json",
        "policy_engine/_bundled/docs/reference/diagnostics/CHK002.md",
        "policy_engine/_bundled/policies/global/pii_tagging.policy",
        "policy_engine/_bundled/policies/products/employee_payroll/LICENSE",
    ):
        assert name in names
    assert not [name for name in names if name.startswith(("tests/", "docs/", "benchmarks/"))]
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_demo_runs_from_the_wheel(installed: Path) -> None:
    done = _run(installed, "demo", "story")
    assert done.returncode == 0, done.stderr
    assert "all four changes were refused" in done.stdout


def test_the_catalogue_is_written_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    done = _run(installed, "docs", "starter", "-o", str(tmp_path / "site"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site/style.css").is_file()


def test_the_shipped_library_lints_from_the_wheel(installed: Path) -> None:
    done = _run(installed, "lint", "starter", "--strict")
    assert (done.returncode, done.stdout) == (0, "no diagnostics\n")


def test_the_pages_of_codes_are_explained_from_the_wheel(installed: Path) -> None:
    done = _run(installed, "explain", "missing-unhandled")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "CHK002 missing-unhandled")
    assert "\nRight\n" in done.stdout
