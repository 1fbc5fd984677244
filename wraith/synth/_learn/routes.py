"""The routes of a corpus, each learned from its observations; those that others teach something, twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from wraith.synth._answers.likewise import UNTAUGHT, Taught, habits_of, may_say
from wraith.synth._effects.purges import learn_purge
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
from wraith.synth._guards.laws import NO_LAWS, Laws, laws_of, may_obey
from wraith.synth._learn.pooled import Pooled
from wraith.synth._learn.preparing import Prepared, together
from wraith.synth._learn.variants import Study, learn_route
from wraith.synth._lists.cursors import unify_cursors
from wraith.synth._lists.lists import Lists, learn_lists
from wraith.synth._roles.roles import Role
from wraith.synth._shared.spread import Spread
from wraith.synth._world.observe import Observation, well_known
from wraith.wir import Purge


class Routes:
    """Learns the routes of a prepared corpus. What was learned before, from the same, comes from the memo."""

    def __init__(self, known: Prepared, spread: Spread, memo: Memo) -> None:
        self._known, self._spread, self._memo = known, spread, memo
        shown: dict[int, list[Observation]] = defaultdict(list)
        for observation in known.observations:
            shown[observation.seen.route].append(observation)
        self.whole = {route: well_known(some, known.roles[route]) for route, some in shown.items()}
        """The observations of each route."""
        unify_cursors(self.whole, known.roles)
        self.pooled = Pooled(known.table.patterns, self.whole)
        self.by_route = self.pooled.by_route
        """Those that are no refusals which all routes share."""
        self._lists = learn_lists(self.by_route, known.roles)
        self._effects = together(known.effects, *({each.route: (each.effect,)} for each in known.made))
        self._basis = {} if isinstance(memo, Forgetful) else _bases(known, self._lists)
        self._studies: dict[int, Study] = {}

    def learned(self) -> dict[int, LearnedRoute]:
        """Return what each route is when it is learned by itself."""
        return self._all([(route, UNTAUGHT) for route in sorted(self.by_route)])

    def again(self, learned: Mapping[int, LearnedRoute]) -> dict[int, LearnedRoute]:
        """Return the routes that what the others say may change, learned again with that."""
        roles = self._known.roles
        made = [(roles[route], each) for route, each in learned.items()]
        laws, habits = laws_of(made), habits_of(made)
        taught: list[tuple[int, Taught]] = []
        for route, each in learned.items():
            role = roles[route]
            own = laws.get(role.collection.name, NO_LAWS) if role.collection is not None else NO_LAWS
            if not role.purges and (may_obey(role, each, laws) or may_say(each, habits.of(role))):
                taught.append((route, Taught(own, habits.of(role))))
        return self._all(taught)

    def _all(self, asked: Sequence[tuple[int, Taught]]) -> dict[int, LearnedRoute]:
        made = recalled_each(
            self._memo,
            [self._key(route, taught) for route, taught in asked],
            lambda part: self._one(*asked[part]),
            write_route,
            read_route,
            spread=self._spread,
        )
        return {route: each for (route, _), each in zip(asked, made, strict=True)}

    def _laws(self, route: int, taught: Taught) -> Laws:
        return {**taught.laws, **self._known.kept_back.laws(self._known.roles[route])}

    def _key(self, route: int, taught: Taught) -> str | None:
        follows = self._basis.get(route)
        if follows is None:
            return None
        met = self.pooled.met(route)
        return f"route-{digest_of(follows, met, self._laws(route, taught), taught.likewise)}"

    def _one(self, route: int, taught: Taught) -> LearnedRoute:
        role, seen = self._known.roles[route], self.by_route[route]
        if role.purges:
            return _purging(seen, role, self._lists)
        study = self._studies.pop(route, None) or Study(seen, role)
        if taught is UNTAUGHT and role.collection is not None:  # perhaps it is learned again
            self._studies[route] = study
        return learn_route(
            seen,
            role,
            self._lists,
            self._known.gone[route],
            self._effects.get(route, ()),
            laws=self._laws(route, taught),
            likewise=taught.likewise,
            study=study,
        )


def _bases(known: Prepared, lists: Lists) -> dict[int, str | None]:
    """Return what each route follows from, as a digest: all that ``learn_route`` is given but the laws; None
    where sessions have no digest."""
    quiet = {seen.route for session in known.kept.values() for seen in session if seen.quiet}
    fold = digest_of(
        known.selectors,
        known.xml_lists,
        known.table.patterns,
        known.roles,
        known.world.fixtures,
        known.gone,
        known.caller,
        known.made,
        sorted(quiet),
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


def _purging(observations: Sequence[Observation], role: Role, lists: Lists) -> LearnedRoute:
    """Learn a route that removes many, which asks like the list of its collection."""
    assert role.collection is not None  # Invariant: what purges has one
    name = role.collection.name
    query = next((each.query for each in lists.by_route.values() if each.query.entity == name), None)
    found = learn_purge(observations, role, query)
    if found is None:
        return learn_route(observations, role, lists, False)
    return learn_route(observations, role, lists, False, (Purge(found[0]),), found[1])
