"""What goes with what is deleted: entities that refer to it, or that lived below it.

When something is deleted, whatever refers to it is suspected to be gone as well. Later exchanges tell: a read
that finds nothing, a list without it, a key given out again speak for it; a read or a list that shows it
speaks against.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wraith.exchange import parse_form
from wraith.paths import Path, get, leaves
from wraith.runtime import State, named_parameters, text_of
from wraith.synth._exchanges.seen import Seen
from wraith.synth._roles.roles import Role
from wraith.synth._world.flats import Flats
from wraith.synth._world.observe import remember
from wraith.synth._world.world import Key, World, deletes, reveals
from wraith.wir import Effect, Sweep

ENOUGH = 2
"""Suspects that must be found gone before a rule is believed: one may have been deleted out of sight."""

CONTRADICTED = 4
"""One in so many suspects may be seen alive: what was created with the same key is another."""

MAX_DEPTH = 2
"""How deep in a document a reference stands."""

Rule = tuple[int, str, Path]
"""A route that deletes, a collection of what may go with it, and the field that refers to it."""


LOOKS = 5
"""Deletions at which it is looked whether a field refers to what is deleted, or to something else."""


@dataclass(slots=True)
class _Votes:
    gone: Counter[Rule] = field(default_factory=Counter)
    alive: Counter[Rule] = field(default_factory=Counter)
    looks: Counter[Rule] = field(default_factory=Counter)
    strange: set[Rule] = field(default_factory=set)
    """Rules by fields that hold more keys of another collection than of the one that is deleted from."""

    def look(self, state: State, removed: Key, rule: Rule) -> None:
        """See to which collection the field of a rule refers."""
        _, name, path = rule
        if not path or self.looks[rule] >= LOOKS:
            return
        self.looks[rule] += 1
        values = {text_of(get(document, path)) for document in state.all(name).values()}
        known = {each: len(values & stored.keys()) for each, stored in state.entities.items()}
        if max(known.values()) > known.get(removed[0], 0) + (removed[1] not in state.all(removed[0])):
            self.strange.add(rule)


def learn_cascades(
    sessions: Mapping[int, Sequence[Seen]], roles: Sequence[Role], world: World, gone: Sequence[bool]
) -> dict[int, tuple[Effect, ...]]:
    """Return what successful deletions take along, by the position of the route."""
    votes = _Votes()
    run, state, flats = -1, State(), Flats()
    suspects: dict[Key, list[Rule]] = {}
    for number, session in sorted(sessions.items()):
        if world.run_of[number] != run:
            run, suspects, flats = world.run_of[number], {}, Flats()
            state = State({name: items.items() for name, items in world.fixtures.items()})
        for seen in session:
            if seen.route < 0:
                continue
            role = roles[seen.route]
            _judge(seen, role, suspects, votes)
            removed = deletes(seen, role)
            if removed is not None and gone[seen.route]:
                for key, rules in _referring(state, flats, removed, seen.route).items():
                    suspects[key] = rules
                    for rule in rules:
                        votes.look(state, removed, rule)
            remember(state, seen, role, gone[seen.route], reveals(seen, role))
    return _believed(votes, roles)


def _referring(state: State, flats: Flats, removed: Key, route: int) -> dict[Key, list[Rule]]:
    """Return what refers to an entity, with the rules by which it would go with it."""
    found: dict[Key, list[Rule]] = defaultdict(list)
    for name, stored in state.entities.items():
        others = stored.values() if name != removed[0] else ()
        holding = {id(document) for document in flats.holding(others, (removed[1],))}
        for key, document in stored.items():
            if (name, key) == removed:
                continue
            if key.startswith(f"{removed[1]}/"):
                found[name, key].append((route, name, ()))
            if id(document) in holding:
                found_at = [path for path, value in leaves(document) if text_of(value) == removed[1]]
                rules = [(route, name, path) for path in found_at if 0 < len(path) <= MAX_DEPTH]
                if rules:
                    found[name, key] += rules
    return found


def _judge(seen: Seen, role: Role, suspects: dict[Key, list[Rule]], votes: _Votes) -> None:
    """Let an exchange speak for or against the suspects that it touches."""
    if not suspects or role.collection is None:
        return
    name = role.collection.name
    asked = role.request_key(seen)
    if asked is not None and (name, asked) in suspects and seen.status in (404, 410):
        votes.gone.update(suspects.pop((name, asked)))
        return
    for reveal in reveals(seen, role):
        if reveal.key in suspects:
            rules = suspects.pop(reveal.key)
            (votes.gone if reveal.created else votes.alive).update(rules)
    if role.listing is not None and seen.ok and isinstance(get(seen.document, role.listing), list):
        _judge_list(seen, name, suspects, votes)


def _judge_list(seen: Seen, name: str, suspects: dict[Key, list[Rule]], votes: _Votes) -> None:
    """A list that asks for nothing else than what refers to the deleted, or for everything, lacks a
    suspect."""
    query = [parameter for parameter, _ in named_parameters(dict(parse_form(seen.request.query)))]
    for key in [key for key in suspects if key[0] == name]:
        rules = [rule for rule in suspects[key] if not rule[2] or set(query) <= {str(rule[2][-1])}]
        if rules and not (seen.parameters and not key[1].startswith("/".join(seen.parameters.values()))):
            votes.gone.update(rules)
            del suspects[key]


def _believed(votes: _Votes, roles: Sequence[Role]) -> dict[int, tuple[Effect, ...]]:
    found: dict[int, list[Effect]] = defaultdict(list)
    for rule, count in sorted(votes.gone.items(), key=repr):
        route, name, path = rule
        inner = roles[route].inner
        key = inner[1] if inner is not None else roles[route].key
        if rule in votes.strange or key is None:
            continue
        if count >= ENOUGH and votes.alive[rule] * CONTRADICTED <= count:
            found[route].append(Sweep(name, key, path))
    return {route: tuple(effects) for route, effects in found.items()}
