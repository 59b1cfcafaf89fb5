"""What a diagnostic is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from policy_engine.diagnostics.codes import CODES, Code
from policy_engine.diagnostics.source import Span
from policy_engine.errors import PolicyEngineError


class Level(StrEnum):
    """Errors keep a policy set from being used; warnings do not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Label:
    """A further place that explains, with what to say there."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of the text that mends it: what stands at the span is replaced."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One message about policy text: `message` stands alone, `label` says it at the span, `help` says what to do.

    `edits` do it, where that is safe.
    """

    code: str
    message: str
    span: Span
    label: str = ""
    help: str = ""
    related: tuple[Label, ...] = ()
    edits: tuple[Edit, ...] = ()

    def __post_init__(self) -> None:
        assert self.code in CODES, f"{self.code} is not in the table of codes"

    @property
    def entry(self) -> Code:
        """The code's line in the table."""
        return CODES[self.code]

    @property
    def level(self) -> Level:
        """Error or warning, as the table says."""
        return Level.WARNING if self.entry.is_warning else Level.ERROR

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """Sorts by file, then place."""
        return self.span.source.name, self.span.start, self.span.end, self.code, self.message


class PolicyTextError(PolicyEngineError):
    """Policies that cannot be used. `diagnostics` says what is wrong with their text."""

    code = "ERR004"

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        self.diagnostics = diagnostics
        errors = sum(diagnostic.level is Level.ERROR for diagnostic in diagnostics)
        super().__init__(
            f"the policies have {errors} error{'s' if errors != 1 else ''}", help="see `policy-engine lint`"
        )
