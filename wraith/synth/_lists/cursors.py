"""Tokens that stand for a place in a list: given out with one page, sent back to get the next.

Services write them as they please: encoded, encrypted, with a number made for the occasion. So a token is
known by its way alone: what one list gave out and a later request for the same list sent back. In what is
learned from, each stands as the twin will write it (``page.next_token``), so that answers, addresses and
headers which hold one, and the pages that it leads to, are explained like any others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote_plus

from wraith.paths import MISSING, Found, Path, get, leaves
from wraith.runtime import named_parameters, replaced, token_of
from wraith.synth._roles.roles import Role
from wraith.synth._world.observe import Observation

SHORTEST = 8
"""Characters of a token: shorter ones are numbers and words."""

_ADDRESS = re.compile(r"[^\s<>\"]*\?[^\s<>\"]*")


@dataclass(slots=True)
class _Page:
    """A list that was answered, and the token that leads on from its last element."""

    observation: Observation
    listing: Path
    keys: list[str]

    @property
    def token(self) -> str:
        return token_of(self.keys[-1])


@dataclass(slots=True)
class _Ways:
    """Where the lists of a route give out tokens: in which parameters of addresses, and at which paths."""

    parameters: dict[str, None] = field(default_factory=dict)
    paths: dict[Path, None] = field(default_factory=dict)


def unify_cursors(observations: Mapping[int, Sequence[Observation]], roles: Sequence[Role]) -> None:
    """Let the tokens of all lists be as the twin will write them."""
    ways = _Ways()
    pages: list[_Page] = []
    sent: list[tuple[Observation, str, str]] = []
    for route, some in sorted(observations.items()):
        found = [page for each in some if (page := _page(each, roles[route])) is not None]
        pages += found
        sent += _sent_back(found, ways)
    own = {id(observation): {old: new} for observation, old, new in sent}
    for page in pages:
        _restate_answer(page, ways, own.get(id(page.observation), {}))
    for observation, old, new in sent:
        _restate_request(observation, old, new)


def _page(observation: Observation, role: Role) -> _Page | None:
    seen = observation.seen
    if role.listing is None or not seen.ok or seen.method != "GET":
        return None
    items = get(seen.document, role.listing)
    keys = [role.element_key(item, seen.parameters) for item in items] if isinstance(items, list) else [None]
    known = [key for key in keys if key is not None]
    return _Page(observation, role.listing, known) if len(known) == len(keys) else None


def _sent_back(pages: Sequence[_Page], ways: _Ways) -> list[tuple[Observation, str, str]]:
    """Return the tokens that requests sent back, and what the twin would have written."""
    given: dict[tuple[int, str], tuple[_Page, str | Path]] = {}
    sent: list[tuple[Observation, str, str]] = []
    for page in sorted(pages, key=lambda each: (each.observation.seen.session, each.observation.seen.index)):
        seen = page.observation.seen
        for _, value in named_parameters(dict(page.observation.env.query)):
            origin = given.get((seen.session, value)) if isinstance(value, str) else None
            if origin is not None:
                giver, way = origin
                if isinstance(way, tuple):
                    ways.paths.setdefault(way)
                else:
                    ways.parameters.setdefault(way)
                sent.append((page.observation, str(value), giver.token))
        if page.keys:
            own = {value for _, value in parse_qsl(seen.request.query)}
            for text, way in _given(page):
                if text not in own and not any(text in key.split("/") for key in page.keys):
                    given[seen.session, text] = (page, way)
    return sent


def _given(page: _Page) -> Iterator[tuple[str, str | Path]]:
    """Yield the texts that an answer gives out beside its list, with the parameter or path of each."""
    for path, text in _texts(page):
        if path and len(text) >= SHORTEST and "?" not in text:
            yield text, path
        for address in _ADDRESS.findall(text):
            for name, value in parse_qsl(address.partition("?")[2]):
                if len(value) >= SHORTEST:
                    yield value, name


def _texts(page: _Page) -> Iterator[tuple[Path, str]]:
    seen = page.observation.seen
    for _, value in seen.headers:
        yield (), value
    document = seen.document
    if document is not MISSING and page.listing:
        for path, leaf in leaves(document):
            if isinstance(leaf, str) and path[: len(page.listing)] != page.listing:
                yield path, leaf


# --- restating ----------------------------------------------------------------------------------------------


def _restate_answer(page: _Page, ways: _Ways, own: Mapping[str, str]) -> None:
    """Write the twin's token where the answer gives out the service's; one that the request itself sent stays
    that one."""
    if not page.keys or not (ways.parameters or ways.paths):
        return
    seen, token = page.observation.seen, page.token

    def stated(text: str) -> str:
        return own.get(text, token)

    headers = tuple((name, _in_addresses(value, ways, stated)) for name, value in seen.headers)
    document: Found = seen.document
    for path, text in list(_texts(page)):
        if path:
            new = stated(text) if path in ways.paths and text else _in_addresses(text, ways, stated)
            document = replaced(document, path, new) if new != text else document
    seen.restate(headers, document)


def _in_addresses(text: str, ways: _Ways, stated: Callable[[str], str]) -> str:
    for name in ways.parameters:
        pattern = rf"([?&]{re.escape(quote(name))}=)([^&\s<>\"#]+)"
        text = re.sub(pattern, lambda found: found[1] + stated(unquote_plus(found[2])), text)
    return text


def _restate_request(observation: Observation, old: str, new: str) -> None:
    request = observation.env.request
    path, _, query = request.target.partition("?")
    parts = [
        f"{part.partition('=')[0]}={new}" if unquote_plus(part.partition("=")[2]) == old else part
        for part in query.split("&")
    ]
    observation.env.take_request(request._replace(target=f"{path}?{'&'.join(parts)}"))
