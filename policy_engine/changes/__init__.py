"""What changed between two versions of a product: two `Product`s come in, classified `Change`s go out.

Guaranteed: equal products have no change; the order does not depend on anything but the changes; a change whose effect
is not known counts as breaking and says `review`. The verb is in `compare.py`, which only those import who have a
previous version; `effects.py` is the table that judges, one row per effect.
"""

from __future__ import annotations

from policy_engine.changes.model import Change

__all__ = ["Change"]
