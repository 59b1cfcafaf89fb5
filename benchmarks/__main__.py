"""Run all benchmarks and print them as Markdown tables, with the machine."""

from __future__ import annotations

import os
import platform

from benchmarks import metadata, start


def main() -> None:
    """Print machine and tables."""
    print(
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} processors\n"
    )
    print("| from process start | median s | minimum s | imports in it, ms |\n| --- | --- | --- | --- |")
    for label, middle, least, imports in start.run():
        print(f"| {label} | {middle:.2f} | {least:.2f} | {imports} |")
    found = metadata.run()
    print("\n| 20 rules on 40 fields | compiled µs | by hand µs | ratio |\n| --- | --- | --- | --- |")
    for label in ("decide", "report"):
        ours, theirs, ratio = found[f"{label}_us"], found[f"{label}_by_hand_us"], found[f"{label}_ratio"]
        print(f"| {label} | {ours:.0f} | {theirs:.0f} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
