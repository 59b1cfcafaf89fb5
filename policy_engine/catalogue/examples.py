"""Tests of policies as examples in their catalogue: each case on the page of the policies that it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from policy_engine.catalogue.model import Block, Example
from policy_engine.testing.model import Case, Contract, Document


def examples(cases: Iterable[Case], policies: Iterable[str]) -> Mapping[str, tuple[Example, ...]]:
    """Policy -> its examples, in the order of the cases. A case names its policies in `of`, or else what it expects."""
    names = tuple(policies)
    found: dict[str, list[Example]] = defaultdict(list)
    for case in cases:
        for policy in names:
            if _is_about(case, policy):
                found[policy].append(Example(case.name, tuple(_blocks(case))))
    return {policy: tuple(cases_of) for policy, cases_of in found.items()}


def _is_about(case: Case, policy: str) -> bool:
    if case.product is None:
        return False
    if case.options.of:
        return any(_lies_below(policy, name) or _lies_below(name, policy) for name in case.options.of)
    lines = (line.split() for line in case.expect.text.splitlines())
    return any(len(words) > 1 and _lies_below(words[1], policy) for words in lines)


def _lies_below(name: str, above: str) -> bool:
    return name == above or name.startswith(f"{above}.")


def _blocks(case: Case) -> Iterator[Block]:
    if case.product is not None:
        yield from _contract("product", case.product)
    match case.previous:
        case Contract() as before:
            yield from _contract("previous", before)
        case "none":
            yield Block("previous", None, "none, this is the first version\n")
        case None:
            pass
    yield from (_data(one) for one in case.data)
    if case.options.stage is not None:
        yield Block("options", None, f"stage: {case.options.stage}\n")
    yield Block("expect", None, case.expect.text)


def _contract(kind: str, contract: Contract) -> Iterator[Block]:
    title = None if contract.base is None else f"{PurePosixPath(contract.base.name).name}, changed so"
    yield Block(kind, title, contract.own.content.decode("utf-8", "replace"))


def _data(document: Document) -> Block:
    return Block("data", PurePosixPath(document.name).name, document.content.decode("utf-8", "replace"))
