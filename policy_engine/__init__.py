"""Policy as code for federated data governance: judge data products, sign the verdict, verify it years later.

The public calls are `policies`, `check`, `attest` and `verify`, and what they take and give; everything else may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from policy_engine.api import attest, check, load_keyring, load_private, policies, verify
    from policy_engine.attestation import IncompleteError, Requirement, Verified
    from policy_engine.diagnostics import PolicyTextError
    from policy_engine.engine import DataGiven
    from policy_engine.errors import PolicyEngineError, VerificationError
    from policy_engine.evaluation import Report
    from policy_engine.loading import Policies
    from policy_engine.verdict import Enforcement, Outcome, Stage, Verdict

__all__ = [
    "DataGiven",
    "Enforcement",
    "IncompleteError",
    "Outcome",
    "Policies",
    "PolicyEngineError",
    "PolicyTextError",
    "Report",
    "Requirement",
    "Stage",
    "Verdict",
    "VerificationError",
    "Verified",
    "attest",
    "check",
    "load_keyring",
    "load_private",
    "policies",
    "verify",
]

_HOMES = {
    "api": ("attest", "check", "load_keyring", "load_private", "policies", "verify"),
    "diagnostics": ("PolicyTextError",),
    "engine": ("DataGiven", "Policies"),
    "errors": ("PolicyEngineError", "VerificationError"),
    "evaluation": ("Report",),
    "attestation": ("IncompleteError", "Requirement", "Verified"),
    "verdict": ("Enforcement", "Outcome", "Stage", "Verdict"),
}


def __getattr__(name: str) -> Any:
    """Public names are imported when they are used: every command starts by importing this package."""
    import importlib

    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"policy_engine.{home}"), name)
    raise AttributeError(f"module `policy_engine` has no attribute `{name}`")
