"""Times in answers of a live service, which nobody learned to be times: both answers say when they were made.

A recording of a second knows one time alone, and a model of it holds a constant. The ``Date`` of an answer
(RFC 9110, 6.6.1) is the service's own clock: what stands near it in the recorded answer and in the live one
is the time of the exchange.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from wraith.exchange import Response, header
from wraith.paths import Found
from wraith.runtime import read_time

NEAR_MS = 5_000
"""An answer takes less than this from what it stores to its head; two exchanges of a person are further
apart."""


@dataclass(frozen=True, slots=True)
class Moments:
    """When an answer was made, and when the one that it is compared with."""

    recorded_ms: int
    live_ms: int

    def hold(self, recorded: Found, live: Found) -> bool:
        """Whether two values are the time of their answers."""
        then, now = read_time(recorded), read_time(live)
        return (
            then is not None
            and now is not None
            and abs(then[1] - self.recorded_ms) <= NEAR_MS
            and abs(now[1] - self.live_ms) <= NEAR_MS
        )


def moments_of(recorded: Response, live: Response) -> Moments | None:
    """Return when two answers were made; None where one does not say."""
    then, now = _date(recorded), _date(live)
    return Moments(then, now) if then is not None and now is not None else None


def _date(response: Response) -> int | None:
    try:
        return round(parsedate_to_datetime(header(response.headers, "date") or "").timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
