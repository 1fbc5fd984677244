"""Headers for the real service: those that were given, and never what recordings hold in their place."""

from __future__ import annotations

import pytest

from wraith.config import ScrubConfig
from wraith.errors import InputError
from wraith.exchange import Headers, Request
from wraith.live import Credentials, read_header
from wraith.scrub import Key, Scrubber, stands_in

SCRUBBER = Scrubber(ScrubConfig(), Key(b"a key", "environment"))


def recorded(*headers: tuple[str, str]) -> Request:
    """Return a request as recordings hold it."""
    return SCRUBBER.request(Request("GET", "/", headers)).request


SECRET = ("Authorization", "Bearer sk_live_51H8gYzK2eZvKYlo2C")
COOKIE = ("Cookie", "theme=dark; sid=4f6b2c1d9e8a7b3c5d")
PLAIN = ("Accept", "text/plain")
GIVEN = {"authorization": "Bearer mine", "X-Team": "a"}

CASES: dict[str, tuple[Headers, dict[str, str], int, Headers]] = {
    "a secret is left out": ((SECRET, PLAIN), {}, 200, (PLAIN,)),
    "a cookie is left out": ((COOKIE, PLAIN), {}, 200, (PLAIN,)),
    "what was given takes its place": (
        (SECRET, PLAIN),
        {"authorization": "Bearer mine"},
        200,
        (("authorization", "Bearer mine"), PLAIN),
    ),
    "what was sent without stays without": ((PLAIN,), {"authorization": "Bearer mine"}, 200, (PLAIN,)),
    "what no recording has is set everywhere": ((PLAIN,), {"X-Team": "a"}, 200, (PLAIN, ("X-Team", "a"))),
    "what was refused is refused again": (
        (SECRET,),
        GIVEN,
        401,
        (*recorded(SECRET).headers, ("X-Team", "a")),
    ),
    "what is no secret is sent as it was": ((PLAIN,), {"accept": "*/*"}, 200, (("accept", "*/*"),)),
}


@pytest.mark.parametrize(("headers", "given", "status", "sent"), CASES.values(), ids=CASES)
def test_headers_of_a_request(headers: Headers, given: dict[str, str], status: int, sent: Headers) -> None:
    """Recordings have ``Authorization`` and ``Accept``."""
    credentials = Credentials(given, frozenset({"authorization", "accept"}), stands_in)
    request = recorded(*headers)
    assert credentials.on(request, request, status).headers == sent


def test_what_the_service_gave_out_comes_before_what_was_given() -> None:
    """A session that logged in goes on as who it is."""
    request = recorded(SECRET)
    known = Request("GET", "/", (("Authorization", "Bearer fresh"),))
    credentials = Credentials(GIVEN, frozenset({"authorization", "x-team"}), stands_in)
    assert credentials.on(request, known, 200).headers == known.headers


def test_values_come_from_the_environment() -> None:
    """``${NAME}`` keeps a secret out of the command line."""
    assert read_header("Authorization: Bearer ${KEY}", {"KEY": "k"}) == ("Authorization", "Bearer k")
    assert read_header("X-Empty:", {}) == ("X-Empty", "")


@pytest.mark.parametrize("text", ["no colon", "a b: c", ": c", "A: ${UNSET}", "A: é", "A: x\r\nB: y"])
def test_what_is_no_header_is_refused(text: str) -> None:
    """With the option that it was given by."""
    with pytest.raises(InputError) as refused:
        read_header(text, {})
    assert "--header" in str(refused.value.where)
