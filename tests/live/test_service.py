"""The real service, over loopback: secrets go where they belong, and reach nothing else."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from wraith.config import ScrubConfig
from wraith.conformance import Unsent
from wraith.exchange import Exchange, Headers, Request, Response
from wraith.live import Client, Credentials, OwnAddress, Pace, Service
from wraith.scrub import Key, Scrubber, stands_in

SCRUBBER = Scrubber(ScrubConfig(), Key(b"a key", "environment"))
JSON = (("Content-Type", "application/json"),)
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
BEARER = ("Authorization", "Bearer sk_live_51H8gYzK2eZvKYlo2C")
TOKEN = "9f8e7d6c5b4a39281706f5e4d3c2b1a0"


class _Handler(BaseHTTPRequestHandler):
    """Logs in, tells what it was sent, and has enough of some."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length).decode()
        status = 429 if self.path == "/much" else 200
        told = {"headers": dict(self.headers), "target": self.path, "body": body}
        answer = {"access_token": TOKEN} if self.path == "/login" else {"told": told}
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def service(url: str) -> Iterator[Service]:
    credentials = Credentials({"Authorization": "Bearer given"}, frozenset({"authorization"}), stands_in)
    with Client(url, outside=True) as client:
        yield Service(client, credentials, SCRUBBER, OwnAddress(url, "https://api.example.com"), Pace(10_000))


def recorded(
    target: str, headers: Headers = (), body: bytes = b"", answer: bytes = b"{}", status: int = 200
) -> Exchange:
    method = "POST" if body else "GET"
    return SCRUBBER.exchange(Exchange(Request(method, target, headers, body), Response(status, JSON, answer)))


def told(response: Response | Unsent) -> dict[str, object]:
    assert isinstance(response, Response)
    document = json.loads(response.body)["told"]
    assert isinstance(document, dict)
    return document


def test_the_credential_that_was_given_is_sent_and_scrubbed(service: Service, url: str) -> None:
    """The service sees it; what comes back has a stand-in, and the recorded host is not sent."""
    seen = recorded("/", (BEARER, ("Host", "api.example.com")))
    response = service.ask(seen, seen.request)
    assert isinstance(response, Response)
    assert b"given" not in response.body
    assert b"sk_live" not in response.body
    assert url.removeprefix("http://").encode() in response.body


def test_what_the_service_gave_out_is_sent_back_to_it(service: Service) -> None:
    """A log-in teaches what its stand-in stands for; nobody else learns it."""
    login = recorded(
        "/login", JSON, b'{"user": "ann"}', json.dumps({"access_token": "x" * 9 + TOKEN}).encode()
    )
    answered = service.ask(login, login.request)
    assert isinstance(answered, Response)
    assert TOKEN.encode() not in answered.body
    standin = json.loads(answered.body)["access_token"]
    later = recorded("/", (("Authorization", "Bearer another-secret-1234"),))
    # as identities are mapped: the live stand-in in the place of the recorded one
    mapped = Request("GET", f"/?again={standin}", (("Authorization", f"Bearer {standin}"),))
    response = service.ask(later, mapped)
    assert isinstance(response, Response)
    assert TOKEN.encode() not in response.body
    assert json.loads(response.body)["told"]["target"] == f"/?again={standin}"


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", "/?api_key=sk_live_51H8gYzK2eZvKYlo2C"),
        Request("POST", "/login", JSON, b'{"user": "ann", "password": "correct-horse-battery"}'),
        Request("POST", "/login", FORM, b"password=hunter2x"),
    ],
    ids=["query", "JSON", "form"],
)
def test_a_request_that_lacks_a_secret_is_not_sent(service: Service, request_: Request) -> None:
    """Its stand-in opens nothing, and the answer would be no drift."""
    seen = SCRUBBER.exchange(Exchange(request_, Response(200)))
    answer = service.ask(seen, seen.request)
    assert isinstance(answer, Unsent)
    assert (answer.kind, "needs a secret" in answer.why) == ("not_replayable", True)


def test_a_service_that_has_enough_is_no_drift(service: Service) -> None:
    """Unless that was recorded."""
    much = recorded("/much")
    answer = service.ask(much, much.request)
    assert isinstance(answer, Unsent)
    assert "--rps" in answer.why
    refused = recorded("/much", status=429)
    assert isinstance(service.ask(refused, refused.request), Response)


def test_a_service_that_is_away_is_soon_left_alone() -> None:
    """After a few failures in a row nothing more is tried."""
    with Client("http://127.0.0.1:1", outside=True) as client:
        address = OwnAddress("http://127.0.0.1:1", "https://api.example.com")
        service = Service(client, Credentials({}, frozenset(), stands_in), SCRUBBER, address, Pace(10_000))
        seen = recorded("/")
        answers = [service.ask(seen, seen.request) for _ in range(7)]
    reasons = [answer.why for answer in answers if isinstance(answer, Unsent)]
    assert len(reasons) == 7
    assert [why.startswith("not tried") for why in reasons] == [False] * 5 + [True] * 2
