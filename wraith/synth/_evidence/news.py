"""Identifiers that answers tell for the first time.

Values that are new in each answer are what a service makes, but a route that answered once has one value of
each. What looks made, was not sent, and stands in no answer before, was most likely made for this one: the
token of a new key, the trace that a refusal quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from wraith.synth._evidence.made import looks_made
from wraith.synth._exchanges.seen import Seen

_TEXT = re.compile(rb'"([A-Za-z0-9_-]{16,80})"')
"""Texts that are one piece, too long for a word; longer ones are documents."""


def note_news(sessions: Iterable[Sequence[Seen]]) -> None:
    """Note in each write and each refusal, oldest first, the identifiers that no answer told before."""
    told: set[bytes] = set()
    for session in sessions:
        for seen in session:
            here = dict.fromkeys(_TEXT.findall(seen.raw))
            if seen.method not in ("GET", "HEAD") or not seen.ok:
                sent = seen.request.target.encode() + seen.request.body
                news = (text for text in here if text not in told and text not in sent)
                seen.news = frozenset(text.decode() for text in news if looks_made(text.decode()))
            told.update(here)
