"""What the tests of scrubbing scrub, and with which key."""

from __future__ import annotations

import base64

from wraith.config import Allow, Rule, ScrubConfig
from wraith.exchange import Exchange, Headers, Request, Response
from wraith.scrub import Key, Scrubber
from wraith.scrub._token import make_token

KEY = Key(b"a key", "environment")
SECRET = "s3cr3t-Value/9+x"
QUOTED = 'a"b'
CARD = "4539148803436467"

FORM = ("Content-Type", "application/x-www-form-urlencoded")
JSON = ("content-type", "application/json")


def scrubber(*rules: Rule, allow: tuple[Allow, ...] = (), key: Key | None = KEY) -> Scrubber:
    return Scrubber(ScrubConfig(rules=rules, allow=allow), key)


def token(secret: str) -> str:
    return make_token(KEY.secret, secret)


def exchange(
    target: str = "/",
    headers: Headers = (),
    body: bytes = b"",
    response_headers: Headers = (),
    response_body: bytes = b"",
) -> Exchange:
    return Exchange(Request("POST", target, headers, body), Response(200, response_headers, response_body))


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
