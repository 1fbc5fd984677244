"""What a request may be refused for on any route: conditions that ask about the request alone, or about the
credential that it carries.

A credential may be lacking, be none of those that are accepted, or not be good for what is asked; a body may
be of a kind that nothing takes, or not parse. Here such conditions are proposed, each where some refused
request meets it; ``pooled`` judges them on all routes together.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from wraith.paths import Found, get
from wraith.runtime import compile_expr
from wraith.synth._guards.features import prefixes
from wraith.synth._shared.priors import CLIENT_S_OWN, CREDENTIAL_PARAMETERS, CREDENTIALS
from wraith.synth._world.observe import Observation
from wraith.wir import (
    Absent,
    Atom,
    Call,
    Equals,
    Exists,
    Expr,
    Literal,
    Lookup,
    Matches,
    NotMatches,
    NotOneOf,
    OneOfSet,
    Ref,
)

FEW = 6
"""Different values of a header, accepted credentials, or words of what is granted, that are kinds of callers;
more are data."""

FORBIDDEN = 403
"""RFC 9110, 15.5.4: the credential is good, and not for this."""

MALFORMED = "malformed"
NEGOTIATED = ("content-type", "accept")
CALLER = Ref(("caller",))

Requests = Mapping[int, Sequence[Observation]]
"""The observations of each route, by its position."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A question to a request, and the question with the opposite answers."""

    refused: Atom
    passed: Atom
    credential: bool = False
    """It asks for credentials."""
    of_body: bool = False
    """It has no sense where there is no body."""
    of_rights: bool = False
    """It asks what a good credential is good for: others are never refused so."""

    @property
    def of_parser(self) -> bool:
        """Whether it is that a body does not parse."""
        return isinstance(self.refused, Equals) and self.refused.value == MALFORMED


def conditions(by_route: Requests) -> Iterator[Condition]:
    """Yield what some refused request of the corpus may have been refused for: credentials first, those that
    are none alike with those that are lacking, or after them."""
    every = [row for rows in by_route.values() for row in rows]
    refused = [row for row in every if not row.seen.ok]
    if not refused:
        return
    headers = {name for row in every for name in row.env.headers} - CLIENT_S_OWN
    invalid = [
        Condition(Absent(CALLER), Exists(CALLER), credential=True),
        *(each for name in sorted(headers) if name in CREDENTIALS for each in _unknown(name, every)),
    ]
    yield from invalid
    for name in sorted(headers, key=lambda name: (name not in CREDENTIALS, name)):
        if any(name not in row.env.headers for row in refused):
            place = Ref(("request", "header", name))
            yield Condition(Absent(place), Exists(place), credential=name in CREDENTIALS)
    for name in CREDENTIAL_PARAMETERS:
        if any(name in row.env.query for row in every) and any(name not in row.env.query for row in refused):
            place = Ref(("request", "query", name))
            yield Condition(Absent(place), Exists(place), credential=True)
    yield from invalid
    yield from _rights(every, sorted(headers))
    for name in NEGOTIATED:
        place = Ref(("request", "header", name))
        for value in sorted({row.env.headers[name] for row in refused if name in row.env.headers}):
            yield Condition(Equals(place, value), NotOneOf(place, (value,)), of_body=name == "content-type")
    kinds = {row.env.body_kind for row in refused} - {"json"}
    for kind in sorted(kinds, key=lambda each: (each == MALFORMED, each)):
        place = Ref(("request", "body_kind"))
        yield Condition(Equals(place, kind), NotOneOf(place, (kind,)), of_body=True)


def _unknown(name: str, every: Sequence[Observation]) -> Iterator[Condition]:
    """Yield the conditions that a credential does not begin as those do that are accepted, or, where nothing
    in how they begin tells them, is none of the few that are: of each scheme its own (RFC 9110, 11.4)."""
    accepted: dict[str, set[str]] = defaultdict(set)
    others: dict[str, set[str]] = defaultdict(set)
    for row in every:
        if (value := row.env.headers.get(name)) is not None:
            (accepted if row.seen.ok else others)[value.rpartition(" ")[0]].add(value)
    place = Ref(("request", "header", name))
    for scheme, known in sorted(accepted.items()):
        unknown = others[scheme] - known
        pattern = _beginning(known, unknown)
        if pattern is not None:
            yield Condition(NotMatches(place, pattern), Matches(place, pattern), credential=True)
        elif len(known) <= FEW and unknown:
            values = tuple(sorted(known))
            yield Condition(NotOneOf(place, values), OneOfSet(place, values), credential=True)


def _beginning(known: Collection[str], unknown: Collection[str]) -> str | None:
    """Return the pattern of the shortest beginning that all accepted credentials have and no other, if there
    is one: a client of the twin has a key of its own."""
    for pattern in sorted(prefixes(known), key=lambda each: (len(each), each)) if unknown else ():
        fits = re.compile(pattern).fullmatch
        if all(map(fits, known)) and not any(map(fits, unknown)):
            return pattern
    return None


def _rights(every: Sequence[Observation], headers: Sequence[str]) -> Iterator[Condition]:
    """Yield the conditions that what is granted to a credential lacks some word, or has some value; and that
    a header says who may do less."""
    forbidden = [row for row in every if row.seen.status == FORBIDDEN]
    if not forbidden:
        return
    carried = set.intersection(*({lookup for lookup, _ in row.addressed} for row in every))
    places: list[Expr] = [Ref(("request", "header", name)) for name in headers]
    for lookup in sorted(carried, key=repr):
        documents = [dict(row.addressed)[lookup] for row in every]
        names = dict.fromkeys(name for each in documents if isinstance(each, dict) for name in each)
        for name in names:
            place = Lookup(lookup.entity, lookup.key, (name,))
            words = {word for each in documents for word in _words(get(each, (name,)))}
            for word in sorted(words) if 1 < len(words) <= FEW else ():
                for way in (place, Call("split", (place, Literal(" ")))):
                    has = Call("contains", (way, Literal(word)))
                    yield Condition(NotOneOf(has, (True,)), Equals(has, True), of_rights=True)
            places.append(place)
    for each in places:
        compute = compile_expr(each)
        values = {value for row in forbidden if isinstance(value := compute(row.env), str)}
        for said in sorted(values) if len(values) <= FEW else ():
            yield Condition(Equals(each, said), NotOneOf(each, (said,)), of_rights=True)


def _words(value: Found) -> list[str]:
    if isinstance(value, str):
        return value.split()
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
