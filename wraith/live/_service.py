"""The real service: asked at a pace, with the secrets that belong there, its answers scrubbed as recordings
are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wraith.conformance import Unsent
from wraith.errors import OperationError
from wraith.exchange import Exchange, Request, Response
from wraith.live._address import OwnAddress
from wraith.live._client import Client
from wraith.live._credentials import Credentials
from wraith.live._pace import Pace
from wraith.scrub import lacks_a_secret, reveal

if TYPE_CHECKING:
    from wraith.scrub import Scrubber

TOO_MANY: Final = 429
"""RFC 6585, 4."""
MAX_IN_A_ROW: Final = 5
"""After so many failures of the network one after the other nothing more is tried: the service is away."""
NOT_TRIED: Final = "not tried"
NEEDS_SECRET: Final = "its address or body needs a secret, of which the recording holds a stand-in alone"


class Service:
    """What ``check_upstream`` asks."""

    def __init__(
        self,
        client: Client,
        credentials: Credentials,
        scrubber: Scrubber,
        address: OwnAddress,
        pace: Pace,
    ) -> None:
        self._client = client
        self._address = address
        self._credentials = credentials
        self._scrubber = scrubber
        self._pace = pace
        self._secrets: dict[str, str] = {}
        """What the service gave out: stand-in to secret. It is sent back where it belongs, and kept nowhere
        else."""
        self._failures = 0

    def ask(self, exchange: Exchange, request: Request) -> Response | Unsent:
        """Return the service's answer to a request, without the secrets in it, or why there is none."""
        known = reveal(request, self._secrets)
        if lacks_a_secret(known):
            return Unsent("not_replayable", NEEDS_SECRET)
        if self._failures >= MAX_IN_A_ROW:
            return Unsent("failed", f"{NOT_TRIED}: {MAX_IN_A_ROW} requests before it failed in a row")
        ready = self._credentials.on(request, known, exchange.response.status)
        self._pace.wait()
        try:
            response = self._client.send(ready)
        except OperationError as error:
            self._failures += 1
            cause = error.__cause__
            return Unsent("failed", f"{cause}" or type(cause).__name__)  # the route says the rest
        self._failures = 0
        if response.status == TOO_MANY != exchange.response.status:
            return Unsent("failed", "the service limits the rate (429); ask for less with --rps")
        answered = self._address.undone(response, exchange.request)
        scrubbed, secrets = self._scrubber.parted(Exchange(ready, answered))
        self._secrets |= secrets
        return scrubbed.response
