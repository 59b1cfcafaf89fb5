"""Policies against one contract: in come a plan's rules and a product, out go the names and types that do not fit it.

Nothing is decided here: a rule whose names the contract lacks is undecided by evaluation itself. This says it with a
diagnostic at both places: the policy's line, and the contract's.

`bind` finds what does not fit and needs no compiler; `diagnose` draws it, for which the policies' text is parsed.
"""
