"""The way back: what the client sent is what it is answered."""

from __future__ import annotations

import json
import string
from urllib.parse import quote

from hypothesis import example, given
from hypothesis import strategies as st

from wraith.config import Rule, ScrubConfig
from wraith.exchange import Request, Response
from wraith.scrub import Key, Scrubber, restore

SCRUBBER = Scrubber(ScrubConfig(), Key(b"a key", "environment"))

secrets = st.text(string.ascii_letters + string.digits + "-_.+/=\"' \\é", min_size=8, max_size=30).filter(
    lambda text: not text.isalpha() and text.strip() == text and "tok" not in text
)


@given(secrets)
@example("3F0C31V71fK0")  # its token is made of letters alone
def test_an_echo_of_tokens_gives_the_original(secret: str) -> None:
    """The twin's answer to the scrubbed request, restored, is its answer to the original, in every part."""

    def echo(request: Request, content_type: str) -> Response:
        value = json.loads(request.body)["password"]
        body = (
            json.dumps({"a": value, "b": [f"<{value}>"]}) if "json" in content_type else f"you sent {value}!"
        )
        headers = (("content-type", content_type), ("location", f"/x?v={quote(value, safe='')}"))
        return Response(200, (*headers, ("content-length", str(len(body.encode())))), body.encode())

    request = Request(
        "POST", "/", (("content-type", "application/json"),), json.dumps({"password": secret}).encode()
    )
    scrubbed = SCRUBBER.request(request)
    for content_type in ("application/json", "text/plain"):
        restored = restore(echo(scrubbed.request, content_type), scrubbed.secrets)
        expected = echo(request, content_type)
        if "json" in content_type:
            assert json.loads(restored.body) == json.loads(expected.body)
        else:
            assert restored.body == expected.body
        assert restored.headers[:2] == expected.headers[:2]
        assert restored.headers[2] == ("content-length", str(len(restored.body)))


def test_a_card_number_comes_back_as_it_was_sent() -> None:
    """A number in JSON stays a number on its way through."""
    request = Request("POST", "/", (("content-type", "application/json"),), b'{"n":4539148803436467}')
    scrubbed = SCRUBBER.request(request)
    assert scrubbed.request.body != request.body
    answer = Response(200, (("content-type", "application/json"),), scrubbed.request.body)
    assert restore(answer, scrubbed.secrets).body == request.body


def test_basic_credentials_come_back_encoded() -> None:
    """An answer that shows the Authorization header shows the client's own."""
    request = Request("GET", "/", (("Authorization", "Basic Ym9iOmh1bnRlcjIy"),))
    scrubbed = SCRUBBER.request(request)
    answer = Response(
        200, (), f'{{"headers": {{"Authorization": "{scrubbed.request.headers[0][1]}"}}}}'.encode()
    )
    assert (
        restore(answer, scrubbed.secrets).body == b'{"headers": {"Authorization": "Basic Ym9iOmh1bnRlcjIy"}}'
    )


def test_a_mask_stays() -> None:
    """What may stand for anything is not turned back into something."""
    masking = Scrubber(ScrubConfig(rules=(Rule(query_param="pin", action="mask"),)), None)
    scrubbed = masking.request(Request("GET", "/?pin=12345678"))
    answer = Response(200, (), b'{"pin": "********", "other": "********"}')
    assert restore(answer, scrubbed.secrets) is answer


def test_an_answer_without_stand_ins_is_the_same_object() -> None:
    """Nothing to restore, nothing copied."""
    answer = Response(200, (), b'{"a": 1}')
    scrubbed = SCRUBBER.request(Request("GET", "/?token=abcdefgh12345678"))
    assert restore(answer, scrubbed.secrets) is answer
    assert restore(answer, {}) is answer
