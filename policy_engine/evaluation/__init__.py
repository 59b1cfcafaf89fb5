"""A plan and a product to results: in come compiled policies, one product and a way to scan its data, out goes what
every rule says of it.

No compiler is needed. Unknown evidence makes a rule indeterminate, never a pass; same inputs give the same results.
"""

from policy_engine.evaluation.evaluate import Inputs, evaluate
from policy_engine.evaluation.model import PoliciesUsed, Report, RuleResult, Violation

__all__ = ["Inputs", "PoliciesUsed", "Report", "RuleResult", "Violation", "evaluate"]
