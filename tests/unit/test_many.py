"""Many products: in worker processes as in one, in the order of the files; one that dies is one clear error."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from policy_engine._resources import STARTER, layer_root
from policy_engine.errors import DataError, PolicyEngineError, ProductError, WorkerError
from policy_engine.loading import Policies, load_policies
from policy_engine.many import Given, judge_many

PUBLISHED = sorted((Path(__file__).parents[1] / "data/odcs").glob("*.yaml"))
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def library() -> Policies:
    return load_policies([layer_root(Path(STARTER))])


def _contracts(folder: Path, count: int) -> list[Path]:
    files = [folder / f"{number:03}.odcs.yaml" for number in range(count)]
    for number, file in enumerate(files):
        file.write_bytes(PUBLISHED[number % len(PUBLISHED)].read_bytes() + f"\n# {number}\n".encode())
    return files


def test_two_processes_find_what_one_finds_in_the_same_order(tmp_path: Path, library: Policies) -> None:
    files = _contracts(tmp_path, 40)
    files[7].write_text("a: [", encoding="utf-8")
    files[33].unlink()
    one, two = (list(judge_many(files, Given(library, NOW), jobs=jobs)) for jobs in (1, 2))
    said = [[str(found) if isinstance(found, PolicyEngineError) else found for found in some] for some in (one, two)]
    assert said[0] == said[1]
    errors = [(at, found.code, found.help) for at, found in enumerate(two) if isinstance(found, PolicyEngineError)]
    assert [(at, code) for at, code, _ in errors] == [(7, "PRD001"), (33, "PRD001")]
    assert errors[1][2] == "give the path of the product's contract"


def test_only_what_is_not_kept_goes_to_other_processes(
    tmp_path: Path, library: Policies, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = _contracts(tmp_path, 20)
    given = Given(library, NOW, cache=tmp_path / "cache")
    first = list(judge_many(files, given, jobs=1))
    monkeypatch.setattr("policy_engine.many._workers", lambda *_: pytest.fail("a process was started"))
    assert list(judge_many(files, given, jobs=2)) == first


def test_a_process_that_dies_is_one_clear_error(tmp_path: Path, library: Policies) -> None:
    judged = judge_many(_contracts(tmp_path, 160), Given(library, NOW), jobs=2)
    next(judged)
    for child in multiprocessing.active_children():
        child.kill()
    with pytest.raises(WorkerError, match="a process that judged products died"):
        list(judged)


@pytest.mark.parametrize("kind", [ProductError, DataError])
def test_an_error_says_as_much_after_it_came_from_another_process(kind: type[PolicyEngineError]) -> None:
    import pickle

    error = kind("what", help="so", code="PRD001")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.help, again.code) == (kind, "what", "so", "PRD001")


def test_ctrl_c_stops_all_processes_without_a_trace(tmp_path: Path) -> None:
    _contracts(tmp_path, 400)
    command = [sys.executable, "-m", "policy_engine", "check", str(tmp_path), "--global", "starter", "--jobs", "2"]
    environment = {**os.environ, "POLICY_ENGINE_CACHE": "off"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, start_new_session=True, text=True
    ) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        while process.poll() is None and len(children.read_text().split()) < 3:  # two, and the tracker of resources
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert err.strip() == "interrupted; nothing was left half-written"
