"""Who asks: credentials that a mutation hands out, and the entities that they were handed to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wraith.exchange import header
from wraith.paths import Path
from wraith.runtime import compile_expr
from wraith.synth._graphql.documents import ROOTS, Call, Object, Value, below
from wraith.synth._graphql.types import Class, Types
from wraith.wir import Call as Apply
from wraith.wir import Effect, Expr, First, Literal, Lookup, Put, Ref
from wraith.wir import Object as Members

HOLDERS = "credentials"
"""The collection that says whose each credential is, under the credential."""

HOLDER = "holder"
HEADER = "authorization"

SHORTEST = 8
"""Characters of a credential; shorter ones are words."""

SENT = 2
"""Sessions that must have sent back what a mutation answered."""

_WHOLE = Ref(("request", "header", HEADER))
ASKING: Expr = Lookup(
    HOLDERS,
    First((Apply("element", (Apply("split", (_WHOLE, Literal(" "))), Literal(1))), _WHOLE)),
    (HOLDER,),
)
"""The key of the entity whose credential a request carries, bare or behind the name of a scheme."""


asking = compile_expr(ASKING)
"""Works that key out."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Where the answer of a mutation has a credential, and whose it is."""

    credential: Path
    holder: Path
    of: Class

    def effect(self) -> Effect:
        """Return what remembers whose the credential is."""
        assert self.of.key is not None  # Invariant: who holds a credential is an entity
        key = Ref(("response", "body", *self.holder, self.of.key))
        return Put(HOLDERS, Ref(("response", "body", *self.credential)), Members(((HOLDER, key),)))

    def told(self, call: Call, types: Types) -> tuple[str, str] | None:
        """Return the credential that a call handed out, and the key of who got it."""
        credential = below(call.value, self.credential)
        holder = below(call.value, self.holder)
        key = types.key(holder, self.of) if isinstance(holder, Object) else None
        return (credential, key) if isinstance(credential, str) and key is not None else None


def find_grants(sessions: Sequence[Sequence[Call]], types: Types) -> dict[str, Grant]:
    """Return the mutations that hand out credentials, by their field."""
    votes: Counter[tuple[str, Path]] = Counter()
    for session in sessions:
        sent = {bare(call) for call in session}
        found = {
            (call.name, path)
            for call in session
            if call.kind == "mutation"
            for path, text in _texts(call.value, ())
            if len(text) >= SHORTEST and text in sent
        }
        votes.update(found)
    grants: dict[str, Grant] = {}
    for (name, path), count in sorted(votes.items(), key=str):
        holder = _entity(types.at.get((ROOTS["mutation"], name)), types)
        if count >= SENT and holder is not None:
            grants.setdefault(name, Grant(path, *holder))
    return grants


def bare(call: Call) -> str:
    """Return the credential that a request carries, without the name of its scheme."""
    return (header(call.seen.request.headers, HEADER) or "").split(" ")[-1]


def _texts(value: Value, at: Path) -> Iterator[tuple[Path, str]]:
    for sight in value.sights if isinstance(value, Object) else ():
        if isinstance(sight.value, str):
            yield (*at, sight.name), sight.value
        yield from _texts(sight.value, (*at, sight.name))


def _entity(top: Class | None, types: Types) -> tuple[Path, Class] | None:
    """Return the entity that a payload is or holds."""
    if top is None:
        return None
    if top.key is not None:
        return (), top
    inner = [(name, below) for name in top.fields if (below := types.below(top, name)) is not None]
    return next((((name,), below) for name, below in inner if below.key is not None), None)
