"""Violations that are known and not mended yet: reports and the list of yesterday -> what is new, and the list of today.

Guaranteed: a baseline never changes a verdict or an outcome, excuses nothing for more than a year after it was recorded,
holds no values of data, and has one spelling.
"""

from policy_engine.baseline.compare import compare
from policy_engine.baseline.model import Entry
from policy_engine.baseline.record import record
from policy_engine.baseline.text import read_baseline, render_baseline

__all__ = ["Entry", "compare", "read_baseline", "record", "render_baseline"]
