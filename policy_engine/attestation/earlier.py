"""What attestations of earlier versions recorded of the data: the base of comparison for this version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from policy_engine.attestation.envelope import PAYLOAD_TYPE, read_envelope, refuse
from policy_engine.attestation.model import Status
from policy_engine.attestation.statement import Evaluation, Statement, read_statement, time_of
from policy_engine.attestation.steps import StepName
from policy_engine.attestation.verify import examine
from policy_engine.errors import InputError, UsageError, VerificationError
from policy_engine.evaluation.model import Attested
from policy_engine.plan.canonical import digest
from policy_engine.trust.strict_json import MAX_BYTES

if TYPE_CHECKING:
    from policy_engine.product.model import Product
    from policy_engine.trust import Keyring, TrustedKey

_ONE_OF_ITS_OWN: Final = "give an attestation of an earlier version of this very product"


def read_earlier(path: Path, product: Product, keyring: Keyring | None) -> Attested:
    """The row counts in the attestation at `path`, which must be of this product.

    With a keyring, a signature by one of its keys, in its time and for its domain, is insisted on. Raises InputError,
    UsageError or VerificationError.
    """
    content = _read(path)
    try:
        statement, signer = _unverified(content) if keyring is None else _verified(content, keyring)
    except VerificationError as error:
        raise VerificationError(f"`{path}`: {error}", help=_help(keyring), code=error.code) from error
    stated = statement.predicate
    _check_product(path, stated, product, signer)
    metrics = stated.metrics
    return Attested(
        digest=digest(read_envelope(content).payload),
        version=stated.product.version,
        evaluated=time_of(stated.time_evaluated),
        row_counts={} if metrics is None else {one.dataset: one.rows for one in metrics.row_counts},
        verified_by=None if signer is None else signer.name,
        key_id=None if signer is None else signer.key.id,
    )


def _unverified(content: bytes) -> tuple[Statement, None]:
    envelope = read_envelope(content)
    if envelope.payload_type != PAYLOAD_TYPE:
        refuse(StepName.PAYLOAD_TYPE, f"the payload is typed `{envelope.payload_type[:200]}`, not `{PAYLOAD_TYPE}`")
    return read_statement(envelope.payload), None


def _verified(content: bytes, keyring: Keyring) -> tuple[Statement, TrustedKey]:
    """What the keyring vouches for. That contract, policies and data are not at hand any more is in the nature of it."""
    done = examine(content, keyring)
    failed = next((step for step in done.steps if step.status is Status.FAIL), None)
    if failed is not None:
        raise VerificationError(failed.reason, code=failed.code)
    assert done.statement is not None
    assert done.signer is not None
    return done.statement, done.signer


def _check_product(path: Path, stated: Evaluation, product: Product, signer: TrustedKey | None) -> None:
    if stated.product.id != product.id:
        raise UsageError(
            f"`{path}` is about another product: `{stated.product.id}`, not `{product.id}`", help=_ONE_OF_ITS_OWN
        )
    if signer is not None and signer.domain is not None and product.domain != signer.domain:
        where = f"`{product.domain}`" if product.domain else "a product without a domain"
        raise UsageError(
            f"`{path}` is signed by `{signer.name}`, who may speak for `{signer.domain}` and not for {where}",
            help=_ONE_OF_ITS_OWN,
        )


def _help(keyring: Keyring | None) -> str:
    return _ONE_OF_ITS_OWN if keyring is None else "give the keyring that holds the signer's key"


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            # one byte more than is accepted, so that the step on limits sees it
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"cannot read `{path}`: {error.strerror}", help="give the attestation of an earlier version"
        ) from error
