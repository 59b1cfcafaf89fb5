"""Exceptions: the caller, the machine or a signature is at fault. Faults in policy text are diagnostics instead."""

from __future__ import annotations

from typing import Final

#: What each code means that is no diagnostic, no step of verification, and not about keys. Never used for something else.
MEANINGS: Final[dict[str, str]] = {
    "ERR001": "something went wrong that has no code of its own",
    "ERR002": "the call makes no sense as it stands: a wrong option, a path that does not exist",
    "ERR003": "a file was given that cannot be read for what it should be",
    "ERR004": "the policies have errors, and are not used before those are mended",
    "CFG001": "the configuration file, `policy-engine.toml`, cannot be read, or says something that has no meaning",
    "ERR005": "a process that judged products died; the others were stopped",
    "CMP001": "a file that should hold compiled policies does not, or is of another version",
    "TST001": "a page of tests, or a block on it, that cannot be understood",
    "PRD001": "a contract cannot be read, or says two things at once",
    "DAT001": "data that was named cannot be read at all: nothing is there, or it is of no known format",
    "DAT010": "a question to the data has no answer, such as one about a column that the data does not have",
    "DAT011": "a column may hold nulls, and the policy does not say what a null means",
    "DAT020": "nothing of the data can be used: it is damaged, does not fit the contract, or went away while it was read",
}


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


class ConfigurationError(InputError):
    """The configuration file cannot be used. The message says where."""

    code = "CFG001"


class WorkerError(PolicyEngineError):
    """A process that judged products died."""

    code = "ERR005"


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
