"""The formats of a report, by the names that people give."""

from __future__ import annotations

from typing import Final, Literal, get_args

Format = Literal["text", "json", "sarif", "junit", "github", "gitlab", "markdown", "html"]
FORMATS: Final[tuple[str, ...]] = get_args(Format)
