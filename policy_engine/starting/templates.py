"""The files that a repository starts with, and how names are put into them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Final

#: Where the pipeline of each kind of CI stands.
PIPELINES: Final = {"github": ".github/workflows/policies.yml", "gitlab": ".gitlab-ci.yml"}


def template(name: str, values: Mapping[str, str]) -> str:
    """A template with `@NAME@` replaced."""
    text = files("policy_engine.starting").joinpath("templates", *name.split("/")).read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text
