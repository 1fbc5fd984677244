"""The first look at a corpus: its routes, and the sessions that hypotheses are made from.

It reads every session once, or knows from a memo what it would read.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from wraith.exchange import Corpus, Session, XmlLists
from wraith.runtime import Selectors
from wraith.synth._exchanges.graphql import speaks_graphql
from wraith.synth._exchanges.memo import (
    Look,
    Memo,
    content_digest,
    digest_of,
    read_look,
    recalled_each,
    write_look,
)
from wraith.synth._exchanges.seen import Seen, see
from wraith.synth._exchanges.survey import Sketch, sketch
from wraith.synth._exchanges.xml import merged_lists
from wraith.synth._routes.routes import Paths, RouteTable
from wraith.synth._routes.sampling import choose
from wraith.synth._routes.selectors import find_selectors
from wraith.synth._shared.spread import Spread
from wraith.wir import Selector

PARTS = 32
"""Parts that the first look at a corpus is done in: more than processors, so that none waits for long."""


MAX_HELD = 300
"""Sessions that are held between the first look and the second."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What is known of a corpus after the first look."""

    ordered: Sequence[Session]
    """The sessions in the order of time."""
    taught: Sequence[bool]
    """Whether a session is learned from."""
    table: RouteTable
    sketches: Sequence[Sketch]
    speaking: Sequence[int]
    """The sessions that speak GraphQL."""
    xml_lists: XmlLists
    chosen: frozenset[int]
    """The sessions that hypotheses are made from."""
    selectors: tuple[Selector, ...]
    """What tells operations apart that share a path."""
    held: Mapping[int, list[Seen]]
    """What was read already, of some sessions; its routes are not assigned."""

    def session(self, number: int) -> list[Seen]:
        """Return the exchanges of a session, each with its route."""
        exchanges = self.held.get(number) or read(number, self.ordered[number], Selectors(self.selectors))
        return routed(exchanges, self.table, self.xml_lists)


def look_at(corpus: Corpus, witnessed: Container[str], spread: Spread, memo: Memo) -> Looked:
    """Look at a corpus; sessions named in ``witnessed`` teach nothing."""
    ordered = sorted(corpus, key=lambda session: (session.started_at_ms, session.id))
    taught = [session.id not in witnessed for session in ordered]
    held: dict[int, list[Seen]] = {}
    table, sketches, speaking = _survey(ordered, taught, spread, memo, held)
    selectors = find_selectors(sketches, ordered)
    if selectors:
        held.clear()
        table, sketches, speaking = _survey(ordered, taught, spread, memo, held, selectors)
    xml_lists = merged_lists(sign for each in sketches for line in each for sign in line.lists)
    chosen = choose(sketches, table)
    return Looked(ordered, taught, table, sketches, speaking, xml_lists, chosen, selectors, held)


def _survey(
    ordered: Sequence[Session],
    taught: Sequence[bool],
    spread: Spread,
    memo: Memo,
    held: dict[int, list[Seen]],
    selectors: tuple[Selector, ...] = (),
) -> tuple[RouteTable, list[Sketch], list[int]]:
    """Read everything once: the routes, what is kept of each session, and which sessions speak GraphQL; what
    does is no part of the rest. Of sessions that teach nothing, nothing is kept. What is read by this process
    is held, as far as that goes: most of it is asked for again."""
    select = Selectors(selectors)

    def key(number: int) -> str | None:
        digest = content_digest(ordered[number]) if taught[number] else None
        return f"sketch-{digest_of(digest, *selectors)}" if digest is not None else None

    def look(number: int) -> Look:
        exchanges = see(number, ordered[number].read(), select) if taught[number] else []
        rest = [each for each in exchanges if not speaks_graphql(each)]
        if len(held) < MAX_HELD:
            held[number] = rest
        return sketch(rest), len(rest) < len(exchanges)

    keys = [key(number) for number in range(len(ordered))]
    looks = recalled_each(memo, keys, look, write_look, read_look, spread=spread, parts=PARTS)
    sketches = [each for each, _ in looks]
    paths = Paths()
    for number, each in enumerate(sketches):
        paths.add(number, each)
    return paths.routes(), sketches, [number for number, (_, speaks) in enumerate(looks) if speaks]


def read(number: int, session: Session, selectors: Selectors) -> list[Seen]:
    return [each for each in see(number, session.read(), selectors) if not speaks_graphql(each)]


def routed(exchanges: list[Seen], table: RouteTable, lists: XmlLists) -> list[Seen]:
    for seen in exchanges:
        seen.look_again(lists)
        table.assign(seen)
    return exchanges
