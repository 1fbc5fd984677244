"""Recorded requests on their way to the service: stand-ins are seen, and give way to known secrets."""

from __future__ import annotations

import json

import pytest

from tests.scrub.samples import CARD, FORM, JSON, SECRET, scrubber
from wraith.config import Rule
from wraith.exchange import Request
from wraith.scrub import lacks_a_secret, reveal, stands_in

BODY = json.dumps({"user": "ann", "password": SECRET}).encode()
REQUESTS: dict[str, Request] = {
    "a query": Request("GET", "/x?api_key=s3cr3tValue9&page=2"),
    "JSON": Request("POST", "/x", (JSON,), BODY),
    "a form": Request("POST", "/x", (FORM,), b"user=ann&password=s3cr3tValue9"),
    "a card": Request("POST", "/x", (JSON,), json.dumps({"number": CARD}).encode()),
    "a path": Request("GET", "/keys/sk_live_51H8gYzK2eZvKYlo2C"),
    "text": Request("POST", "/x", (("Content-Type", "text/plain"),), b"use sk_live_51H8gYzK2eZvKYlo2C"),
}


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_a_stand_in_is_seen_and_gives_way(request_: Request) -> None:
    """In the target and in any body; what is known is put back, byte for byte."""
    scrubbed = scrubber().request(request_)
    assert not lacks_a_secret(request_)
    assert lacks_a_secret(scrubbed.request)
    assert reveal(scrubbed.request, scrubbed.secrets) == request_
    assert reveal(scrubbed.request, {}) == scrubbed.request


def test_headers_are_revealed_but_need_not_be() -> None:
    """A header that lacks a secret can be left out; an address or a body cannot."""
    request = Request("GET", "/x", (("Authorization", f"Bearer {SECRET}"),))
    scrubbed = scrubber().request(request)
    assert not lacks_a_secret(scrubbed.request)
    assert stands_in(scrubbed.request.headers[0][1].removeprefix("Bearer "))
    assert reveal(scrubbed.request, scrubbed.secrets) == request


@pytest.mark.parametrize(
    ("action", "lacks"), [("redact", True), ("mask", True), ("tokenize", True), ("pseudonymize", False)]
)
def test_a_pseudonym_is_as_good_as_what_it_stands_for(action: str, lacks: bool) -> None:
    """It reads like it; stars, ``[redacted]`` and tokens do not."""
    rule = Rule.model_validate({"jsonpath": "$.email", "action": action})
    request = Request("POST", "/x", (JSON,), b'{"email": "ann@work.example"}')
    assert lacks_a_secret(scrubber(rule).request(request).request) is lacks
