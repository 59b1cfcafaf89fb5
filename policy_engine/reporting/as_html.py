"""A run as one HTML page."""

from __future__ import annotations

from policy_engine.reporting.run import Run


def render_html(run: Run) -> str:
    """To come."""
    raise NotImplementedError
