"""From recordings to a model: the stages of synthesis in order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wraith.exchange import Corpus, Session, XmlLists
from wraith.runtime import Selectors
from wraith.synth._answers.heads import heads_from_gets
from wraith.synth._answers.likewise import UNTAUGHT, Taught, habits_of, may_say
from wraith.synth._answers.tags import with_shared_tags
from wraith.synth._answers.traces import without_traces
from wraith.synth._effects.cascades import learn_cascades
from wraith.synth._effects.grants import learn_grants
from wraith.synth._effects.journals import learn_journals
from wraith.synth._effects.kept import Kept, learn_kept
from wraith.synth._effects.logs import learn_logs, with_logs
from wraith.synth._effects.purges import learn_purge
from wraith.synth._effects.secrets import learn_secrets
from wraith.synth._effects.side_effects import learn_side_effects
from wraith.synth._effects.tokens import learn_tokens
from wraith.synth._effects.versions import learn_versions
from wraith.synth._evidence.news import note_news
from wraith.synth._exchanges.learned import LearnedRoute
from wraith.synth._exchanges.memo import (
    Forgetful,
    Memo,
    digest_of,
    histories,
    read_route,
    recalled_each,
    write_route,
)
from wraith.synth._exchanges.seen import Seen, see
from wraith.synth._exchanges.survey import Sketch
from wraith.synth._graphql import endpoints_of
from wraith.synth._guards.laws import NO_LAWS, Laws, laws_of, may_obey
from wraith.synth._learn.analogy import Analogy
from wraith.synth._learn.existence import completed
from wraith.synth._learn.families import Families
from wraith.synth._learn.idle import without_idle_effects
from wraith.synth._learn.pooled import Pooled
from wraith.synth._learn.unknown import learn_unknown
from wraith.synth._learn.variants import Study, learn_route
from wraith.synth._lists.cursors import unify_cursors
from wraith.synth._lists.lists import Lists, learn_lists
from wraith.synth._lists.picks import with_picks
from wraith.synth._roles.addressing import with_addressing
from wraith.synth._roles.elsewhere import at_their_address
from wraith.synth._roles.roles import Role, assign_roles
from wraith.synth._roles.stores import with_stores
from wraith.synth._routes.look import Looked, look_at, read, routed
from wraith.synth._routes.routes import RouteTable
from wraith.synth._shared.spread import Spread, in_turn
from wraith.synth._shared.undisturbed import undisturbed
from wraith.synth._world.caller import learn_caller
from wraith.synth._world.observe import Observation, Observer, learn_removal, well_known
from wraith.synth._world.offspring import Made
from wraith.synth._world.partials import with_partials
from wraith.synth._world.recall import Learned, Recall, runs_of
from wraith.synth._world.silent import find_left
from wraith.synth._world.world import World, WorldBuilder
from wraith.wir import Effect, Entity, Evidence, Expr, Fixture, Model, Purge, Route, RouteEvidence, Selector

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


@undisturbed()
def learn(
    corpus: Corpus,
    *,
    witnessed: Container[str] = (),
    spread: Spread = in_turn,
    memo: Memo | None = None,
) -> Learned:
    """Return the model of a corpus. The order in which the sessions are given does not matter: they are
    learned from in the order of time.

    Sessions named in ``witnessed`` teach nothing: they are only known to have happened, because what they
    created is there for later sessions of the same world. ``spread`` may use several processes, and ``memo``
    knows what was worked out before: both change nothing else.
    """
    memo = Forgetful() if memo is None else memo
    looked = look_at(corpus, witnessed, spread, memo)
    recall = Recall(memo, looked)
    return recall.learned() or _learned(looked, recall, spread, memo)


def _learned(looked: Looked, recall: Recall, spread: Spread, memo: Memo) -> Learned:
    known = _prepared(looked, recall)
    table, roles, gone = known.table, known.roles, known.gone
    effects = _together(known.effects, _making(known.made))
    graphql = known.graphql
    shown: dict[int, list[Observation]] = defaultdict(list)
    for observation in known.observations:
        shown[observation.seen.route].append(observation)
    by_route = {route: well_known(some, roles[route]) for route, some in shown.items()}
    unify_cursors(by_route, roles)
    pooled = Pooled(table.patterns, by_route)
    whole, by_route = by_route, pooled.by_route
    lists = learn_lists(by_route, roles)
    counts = Counter(table.find(method, segments) for each in known.sketches for method, segments, *_ in each)
    routes = sorted(by_route)
    basis = _bases(known, lists) if not isinstance(memo, Forgetful) else {}

    studies: dict[int, Study] = {}

    def laws_for(route: int, taught: Taught) -> Laws:
        return {**taught.laws, **known.kept_back.laws(roles[route])}

    def key(route: int, taught: Taught) -> str | None:
        follows = basis.get(route)
        if follows is None:
            return None
        return f"route-{digest_of(follows, pooled.met(route), laws_for(route, taught), taught.likewise)}"

    def one_route(route: int, taught: Taught = UNTAUGHT) -> LearnedRoute:
        role, seen = roles[route], by_route[route]
        if role.purges:
            return _purging(seen, role, lists)
        study = studies.pop(route, None) or Study(seen, role)
        if taught is UNTAUGHT and role.collection is not None:  # perhaps it is learned again
            studies[route] = study
        return learn_route(
            seen,
            role,
            lists,
            gone[route],
            effects.get(route, ()),
            laws=laws_for(route, taught),
            likewise=taught.likewise,
            study=study,
        )

    keys = [key(route, UNTAUGHT) for route in routes]
    first = recalled_each(
        memo, keys, lambda part: one_route(routes[part]), write_route, read_route, spread=spread
    )
    learned = dict(zip(routes, first, strict=True))
    unknown, refused, needless = learn_unknown(table.patterns, whole)
    for route in needless:
        del learned[route]
    made_so_far = [(roles[route], made) for route, made in learned.items()]
    laws, habits = laws_of(made_so_far), habits_of(made_so_far)
    lawful = [
        route
        for route, made in learned.items()
        if not roles[route].purges
        and (may_obey(roles[route], made, laws) or may_say(made, habits.of(roles[route])))
    ]

    def teaching(route: int) -> Taught:
        role = roles[route]
        own = laws.get(role.collection.name, NO_LAWS) if role.collection is not None else NO_LAWS
        return Taught(own, habits.of(role))

    taught = [teaching(route) for route in lawful]
    keys = [key(route, each) for route, each in zip(lawful, taught, strict=True)]
    again = recalled_each(
        memo, keys, lambda part: one_route(lawful[part], taught[part]), write_route, read_route, spread=spread
    )
    learned.update(zip(lawful, again, strict=True))
    families = Families(table.patterns, roles, {route: by_route[route] for route in learned})
    learned.update(families.thin())
    learned = with_shared_tags(without_traces(learned, by_route))
    analogy = Analogy(
        [table.patterns[route] for route in learned],
        [roles[route] for route in learned],
        [made.variants for made in learned.values()],
    )
    learned.update(completed(table.patterns, roles, learned, by_route, analogy))
    learned = {route: pooled.before(route, made) for route, made in learned.items()}
    recorded = heads_from_gets(
        [
            _route(table.patterns[route].method, table.patterns[route].pattern, roles[route], made)
            for route, made in learned.items()
        ]
    )
    alike = {(each.method, each.path_pattern): each for each in (*analogy.routes(), *families.unseen())}
    expected = [
        each.model_copy(update={"variants": pooled.before_unrecorded(each.method, each.variants)})
        for each in alike.values()
    ]
    model = Model(
        entities=(*_entities(roles), *(entity for each in graphql for entity in each.entities)),
        fixtures={
            name: tuple(Fixture(key=key, value=value) for key, value in items.items())
            for fixtures in (known.world.fixtures, *(each.fixtures for each in graphql))
            for name, items in fixtures.items()
        },
        caller=known.caller,
        selectors=known.selectors,
        routes=tuple(
            sorted(
                [*recorded, *expected, *(route for each in graphql for route in each.routes)],
                key=lambda route: (route.path_pattern, route.method),
            )
        ),
        xml_lists=known.xml_lists,
        unknown=unknown,
        refused=refused,
        graphql=tuple(each.endpoint for each in graphql),
    )
    evidence = Evidence(
        exchanges=sum(map(len, known.sketches)) + known.spoken,
        sessions=sum(known.taught),
        runs=runs_of([session.id for session in known.ordered], known.world),
        routes=(
            *(
                RouteEvidence(
                    method=table.patterns[route].method,
                    path_pattern=table.patterns[route].pattern,
                    exchanges=counts[route],
                    variants=made.evidence,
                )
                for route, made in learned.items()
            ),
            *(backed for each in graphql for backed in each.evidence),
        ),
    )
    return recall.keep(known.world, Learned(without_idle_effects(model), evidence))


def _bases(known: Prepared, lists: Lists) -> dict[int, str | None]:
    """Return what each route follows from, as a digest: all that ``learn_route`` is given but the laws; None
    where sessions have no digest."""
    fold = digest_of(
        known.selectors,
        known.xml_lists,
        known.table.patterns,
        known.roles,
        known.world.fixtures,
        known.gone,
        known.caller,
        known.made,
    )
    effects = sorted(known.effects.items())
    past = histories(known.ordered, known.world.run_of, digest_of(fold, effects))
    shown: dict[int, dict[int, None]] = defaultdict(dict)
    news: dict[int, list[str]] = defaultdict(list)
    for each in known.observations:
        shown[each.seen.route].setdefault(each.seen.session)
        news[each.seen.route] += sorted(each.seen.news)
    found: dict[int, str | None] = {}
    for route, sessions in shown.items():
        before = [past[session] for session in sessions]
        role = known.roles[route]
        name = role.collection.name if role.collection is not None else ""
        listed = lists.by_route.get(route)
        found[route] = (
            None
            if None in before
            else digest_of(
                fold,
                known.table.patterns[route],
                before,
                news[route],
                role,
                known.gone[route],
                known.effects.get(route, ()),
                (listed.query, lists.headers) if listed is not None else None,
                lists.shown.item(name),
                next((each.query for each in lists.by_route.values() if each.query.entity == name), None)
                if role.purges
                else None,
            )
        )
    return found


def prepare(
    corpus: Corpus, witnessed: Container[str] = (), spread: Spread = in_turn, memo: Memo | None = None
) -> Prepared:
    """Run the stages of synthesis up to what the chosen sessions show."""
    memo = Forgetful() if memo is None else memo
    looked = look_at(corpus, witnessed, spread, memo)
    return _prepared(looked, Recall(memo, looked))


def _prepared(looked: Looked, recall: Recall) -> Prepared:
    ordered, taught, table, sketches = looked.ordered, looked.taught, looked.table, looked.sketches
    xml_lists = looked.xml_lists
    endpoints = endpoints_of(see(number, ordered[number].read()) for number in looked.speaking)
    kept = {number: looked.session(number) for number in sorted(looked.chosen)}
    exchanges = [seen for session in kept.values() for seen in session]
    own = at_their_address(table.patterns, assign_roles(table, exchanges), exchanges)
    stores = with_stores(with_addressing(table.patterns, own, exchanges), kept.values())
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
    certain = _together(
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
        effects=_together(certain, changes),
        made=(*made, *learn_journals(first, roles, world.run_of), *learn_logs(first, roles)),
    )
    settled = known.effects == certain and not known.made
    return replace(known, observations=first if settled else observed(known))


def _making(made: Sequence[Made]) -> dict[int, tuple[Effect, ...]]:
    """Return the effects that make entities, by the position of the route that has them."""
    return _together(*({each.route: (each.effect,)} for each in made))


def _together(*parts: Mapping[int, tuple[Effect, ...]]) -> dict[int, tuple[Effect, ...]]:
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


def _purging(observations: Sequence[Observation], role: Role, lists: Lists) -> LearnedRoute:
    """Learn a route that removes many, which asks like the list of its collection."""
    assert role.collection is not None  # Invariant: what purges has one
    name = role.collection.name
    query = next((each.query for each in lists.by_route.values() if each.query.entity == name), None)
    found = learn_purge(observations, role, query)
    if found is None:
        return learn_route(observations, role, lists, False)
    return learn_route(observations, role, lists, False, (Purge(found[0]),), found[1])


def _route(method: str, pattern: str, role: Role, learned: LearnedRoute) -> Route:
    return Route(
        method=method,
        path_pattern=pattern,
        state_op=role.op,
        entity=role.collection.name if role.collection is not None else None,
        key=role.key,
        variants=learned.variants,
    )


def _entities(roles: Sequence[Role]) -> tuple[Entity, ...]:
    found = {role.collection.name: role.collection for role in roles if role.collection is not None}
    return tuple(Entity(name=name, key=found[name].key) for name in sorted(found))
