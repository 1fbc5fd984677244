"""Credentials that a service hands out: an answer holds a token, and later requests carry it.

A token becomes an entity: under the text that requests carry stands who got it. The caller is then a look-up,
as unknown for a token that nobody was given as for one that was taken back. Who got it is the part of that
exchange, of its answer or of what was sent, that most answers to its bearers hold.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from wraith.exchange import header, parse_form
from wraith.paths import MISSING, Found, Path, leaves
from wraith.runtime import Environment, Ids, State, text_of
from wraith.synth._effects.side_effects import SideEffects
from wraith.synth._exchanges.seen import Seen
from wraith.synth._roles.roles import Role
from wraith.synth._shared.priors import CREDENTIALS, PRIOR_KEYS
from wraith.wir import Delete, Effect, Expr, Literal, Lookup, Object, Put, Ref, Text

TOKENS = "tokens"
"""The collection of what was handed out. Its name has no meaning for requests, which address no such path."""

WHO = "who"
"""The member under which a token's entity keeps the identity."""

SHORTEST = 8
"""Characters of a token; shorter ones could be guessed, so services give none."""

ENOUGH = 2
"""Tokens that were handed out and used."""

KNOWN_SHARE = 0.8
"""The share of accepted credentials that must have been handed out in the recordings: else they are keys that
were there before."""

UNAUTHORIZED = 401
"""RFC 9110, 15.5.2: what services answer to a credential that is not, or no longer, valid."""

