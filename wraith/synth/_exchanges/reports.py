"""Reports: answers of an address without a parameter that are about what the query names, or who asks.

What such an address answers is no thing of its own that is stored: it is worked out for what was asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from wraith.exchange import header
from wraith.paths import MISSING, leaves
from wraith.runtime import text_of
from wraith.synth._exchanges.seen import Seen
from wraith.synth._shared.priors import CREDENTIALS

ENOUGH = 2
"""Different things that must have been asked for."""

SHORTEST = 4
"""Characters of a name that an answer repeats by chance too rarely to matter."""


def is_report(answers: Sequence[Seen]) -> bool:
    """Whether every answer was asked for by a query, and repeats something that it names; different queries
    name different things."""
    if all(seen.asked for seen in answers) and _differ(answers):
        return True
    named = [_named(seen) for seen in answers]
    return all(named) and len({frozenset(each) for each in named}) >= ENOUGH


def _differ(answers: Sequence[Seen]) -> bool:
    """Whether different queries are answered differently, one right after the other."""
    asked: set[str] = set()
    for one, other in pairwise(answers):
        if one.session == other.session and other.index == one.index + 1 and one.asked != other.asked:
            asked |= {repr(each.asked) for each in (one, other) if one.document != other.document}
    return len(asked) > ENOUGH


def is_personal(answers: Sequence[Seen]) -> bool:
    """Whether an address answers to everybody something else: who asks with another credential is never told
    the same, in several sessions."""
    told: dict[int, dict[str, set[bytes]]] = defaultdict(lambda: defaultdict(set))
    for seen in answers:
        for name in CREDENTIALS:
            if (value := header(seen.request.headers, name)) is not None:
                told[seen.session][value].add(seen.raw)
    several = [[*some.values()] for some in told.values() if len(some) > 1]
    apart = [sum(map(len, some)) == len(set().union(*some)) for some in several]
    return len(several) >= ENOUGH and all(apart)


def _named(seen: Seen) -> set[str]:
    """Return the texts of the query that the answer repeats."""
    if not seen.asked or seen.document is MISSING:
        return set()
    asked = {text for _, value in leaves(seen.asked) if (text := text_of(value)) and len(text) >= SHORTEST}
    return (
        asked & {text for _, value in leaves(seen.document) if (text := text_of(value))} if asked else set()
    )
