"""Replay over the wire: a server that agrees with the interpreter, and servers that do not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conformance.test_replay import LEARNED, OTHERS, USERS, create, read
from tests.synth.recordings import START_MS, recording, session
from wraith.conformance import Gallery, Wire, check, check_wire
from wraith.exchange import Request, Response
from wraith.runtime import Session, Twin
from wraith.wir import Model

LATER_MS = START_MS + 86_400_000


class Server:
    """A server in memory: a session of the twin for each name, and a clock that goes on."""

    def __init__(self, model: Model, change: Callable[[Response], Response] = lambda response: response):
        self.twin = Twin(model)
        self.change = change
        self.open: dict[str, Session] = {}
        self.closed: list[str] = []

    def send(self, name: str, request: Request) -> Response:
        state = self.open.setdefault(name, self.twin.open_session(f"other-{name}"))
        return self.change(self.twin.respond(request, state, now_ms=LATER_MS).response)

    def check(self, gallery: Gallery | None = None) -> Wire:
        return check_wire(LEARNED.model, OTHERS, self.send, close=self.closed.append, gallery=gallery)


def test_a_server_that_answers_like_the_interpreter_has_the_same_score() -> None:
    """With identifiers and times of its own; and each of its sessions is closed."""
    server = Server(LEARNED.model)
    wire, memory = server.check(), check(LEARNED.model, OTHERS)
    assert (wire.wire_fidelity_bp, wire.exact_bp) == (memory.score_bp, memory.exact_bp)
    assert (wire.passed, wire.disagreements_total) == (True, 0)
    assert server.closed == list(server.open) == [f"check-{each.id}" for each in OTHERS]


def _other_status(response: Response) -> Response:
    return response._replace(status=202) if response.status == 201 else response


def _other_type(response: Response) -> Response:
    return response._replace(headers=(("content-type", "text/html"),))


def _other_body(response: Response) -> Response:
    return response._replace(body=response.body.replace(b'"object"', b'"objekt"'))


def _no_body(response: Response) -> Response:
    return response._replace(body=b"")


@pytest.mark.parametrize("change", [_other_status, _other_type, _other_body, _no_body])
def test_what_the_server_does_otherwise_is_a_finding(change: Callable[[Response], Response]) -> None:
    """The exchange is named, with what differs over the wire alone."""
    wire = Server(LEARNED.model, change).check()
    assert wire.disagreements_total == len(wire.disagreements) > 0
    assert wire.exact_bp < 10_000
    assert all(each.wire for each in wire.disagreements)


def test_what_the_server_does_otherwise_can_be_looked_at() -> None:
    """The recorded response beside the server's; where both answer alike there is nothing to see."""
    gallery = Gallery()
    wire = Server(LEARNED.model, _other_status).check(gallery)
    assert gallery.exchanges == wire.disagreements_total
    assert (201, 202) in {(each.recorded_status, each.replayed_status) for each in gallery.shown()}
    Server(LEARNED.model).check(alike := Gallery())
    assert alike.shown() == []


def test_sessions_of_one_run_share_a_client_session() -> None:
    """What one session leaves behind on the server, the next one finds."""
    corpus = recording(session(create()), session(read()))
    server = Server(USERS)
    wire = check_wire(USERS, corpus, server.send, runs=[["s00", "s01"]])
    assert (wire.wire_fidelity_bp, list(server.open)) == (10_000, ["check-s00"])


def test_only_what_was_chosen_is_judged() -> None:
    """Sessions and routes are chosen as for a replay in memory."""
    corpus = recording(session(create()), session(read()))
    runs = [["s00", "s01"]]
    assert check_wire(USERS, corpus, Server(USERS).send, runs=runs, counted={"s01"}).exchanges_total == 1
    assert check_wire(USERS, corpus, Server(USERS).send, runs=runs, route="GET *").exchanges_total == 1
