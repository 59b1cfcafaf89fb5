"""The one scan: every question about the data of a product, answered in as few passes as it takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from policy_engine.data.model import Answer, Metric, Orphans, Unavailable
from policy_engine.data.source import Source
from policy_engine.product.model import Product


def scan(product: Product, sources: Mapping[str, Source], metrics: Iterable[Metric]) -> dict[Metric, Answer]:
    """An answer to each of `metrics`, in their order; `Unavailable` with the reason where there is none."""
    wanted = list(dict.fromkeys(metrics))
    answers: dict[Metric, Answer] = {}
    for metric in wanted:
        missing = [name for name in _datasets(metric) if name not in sources]
        if missing:
            answers[metric] = _no_data(product, missing[0])
    asked = [metric for metric in wanted if metric not in answers]
    if asked:
        answers |= _scan(product, sources, asked)
    return {metric: answers[metric] for metric in wanted}


def _scan(product: Product, sources: Mapping[str, Source], metrics: list[Metric]) -> dict[Metric, Answer]:
    # The engine and all that serves it are imported once there is something to scan: it is a tenth of a second.
    from policy_engine.data.passes import Passes
    from policy_engine.data.session import Session

    names = dict.fromkeys(name for metric in metrics for name in _datasets(metric))
    session = Session(file for name in names for file in sources[name].files)
    passes = Passes(session, product, sources)
    try:
        return passes.answer(metrics)
    finally:
        passes.close()
        session.close()


def _datasets(metric: Metric) -> tuple[str, ...]:
    return (metric.dataset, metric.other_dataset) if isinstance(metric, Orphans) else (metric.dataset,)


def _no_data(product: Product, dataset: str) -> Unavailable:
    if all(known.name != dataset for known in product.datasets):
        return Unavailable(f"the contract has no dataset `{dataset}`")
    return Unavailable(f"no data was given for dataset `{dataset}`")
