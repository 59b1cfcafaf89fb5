"""Advice on policy text that is right: in comes the checked set of both layers and a day, out go warnings.

Nothing here keeps a policy from being used. Each warning is worth a steward's time, and can be mended in the text: there
is no way to silence one. Where mending is safe and mechanical, the warning brings the edits.
"""

from policy_engine.linting.fixes import apply
from policy_engine.linting.lint import lint

__all__ = ["apply", "lint"]
