"""What a corpus comes to before its routes are learned one by one: the stages in order."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wraith.exchange import Corpus, Session, XmlLists
from wraith.runtime import Selectors
from wraith.synth._effects.cascades import learn_cascades
from wraith.synth._effects.grants import learn_grants
from wraith.synth._effects.journals import learn_journals
from wraith.synth._effects.kept import Kept, learn_kept
from wraith.synth._effects.logs import learn_logs, with_logs
from wraith.synth._effects.secrets import learn_secrets
from wraith.synth._effects.side_effects import learn_side_effects
from wraith.synth._effects.tokens import learn_tokens
from wraith.synth._effects.versions import learn_versions
from wraith.synth._evidence.news import note_news
from wraith.synth._exchanges.memo import (
    Forgetful,
    Memo,
)
from wraith.synth._exchanges.seen import Seen, see
from wraith.synth._exchanges.survey import Sketch
from wraith.synth._graphql import endpoints_of
from wraith.synth._lists.picks import with_picks
from wraith.synth._roles.addressing import with_addressing
from wraith.synth._roles.elsewhere import at_their_address
from wraith.synth._roles.inside import with_elements
from wraith.synth._roles.roles import Role, assign_roles
from wraith.synth._roles.stores import with_stores
from wraith.synth._routes.look import Looked, look_at, read, routed
from wraith.synth._routes.routes import RouteTable
from wraith.synth._shared.spread import Spread, in_turn
from wraith.synth._world.caller import learn_caller
from wraith.synth._world.observe import Observation, Observer, learn_removal
from wraith.synth._world.offspring import Made
from wraith.synth._world.partials import with_partials
from wraith.synth._world.recall import Recall
from wraith.synth._world.silent import find_left
from wraith.synth._world.world import World, WorldBuilder
from wraith.wir import Effect, Expr, Selector

if TYPE_CHECKING:
    from wraith.synth._graphql.learn import LearnedGraphQL


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the sessions of a corpus come to before their routes are learned one by one.

    ``kept`` are the decoded sessions that hypotheses are made from, ``observations`` what was observed in
    them.
    """

    ordered: Sequence[Session]
    taught: Sequence[bool]
    """Whether a session is learned from."""
    table: RouteTable
    sketches: Sequence[Sketch]
    xml_lists: XmlLists
    """Which elements of XML are lists."""
    selectors: tuple[Selector, ...]
    """What tells operations apart that share a path."""
    kept: Mapping[int, list[Seen]]
    roles: Sequence[Role]
    world: World
    gone: Sequence[bool]
    caller: Expr | None
    effects: Mapping[int, tuple[Effect, ...]]
    made: Sequence[Made]
    """What writes make beside their answers."""
    observations: Sequence[Observation]
    kept_back: Kept
    """What entities do not show, and keep."""
    graphql: Sequence[LearnedGraphQL]
    """What the endpoints come to that speak GraphQL."""
    spoken: int
    """Exchanges that speak GraphQL."""

    def observer(self) -> Observer:
        """Return an observer that knows what is known, before the first session."""
        return Observer(self.roles, self.world, self.gone, self.effects, caller=self.caller, made=self.made)

    def session(self, number: int) -> list[Seen]:
        """Return the exchanges of a session, each with its route."""
        known = self.kept.get(number)
        exchanges = known or read(number, self.ordered[number], Selectors(self.selectors))
        return known or routed(exchanges, self.table, self.xml_lists)


def prepare(
    corpus: Corpus, witnessed: Container[str] = (), spread: Spread = in_turn, memo: Memo | None = None
) -> Prepared:
    """Run the stages of synthesis up to what the chosen sessions show."""
    memo = Forgetful() if memo is None else memo
    looked = look_at(corpus, witnessed, spread, memo)
    return prepared(looked, Recall(memo, looked))


def prepared(looked: Looked, recall: Recall) -> Prepared:
    """Return what the look at a corpus comes to, with what was recalled of it."""
    ordered, taught, table, sketches = looked.ordered, looked.taught, looked.table, looked.sketches
    xml_lists = looked.xml_lists
    endpoints = endpoints_of(see(number, ordered[number].read()) for number in looked.speaking)
    kept = {number: looked.session(number) for number in sorted(looked.chosen)}
    exchanges = [seen for session in kept.values() for seen in session]
    own = at_their_address(table.patterns, assign_roles(table, exchanges), exchanges)
    addressing = with_elements(table.patterns, with_addressing(table.patterns, own, exchanges), exchanges)
    stores = with_stores(addressing, kept.values())
    roles = with_partials(with_picks(table.patterns, stores, kept.values()), kept.values())
    versions = learn_versions(kept.values(), roles)
    roles = with_logs(versions.known_to(roles), kept.values())
    for seen in exchanges:
        if seen.route >= 0 and roles[seen.route].store == "bytes" and seen.ok and seen.method == "GET":
            seen.look_at_bytes()
    find_left(kept.values(), roles)
    note_news(kept.values())
    builder = WorldBuilder()
    for number, shown in enumerate(recall.sights(roles, kept)):
        builder.add(shown, taught[number])
    for spoken in endpoints:
        for number, (signs, started_at_ms) in spoken.signs().items():
            builder.tell(number, signs, started_at_ms)
    world = builder.world()
    graphql = [spoken.learn(world.run_of) for spoken in endpoints]
    world = _without(world, {entity.name for each in graphql for entity in each.entities})
    gone = learn_removal(list(kept.values()), roles)
    cascades = learn_cascades(kept, roles, world, gone)
    tokens = learn_tokens(kept.values(), roles)
    caller = tokens.caller if tokens is not None else learn_caller(kept.values())
    handed = tokens.effects if tokens is not None else {}
    kept_back = learn_kept(kept.values(), roles)
    certain = together(
        cascades,
        handed,
        learn_grants(kept.values(), roles),
        learn_secrets(kept.values(), roles),
        kept_back.effects(roles),
        versions.effects(roles),
    )
    roles = kept_back.known_to(roles)
    known = Prepared(
        ordered=ordered,
        taught=taught,
        table=table,
        sketches=sketches,
        xml_lists=xml_lists,
        selectors=looked.selectors,
        kept=kept,
        roles=roles,
        world=world,
        gone=gone,
        caller=caller,
        effects=certain,
        made=(),
        observations=(),
        kept_back=kept_back,
        graphql=graphql,
        spoken=sum(spoken.exchanges for spoken in endpoints),
    )
    first = observed(known)
    changes, made = learn_side_effects(first, roles, world.run_of)
    known = replace(
        known,
        effects=together(certain, changes),
        made=(*made, *learn_journals(first, roles, world.run_of), *learn_logs(first, roles)),
    )
    settled = known.effects == certain and not known.made
    return replace(known, observations=first if settled else observed(known))


def together(*parts: Mapping[int, tuple[Effect, ...]]) -> dict[int, tuple[Effect, ...]]:
    """Return the effects of each route from several sources, in their order."""
    done: dict[int, tuple[Effect, ...]] = {}
    for part in parts:
        for route, effects in part.items():
            done[route] = (*done.get(route, ()), *effects)
    return done


def _without(world: World, names: set[str]) -> World:
    """Return the world without the entities that GraphQL knows more of."""
    return World(world.run_of, {name: some for name, some in world.fixtures.items() if name not in names})


def observed(known: Prepared) -> list[Observation]:
    """Fold the sessions up to the last chosen one; return the observations of the chosen, in order."""
    observer = known.observer()
    found: list[Observation] = []
    for number in range(max(known.kept, default=-1) + 1):
        found += observer.fold(number, known.session(number), observed=number in known.kept)
    return found
