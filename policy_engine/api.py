"""The public calls: what the commands do, from Python. Typed, without printing, raising PolicyEngineError."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from policy_engine._resources import layer_root
from policy_engine.engine import DataGiven, Previous
from policy_engine.engine import check as check_loaded
from policy_engine.evaluation.model import Report
from policy_engine.loading import Policies, load_policies
from policy_engine.plan.layer import Layer, read_layer
from policy_engine.verdict import Stage

if TYPE_CHECKING:
    from policy_engine.attestation import Requirement, Verified
    from policy_engine.trust import Keyring, PrivateKey

Paths = Sequence[str | Path]


def policies(global_policies: Paths, local_policies: Paths = (), waivers: Paths = ()) -> Policies:
    """Compile both layers once, to judge many products; `starter` is the library that ships.

    `waivers` are the council's; a domain's stand among its policies. Raises PolicyTextError with all diagnostics.
    """
    local, granted = tuple(map(Path, local_policies)), tuple(map(Path, waivers))
    return load_policies(tuple(map(layer_root, global_policies)), local, granted)


def check(
    product: str | Path,
    using: Policies,
    *,
    data: Mapping[str, str | Path | DataGiven] | None = None,
    previous: Previous | str = None,
    stage: Stage | None = None,
    as_of: datetime | None = None,
    show_values: bool = False,
    earlier: Sequence[str | Path] = (),
    keyring: Keyring | str | Path | None = None,
) -> Report:
    """Judge one product: its contract, and the data of those datasets that are given.

    `as_of` is the policies' `now`, default the clock. `earlier` are attestations of earlier versions, for
    `recent_row_count`; with a `keyring` their signatures are verified. Raises ProductError, DataError or UsageError.
    """
    given = {name: one if isinstance(one, DataGiven) else DataGiven(one) for name, one in (data or {}).items()}
    before: Previous = Path(previous) if isinstance(previous, str) and previous != "none" else previous  # type: ignore[assignment]
    return check_loaded(
        Path(product),
        using,
        data=given,
        previous=before,
        stage=stage,
        as_of=as_of,
        show_values=show_values,
        earlier=tuple(map(Path, earlier)),
        keyring=load_keyring(keyring) if isinstance(keyring, str | Path) else keyring,
    )


def attest(report: Report, using: Policies, key: PrivateKey, *, time_evaluated: datetime | None = None) -> bytes:
    """The signed attestation of a report: the bytes of a DSSE envelope. A failing report is signed too."""
    from policy_engine.attestation import sign

    moment = time_evaluated or datetime.now(UTC)
    return sign(
        report,
        key,
        time_evaluated=moment,
        global_files=using.global_files,
        local_files=using.local_files,
        waiver_files=using.waiver_files,
    )


def verify(
    attestation: bytes | str | Path,
    keyring: Keyring | str | Path,
    *,
    product: str | Path | None = None,
    previous: str | Path | None = None,
    data: Mapping[str, str | Path] | None = None,
    global_policies: Paths = (),
    local_policies: Paths = (),
    waivers: Paths = (),
    require: frozenset[Requirement] | None = None,
) -> Verified:
    """What an attestation says, once all that is required was checked against the files given here.

    Raises VerificationError with the code of the step that refused; IncompleteError where a required file is missing.
    """
    from policy_engine.attestation import REQUIRED_BY_DEFAULT
    from policy_engine.attestation import verify as verify_bytes
    from policy_engine.data.manifest import fingerprint
    from policy_engine.data.source import open_source
    from policy_engine.trust import Keyring, load_keyring

    return verify_bytes(
        attestation if isinstance(attestation, bytes) else Path(attestation).read_bytes(),
        keyring if isinstance(keyring, Keyring) else load_keyring(Path(keyring)),
        product=None if product is None else Path(product).read_bytes(),
        previous=None if previous is None else Path(previous).read_bytes(),
        data={name: fingerprint(open_source(name, path)) for name, path in (data or {}).items()},
        global_files=read_layer(Layer.GLOBAL, tuple(map(layer_root, global_policies))) if global_policies else None,
        local_files=read_layer(Layer.DOMAIN, tuple(map(Path, local_policies))) if local_policies else None,
        waiver_files=read_layer(Layer.WAIVERS, tuple(map(Path, waivers))) if waivers else None,
        require=REQUIRED_BY_DEFAULT if require is None else require,
    )


def load_private(path: str | Path, passphrase: bytes | None = None) -> PrivateKey:
    """The private key of a file, which must be readable by its owner only. Raises KeyFileError."""
    from policy_engine.trust import load_private as load

    return load(Path(path), passphrase)


def load_keyring(path: str | Path) -> Keyring:
    """The keys of a folder of `.pub` files, of one such file, or of a JSON keyring. Raises KeyFileError."""
    from policy_engine.trust import load_keyring as load

    return load(Path(path))
