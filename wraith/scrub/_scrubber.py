"""The scrubber: exchanges and requests with their secrets replaced.

Structure is taken apart where there is one (headers, cookies, query, form, JSON), and each value is replaced
whole because of its name, or in part because of what the detectors see in it. What was found anywhere is then
looked for in the rest of the exchange. Most messages hold nothing, and pass after a search of their bytes.

Laws: ``tests/scrub/test_scrubber.py``.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from wraith.errors import PolicyError
from wraith.exchange import Exchange, Headers, Request, Response, header
from wraith.scrub._detect import Detector
from wraith.scrub._finders import Cards, NamedValues, Pattern, VendorKeys
from wraith.scrub._json import plain
from wraith.scrub._key import VARIABLE, Key
from wraith.scrub._known import Known, known
from wraith.scrub._message import head_bytes, target_bytes
from wraith.scrub._replacer import Replacer
from wraith.scrub._rules import Rules
from wraith.scrub._standins import REDACTED, mask, pseudonymize
from wraith.scrub._token import make_token
from wraith.scrub._walk import Walk, is_form

if TYPE_CHECKING:
    from wraith.config import Action, ScrubConfig

_NO_KEY = b"wraith: no key was found, and nothing that this one makes is written"
_NONE: Mapping[str, str] = {}
_REMEMBERED, _REMEMBERED_BYTES = 256, 8 * 1024
"""Answers, and how large they may be: two megabytes at most. And as many clients, by their headers."""


class Scrubbed(NamedTuple):
    """A request as recordings see it, and what its stand-ins stand for: stand-in to secret."""

    request: Request
    secrets: Mapping[str, str]


class Scrubber:
    """Scrubs by one configuration and key. Holds no state but remembered tokens: same input, same output."""

    def __init__(self, config: ScrubConfig, key: Key | None) -> None:
        self._rules = Rules.compiled(config)
        self._key = key.secret if key is not None else None
        self._detectors: tuple[Detector, ...] = (
            NamedValues(),
            VendorKeys(),
            Cards(),
            *(Pattern(pattern, action) for pattern, action in self._rules.patterns),
        )
        self._make = lru_cache(maxsize=65536)(self._standin)
        self._are_harmless = lru_cache(maxsize=_REMEMBERED)(self._hold_nothing)
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._secrets_in)

    def exchange(self, exchange: Exchange) -> Exchange:
        """Return the exchange without its secrets.

        Raises PolicyError where one would have to be replaced by a new token, and there is no key.
        """
        return self.parted(exchange)[0]

    def parted(self, exchange: Exchange) -> tuple[Exchange, Mapping[str, str]]:
        """Return the exchange without its secrets, and the secrets: stand-in to secret. Raises as
        ``exchange`` does."""
        replacer = Replacer(self._checked, self._rules)
        first = Walk(self._detectors, self._rules, replacer)
        request, response = first.request(exchange.request), first.response(exchange.response)
        found = known(tuple(replacer.wanted.items()))
        if found is not None and (
            self._holds(found, exchange.request) or self._holds(found, exchange.response)
        ):
            again = Walk(self._with(found), self._rules, replacer)
            request, response = again.request(exchange.request), again.response(exchange.response)
        secrets = {standin: secret for secret, standin in replacer.replaced.items()}
        if request is exchange.request and response is exchange.response:
            return exchange, secrets
        return replace(exchange, request=request, response=response), secrets

    def request(self, request: Request, *, issued: Container[str] = ()) -> Scrubbed:
        """Return the request as recordings would hold it. Nothing is written, so no key is asked for.

        ``issued`` are values that the twin itself made up, such as the token that its log-in answered: they
        are no secrets, and are what the twin's state knows.
        """
        plain_path = "?" not in request.target and not self._may_hold(target_bytes(request.target))
        if plain_path and self._is_harmless(request.headers, request.body):
            return Scrubbed(request, _NONE)
        replacer = Replacer(self._make, self._rules, issued)
        scrubbed = Walk(self._detectors, self._rules, replacer).request(request)
        if not replacer.replaced:
            return Scrubbed(scrubbed, _NONE)
        found = known(tuple(replacer.wanted.items()))
        if found is not None and self._holds(found, request):
            scrubbed = Walk(self._with(found), self._rules, replacer).request(request)
        return Scrubbed(scrubbed, {standin: secret for secret, standin in replacer.replaced.items()})

    def _is_harmless(self, headers: Headers, body: bytes) -> bool:
        """Tell whether a walk over headers and body would find nothing, in a fraction of its time: the same
        headers are sent again and again, and most bodies hold nothing."""
        if not self._are_harmless(headers):
            return False
        if not body:
            return True
        if self._rules.paths or is_form(header(headers, "content-type"), body):
            return False
        return not self._may_hold(plain(body))

    def _hold_nothing(self, headers: Headers) -> bool:
        if any(self._rules.is_named_header(name) for name, _ in headers):
            return False
        return not self._may_hold(head_bytes(Request("", "", headers)))

    def _may_hold(self, raw: bytes) -> bool:
        """Tell whether a detector may find something in the bytes."""
        for detector in self._detectors:  # noqa: SIM110 -- any() takes twice as long, and requests are many
            if detector.maybe(raw):
                return True
        return False

    def document(self, data: bytes, content_type: str, *, issued: Container[str] = ()) -> bytes:
        """Return a document that is no message as scrubbing would leave it: where it differs, it holds a
        secret.

        Nothing is written, so no key is asked for. ``issued`` are values that are no secrets.
        """
        body = Response(200, (("content-type", content_type),), data)
        walk = Walk(self._detectors, self._rules, Replacer(self._make, self._rules, issued))
        return walk.response(body).body

    def secrets(self, response: Response) -> frozenset[str]:
        """Return what a client will send back as a secret, where the twin answers so: see ``issued``. What is
        read again and again is looked through once."""
        if len(response.body) > _REMEMBERED_BYTES:
            return self._secrets_in(response)
        return self._remembered(response)

    def _secrets_in(self, response: Response) -> frozenset[str]:
        if self._is_harmless(response.headers, response.body):
            return frozenset()
        replacer = Replacer(self._make, self._rules)
        Walk(self._detectors, self._rules, replacer).response(response)
        return frozenset(replacer.replaced)

    def _with(self, found: Known) -> tuple[Detector, ...]:
        """Return the detectors with that of known values, behind the one that knows better how to quote."""
        return (self._detectors[0], found, *self._detectors[1:])

    def _holds(self, found: Known, message: Request | Response) -> bool:
        """Tell whether a message holds a known secret outside of the headers that are replaced by name."""
        head = head_bytes(message, self._rules.is_named_header)
        return found.maybe(head) or found.maybe(plain(message.body))

    def _checked(self, secret: str, action: Action) -> str:
        if self._key is None and action in ("tokenize", "pseudonymize"):
            raise PolicyError(
                "a secret would be written, and there is no key to replace it by a token",
                hint=f"set {VARIABLE} to the key that the recordings of this project are scrubbed with",
            )
        return self._make(secret, action)

    def _standin(self, secret: str, action: Action) -> str:
        key = self._key if self._key is not None else _NO_KEY
        match action:
            case "tokenize":
                return make_token(key, secret)
            case "mask":
                return mask(secret)
            case "redact":
                return REDACTED
            case "pseudonymize":
                return pseudonymize(key, secret)
