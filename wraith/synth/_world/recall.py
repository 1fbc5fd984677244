"""A corpus that a memo has met before, but for sessions that nothing is learned from.

Hypotheses are made from a bounded choice of sessions. Where that choice is as it was, and so is the world
that all sessions show together, the model is the one that was learned; what further sessions change is how
often something was seen. Only what each session shows of the world has to be known, and is kept session by
session.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from wraith.canonical import JsonValue
from wraith.errors import InputError
from wraith.synth._exchanges.memo import Forgetful, Memo, content_digest, digest_of, recalled
from wraith.synth._exchanges.seen import Seen
from wraith.synth._roles.roles import Collection, Role
from wraith.synth._routes.look import Looked
from wraith.synth._world.sights import Sight, Sights, sights
from wraith.synth._world.world import Key, World, WorldBuilder
from wraith.wir import Evidence, Expr, Model, dump_model, expr_from_json, expr_to_json, load_model

_PLAIN: Final = ("op", "store", "beside", "partial", "picks", "upserts")
_PATHS: Final = ("envelope", "listing", "purged")
"""Fields of a role that are written as they are, and those that are paths."""


@dataclass(frozen=True, slots=True)
class Learned:
    """A model, and what backs it."""

    model: Model
    evidence: Evidence


class Recall:
    """What a memo knows of one corpus. Of a corpus whose sessions have no digests, or that speaks GraphQL, it
    knows nothing, and keeps nothing."""

    def __init__(self, memo: Memo, looked: Looked) -> None:
        self._memo = memo
        self._looked = looked
        self._contents = [content_digest(session) for session in looked.ordered]
        self._key: str | None = None
        if not isinstance(memo, Forgetful) and not looked.speaking and None not in self._contents:
            chosen = [(self._contents[number], looked.taught[number]) for number in sorted(looked.chosen)]
            self._key = digest_of(looked.table.patterns, looked.xml_lists, chosen)

    def sights(self, roles: Sequence[Role], kept: Mapping[int, list[Seen]]) -> Iterator[Sights]:
        """Return what each session shows; ``kept`` are the chosen ones, from which the roles were learned."""
        if self._key is not None and _read_roles(written := _write_roles(roles)) == list(roles):
            self._memo.put(f"roles-{self._key}", written)
        return (self._sights(number, roles, kept.get(number)) for number in range(len(self._contents)))

    def _sights(self, number: int, roles: Sequence[Role], kept: list[Seen] | None) -> Sights:
        def make() -> Sights:
            return sights(kept or self._looked.session(number), roles)

        return recalled(self._memo, self._place(number), make, _write_sights, _read_sights)

    def _known(self, number: int, roles: Sequence[Role]) -> Sights:
        """Return what a session shows. Of a chosen one that must be known: it was looked at more closely than
        once. Raises LookupError where it is not."""
        if number not in self._looked.chosen:
            return self._sights(number, roles, None)
        known = self._memo.get(self._place(number) or "")
        if known is None:
            raise LookupError(number)
        return _read_sights(known)

    def _place(self, number: int) -> str | None:
        """Return where it is kept what a session shows."""
        return f"sights-{digest_of(self._key, self._contents[number])}" if self._key is not None else None

    def learned(self) -> Learned | None:
        """Return the model and its evidence, where all that they follow from is known."""
        if self._key is None:
            return None
        try:
            known = self._memo.get(f"roles-{self._key}")
            if known is None:
                return None
            roles, builder = _read_roles(known), WorldBuilder()
            for number, taught in enumerate(self._looked.taught):
                builder.add(self._known(number, roles), taught)
            world = builder.world()
            found = self._memo.get(self._place_of_model(world))
            return self._read(found, world) if found is not None else None
        except (ValueError, TypeError, LookupError, InputError):
            return None  # of another form: it is learned again, and replaced

    def keep(self, world: World, learned: Learned) -> Learned:
        """Keep what was learned; return it."""
        if self._key is not None:
            evidence = learned.evidence.model_dump_json().encode()
            self._memo.put(self._place_of_model(world), evidence + b"\n" + dump_model(learned.model))
        return learned

    def _place_of_model(self, world: World) -> str:
        """Return where the model is kept: it follows from the world, and from the sessions up to the last one
        that is learned from."""
        folded = max(self._looked.chosen, default=-1) + 1
        before = list(zip(self._contents, self._looked.taught, world.run_of, strict=True))[:folded]
        chosen = [number in self._looked.chosen for number in range(folded)]
        return f"model-{digest_of(self._key, world.fixtures, before, chosen)}"

    def _read(self, found: bytes, world: World) -> Learned:
        written, _, model = found.partition(b"\n")
        looked, evidence = self._looked, Evidence.model_validate_json(written)
        counts = Counter(
            looked.table.find(line.method, line.segments) for session in looked.sketches for line in session
        )
        positions = {(each.method, each.pattern): at for at, each in enumerate(looked.table.patterns)}
        routes = [
            each.model_copy(update={"exchanges": counts[positions[each.method, each.path_pattern]]})
            for each in evidence.routes
        ]
        news = {
            "exchanges": sum(map(len, looked.sketches)),
            "sessions": sum(looked.taught),
            "runs": runs_of([session.id for session in looked.ordered], world),
            "routes": tuple(routes),
        }
        return Learned(load_model(model), evidence.model_copy(update=news))


def runs_of(ids: Sequence[str], world: World) -> tuple[tuple[str, ...], ...]:
    """Return the sessions of each run."""
    runs: dict[int, list[str]] = defaultdict(list)
    for session, run in zip(ids, world.run_of, strict=True):
        runs[run].append(session)
    return tuple(tuple(sessions) for _, sessions in sorted(runs.items()))


# --- how they are written ----------------------------------------------------------------------------------


def _write_sights(shown: Sights) -> bytes:
    return json.dumps(shown, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _read_sights(data: bytes) -> Sights:
    started_at_ms, found = json.loads(data.decode("utf-8", "surrogatepass"))
    return started_at_ms, tuple(
        Sight(
            at,
            _pairs(deleted),
            _pairs(stored),
            _pairs(silent),
            tuple(((key[0], key[1]), value, created) for key, value, created in shown),
            (listed[0], listed[1], listed[2], listed[3]) if listed is not None else None,
            tuple(told),
        )
        for at, deleted, stored, silent, shown, listed, told in found
    )


def _pairs(keys: Sequence[Sequence[str]]) -> tuple[Key, ...]:
    return tuple((name, key) for name, key in keys)


def _write_roles(roles: Sequence[Role]) -> bytes:
    return json.dumps([_role_to_json(role) for role in roles]).encode()


def _read_roles(data: bytes) -> list[Role]:
    return [_role_from_json(each) for each in json.loads(data)]


def _role_to_json(role: Role) -> dict[str, object]:
    own = role.collection
    return {
        **{name: getattr(role, name) for name in _PLAIN + _PATHS},
        "collection": [own.name, own.key, own.composite, own.by_content] if own is not None else None,
        "key": expr_to_json(role.key) if role.key is not None else None,
        "parents": role.parents,
        "addressed": [(name, expr_to_json(key)) for name, key in role.addressed],
        "around": [(name, expr_to_json(key)) for name, key in role.around],
        "past": [expr_to_json(place) for place in role.past],
        "views": role.views,
    }


def _role_from_json(read: Mapping[str, Any]) -> Role:
    own = read["collection"]
    plain: dict[str, Any] = {name: read[name] for name in _PLAIN}
    paths: dict[str, Any] = {name: tuple(read[name]) if read[name] is not None else None for name in _PATHS}
    return Role(
        **plain,
        **paths,
        collection=Collection(own[0], tuple(own[1]), own[2], own[3]) if own is not None else None,
        key=expr_from_json(read["key"]) if read["key"] is not None else None,
        parents=tuple(read["parents"]),
        addressed=_keys(read["addressed"]),
        around=_keys(read["around"]),
        past=tuple(expr_from_json(each) for each in read["past"]),
        views=tuple((tuple(path), (name, tuple(key))) for path, (name, key) in read["views"]),
    )


def _keys(read: Sequence[tuple[str, JsonValue]]) -> tuple[tuple[str, Expr], ...]:
    return tuple((name, expr_from_json(key)) for name, key in read)
