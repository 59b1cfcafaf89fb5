"""Policies against one contract: in come a plan's rules and a product, out go the names and types that do not fit it.

Nothing is decided here: a rule whose names the contract lacks is undecided by evaluation itself. This says it with a
diagnostic at both places: the policy's line, and the contract's.
"""

from policy_engine.binding.bind import bind
from policy_engine.binding.diagnose import diagnose
from policy_engine.binding.model import Misfit

__all__ = ["Misfit", "bind", "diagnose"]