QUERY = ("access_token", "token", "api_key", "session", "session_id", "sid", "auth")
"""Parameters of a query that credentials are sent in (RFC 6750, 2.3, and what services use): a prior."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """How credentials are handed out and taken back: who asks, and what routes do."""

    caller: Expr
    effects: SideEffects


@dataclass(slots=True)
class _Token:
    """One token: the exchange that handed it out, and what was asked with it."""

    issuer: Seen
    at: Path
    before: str = ""
    """What stands before the token in the credential, such as a scheme."""
    uses: list[Seen] = field(default_factory=list)


_Place = tuple[str, str]
"""Where requests carry credentials: ``header`` or ``query``, and a name."""


def learn_tokens(sessions: Iterable[Sequence[Seen]], roles: Sequence[Role]) -> Tokens | None:
    """Return how the service hands out credentials, or None where no answer does."""
    kept = [[seen for seen in session if seen.route >= 0] for session in sessions]
    for place in [*(("header", name) for name in CREDENTIALS), *(("query", name) for name in QUERY)]:
        found = _issued(kept, place)
        if found:
            return _tokens(place, found, kept, roles)
    return None


def credential(seen: Seen, place: _Place) -> str | None:
    """Return what a request carries in a place, None where it carries nothing."""
    kind, name = place
    if kind == "header":
        return header(seen.request.headers, name)
    if name not in seen.request.query:
        return None
    try:
        return text_of(parse_form(seen.request.query).get(name, MISSING))
    except ValueError:  # more fields than any request has
        return None


def _issued(sessions: Sequence[Sequence[Seen]], place: _Place) -> dict[str, _Token]:
    """Return the tokens that answers held before requests carried them, by the whole credential."""
    found: dict[str, _Token] = {}
    accepted: set[str] = set()
    for session in sessions:
        answered: dict[str, tuple[Seen, Path]] = {}
        carrying = [credential(seen, place) for seen in session]
        if not any(carrying):
            continue
        for seen, carried in zip(session, carrying, strict=True):
            if carried:
                _use(found, carried, seen, answered)
                if seen.ok:
                    accepted.add(carried)
            if seen.ok and seen.method != "GET" and seen.document is not MISSING:
                for path, value in leaves(seen.document):
                    if isinstance(value, str) and len(value) >= SHORTEST and " " not in value:
                        answered.setdefault(value, (seen, path))
    used = {name: each for name, each in found.items() if any(seen.ok for seen in each.uses)}
    schemes = {each.before for each in used.values()}
    alike = [name for name in accepted if _scheme(name) in schemes]  # clients may log in by another scheme
    known = len(accepted & used.keys())
    return used if known >= ENOUGH and known >= KNOWN_SHARE * len(alike) else {}


def _scheme(carried: str) -> str:
    scheme, space, _ = carried.rpartition(" ")
    return scheme + space


def _use(found: dict[str, _Token], carried: str, seen: Seen, answered: dict[str, tuple[Seen, Path]]) -> None:
    if carried not in found:
        scheme, _, token = carried.rpartition(" ")
        issued = answered.get(token)
        if issued is None:
            return
        found[carried] = _Token(*issued, before=f"{scheme} " if scheme else "")
    found[carried].uses.append(seen)


def _tokens(
    place: _Place, found: dict[str, _Token], sessions: Sequence[Sequence[Seen]], roles: Sequence[Role]
) -> Tokens:
    effects: dict[int, list[Effect]] = defaultdict(list)
    groups: dict[tuple[int, Path, str], list[_Token]] = defaultdict(list)
    for each in found.values():
        groups[(each.issuer.route, each.at, each.before)].append(each)
    for (route, at, before), some in sorted(groups.items(), key=repr):
        token: Expr = Ref(("response", "body", *at))
        key = Text((Literal(before), token)) if before else token
        effects[route].append(Put(TOKENS, key, Object(((WHO, _identity(some) or token),))))
    carried = Ref(("request", *place))
    for route in _revoking(found, sessions, place):
        effects[route].append(Delete(TOKENS, carried))
    for route, path, before in _revoked_by_name(found, sessions, place):
        named = Ref(("request", "body", *path))
        effects[route].append(Delete(TOKENS, Text((Literal(before), named)) if before else named))
    return Tokens(Lookup(TOKENS, carried, (WHO,)), {route: tuple(some) for route, some in effects.items()})


# --- who got it -------------------------------------------------------------------------------------------


def _identity(tokens: Sequence[_Token]) -> Expr | None:
    """Return the part of the issuing exchange that answers to the bearers hold most often."""
    votes: Counter[Path] = Counter()
    values: dict[Path, set[str]] = defaultdict(set)
    for each in tokens:
        shown = {text for seen in each.uses if seen.ok for text in _texts(seen.document)}
        for path, text in _parts(each):
            values[path].add(text)
            votes[path] += text in shown
    telling = [path for path in votes if votes[path] and len(values[path]) > 1]
    best = min(telling, key=lambda path: (-votes[path], _prior(path), len(path), str(path)), default=None)
    return Ref(best) if best is not None else None


def _prior(path: Path) -> tuple[int, bool]:
    name = path[-1]
    rank = PRIOR_KEYS.index(name) if isinstance(name, str) and name in PRIOR_KEYS else len(PRIOR_KEYS)
    return rank, path[0] != "response"


def _parts(token: _Token) -> Iterator[tuple[Path, str]]:
    """Yield the scalars of the exchange that handed out a token, except the token."""
    seen = token.issuer
    sent = Environment(seen.request, seen.parameters, State(), Ids(""), seen.at_ms, seen.lists).body
    for root, document in ((("response", "body"), seen.document), (("request", "body"), sent)):
        if document is not MISSING:
            for path, value in leaves(document):
                text = text_of(value)
                if text and not isinstance(value, bool) and (root[0] == "request" or path != token.at):
                    yield (*root, *path), text


def _texts(document: Found) -> Iterator[str]:
    if document is not MISSING:
        for _, value in leaves(document):
            if (text := text_of(value)) is not None:
                yield text


# --- taken back -------------------------------------------------------------------------------------------


def _revoking(found: dict[str, _Token], sessions: Sequence[Sequence[Seen]], place: _Place) -> list[int]:
    """Return the routes after whose success a credential that was accepted is refused, and never accepted
    again."""
    last: dict[str, Seen] = {}
    votes: Counter[int] = Counter()
    against: Counter[int] = Counter()
    for seen in (seen for session in sessions for seen in session):
        carried = credential(seen, place)
        if carried is None or carried not in found:
            continue
        before = last.get(carried)
        if before is not None:
            refused = seen.status == UNAUTHORIZED
            (votes if refused else against)[before.route] += 1
        if seen.ok:
            last[carried] = seen
        else:
            last.pop(carried, None)
    return sorted(
        route for route, count in votes.items() if count > against[route] and _writes(route, sessions)
    )


def _revoked_by_name(
    found: dict[str, _Token], sessions: Sequence[Sequence[Seen]], place: _Place
) -> list[tuple[int, Path, str]]:
    """Return the routes whose requests name a credential in their body that is refused from then on, with
    where they name it and what stands before it in credentials (RFC 7009)."""
    by_token = {carried.removeprefix(each.before): carried for carried, each in found.items()}
    votes: Counter[tuple[int, Path, str]] = Counter()
    for session in sessions:
        named: dict[str, tuple[int, Path, str]] = {}
        for seen in session:
            told = named.pop(credential(seen, place) or "", None)
            if told is not None:
                votes[told] += 1 if seen.status == UNAUTHORIZED else -1
            if seen.ok and seen.method != "GET" and isinstance(seen.sent, dict):
                for path, value in leaves(seen.sent):
                    carried = by_token.get(value) if isinstance(value, str) else None
                    if carried is not None:
                        named[carried] = (seen.route, path, found[carried].before)
    return sorted((each for each, count in votes.items() if count >= ENOUGH), key=repr)


def _writes(route: int, sessions: Sequence[Sequence[Seen]]) -> bool:
    return any(seen.method != "GET" for session in sessions for seen in session if seen.route == route)
