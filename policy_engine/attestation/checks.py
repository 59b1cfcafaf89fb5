"""The steps after the signature: what the statement says against what the verifier brought. Each is pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policy_engine.attestation.contract import check_product, check_resource, check_signer
from policy_engine.attestation.layers import check_layer
from policy_engine.attestation.model import Requirement, Status, Step
from policy_engine.attestation.statement import DatasetUsed, DigestSet, Evaluation, First, time_of
from policy_engine.attestation.steps import StepName
from policy_engine.attestation.waivers import check_waivers
from policy_engine.plan.canonical import digest
from policy_engine.plan.layer import Layer
from policy_engine.verdict import Outcome, conclude

if TYPE_CHECKING:
    from policy_engine.data.model import Manifest
    from policy_engine.plan.layer import LayerFiles
    from policy_engine.trust import TrustedKey


@dataclass(frozen=True, slots=True)
class Given:
    """What the verifier brought, besides envelope and keyring, and what the verifier insists on."""

    product: bytes | None
    resource: str | None
    data: Mapping[str, Manifest]
    global_files: LayerFiles | None
    local_files: LayerFiles | None
    waiver_files: LayerFiles | None
    previous: bytes | None
    require: frozenset[Requirement]


def check_all(stated: Evaluation, signer: TrustedKey, given: Given) -> Iterator[Step]:
    """Every step that needs a trusted statement, in order; one that fails stops none of the others."""
    require = given.require
    contract, is_required = given.product, Requirement.PRODUCT in require
    yield check_product(stated, contract, is_required=is_required)
    yield check_resource(stated, contract, given.resource, is_required=is_required)
    yield check_signer(stated, signer, is_compared=contract is not None or given.resource is not None)
    yield _window(stated, signer)
    yield from _data(stated, given.data, is_required=Requirement.DATA in require)
    yield check_layer(
        StepName.GLOBAL, stated.policies.global_, given.global_files, is_required=Requirement.GLOBAL in require
    )
    yield check_layer(
        StepName.LOCAL,
        stated.policies.local,
        given.local_files,
        is_required=Requirement.LOCAL in require and stated.policies.local is not None,
    )
    yield _results(stated)
    yield _previous(stated, given.previous, is_required=Requirement.PREVIOUS in require)
    yield check_waivers(stated, given.waiver_files, is_local_given=given.local_files is not None)
    for name, reason, requirement in (
        (StepName.TIME, "no timestamp: the time is the signer's own word", Requirement.TIME),
        (StepName.LOG, "no log entry came with the attestation", Requirement.LOG),
        (StepName.TRUST, "the keyring stands on the verifier's word, without a chain from a root", None),
        (
            StepName.REPLAY,
            "nothing was compiled or evaluated again: that these are all rules, and what came of each, is the signer's word",
            Requirement.REPLAY,
        ),
    ):
        yield Step(name, Status.NOT_CHECKED, reason, is_required=requirement in require)


def short(sha256: str) -> str:
    """Enough of a digest to compare by eye."""
    return sha256[:12]


def _window(stated: Evaluation, signer: TrustedKey) -> Step:
    if signer.not_before is None and signer.not_after is None:
        reason = f"the keyring sets no time limits for `{signer.name}`"
        return Step(StepName.WINDOW, Status.NOT_CHECKED, reason, is_required=False)
    claimed = time_of(stated.time_evaluated)
    if signer.not_before is not None and claimed < signer.not_before:
        reason = f"signed at {stated.time_evaluated} by its own word, before the key is valid"
        return Step(StepName.WINDOW, Status.FAIL, reason)
    if signer.not_after is not None and claimed > signer.not_after:
        reason = f"signed at {stated.time_evaluated} by its own word, after the key has expired"
        return Step(StepName.WINDOW, Status.FAIL, reason)
    reason = f"signed at {stated.time_evaluated} by its own word, within the key's time"
    return Step(StepName.WINDOW, Status.PASS, reason)


def _data(stated: Evaluation, given: Mapping[str, Manifest], *, is_required: bool) -> Iterator[Step]:
    attested = {used.dataset: used for used in stated.data}
    if not attested and not given:
        reason = "the product was judged without data"
        yield Step(StepName.DATA, Status.NOT_CHECKED, reason, is_required=is_required)
    for name, used in attested.items():
        yield _dataset(used, given.get(name), is_required=is_required)
    for name in sorted(set(given) - set(attested)):
        near = difflib.get_close_matches(name, attested, n=1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        reason = f"the attestation knows no data of a dataset `{name}`{hint}"
        yield Step(StepName.DATA, Status.FAIL, reason, about=name)


def _dataset(used: DatasetUsed, found: Manifest | None, *, is_required: bool) -> Step:
    attested = used.digest.sha256
    sample = ", only a sample," if used.sampled else ""
    if found is None:
        reason = f"not given; what was read{sample} has digest {short(attested)}"
        return Step(StepName.DATA, Status.NOT_CHECKED, reason, used.dataset, is_required)
    size = sum(file.size for file in found.files)
    if found.digest != attested:
        reason = (
            f"the data given ({_amount(len(found.files), size)}) has digest {short(found.digest)}, "
            f"the data read ({_amount(used.files, used.bytes)}) {short(attested)}"
        )
        return Step(StepName.DATA, Status.FAIL, reason, used.dataset)
    if (len(found.files), size) != (used.files, used.bytes):
        reason = f"the statement counts {_amount(used.files, used.bytes)} where its digest is of {_amount(len(found.files), size)}"
        return Step(StepName.DATA, Status.FAIL, reason, used.dataset)
    reason = (
        f"the data given is what was read{sample or ','} {_amount(len(found.files), size)}, digest {short(attested)}"
    )
    return Step(StepName.DATA, Status.PASS, reason, used.dataset)


def _amount(files: int, size: int) -> str:
    return f"{files} {'file' if files == 1 else 'files'}, {size} bytes"


def _results(stated: Evaluation) -> Step:
    order = [(found.layer.value, found.rule) for found in stated.results]
    layers = {found.layer for found in stated.results}
    present = {Layer.GLOBAL: stated.policies.global_, Layer.DOMAIN: stated.policies.local}
    verdict = conclude(stated.results)
    counted = {outcome: sum(found.outcome is outcome for found in stated.results) for outcome in Outcome}
    counts = stated.counts.model_dump(by_alias=True)
    wrong = next((outcome for outcome in Outcome if counts[outcome] != counted[outcome]), None)
    if order != sorted(set(order)):
        reason = "the results do not hold each rule once, in order"
    elif foreign := sorted(layer for layer in layers if present[layer] is None):
        reason = f"there are results of rules of the {foreign[0]} layer, of which no policies are stated"
    elif wrong is not None:
        reason = f"the statement counts {counts[wrong]} `{wrong}` where its results hold {counted[wrong]}"
    elif verdict is not stated.verdict:
        reason = f"the statement says {stated.verdict}, its own results give {verdict}"
    else:
        reason = f"counted again, the results ({len(order)}) give {verdict}"
        return Step(StepName.RESULTS, Status.PASS, reason)
    return Step(StepName.RESULTS, Status.FAIL, reason)


def _previous(stated: Evaluation, previous: bytes | None, *, is_required: bool) -> Step:
    attested: str | None = None
    match stated.previous:
        case DigestSet(sha256=sha256):
            attested, said = (
                sha256,
                f"the contract was compared with one of digest {short(sha256)}, which was not given",
            )
        case First():
            said = "the signer says that this is the first version"
        case None:
            said = "the signer compared with no earlier version"
    if previous is None:
        return Step(StepName.PREVIOUS, Status.NOT_CHECKED, said, is_required=is_required)
    found = digest(previous)
    if attested is None:
        reason = f"an earlier contract was given, digest {short(found)}, and {said}"
        return Step(StepName.PREVIOUS, Status.FAIL, reason)
    if found != attested:
        reason = f"the earlier contract given has digest {short(found)}, the one compared with {short(attested)}"
        return Step(StepName.PREVIOUS, Status.FAIL, reason)
    return Step(StepName.PREVIOUS, Status.PASS, f"the earlier contract given is the one compared with, {short(found)}")
