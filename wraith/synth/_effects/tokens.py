"""Credentials that a service hands out: an answer holds a token, and later requests carry it.

A token becomes an entity: under it stands who got it, when, and what the answer said it is good for. The
caller is then a look-up, as unknown for a token that nobody was given as for one that was taken back. Who got
it is the part of that exchange, of its answer, of what was sent or of the credential it was asked for with,
that most answers to its bearers hold, and those to whoever names it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from wraith.exchange import header, parse_form
from wraith.paths import MISSING, Found, Path, get, leaves
from wraith.runtime import Environment, Ids, State, compile_expr, text_of
from wraith.synth._effects.side_effects import SideEffects
from wraith.synth._exchanges.seen import Seen
from wraith.synth._roles.roles import Role
from wraith.synth._shared.priors import CREDENTIAL_PARAMETERS, CREDENTIALS, PRIOR_KEYS
from wraith.synth._world.caller import readings
from wraith.wir import Call, Clock, Delete, Effect, Expr, First, Literal, Lookup, Object, Put, Ref

TOKENS = "tokens"
"""The collection of what was handed out. Its name has no meaning for requests, which address no such path."""

WHO = "who"
"""The member under which a token's entity keeps the identity."""

SINCE = "since"
"""The member under which a token's entity keeps when it was given, in seconds since 1970."""

FEW = 6
"""Different values of a member that says what tokens are good for; one with more is about their bearers."""

SHORTEST = 8
"""Characters of a token; shorter ones could be guessed, so services give none."""

ENOUGH = 2
"""Tokens that were handed out and used."""

KNOWN_SHARE = 0.8
"""The share of accepted credentials that must have been handed out in the recordings: else they are keys that
were there before."""

LONG = 9
"""The length of a path that stands for what is no path."""

FORBIDDEN = 403
UNAUTHORIZED = 401
"""RFC 9110, 15.5.2 and 15.5.4: what services answer to a credential that is not, or no longer, valid."""


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
    named: list[Seen] = field(default_factory=list)
    """What was asked about it, by requests that name it in their body."""

    @property
    def text(self) -> str:
        return str(get(self.issuer.document, self.at))


_Place = tuple[str, str]
"""Where requests carry credentials: ``header`` or ``query``, and a name."""


def learn_tokens(sessions: Iterable[Sequence[Seen]], roles: Sequence[Role]) -> Tokens | None:
    """Return how the service hands out credentials, or None where no answer does."""
    kept = [[seen for seen in session if seen.route >= 0] for session in sessions]
    for place in [
        *(("header", name) for name in CREDENTIALS),
        *(("query", name) for name in CREDENTIAL_PARAMETERS),
    ]:
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
    groups: dict[tuple[int, Path], list[_Token]] = defaultdict(list)
    _name(found.values(), sessions)
    for each in found.values():
        groups[(each.issuer.route, each.at)].append(each)
    for (route, at), some in sorted(groups.items(), key=repr):
        token: Expr = Ref(("response", "body", *at))
        told = (
            *granted([each.issuer.document for each in some], at[:-1]),
            (SINCE, Clock("epoch_s")),
            (WHO, _identity(some) or token),
        )
        effects[route].append(Put(TOKENS, token, Object(told)))
    carried = _carried(place, sorted({each.before for each in found.values()}, reverse=True))
    for route in _revoking(found, sessions, place):
        effects[route].append(Delete(TOKENS, carried))
    for route, path in _revoked_by_name(found, sessions, place):
        effects[route].append(Delete(TOKENS, Ref(("request", "body", *path))))
    return Tokens(Lookup(TOKENS, carried, (WHO,)), {route: tuple(some) for route, some in effects.items()})


def _carried(place: _Place, schemes: Sequence[str]) -> Expr:
    """Return the token that a request carries, without the scheme before it."""
    whole: Expr = Ref(("request", *place))
    bare = tuple(
        Call("element", (Call("split", (whole, Literal(each))), Literal(1))) if each else whole
        for each in schemes
    )
    return bare[0] if len(bare) == 1 else First(bare)


def _name(tokens: Iterable[_Token], sessions: Sequence[Sequence[Seen]]) -> None:
    """Note on each token what was asked about it by name."""
    by_text = {each.text: each for each in tokens}
    for seen in (seen for session in sessions for seen in session):
        for _, value in leaves(seen.sent) if isinstance(seen.sent, dict) else ():
            if isinstance(value, str) and value in by_text:
                by_text[value].named.append(seen)


def granted(answers: Sequence[Found], at: Path) -> list[tuple[str, Expr]]:
    """Return what the answers that handed something out say beside it: members that are the same for many,
    with where they stand."""
    documents = [each for answer in answers if isinstance(each := get(answer, at), dict)]
    found: list[tuple[str, Expr]] = []
    for name in sorted({name for each in documents for name in each} - {WHO, SINCE}):
        column = [each[name] for each in documents if name in each]
        plain = not any(isinstance(value, dict) or value is None for value in column)
        values = {repr(value) for value in column}
        if plain and len(values) <= FEW and len(values) < len(column):
            found.append((name, Ref(("response", "body", *at, name))))
    return found


