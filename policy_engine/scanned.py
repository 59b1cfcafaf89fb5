"""What an evaluation asks of the data that was given: which datasets it read, and whether they could be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from policy_engine.data.model import UNREADABLE, Answer, Count, Metric, Unavailable
from policy_engine.data.source import Source
from policy_engine.errors import DataError
from policy_engine.evaluation.model import RuleResult
from policy_engine.plan.layer import Layer
from policy_engine.product.model import Product
from policy_engine.verdict import ENGINE, Enforcement, Outcome


class Scanned:
    """The data of one product. `asked` are the datasets of which something was asked and that were given.

    `row_counts` are those of all of them but samples, whatever was asked: the next version is compared with them.
    """

    def __init__(self, product: Product, sources: Mapping[str, Source]) -> None:
        self.asked: set[str] = set()
        self.row_counts: dict[str, int] = {}
        self._product = product
        self._sources = sources
        self._reasons: dict[str, str] = {}

    def scan(self, metrics: Iterable[Metric]) -> Mapping[Metric, Answer]:
        """Answers, in one pass where one is enough. Data libraries are imported where there is data."""
        from policy_engine.data.scan import scan

        wanted = list(metrics)
        read = {name for one in wanted for name in (one.dataset, getattr(one, "other_dataset", one.dataset))}
        self.asked |= read & self._sources.keys()
        counted = {name: Count(name) for name in sorted(read & self._sources.keys()) if not self._sources[name].sampled}
        answers = scan(self._product, self._sources, [*wanted, *counted.values()])
        for name, count in counted.items():
            if isinstance(rows := answers[count], int):
                self.row_counts[name] = rows
        for metric in wanted:
            answer = answers[metric]
            if isinstance(answer, Unavailable) and answer.code == UNREADABLE and metric.dataset in self._sources:
                self._reasons.setdefault(metric.dataset, answer.reason)
        return answers

    def unreadable(self) -> Iterator[RuleResult]:
        """Data that was given and cannot be read leaves the product undecided, whatever rules asked for it."""
        if self._reasons:
            yield RuleResult(
                rule=f"{ENGINE}.data_is_readable",
                layer=Layer.GLOBAL,
                severity="high",
                enforcement=Enforcement.BLOCK,
                next_enforcement=None,
                outcome=Outcome.INDETERMINATE,
                subjects=len(self._reasons),
                violations=(),
                reasons=tuple(reason for _, reason in sorted(self._reasons.items())),
                controls=(),
                owner="",
                documentation="Data that is given can be read.",
            )


def stamp(source: Source) -> tuple[tuple[int, int, int, int], ...]:
    """Which files these are, and when each was changed last: a file put in another's place has another stamp."""
    try:
        found = [file.stat() for file in source.files]
    except OSError as error:
        raise DataError(
            f"the data of `{source.dataset}` went away while it was read", help="check data that nobody writes to"
        ) from error
    return tuple((one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns) for one in found)
