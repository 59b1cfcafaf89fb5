"""The steps about the contract: is it the one that was judged, does it say what the statement says, who may speak of it.

The contract is read where it was given, and only then: what the statement says of itself is the signer's word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from policy_engine.attestation.model import Status, Step
from policy_engine.attestation.statement import Evaluation, ProductJudged
from policy_engine.attestation.steps import StepName
from policy_engine.errors import ProductError
from policy_engine.plan.canonical import digest

if TYPE_CHECKING:
    from policy_engine.product.model import Product
    from policy_engine.trust import TrustedKey

_ORIGIN = "the contract given"


def check_product(stated: Evaluation, contract: bytes | None, *, is_required: bool) -> Step:
    """Is the contract given the one that was judged, byte for byte?"""
    attested = stated.product.digest.sha256
    if contract is None:
        reason = f"the contract was not given; the one judged has digest {attested[:12]}"
        return Step(StepName.PRODUCT, Status.NOT_CHECKED, reason, is_required=is_required)
    found = digest(contract)
    if found != attested:
        reason = f"the contract given has digest {found[:12]}, the one judged {attested[:12]}"
        return Step(StepName.PRODUCT, Status.FAIL, reason)
    return Step(StepName.PRODUCT, Status.PASS, f"the contract given is the one judged, digest {found[:12]}")


def check_resource(stated: Evaluation, contract: bytes | None, wanted: str | None, *, is_required: bool) -> Step:
    """Does the statement name the product that the contract describes, and the one asked for?"""
    about = stated.resource_uri
    if (wrong := _contradiction(stated, contract, wanted)) is not None:
        return Step(StepName.RESOURCE, Status.FAIL, wrong)
    if contract is not None:
        reason = f"the contract given and the statement are both about `{about}`"
        return Step(StepName.RESOURCE, Status.PASS, reason)
    if wanted is not None:
        return Step(StepName.RESOURCE, Status.PASS, f"the statement is about `{about}`, as asked for")
    reason = f"the statement is about `{about}` by its own word: no contract was given to compare"
    return Step(StepName.RESOURCE, Status.NOT_CHECKED, reason, is_required=is_required)


def check_signer(stated: Evaluation, signer: TrustedKey, *, is_compared: bool) -> Step:
    """May the key speak for the product's domain? `is_compared`: the domain is more than the statement's own word."""
    if signer.is_revoked:
        return Step(StepName.SIGNER, Status.FAIL, f"the keyring says that the key `{signer.name}` is revoked")
    if signer.domain is None:
        reason = f"the keyring lets `{signer.name}` speak for every domain"
        return Step(StepName.SIGNER, Status.PASS, reason)
    if signer.domain != stated.product.domain:
        domain = f"the domain `{stated.product.domain}`" if stated.product.domain else "a product without a domain"
        reason = f"the keyring lets `{signer.name}` speak for `{signer.domain}` only, not for {domain}"
        return Step(StepName.SIGNER, Status.FAIL, reason)
    if not is_compared:
        reason = f"the keyring lets `{signer.name}` speak for `{signer.domain}` only, and no contract shows the domain"
        return Step(StepName.SIGNER, Status.NOT_CHECKED, reason)
    return Step(StepName.SIGNER, Status.PASS, f"the keyring lets `{signer.name}` speak for `{signer.domain}`")


def _contradiction(stated: Evaluation, contract: bytes | None, wanted: str | None) -> str | None:
    """What the statement says that something else denies."""
    about = stated.resource_uri
    if about != stated.product.uri:
        return f"the statement is about `{about}` but judges `{stated.product.uri}`"
    if wanted is not None and wanted != about:
        return f"the statement is about `{about}`, not `{wanted}`"
    if contract is None:
        return None
    try:
        return _difference(stated.product, _read(contract))
    except ProductError as error:
        return f"the contract given cannot be read: {str(error).partition(chr(10))[0]}"


def _read(contract: bytes) -> Product:
    # the parser is needed only where a contract is there to be read
    from policy_engine.product.read import parse_product

    return parse_product(contract, _ORIGIN)


def _difference(stated: ProductJudged, found: Product) -> str | None:
    for what, said, true in (
        ("id", stated.id, found.id),
        ("version", stated.version, found.version),
        ("domain", stated.domain, found.domain),
        ("name", stated.name, found.name),
    ):
        if said != true:
            return f"the statement says {_shown(what, said)}, the contract given {_shown(what, true)}"
    return None


def _shown(what: str, value: str | None) -> str:
    return f"no {what}" if value is None else f"{what} `{value[:200]}`"
