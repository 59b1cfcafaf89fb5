"""From the start of the process to the verdict: `check` without data, `check` with ten thousand rows, `verify`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

_ROOT = Path(__file__).resolve().parent.parent
_CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: bench.orders
version: 1.0.0
status: active
name: Orders
domain: bench
schema:
- name: orders
  properties:
  - {name: order_id, logicalType: integer, required: true, unique: true, primaryKey: true, description: number of the order}
  - {name: amount, logicalType: number, required: true, description: net amount in euro}
  - {name: status, logicalType: string, required: true, description: where the order is in its life}
  - {name: email, logicalType: string, description: where to write to, tags: [pii.email], classification: confidential}
"""
_LOCAL = """package bench.orders
## What we promise of orders.
policy quality
  owner "bench@example.org"
{
  ## Amounts are positive.
  rule positive for row in dataset("orders").rows require row.amount > 0
  ## Orders are counted once.
  rule once require duplicates(dataset("orders"), ["order_id"]) == 0
  ## Every order has a known status.
  rule known for v in field("orders.status").values require v in {"open", "paid", "sent"}
  ## There are orders.
  rule some require dataset("orders").row_count >= 1000
  ## Almost everybody can be written to.
  rule reachable require field("orders.email").null_count <= 2000
}
"""


def _write_rows(path: Path, rows: int) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    status = ("open", "paid", "sent")
    table = {
        "order_id": list(range(rows)),
        "amount": [1.0 + number % 997 for number in range(rows)],
        "status": [status[number % 3] for number in range(rows)],
        "email": [None if number % 10 == 0 else f"customer{number}@example.org" for number in range(rows)],
    }
    pq.write_table(pa.table(table), path)


def _policy_engine(*args: object) -> list[str]:
    return [sys.executable, "-m", "policy_engine", *map(str, args)]


def _times(command: list[str], environment: dict[str, str], repeats: int) -> list[float]:
    times = []
    for _ in range(repeats):
        start = perf_counter()
        done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        times.append(perf_counter() - start)
        assert done.returncode in {0, 1, 3}, done.stderr.decode()
    return times


def _imports(command: list[str], environment: dict[str, str]) -> list[tuple[str, float]]:
    """What dominates: cumulative import times of the libraries, in milliseconds, as the interpreter tells them."""
    traced = [command[0], "-X", "importtime", *command[1:]]
    told = subprocess.run(traced, env=environment, capture_output=True, text=True, check=False).stderr
    found: dict[str, float] = {}
    for line in told.splitlines():
        parts = line.split("|")
        name = parts[-1].strip()
        if len(parts) == 3 and name in {
            "click",
            "lark",
            "yaml",
            "pydantic",
            "duckdb",
            "_duckdb",
            "pyarrow",
            "rfc8785",
            "re2",
        }:
            found.setdefault(name, int(parts[1]) / 1000)
    return sorted(found.items(), key=lambda item: -item[1])


def run(repeats: int = 15) -> list[tuple[str, float, float, str]]:
    """Rows of (what, median seconds, minimum, what the imports take)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        contract, local, data = folder / "orders.odcs.yaml", folder / "local", folder / "orders.parquet"
        contract.write_text(_CONTRACT, encoding="utf-8")
        local.mkdir()
        (local / "orders.policy").write_text(_LOCAL, encoding="utf-8")
        _write_rows(data, 10_000)
        council = _ROOT / "policies/global"
        warm = {**os.environ, "POLICY_ENGINE_CACHE": str(folder / "cache")}
        cold = {**os.environ, "POLICY_ENGINE_CACHE": "off"}
        layers = ("--global", council, "--local", local)
        given = ("--data", f"orders={data}")
        subprocess.run(_policy_engine("keys", "generate", "ci", "-o", folder), check=True, stdout=subprocess.DEVNULL)
        signed = folder / "orders.attestation.json"
        attest = _policy_engine(
            "attest", contract, *layers, *given, "--key", folder / "ci.key", "-o", signed, "--quiet"
        )
        assert subprocess.run(attest, check=False, stdout=subprocess.DEVNULL).returncode in {0, 1, 3}
        metadata = _policy_engine("check", contract, *layers, "--quiet")
        rows = _policy_engine("check", contract, *layers, *given, "--quiet")
        verify = _policy_engine(
            "verify", signed, "--keyring", folder / "ci.pub", "--product", contract, *layers, *given, "--quiet"
        )
        cases = [
            ("python alone", [sys.executable, "-c", "pass"], warm),
            ("check, metadata, policies unchanged", metadata, warm),
            ("check, metadata, policies compiled", metadata, cold),
            ("check, 10,000 rows of Parquet, policies unchanged", rows, warm),
            ("check, 10,000 rows of Parquet, policies compiled", rows, cold),
            ("verify, with contract, policies and data", verify, warm),
        ]
        table = []
        for label, command, environment in cases:
            _times(command, environment, 1)
            times = _times(command, environment, repeats)
            imports = ", ".join(
                f"{library} {milliseconds:.0f}" for library, milliseconds in _imports(command, environment)
            )
            table.append((label, median(times), min(times), imports))
        shutil.rmtree(folder / "cache", ignore_errors=True)
        return table
