"""The JSON schema of `policy-engine.toml`, for editors."""

from __future__ import annotations

import json
from typing import Final

from policy_engine.configuration.document import Document

ID: Final = "urn:policy-engine:configuration:v1"


def render_schema() -> str:
    """The schema as text, the same each time."""
    made = Document.model_json_schema(by_alias=True)
    return (
        json.dumps(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": ID, **made}, indent=2, sort_keys=True
        )
        + "\n"
    )
