"""Who asks: the identity that a service gives to a credential.

A header that carries credentials names the caller, but not by the name that the service uses. Where a part of
a route's answers is always the same for one credential and never the same for two, that part is the caller's
identity. What was seen is a learned map; a credential that was never seen gets a digest of it in the same
form, so that it too is one caller, always the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from wraith.canonical import JsonValue
from wraith.exchange import header
from wraith.paths import MISSING, Path, leaves
from wraith.runtime import Environment, Ids, State, compile_expr, text_of
from wraith.synth._exchanges.seen import Seen
from wraith.synth._shared.priors import CLIENT_S_OWN, CREDENTIALS
from wraith.wir import Call, Case, Expr, Literal, Ref, Text

ENOUGH = 2
"""Credentials that must be told apart, and sights of one of them that must agree."""

SHORTEST = 4
"""Characters of an identity; shorter ones are numbers that many things have."""

_HEX = frozenset("0123456789abcdef")
_DIGEST_SIZE = 64

_Place = tuple[int, Path]
"""A route and a path into its answers."""


def learn_caller(sessions: Iterable[Sequence[Seen]]) -> Expr | None:
    """Return the expression for the identity of who asks, or None where no answer tells it."""
    kept = [seen for session in sessions for seen in session if seen.ok and seen.route >= 0]
    if (said := _said(kept)) is not None:
        return said
    for name in CREDENTIALS:
        sights = [(value, seen) for seen in kept if (value := header(seen.request.headers, name)) is not None]
        if len({value for value, _ in sights}) >= ENOUGH:
            known = _identities(sights)
            if len(known) >= ENOUGH:
                credential = Ref(("request", "header", name))
                cases: tuple[tuple[str, JsonValue], ...] = tuple(sorted(known.items()))
                return Case(credential, cases, _unseen(credential, sorted(known.values())))
    return None


def _said(kept: Sequence[Seen]) -> Expr | None:
    """Return the part of a header that names the caller as the answers do, or None where none does."""
    headers = {name.lower() for seen in kept for name, _ in seen.request.headers} - CLIENT_S_OWN
    for name in sorted(headers, key=lambda each: (each not in CREDENTIALS, each)):
        values = {value for seen in kept if (value := header(seen.request.headers, name)) is not None}
        for expr in readings(name) if len(values) >= ENOUGH else ():
            if _names(expr, kept):
                return expr
    return None


def readings(name: str) -> Iterator[Expr]:
    """Yield what may be the name of the caller in a header: all of it, the user of RFC 7617, or the subject
    of RFC 7519."""
    whole = Ref(("request", "header", name))
    yield whole
    token = Call("element", (Call("split", (whole, Literal(" "))), Literal(1)))
    yield Call("element", (Call("split", (Call("from_base64", (token,)), Literal(":"))), Literal(0)))
    claims = Call("from_base64", (Call("element", (Call("split", (token, Literal("."))), Literal(1))),))
    yield Call("from_json", (claims, Literal("sub")))


def _names(expr: Expr, kept: Sequence[Seen]) -> bool:
    """Whether some place in answers holds the values of an expression for several callers, and no other."""
    compute = compile_expr(expr)
    held: dict[_Place, set[str]] = defaultdict(set)
    wrong: set[_Place] = set()
    for seen in kept:
        own = text_of(compute(Environment(seen.request, seen.parameters, State(), Ids(""), seen.at_ms)))
        if not own or seen.document is MISSING:
            continue
        brought = own in seen.segments or own.encode() in seen.request.body
        for path, value in () if brought else leaves(seen.document):
            place = (seen.route, path)
            if value == own:
                held[place].add(own)
            elif isinstance(value, str):
                wrong.add(place)
    return any(len(own) >= ENOUGH for place, own in held.items() if place not in wrong)


def _identities(sights: Sequence[tuple[str, Seen]]) -> dict[str, str]:
    """Return the identity of each credential: what the places that tell callers apart agree on."""
    places: dict[_Place, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for credential, seen in sights:
        if seen.document is not MISSING:
            for path, value in leaves(seen.document):
                if isinstance(value, str) and len(value) >= SHORTEST:
                    places[(seen.route, path)][credential].append(value)
    known: dict[str, str] = {}
    for by_credential in places.values():
        told = _told(by_credential)
        if all(known.get(credential, value) == value for credential, value in told.items()):
            both = {**known, **told}
            known = both if len(set(both.values())) == len(both) else known
    return known


def _told(by_credential: dict[str, list[str]]) -> dict[str, str]:
    """Return what one place says of the callers, or nothing where it says anything else."""
    values = {credential: set(seen) for credential, seen in by_credential.items()}
    often = any(len(seen) >= ENOUGH for seen in by_credential.values())
    if len(values) < ENOUGH or not often or any(len(each) > 1 for each in values.values()):
        return {}
    told = {credential: next(iter(each)) for credential, each in values.items()}
    return told if len(set(told.values())) == len(told) else {}


def _shared_start(one: str, other: str) -> str:
    """Return what both texts begin with; of the first and last of sorted texts, what all begin with."""
    size = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    return one[:size]


def _unseen(credential: Expr, identities: Sequence[str]) -> Expr:
    """Return an identity for a credential that was never seen, in the form of those that were."""
    before = _shared_start(identities[0], identities[-1])
    rests = [identity[len(before) :] for identity in identities]
    digest: Expr = Call("sha256", (credential,))
    size = len(rests[0])
    if all(len(rest) == size and set(rest) <= _HEX for rest in rests) and size < _DIGEST_SIZE:
        digest = Call("slice", (digest, Literal(0), Literal(size)))
    return Text((Literal(before), digest)) if before else digest
