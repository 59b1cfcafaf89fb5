"""What an author probably meant where the grammar stops: one small function for each well-known mistake."""

from __future__ import annotations

from policy_engine.syntax import hints_expressions, hints_lines
from policy_engine.syntax.hints_waivers import waiver_line
from policy_engine.syntax.places import Hint, Place

#: What looks like a misspelt word is looked for last; a line's own mistakes say more than those inside of it.
_FIRST = hints_lines.HINTS[:10]
_ORDER = (*_FIRST, waiver_line, *hints_expressions.HINTS[:-1], *hints_lines.HINTS[10:], hints_expressions.HINTS[-1])


def hint(place: Place) -> Hint | None:
    """The first hint that fits."""
    return next((found for look in _ORDER if (found := look(place)) is not None), None)
