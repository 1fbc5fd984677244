"""Which of the twin's identifiers stands for which recorded one.

A twin makes identifiers of its own, so a replay maps: where a recorded answer holds a generated value and the
twin's answer another one, the two stand for each other from then on, one to one. Later recorded requests are
sent with the twin's identifiers, and later answers are compared through the map. An identifier that would
stand for two others is a divergence (``id_inconsistent``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import parse_qsl, quote

from wraith.exchange import Request

TOKEN = re.compile(r"[A-Za-z0-9_\-]+")
TOKEN_BYTES = re.compile(rb"[A-Za-z0-9_\-]+")

MIN_TOKEN = 5
"""Identifiers shorter than this are not looked for inside other text: they are words and numbers too
often."""

JOINTS = frozenset("=:/.|@+~")
"""What stands between the words of an identifier, and goes with them wherever it is written."""

MILLISECONDS = 10**12
"""From here on a number of milliseconds since 1970 lies after 2001, and is particular enough to be known
again."""


class Identities:
    """The one-to-one map between recorded and replayed identifiers, and the instants seen at the same
    places."""

    def __init__(self) -> None:
        self._replayed: dict[str, str] = {}
        self._recorded: dict[str, str] = {}
        self._tokens: dict[str, str] = {}
        self._token_bytes: dict[bytes, bytes] = {}
        self._instants: defaultdict[object, set[object]] = defaultdict(set)

    def fork(self) -> Identities:
        """Return a map that goes on from here by itself."""
        forked = Identities()
        forked._replayed, forked._recorded = dict(self._replayed), dict(self._recorded)
        forked._tokens, forked._token_bytes = dict(self._tokens), dict(self._token_bytes)
        for recorded, replayed in self._instants.items():
            forked._instants[recorded] = set(replayed)
        return forked

    def bind(self, recorded: str, replayed: str) -> bool:
        """Let two identifiers stand for each other; False where one of them stands for another already."""
        if (
            self._replayed.get(recorded, replayed) != replayed
            or self._recorded.get(replayed, recorded) != recorded
        ):
            return False
        self._replayed[recorded], self._recorded[replayed] = replayed, recorded
        for one, other in _tokens_of(recorded, replayed):
            self._tokens[one] = other
            self._token_bytes[one.encode()] = other.encode()
        return True

    def bind_tokens(self, recorded: str, replayed: str) -> bool:
        """Let the tokens in two texts stand for each other: the texts, or parameters of two addresses.
        False where they differ in anything else."""
        address, mark, query = recorded.partition("?")
        own_address, own_mark, own_query = replayed.partition("?")
        if not mark or not own_mark:
            return not mark and not own_mark and self.bind(recorded.rstrip("="), replayed)
        theirs, own = parse_qsl(query, keep_blank_values=True), parse_qsl(own_query, keep_blank_values=True)
        if [name for name, _ in theirs] != [name for name, _ in own] or self.translate(
            address
        ) != own_address:
            return False
        return all(
            one == other or self.same(one, other) or self.bind(one.rstrip("="), other)
            for (_, one), (_, other) in zip(theirs, own, strict=True)
        )

    def note_instant(self, recorded: object, replayed: object) -> None:
        """Remember that two times stood at the same place, where only their kind was compared. One in
        milliseconds may name a version: what clients and headers say of it later stands for the twin's."""
        self._instants[recorded].add(replayed)
        if isinstance(recorded, int) and recorded >= MILLISECONDS:
            self._tokens[str(recorded)] = str(replayed)
            self._token_bytes[str(recorded).encode()] = str(replayed).encode()

    def same(self, recorded: object, replayed: object) -> bool:
        """Whether two different values stand for the same thing."""
        if isinstance(recorded, str) and isinstance(replayed, str):
            if self._replayed.get(recorded) == replayed:
                return True
            if self._tokens and self.translate(recorded) == replayed:
                return True
        elif isinstance(recorded, bool) or isinstance(replayed, bool):
            return False
        elif isinstance(recorded, int) and self._replayed.get(str(recorded)) == str(replayed):
            return True
        return replayed in self._instants.get(recorded, ())

    def image(self, recorded: str | int) -> str | int:
        """Return what stands for a recorded key on the twin's side: the same where nothing else does."""
        if isinstance(recorded, str):
            return self.translate(recorded)
        found = self._replayed.get(str(recorded))
        return int(found) if found is not None and found.isdigit() else recorded

    def created(self, recorded: object) -> int | None:
        """Return how many identifiers were met before a recorded one, None where it was not met."""
        if not isinstance(recorded, str | int):
            return None
        wanted = str(recorded)
        return next((at for at, name in enumerate(self._replayed) if name == wanted), None)

    def has_another(self, recorded: str) -> bool:
        """Whether another identifier stands for a recorded one, so that the same text is wrong."""
        return self._replayed.get(recorded, recorded) != recorded

    def translate(self, text: str) -> str:
        """Return a recorded text with the twin's identifiers in it."""
        whole = self._replayed.get(text)
        if whole is not None:
            return whole
        tokens = self._tokens
        return TOKEN.sub(lambda found: tokens.get(found[0], found[0]), text) if tokens else text

    def request(self, request: Request) -> Request:
        """Return a recorded request as a client of the twin would send it."""
        if not self._replayed and not self._tokens:
            return request
        target = "/".join(self._segment(segment) for segment in request.target.split("/"))
        tokens = self._token_bytes
        body = (
            TOKEN_BYTES.sub(lambda found: tokens.get(found[0], found[0]), request.body)
            if request.body
            else b""
        )
        headers = tuple((name, self.translate(value)) for name, value in request.headers)
        if target == request.target and body == request.body and headers == request.headers:
            return request
        return Request(request.method, target, headers, body, request.truncated)

    def _segment(self, segment: str) -> str:
        whole = self._replayed.get(segment)
        return quote(whole, safe="") if whole is not None else self.translate(segment)


def _tokens_of(recorded: str, replayed: str) -> Iterator[tuple[str, str]]:
    """Yield the words that stand for each other in two identifiers: these themselves, or what differs in two
    of one build, such as base64 with its padding or the end of an address."""
    between = TOKEN.split(recorded)
    if recorded != replayed and between == TOKEN.split(replayed) and JOINTS.issuperset("".join(between)):
        for one, other in zip(TOKEN.findall(recorded), TOKEN.findall(replayed), strict=True):
            if one != other and len(one) >= MIN_TOKEN:
                yield one, other
