"""What a contract promises of its data: a dataset comes in, metrics to ask and judged promises go out.

Every promise stands where the contract makes it. What cannot be checked by a machine is said, never taken for kept.
"""

from __future__ import annotations

from policy_engine.data.promises.judge import judged
from policy_engine.data.promises.model import Pledge, Promise
from policy_engine.data.promises.pledges import pledges

__all__ = ["Pledge", "Promise", "judged", "pledges"]
