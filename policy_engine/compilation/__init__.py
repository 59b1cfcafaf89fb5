"""Checked policies to a plan: names replaced by what they stand for, questions to the data separated from metadata.

Guaranteed: the plan needs no source, its size is bounded, and the same policies give the same bytes whatever the order
of files or the names of loop variables.
"""

from policy_engine.compilation.compile import compile_policies

__all__ = ["compile_policies"]
