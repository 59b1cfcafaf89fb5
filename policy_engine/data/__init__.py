"""What a policy asks of data, answered: sources and metrics come in, answers and manifests of what was read go out.

An answer is exact, or it is `Unavailable` with the reason; values of the data appear in neither reasons nor evidence.
No data library is imported before there is data to scan, and none at all to fingerprint it.
"""

from __future__ import annotations

from policy_engine.data.manifest import fingerprint
from policy_engine.data.scan import scan
from policy_engine.data.source import Source, open_source

__all__ = ["Source", "fingerprint", "open_source", "scan"]
