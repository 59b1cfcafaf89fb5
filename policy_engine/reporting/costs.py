"""What rules may cost, as a table: for products of several sizes, or for the one at hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from policy_engine.evaluation.budget import spoken
from policy_engine.evaluation.cost import ALL_CHARACTERS, CHARACTERS, MOST_OF_A_RULE, Cost

#: Numbers of fields for which costs are shown.
EXAMPLES: Final = (100, 1_000, 10_000)
_POWERS: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

Costs = Sequence[tuple[str, Cost]]


def example(fields: int) -> Mapping[str, int]:
    """The sizes of a product of so many fields, as they are supposed here; of any other list, ten elements."""
    return {
        "fields": fields,
        "dataset.fields": fields,
        "datasets": max(1, fields // 10),
        "changes": fields,
        CHARACTERS: 200,
        ALL_CHARACTERS: 200 * fields,
    }


def render_costs(costs: Costs, sizes: Mapping[str, int] | None) -> str:
    """One line for each rule, the costliest first. `sizes` are those of the product at hand."""
    columns = _columns(sizes)
    rows = [
        ["rule", *columns, "grows with"],
        *([name, *(_shown(cost.at(of, 10)) for of in columns.values()), growth(cost)] for name, cost in _sorted(costs)),
    ]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = [f"steps that each rule may take; `!` is more than the {MOST_OF_A_RULE:,} that are evaluated", ""]
    for first, *middle, last in rows:
        padded = "  ".join(part.rjust(width) for part, width in zip(middle, widths[1:-1], strict=True))
        lines.append(f"  {first.ljust(widths[0])}  {padded}  {last}".rstrip())
    return "\n".join(lines) + "\n"


def costs_json(costs: Costs, sizes: Mapping[str, int] | None) -> list[dict[str, Any]]:
    """The same as JSON."""
    columns = _columns(sizes)
    return [
        {
            "rule": name,
            "grows_with": growth(cost),
            "steps": {column: round(cost.at(of, 10)) for column, of in columns.items()},
            "too_costly": [column for column, of in columns.items() if cost.at(of, 10) > MOST_OF_A_RULE],
        }
        for name, cost in _sorted(costs)
    ]


def growth(cost: Cost) -> str:
    """`fields²` or `fields x tags`; nothing where the cost is the same for every product."""
    counted = Counter(cost.growth)
    return " x ".join(f"{name}{str(times).translate(_POWERS) if times > 1 else ''}" for name, times in counted.items())


def _columns(sizes: Mapping[str, int] | None) -> dict[str, Mapping[str, int]]:
    if sizes is not None:
        return {"this product": sizes}
    return {f"{fields:,} fields": example(fields) for fields in EXAMPLES}


def _sorted(costs: Costs) -> Iterator[tuple[str, Cost]]:
    yield from sorted(costs, key=lambda one: (-one[1].at(example(EXAMPLES[-1]), 10), one[0]))


def _shown(steps: float) -> str:
    return f"{spoken(steps)}{' !' if steps > MOST_OF_A_RULE else '  '}"
