"""What a configuration file says, with its paths as the commands take them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Own:
    """What one product has of its own; None where the file does not say."""

    local: tuple[Path, ...] | None = None
    data: tuple[str, ...] | None = None
    sampled: tuple[str, ...] | None = None
    previous: str | None = None
    earlier: tuple[Path, ...] | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """A report that `check` writes besides what it prints."""

    form: str
    file: Path


@dataclass(frozen=True, slots=True)
class Configuration:
    """One file. `data` and `sampled` are `DATASET=PATH`, as on the command line; `own` is by product id."""

    file: Path
    global_: tuple[Path, ...] = ()
    local: tuple[Path, ...] = ()
    waivers: tuple[Path, ...] = ()
    products: tuple[Path, ...] = ()
    tests: tuple[Path, ...] = ()
    data: tuple[str, ...] = ()
    sampled: tuple[str, ...] = ()
    previous: str | None = None
    stage: str | None = None
    baseline: Path | None = None
    title: str | None = None
    outputs: tuple[Output, ...] = ()
    own: tuple[tuple[str, Own], ...] = ()

    @property
    def authored(self) -> tuple[Path, ...]:
        """The policies that are written here: a domain's where there are some, else the council's."""
        return self.local or (*self.global_, *self.waivers)

    @property
    def tested(self) -> tuple[Path, ...]:
        """Where tests are: as the file says, else beside the policies that are written here."""
        return self.tests or self.local or self.global_
