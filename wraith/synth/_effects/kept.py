"""Members that a representation shows only sometimes, and that are kept while it does not.

The message of a gift is not shown while the order is no gift, and is there again, as it was, once it is one.
Answers reveal what they show, so what is out of sight is kept in a collection beside the entities, by every
write that answers with one. When the member is shown is told by another member of the same representation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, get
from wraith.runtime import text_of
from wraith.synth._effects.side_effects import SideEffects
from wraith.synth._evidence.rows import equal
from wraith.synth._exchanges.seen import Seen
from wraith.synth._guards.laws import NO_LAWS, OWN, Laws
from wraith.synth._roles.roles import Role, created_key
from wraith.synth._world.world import Key, Reveal, reveals
from wraith.wir import Delete, Effect, Equals, Expr, First, Lookup, Object, Put, Ref, When

ENOUGH = 2
"""Different values that were shown, not shown, and shown again without being sent again."""

Shown = dict[str, JsonValue]
"""A representation."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept out of sight: by collection the members, each with when it is shown."""

    members: Mapping[str, Mapping[str, Equals]]

    def known_to(self, roles: Sequence[Role]) -> tuple[Role, ...]:
        """Return the roles, those that address such an entity with what is kept beside it."""
        return tuple(
            replace(role, around=(*role.around, (kept_beside(role.collection.name), role.key)))
            if role.collection is not None and role.collection.name in self.members and role.key is not None
            else role
            for role in roles
        )

    def effects(self, roles: Sequence[Role]) -> SideEffects:
        """Return what keeps the members, by route: every write that answers with the representation."""
        return {number: done for number, role in enumerate(roles) if (done := self._effects(role))}

    def _effects(self, role: Role) -> tuple[Effect, ...]:
        members = self._members(role)
        if role.collection is None or not members:
            return ()
        name = kept_beside(role.collection.name)
        if role.op == "delete" and role.key is not None:
            return (Delete(name, role.key),)
        if role.op not in ("create", "update", "action") or role.envelope is None:
            return ()
        key = role.key or created_key(role)
        before = (role.key,) if role.key is not None else ()
        kept = tuple(
            (member, First((*_told(role, member), *(Lookup(name, each, (member,)) for each in before))))
            for member in members
        )
        return (Put(name, key, Object(kept)),)

    def laws(self, role: Role) -> Laws:
        """Return what the answers of a changing route show of such members: what is sent, else what is
        kept, where the representation shows it."""
        if role.collection is None or role.op != "update" or role.key is None:
            return NO_LAWS
        name, key = kept_beside(role.collection.name), role.key
        return {
            (member,): When(shown, First((Ref(("request", "body", member)), Lookup(name, key, (member,)))))
            for member, shown in self._members(role).items()
        }

    def _members(self, role: Role) -> Mapping[str, Equals]:
        return self.members.get(role.collection.name, {}) if role.collection is not None else {}


def _told(role: Role, member: str) -> tuple[Expr, Expr]:
    """Return where an exchange tells of a member: in what it answers, else in what it was sent."""
    assert role.envelope is not None  # Invariant: callers have looked
    return Ref(("response", "body", *role.envelope, member)), Ref(("request", "body", member))


def kept_beside(name: str) -> str:
    """Return the name of the collection that keeps what the entities of a collection do not show."""
    return f"{name}.kept"


def learn_kept(sessions: Iterable[Sequence[Seen]], roles: Sequence[Role]) -> Kept:
    """Return the members that came back as they had been, where another member tells when."""
    shown: dict[str, list[Shown]] = defaultdict(list)
    again: dict[tuple[str, str], set[str]] = defaultdict(set)
    for session in sessions:
        lives: dict[Key, _Life] = defaultdict(_Life)
        for seen, reveal, value in _representations(session, roles):
            shown[reveal.key[0]].append(value)
            for member in lives[reveal.key].see(value, seen):
                again[reveal.key[0], member].add(str(text_of(value[member])))
    found: dict[str, dict[str, Equals]] = defaultdict(dict)
    for (name, member), values in sorted(again.items()):
        if len(values) >= ENOUGH and (condition := _condition(member, shown[name])) is not None:
            found[name][member] = condition
    return Kept(found)


def _representations(session: Sequence[Seen], roles: Sequence[Role]) -> Iterator[tuple[Seen, Reveal, Shown]]:
    """Yield the whole representations that the answers of a session show."""
    for seen in session:
        for reveal in reveals(seen, roles[seen.route]) if seen.route >= 0 else ():
            if isinstance(reveal.value, dict) and not reveal.listed and seen.left is MISSING:
                yield seen, reveal, reveal.value


@dataclass(slots=True)
class _Life:
    """What was shown last of each member of an entity, and which of them are out of sight."""

    last: Shown = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)

    def see(self, value: Shown, seen: Seen) -> list[str]:
        """Take in a representation; return the members that are there again although nobody sent them."""
        back = [
            member
            for member in sorted(self.hidden & value.keys())
            if text_of(value[member]) and equal(value[member], self.last[member]) and not _sends(seen, member)
        ]
        self.last.update(value)
        self.hidden = self.last.keys() - value.keys()
        return back


def _sends(seen: Seen, member: str) -> bool:
    sent: Found = seen.sent
    return sent is not MISSING and get(sent, (member,)) is not MISSING


def _condition(member: str, shown: Sequence[Shown]) -> Equals | None:
    """Return the question about another member that is true just where one is shown: a flag, or a word."""
    having = [value for value in shown if member in value]
    for other in sorted({name for value in having for name in value} - {member}):
        first = having[0].get(other, MISSING)
        if not isinstance(first, str | bool) or not all(
            equal(value.get(other, MISSING), first) for value in having
        ):
            continue
        if not any(equal(value.get(other, MISSING), first) for value in shown if member not in value):
            return Equals(Ref((*OWN, other)), first)
    return None
