"""A product and loaded policies to a report: everything that a verdict depends on is read here, then evaluated.

Libraries for data are imported when there is data.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from policy_engine import document_cache
from policy_engine.changes.model import Change
from policy_engine.data.manifest import fingerprint
from policy_engine.data.source import Source as DataSource
from policy_engine.data.source import open_source
from policy_engine.diagnostics import Diagnostic, Source, nearest
from policy_engine.errors import DataError, UsageError
from policy_engine.evaluation.evaluate import Inputs, evaluate
from policy_engine.evaluation.model import Attested, Report, RuleResult
from policy_engine.evaluation.sizes import measure
from policy_engine.evaluation.waivers import waiver_notes
from policy_engine.loading import Policies
from policy_engine.plan.canonical import Digest
from policy_engine.plan.layer import POLICY_SUFFIX, LayerFiles
from policy_engine.plan.model import Plan
from policy_engine.plan.values import Unknown
from policy_engine.product.model import Product
from policy_engine.product.read import read_product
from policy_engine.reporting.printable import printable
from policy_engine.scanned import Scanned, stamp
from policy_engine.verdict import Outcome, Stage, conclude

if TYPE_CHECKING:
    from policy_engine.evaluation.cost import Cost
    from policy_engine.evaluation.trace import Recorder
    from policy_engine.syntax import ast
    from policy_engine.trust import Keyring


@dataclass(frozen=True, slots=True)
class DataGiven:
    """Where the data of one dataset is; `sampled` where that is not all of it."""

    location: str | Path
    sampled: bool = False


@dataclass(frozen=True, slots=True)
class ReadProduct:
    """A product that was read already, and the text in which its places are."""

    product: Product
    text: str


#: The version published before: a contract, "none" where this is the first version, None where nobody said.
Previous = Path | Product | Literal["none"] | None


def check(
    product: Path | ReadProduct,
    policies: Policies,
    *,
    data: Mapping[str, DataGiven] | None = None,
    previous: Previous = None,
    stage: Stage | None = None,
    as_of: datetime | None = None,
    show_values: bool = False,
    recorder: Recorder | None = None,
    earlier: Sequence[Path | Attested] = (),
    keyring: Keyring | None = None,
    cache: Path | None = None,
) -> Report:
    """Judge one product. `as_of` is the policies' `now` (default: the clock); without `stage`, `publish` where there is
    data, else `change`. `recorder` hears how the results come about. `earlier` are attestations of earlier versions; with
    a `keyring` their signatures are verified. In `cache` the values of contracts are kept.

    Raises ProductError, DataError or UsageError where an input cannot be read.
    """
    moment = (as_of or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    judged = product.product if isinstance(product, ReadProduct) else _read(product, cache)
    sources = _sources(judged, data or {})
    stamps = {name: stamp(source) for name, source in sources.items()}
    manifests = {name: fingerprint(sources[name]) for name in sorted(sources)}
    before = _previous(previous, judged, cache)
    attested = _earlier(earlier, judged, keyring)
    at = stage or (Stage.PUBLISH if sources else Stage.CHANGE)
    scanned = Scanned(judged, sources)
    inputs = Inputs(
        product=judged,
        previous=before,
        changes=_changes(before, judged),
        as_of=moment,
        stage=at,
        scan=scanned.scan,
        sampled=frozenset(name for name, source in sources.items() if source.sampled),
        show_values=show_values,
        earlier=attested,
    )
    judged_so = evaluate(policies.plan, inputs) if recorder is None else _traced(policies.plan, inputs, recorder)
    results = (*_bound(policies, judged, product, judged_so), *scanned.unreadable())
    for name, source in sources.items():
        if stamp(source) != stamps[name]:
            raise DataError(f"the data of `{name}` changed while it was read", help="check data that nobody writes to")
    return Report(
        id=judged.id,
        name=judged.name,
        version=judged.version,
        domain=judged.domain,
        file=judged.file,
        digest=Digest(judged.digest),
        verdict=conclude(results),
        stage=at,
        as_of=moment,
        policies=policies.used,
        results=results,
        data=tuple(manifest for name, manifest in manifests.items() if name in scanned.asked),
        unread=tuple(name for name in manifests if name not in scanned.asked),
        previous=Digest(before.digest) if isinstance(before, Product) else None,
        is_first=before is None,
        remarks=judged.not_understood,
        row_counts=tuple(sorted(scanned.row_counts.items())),
        earlier=attested,
        waivers=waiver_notes(policies.plan, judged.id, moment.date(), results),
    )


def _read(file: Path, cache: Path | None) -> Product:
    return read_product(file) if cache is None else document_cache.read_product(file, cache)


def _traced(plan: Plan, inputs: Inputs, recorder: Recorder) -> tuple[RuleResult, ...]:
    from policy_engine.evaluation.trace import trace

    return trace(plan, inputs, recorder)


def bind_policies(policies: Policies, product: Path, *, as_of: datetime | None = None) -> list[Diagnostic]:
    """What of all the policies that apply to a product does not fit its contract: names, types, nulls."""
    report = check(product, policies, as_of=as_of)
    applied = {one.rule for one in report.results if one.outcome is not Outcome.NOT_APPLICABLE or one.subjects}
    found = _misfits(policies, read_product(product), product, applied)
    return [diagnostic for diagnostics in found.values() for diagnostic in diagnostics]


def costs(policies: Policies, product: Path | None = None) -> tuple[list[tuple[str, Cost]], dict[str, int] | None]:
    """What each rule may cost, by its name, and the sizes of the product for which that is asked."""
    from policy_engine.evaluation.cost import rule_cost

    found = [(rule.name, rule_cost(rule, policies.plan.tables)) for rule in policies.plan.rules]
    return found, None if product is None else measure(read_product(product), changes=())


def _bound(
    policies: Policies, judged: Product, file: Path | ReadProduct, results: tuple[RuleResult, ...]
) -> Iterator[RuleResult]:
    """The results; those of undecided rules with what in them does not fit the contract."""
    undecided = {one.rule for one in results if one.outcome in {Outcome.INDETERMINATE, Outcome.DUE_LATER}}
    found = _misfits(policies, judged, file, undecided)
    return (replace(one, unbound=found[one.rule]) if one.rule in found else one for one in results)


def _misfits(
    policies: Policies, judged: Product, file: Path | ReadProduct, rules: Collection[str]
) -> dict[str, tuple[Diagnostic, ...]]:
    """By rule, the diagnostics of binding. Only where there are some, the texts of policies and contract are read again."""
    from policy_engine.binding.bind import bind

    misfits = [(rule, one) for rule in policies.plan.rules if rule.name in rules for one in bind(rule, judged)]
    if not misfits:
        return {}
    from policy_engine.binding.diagnose import diagnose

    text = file.text if isinstance(file, ReadProduct) else file.read_bytes().decode("utf-8-sig", "replace")
    contract = Source(judged.file, printable(text, lines=True))
    layers = (files for files in (policies.global_files, policies.local_files) if files is not None)
    words = frozenset(word for rule, one in misfits for word in (rule.name.rpartition(".")[2], one.name) if word)
    trees = {files.layer: _trees(files, words) for files in layers}
    found: dict[str, tuple[Diagnostic, ...]] = {}
    for rule, misfit in misfits:
        diagnostic = diagnose(misfit, rule.name, trees.get(rule.layer, ()), contract, judged.places)
        if diagnostic is not None:
            found[rule.name] = (*found.get(rule.name, ()), diagnostic)
    return found


@lru_cache(maxsize=16)
def _trees(files: LayerFiles, words: frozenset[str]) -> tuple[ast.File, ...]:
    """The syntax trees of the files of a layer in which one of the words occurs; parsing all would take its time."""
    from policy_engine.syntax import parse

    members = (
        member
        for member in files.members
        if member.path.endswith(POLICY_SUFFIX) and any(word.encode() in member.content for word in words)
    )
    found = (parse(member.location.as_posix(), member.content)[0] for member in members)
    return tuple(tree for tree in found if tree is not None)


def _sources(product: Product, data: Mapping[str, DataGiven]) -> dict[str, DataSource]:
    sources: dict[str, DataSource] = {}
    known = {dataset.physical_name: dataset.name for dataset in product.datasets if dataset.physical_name}
    known |= {dataset.name: dataset.name for dataset in product.datasets}
    for name, given in data.items():
        if name not in known:
            near = nearest(name, known)
            help_ = f"did you mean `{near}`?" if near else f"its datasets: {', '.join(sorted(known)) or 'none'}"
            raise UsageError(f"the product has no dataset `{name}`", help=help_)
        if known[name] in sources:
            raise UsageError(
                f"the data of `{known[name]}` is given twice", help="give a folder or a glob for several files"
            )
        sources[known[name]] = open_source(known[name], given.location, sampled=given.sampled)
    return sources


def _previous(previous: Previous, product: Product, cache: Path | None) -> Product | Unknown | None:
    if previous is None:
        return Unknown("no previous version was given (--previous FILE, or none where this is the first)")
    if previous == "none":
        return None
    before = previous if isinstance(previous, Product) else _read(Path(previous), cache)
    if before.id != product.id:
        raise UsageError(
            f"`{before.file}` is of another product: `{before.id}`, not `{product.id}`",
            help="give the version of this very contract that was published before",
        )
    return before


def _earlier(given: Sequence[Path | Attested], product: Product, keyring: Keyring | None) -> tuple[Attested, ...]:
    """What the attestations of earlier versions recorded."""
    if not given:
        return ()
    from policy_engine.attestation.earlier import read_earlier

    return tuple(one if isinstance(one, Attested) else read_earlier(one, product, keyring) for one in given)


def _changes(before: Product | Unknown | None, product: Product) -> tuple[Change, ...] | Unknown:
    if not isinstance(before, Product):
        return () if before is None else before
    from policy_engine.changes.compare import compare

    return compare(before, product)
