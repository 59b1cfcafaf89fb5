"""Personal data: what a field's name says, what its values say, and how sure both together make us.

Values are looked at where they lie; only counts leave. Names and findings need no data library.
"""

from __future__ import annotations

from policy_engine.data.personal.findings import findings

__all__ = ["findings"]
