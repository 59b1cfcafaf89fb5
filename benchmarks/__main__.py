"""Run all benchmarks and print them as Markdown tables, with the machine."""

from __future__ import annotations

import os
import platform

from benchmarks import engines, many, metadata, start


def main() -> None:
    """Print machine and tables."""
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} processors")
    _from_process_start()
    ours = metadata.prepare()
    _by_hand(ours)
    _other_engines(ours)
    _many_contracts()


def _from_process_start() -> None:
    print("\n| from process start | median s | minimum s | imports in it, ms |\n| --- | --- | --- | --- |")
    for label, middle, least, imports in start.run():
        print(f"| {label} | {middle:.2f} | {least:.2f} | {imports} |")


def _by_hand(ours: metadata.Prepared) -> None:
    print("\n| 20 rules on 40 fields | compiled µs | by hand µs | ratio |\n| --- | --- | --- | --- |")
    for label, compiled, by_hand in metadata.run(ours):
        print(f"| {label} | {compiled * 1e6:.0f} | {by_hand * 1e6:.0f} | {compiled / by_hand:.2f} |")


def _other_engines(ours: metadata.Prepared) -> None:
    rows, missing = engines.run(ours)
    print("\n| the same rules in | µs | times ours to decide | times ours with the report |\n| --- | --- | --- | --- |")
    for label, theirs, deciding, reporting in rows:
        print(f"| {label} | {theirs * 1e6:.0f} | {theirs / deciding:.0f} | {theirs / reporting:.0f} |")
    if missing:
        print(f"\nNot installed, so not measured: {', '.join(missing)}.")


def _many_contracts() -> None:
    steps = many.STEPS
    print(f"\n| contracts | rules | seconds | a second | {' | '.join(steps)} | peak MB |")
    print("| --- " * (len(steps) + 5) + "|")
    of_contracts, of_rules = many.growth()
    for run in (*of_contracts, *of_rules[1:], many.run()):
        shares = " | ".join(f"{run.seconds[step] / run.total:.0%}" for step in steps)
        speed = run.contracts / run.total
        print(f"| {run.contracts:,} | {run.rules} | {run.total:.1f} | {speed:.0f} | {shares} | {run.peak:.0f} |")


if __name__ == "__main__":
    main()
