"""The reference lists every kind of change with its effect."""

from __future__ import annotations

from pathlib import Path

from policy_engine.changes.effects import EFFECTS

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "product.md"


def test_the_reference_has_every_row_of_the_table_of_changes() -> None:
    after = PAGE.read_text().partition("### Kinds of change\n")[2].partition("\n## ")[0]
    listed = [line for line in after.splitlines() if line.startswith("| `") and "`kind`" not in line]
    assert listed == [
        f"| `{one.kind}` | {one.consumers} | {one.history} | {one.harm or ''} | {one.severity} | {one.reason} |"
        for one in EFFECTS.values()
    ]
