"""Names and types: in comes a linked policy set, out goes the same set with every expression typed and resolved.

Guaranteed afterwards, where there is no error among the diagnostics: no operator meets a type it has no meaning for,
no value that may be missing is used as if it were there, and every parameter lies within what is delegated.
"""

from policy_engine.checking.check import check
from policy_engine.checking.model import CheckedAttribute, CheckedPolicy, CheckedRule, CheckedSet, CheckedTable

__all__ = ["CheckedAttribute", "CheckedPolicy", "CheckedRule", "CheckedSet", "CheckedTable", "check"]
