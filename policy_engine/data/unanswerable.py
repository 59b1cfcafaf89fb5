"""The one exception inside the data plane: this metric has no answer. `scan` turns it into `Unavailable`."""

from __future__ import annotations

from policy_engine.data.model import Unavailable


class UnanswerableError(Exception):
    """Why one metric cannot be answered; never leaves this package."""

    def __init__(self, reason: str, code: str = "DAT010") -> None:
        super().__init__(reason)
        self.unavailable = Unavailable(reason, code)


class NoColumnError(UnanswerableError):
    """The data does not have a column that the contract promises."""