# --- who got it -------------------------------------------------------------------------------------------


def _identity(tokens: Sequence[_Token]) -> Expr | None:
    """Return the part of the issuing exchange that answers to the bearers hold most often, and those to
    whoever names the token."""
    votes: Counter[Expr] = Counter()
    values: dict[Expr, set[str]] = defaultdict(set)
    for each in tokens:
        about = (*each.uses, *(seen for seen in each.named if seen.route != each.issuer.route))
        shown = [{*_texts(seen.document)} for seen in about if seen.ok]
        for expr, text in _parts(each):
            values[expr].add(text)
            votes[expr] += sum(text in texts for texts in shown)
    telling = [expr for expr in votes if votes[expr] and len(values[expr]) > 1]
    return min(telling, key=lambda expr: (-votes[expr], -len(values[expr]), *_prior(expr)), default=None)


def _prior(expr: Expr) -> tuple[int, bool, int, str]:
    path = expr.path if isinstance(expr, Ref) else ()
    name = path[-1] if path else ""
    rank = PRIOR_KEYS.index(name) if isinstance(name, str) and name in PRIOR_KEYS else len(PRIOR_KEYS)
    return rank, path[:1] != ("response",), len(path) or LONG, str(expr)


def _parts(token: _Token) -> Iterator[tuple[Expr, str]]:
    """Yield the scalars of the exchange that handed out a token, except the token."""
    seen = token.issuer
    env = Environment(seen.request, seen.parameters, State(), Ids(""), seen.at_ms, seen.lists)
    for root, document in ((("response", "body"), seen.document), (("request", "body"), env.body)):
        if document is not MISSING:
            for path, value in leaves(document):
                text = text_of(value)
                if text and not isinstance(value, bool) and (root[0] == "request" or path != token.at):
                    yield Ref((*root, *path)), text
    for name in CREDENTIALS:
        for expr in readings(name) if name in env.headers else ():
            if text := text_of(compile_expr(expr)(env)):
                yield expr, text


def _texts(document: Found) -> Iterator[str]:
    if document is not MISSING:
        for _, value in leaves(document):
            if (text := text_of(value)) is not None:
                yield text


# --- taken back -------------------------------------------------------------------------------------------


def _revoking(found: dict[str, _Token], sessions: Sequence[Sequence[Seen]], place: _Place) -> list[int]:
    """Return the routes after whose success a credential that was accepted is refused, and never accepted
    again."""
    votes: Counter[int] = Counter()
    against: Counter[int] = Counter()
    for session in sessions:
        last: dict[str, Seen] = {}
        for seen, gone in _lapses(session, found, place):
            carried = credential(seen, place) or ""
            before = last.get(carried)
            if before is not None:
                (votes if gone else against)[before.route] += 1
            if seen.ok:
                last[carried] = seen
            else:
                last.pop(carried, None)
    return sorted(
        route for route, count in votes.items() if count > against[route] and _writes(route, sessions)
    )


def _lapses(session: Sequence[Seen], found: dict[str, _Token], place: _Place) -> list[tuple[Seen, bool]]:
    """Return the exchanges of a session that carry a token, each with whether the token is no longer good: it
    is refused, and not accepted any more. Where services answer 403 to that, it is what they answer to who
    has no token."""
    carrying = [(seen, credential(seen, place)) for seen in session]
    to_nobody = {seen.raw for seen, carried in carrying if seen.status == FORBIDDEN and carried not in found}
    again: set[str] = set()
    lapses: list[tuple[Seen, bool]] = []
    for seen, carried in reversed(carrying):
        if carried is not None and carried in found:
            refused = seen.status == UNAUTHORIZED or (seen.status == FORBIDDEN and seen.raw in to_nobody)
            lapses.append((seen, refused and carried not in again))
            again.update((carried,) if seen.ok else ())
    return lapses[::-1]


def _revoked_by_name(
    found: dict[str, _Token], sessions: Sequence[Sequence[Seen]], place: _Place
) -> list[tuple[int, Path]]:
    """Return the routes whose requests name a credential in their body that is refused from then on, with
    where they name it (RFC 7009)."""
    by_token = {each.text: carried for carried, each in found.items()}
    votes: Counter[tuple[int, Path]] = Counter()
    for session in sessions:
        named: dict[str, tuple[int, Path]] = {}
        gone = {id(seen) for seen, lapsed in _lapses(session, found, place) if lapsed}
        for seen in session:
            told = named.pop(credential(seen, place) or "", None)
            if told is not None:
                votes[told] += 1 if id(seen) in gone else -1
            if seen.ok and seen.method != "GET" and isinstance(seen.sent, dict):
                for path, value in leaves(seen.sent):
                    carried = by_token.get(value) if isinstance(value, str) else None
                    if carried is not None:
                        named[carried] = (seen.route, path)
    return sorted((each for each, count in votes.items() if count >= ENOUGH), key=repr)


def _writes(route: int, sessions: Sequence[Sequence[Seen]]) -> bool:
    return any(seen.method != "GET" for session in sessions for seen in session if seen.route == route)
