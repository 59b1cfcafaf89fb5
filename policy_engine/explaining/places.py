"""Places in policies and contracts, as people find them: `file:line:column`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from policy_engine.diagnostics import Span
from policy_engine.product.model import Place, Product


@dataclass(frozen=True, slots=True)
class Places:
    """How places are shown. `aliases` are shorter names of folders, such as `starter` for the library that ships."""

    aliases: Mapping[str, str]

    def of_span(self, span: Span) -> str:
        """A place in a policy file."""
        line, column = span.position
        return f"{self.file(span.source.name)}:{line}:{column}"

    def file(self, name: str) -> str:
        """A policy file's name."""
        for folder, alias in self.aliases.items():
            if name.startswith(f"{folder}/"):
                return f"{alias}{name.removeprefix(folder)}"
        return name


def in_product(product: Product, place: Place | None) -> str:
    """A place in a contract; the file alone where nobody knows better."""
    return product.file if place is None else f"{product.file}:{place.line}:{place.column}"


def one_line(text: str) -> str:
    """Policy text without its line breaks."""
    return " ".join(text.split())
