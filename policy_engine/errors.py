"""Exceptions: the caller, the machine or a signature is at fault. Faults in policy text are diagnostics instead."""

from __future__ import annotations


class PolicyEngineError(Exception):
    """Root of everything this package raises on purpose. `code` is stable; `help` says what to do."""

    code = "ERR001"

    def __init__(self, message: str, *, help: str = "", code: str | None = None) -> None:  # noqa: A002
        super().__init__(message)
        self.help = help
        if code is not None:
            self.code = code


class UsageError(PolicyEngineError):
    """The call makes no sense as it stands: a wrong option, a path that does not exist."""

    code = "ERR002"


class InputError(PolicyEngineError):
    """A file was given that cannot be read for what it should be."""

    code = "ERR003"


class ProductError(InputError):
    """A product's metadata file cannot be read. The message says where."""

    code = "PRD001"


class DataError(InputError):
    """A data source cannot be read at all."""

    code = "DAT001"


class KeyFileError(InputError):
    """A key or keyring file is malformed, of the wrong kind, or needs a passphrase."""

    code = "TRU001"


class PlanError(InputError):
    """A plan's bytes are not a plan of this version."""

    code = "CMP001"


class VerificationError(PolicyEngineError):
    """An attestation is refused. `code` names the step that refused it."""

    code = "ATT001"
