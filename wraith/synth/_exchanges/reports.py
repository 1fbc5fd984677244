"""Reports: answers of an address without a parameter that are about what the query names.

What such an address answers is no thing of its own that is stored: it is worked out for what was asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from wraith.paths import MISSING, leaves
from wraith.runtime import text_of
from wraith.synth._exchanges.seen import Seen

ENOUGH = 2
"""Different things that must have been asked for."""

SHORTEST = 4
"""Characters of a name that an answer repeats by chance too rarely to matter."""


def is_report(answers: Sequence[Seen]) -> bool:
    """Whether every answer was asked for by a query, and repeats something that it names; different queries
    name different things."""
    named = [_named(seen) for seen in answers]
    return all(named) and len({frozenset(each) for each in named}) >= ENOUGH


def _named(seen: Seen) -> set[str]:
    """Return the texts of the query that the answer repeats."""
    if not seen.asked or seen.document is MISSING:
        return set()
    asked = {text for _, value in leaves(seen.asked) if (text := text_of(value)) and len(text) >= SHORTEST}
    return (
        asked & {text for _, value in leaves(seen.document) if (text := text_of(value))} if asked else set()
    )
