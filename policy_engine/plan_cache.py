"""Compiled plans kept between runs, so that unchanged policies are not compiled at every start.

A plan is found by the digests of the very sources it was compiled from and of the compiler's own files. What is signed
is always compiled anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from policy_engine import kept
from policy_engine.errors import PlanError
from policy_engine.plan.canonical import Digest, canonical, digest
from policy_engine.plan.codec import decode, encode
from policy_engine.plan.model import LANGUAGE, Plan

_COMPILER: Final = ("syntax", "linking", "checking", "compilation", "plan", "product/vocabulary.py")
_KIND: Final = "plan"
_KEPT: Final = 64


def key(global_sources: Digest | None, local_sources: Digest | None, waivers: Digest | None = None) -> Digest:
    """What a plan is found by: its sources, and the compiler that made it."""
    return digest(
        canonical(
            {
                "compiler": kept.stamps(_COMPILER),
                "global": global_sources,
                "language": LANGUAGE,
                "local": local_sources,
                "waivers": waivers,
            }
        )
    )


def find(where: Path, name: Digest) -> tuple[Plan, Digest] | None:
    """The plan kept under this key, and its digest, if it is there and can be believed."""
    content = kept.find(where, name, _KIND)
    try:
        return None if content is None else (decode(content), digest(content))
    except PlanError:
        return None


def keep(where: Path, name: Digest, plan: Plan) -> None:
    """Keep a plan."""
    kept.keep(where, name, _KIND, encode(plan), most=_KEPT)
