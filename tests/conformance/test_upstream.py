"""Replay against the live service: what is sent, what is left out, and what is drift."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from tests.synth.recordings import Document, Step, exchange, recording, session
from tests.synth.services import Field, Kind, Spec, record
from wraith.canonical import JsonValue
from wraith.conformance import Unsent, Upstream, check_upstream
from wraith.exchange import Corpus, Exchange, Request, Response, Truncated, encode_json
from wraith.runtime import Twin
from wraith.synth import learn
from wraith.wir import Model

SPEC = Spec((Kind("items", (Field("name", required=True), Field("size", "integer"))),))
CORPUS = record(SPEC, range(6))
LEARNED = learn(CORPUS).model


@dataclass
class Service:
    """The service as it is now: a twin with ids and a clock of its own, and what it was asked."""

    model: Model = LEARNED
    change: Callable[[Response], Response | Unsent] = lambda response: response
    instead: dict[str, Response] = field(default_factory=dict)
    """What is answered to a method, and nothing happens."""
    asked: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.twin = Twin(self.model)
        self.state = self.twin.open_session("live")

    def ask(self, exchange: Exchange, request: Request) -> Response | Unsent:
        self.asked.append(request)
        if request.method in self.instead:
            return self.instead[request.method]
        later_ms = exchange.started_at_ms + 86_400_000
        return self.change(self.twin.respond(request, self.state, now_ms=later_ms).response)

    def check(self, corpus: Corpus = CORPUS, **more: object) -> Upstream:
        return check_upstream(self.model, corpus, self.ask, **more)  # type: ignore[arg-type]  # by name


def test_only_reads_are_sent_unless_writes_are_asked_for() -> None:
    """GET, HEAD and OPTIONS; the rest is counted."""
    service = Service()
    report = service.check()
    assert {request.method for request in service.asked} <= {"GET", "HEAD", "OPTIONS"}
    every = [each for one in CORPUS for each in one.exchanges]
    assert report.writes_skipped == sum(
        each.request.method not in ("GET", "HEAD", "OPTIONS") for each in every
    )
    counted = report.exchanges_total + report.writes_skipped + report.not_replayable + report.failed
    assert counted == len(every)


def test_the_services_own_ids_are_sent_in_the_place_of_recorded_ones() -> None:
    """With writes, all is sent, in order, and nothing differs: not one recorded id reaches the service."""
    service = Service()
    report = service.check(CORPUS[:1], include_writes=True)
    assert (report.upstream_fidelity_bp, report.exact_bp, report.not_sent) == (10_000, 10_000, ())
    found = (each.request.path for each in CORPUS[0].exchanges if each.response.status == 200)
    made = {path for path in found if path.startswith("/v1/items/")}
    assert made
    assert made.isdisjoint(request.path for request in service.asked)


ITEM: Document = {"id": "it_a1b2c3d4", "name": "oak", "parts": []}
OTHER: Document = {"id": "it_z9y8x7w6", "name": "elm", "parts": []}


def made(number: int) -> list[Step]:
    """Return steps that teach a small service: items are created, read, listed and deleted."""
    item = {"id": f"it_a1b2c3d{number}", "name": f"n{number}"}
    path = f"/items/{item['id']}"
    return [
        exchange("GET", "/items", answer=[]),
        exchange("POST", "/items", json={"name": item["name"]}, status=201, answer=item),
        exchange("GET", path, answer=item),
        exchange("GET", "/items", answer=[item]),
        exchange("DELETE", path, status=204),
        exchange("GET", path, status=404, answer={"error": "no such item"}),
        exchange("GET", "/items", answer=[]),
    ]


SMALL = recording(*(session(*made(number)) for number in range(4)))
SMALL_MODEL = learn(SMALL).model


def kinds(report: Upstream) -> list[str]:
    """Return what became of the seven exchanges of the first session."""
    unsent = {each.exchange: each.kind for each in report.not_sent if each.session == "s00"}
    return [unsent.get(index, "sent") for index in range(1, 8)]


def test_what_tells_of_a_skipped_write_is_not_sent() -> None:
    """What it created and the list that shows it; a list from which it is gone again tells of nothing."""
    report = Service(SMALL_MODEL).check(SMALL)
    skipped, left = "write_skipped", "not_replayable"
    assert kinds(report) == ["sent", skipped, left, left, skipped, left, "sent"]
    assert report.divergences == ()


KNOWN: Document = {"id": "it_q1w2e3r4", "name": "ash"}
UNKNOWN: dict[str, tuple[Step, list[Step], list[bool]]] = {
    "a change": (
        exchange("PATCH", "/items/it_q1w2e3r4", json={"name": "fir"}, answer=KNOWN | {"name": "fir"}),
        [
            exchange("GET", "/items/it_q1w2e3r4", answer=KNOWN | {"name": "fir"}),
            exchange("GET", "/items/it_q1w2e3r4/parts", answer=[]),
            exchange("GET", "/items", answer=[KNOWN | {"name": "fir"}, OTHER]),
            exchange("GET", "/items/it_z9y8x7w6", answer=OTHER),
        ],
        [False, False, False, True],
    ),
    "a creation": (
        exchange("POST", "/items", json={"name": "oak"}, status=201, answer=ITEM),
        [
            exchange("GET", "/items", answer=[OTHER, ITEM]),
            exchange("GET", "/items/it_a1b2c3d4", answer=ITEM),
            exchange("GET", "/parts?item=it_a1b2c3d4", answer=[]),
            exchange("GET", "/items/it_z9y8x7w6", answer=OTHER),
        ],
        [False, False, False, True],
    ),
    "an action": (
        exchange("POST", "/items/it_q1w2e3r4/fell", answer={"felled": True}),
        [
            exchange("GET", "/items/it_q1w2e3r4", answer=KNOWN | {"felled": True}),
            exchange("GET", "/items/it_z9y8x7w6", answer=OTHER),
        ],
        [False, True],
    ),
    "a refusal": (
        exchange("POST", "/items", json={"name": 5}, status=422, answer={"error": "name"}),
        [exchange("GET", "/items", answer=[OTHER]), exchange("GET", "/items/it_z9y8x7w6", answer=OTHER)],
        [True, True],
    ),
}


@pytest.mark.parametrize(("write", "reads", "sent"), UNKNOWN.values(), ids=UNKNOWN)
def test_what_a_write_changed_that_the_model_does_not_know(
    write: Step, reads: list[Step], sent: list[bool]
) -> None:
    """Addresses and identifiers tell; a write that was refused changed nothing."""
    corpus = recording(session(write, *reads))
    answers = {each.request: each.response for each in corpus[0].exchanges}
    report = check_upstream(Model(), corpus, lambda exchange, request: answers[request])
    left = {each.exchange for each in report.not_sent if each.kind == "not_replayable"}
    assert [index not in left for index in range(2, 2 + len(reads))] == sent


def test_a_write_that_fails_is_one_finding_and_not_many() -> None:
    """What is recorded after it is left out as if it had been skipped."""

    service = Service(SMALL_MODEL, instead={"POST": Response(507)})
    report = service.check(SMALL[:1], include_writes=True)
    assert kinds(report) == ["sent", "sent", *["not_replayable"] * 4, "sent"]
    assert [(each.exchange, each.category) for each in report.divergences] == [(2, "status_mismatch")]


def test_a_network_that_fails_is_no_divergence() -> None:
    """It is counted apart, in no score, with what it said."""

    def gone(response: Response) -> Response | Unsent:
        return Unsent("failed", "connection refused") if response.status == 404 else response

    report = Service(SMALL_MODEL, gone).check(SMALL, include_writes=True)
    assert (report.failed, report.divergences_total, report.verdict) == (4, 0, "pass")
    assert {(each.kind, each.why) for each in report.not_sent} == {("failed", "connection refused")}
    assert report.exchanges_total == 24


@pytest.mark.parametrize(
    ("more", "severity", "passed"),
    [({"colour": "red"}, "warning", True), ({"name": 5}, "error", False)],
    ids=["a field more", "another type"],
)
def test_a_field_more_is_a_warning(more: Document, severity: str, passed: bool) -> None:
    """What the service added breaks no client; what it changed may."""

    def changed(response: Response) -> Response:
        return response._replace(body=encode_json(ITEM | more))

    corpus = recording(session(*(exchange("GET", "/item", answer=ITEM) for _ in range(3))))
    report = Service(learn(corpus).model, changed).check(corpus)
    assert ({each.severity for each in report.divergences}, report.passed) == ({severity}, passed)


def test_a_route_that_the_model_does_not_know_is_compared_exactly() -> None:
    """Drift is of the service; the model only says what leaves are."""
    corpus = recording(session(exchange("GET", "/item", answer=ITEM)))

    def check(answer: Document) -> Upstream:
        response = Response(200, (("content-type", "application/json"),), encode_json(answer))
        return check_upstream(Model(), corpus, lambda exchange, request: response)

    assert check(ITEM).exact_bp == 10_000
    assert [each.path for each in check(ITEM | {"name": "elm"}).divergences] == ["name"]


def test_numbers_that_a_service_counts_are_mapped() -> None:
    """A live service has counted on since, and is asked for what it counted."""

    def counted(first: int) -> Corpus:
        steps = []
        for number in range(first, first + 4):
            item = {"id": number, "name": f"n{number - first}"}
            steps.append(exchange("POST", "/items", json={"name": item["name"]}, status=201, answer=item))
            steps.append(exchange("GET", f"/items/{number}", answer=item))
        return recording(session(*steps))

    model = learn(counted(1)).model
    live = iter(each.response for one in counted(701) for each in one.exchanges)
    asked: list[str] = []

    def ask(exchange: Exchange, request: Request) -> Response:
        asked.append(request.path)
        return next(live)

    report = check_upstream(model, counted(1), ask, include_writes=True)
    assert report.divergences == ()
    assert asked[1::2] == [f"/items/{number}" for number in range(701, 705)]


def test_a_conditional_request_names_the_services_own_validator() -> None:
    """The ETag that was recorded is another one now."""
    then, now = ("etag", 'W/"5f3a9c01"'), ("ETag", '"77b0e1d4"')
    corpus = recording(
        session(
            exchange("GET", "/item", answer=ITEM, answer_headers=(then,)),
            exchange("GET", "/item", headers=(("If-None-Match", 'W/"5f3a9c01"'),), status=304),
        )
    )
    asked: list[Request] = []

    def ask(exchange: Exchange, request: Request) -> Response:
        asked.append(request)
        return exchange.response._replace(headers=(*exchange.response.headers[:1], now))

    assert check_upstream(Model(), corpus, ask).divergences == ()
    assert asked[1].headers == (("If-None-Match", 'W/"77b0e1d4"'),)


def test_what_was_not_chosen_is_not_sent() -> None:
    """Sessions and routes narrow what the service is asked."""
    service = Service(SMALL_MODEL)
    report = service.check(SMALL, counted={"s01"}, route="GET /items")
    assert [request.path for request in service.asked] == ["/items", "/items"]
    assert (report.sessions_total, report.writes_skipped) == (1, 0)


def test_a_body_that_was_not_recorded_cannot_be_sent() -> None:
    """Above the limit a recording holds its digest alone."""
    [one] = recording(session(exchange("POST", "/items", answer=ITEM)))
    [large] = one.exchanges
    cut = replace(large, request=large.request._replace(truncated=Truncated("0" * 64, 20_000_000)))
    service = Service(SMALL_MODEL)
    report = service.check([replace(one, exchanges=(cut,))], include_writes=True)
    assert (service.asked, report.not_replayable) == ([], 1)


DAY_S = 86_400
NOON = "Wed, 15 Nov 2023 12:00:00 GMT"
TIMES: dict[str, tuple[JsonValue, JsonValue, str | None, list[str]]] = {
    "the time of the answer": ("2023-11-14T12:00:01Z", "2023-11-15T11:59:58Z", NOON, []),
    "in seconds": (1_699_963_201, 1_699_963_200 + DAY_S, NOON, []),
    "another time, now": ("2023-11-14T12:00:01Z", "2023-11-15T09:00:00Z", NOON, ["value_mismatch"]),
    "another time, then": ("2023-11-14T09:00:00Z", "2023-11-15T12:00:00Z", NOON, ["value_mismatch"]),
    "in another form": ("2023-11-14T12:00:01Z", 1_699_963_200 + DAY_S, NOON, ["type_mismatch"]),
    "nobody says when": ("2023-11-14T12:00:01Z", "2023-11-15T11:59:58Z", None, ["value_mismatch"]),
}


@pytest.mark.parametrize(("then", "now", "date", "found"), TIMES.values(), ids=TIMES)
def test_the_time_of_an_answer_is_a_time(
    then: JsonValue, now: JsonValue, date: str | None, found: list[str]
) -> None:
    """Where both answers say in ``Date`` when they were made; the model need not know it."""
    dated = ("date", "Tue, 14 Nov 2023 12:00:00 GMT")
    step = exchange("GET", "/item", answer={"made": then}, answer_headers=(dated,))
    corpus = recording(session(step, step))
    headers = (("content-type", "application/json"), *((("Date", date),) if date else ()))
    live = Response(200, headers, encode_json({"made": now}))
    report = check_upstream(Model(), corpus, lambda exchange, request: live)
    assert [each.category for each in report.divergences[:1]] == found


MADE: dict[str, tuple[list[JsonValue], list[JsonValue], int]] = {
    "made anew": (["il_TwcANFKyFdUM8s"] * 2, ["il_twJgy6egefqisw"] * 2, 0),
    "a UUID": (
        ["0b8f7c9e-3f1d-4a52-9c55-0f6f3a1b2c3d"],
        ["7d1c2b3a-9e8f-4c11-8a2b-5e4d3c2b1a09"],
        0,
    ),
    "another prefix": (["il_TwcANFKyFdUM8s"], ["ix_twJgy6egefqisw"], 1),
    "another length": (["il_TwcANFKyFdUM8s"], ["il_twJgy6egefqiswq"], 1),
    "words": (["cancelled"], ["delivered"], 1),
    "numbers": (["1234567890"], ["0987654321"], 1),
    "one for two": (["il_TwcANFKyFdUM8s"] * 2, ["il_twJgy6egefqisw", "il_3wJgy6egefqisw"], 1),
    "another that is there": (
        ["il_TwcANFKyFdUM8s", "il_TwcANFKyFdUM8s"],
        ["il_TwcANFKyFdUM8s", "il_twJgy6egefqisw"],
        1,
    ),
}


@pytest.mark.parametrize(("then", "now", "differences"), MADE.values(), ids=MADE)
def test_identifiers_that_nobody_learned(
    then: list[JsonValue], now: list[JsonValue], differences: int
) -> None:
    """What the service makes anew is mapped one to one; what stands for itself stays what it is."""
    corpus = recording(session(*(exchange("GET", "/item", answer={"ref": each}) for each in then)))
    live = iter(now)

    def ask(exchange: Exchange, request: Request) -> Response:
        return Response(200, (("content-type", "application/json"),), encode_json({"ref": next(live)}))

    assert check_upstream(Model(), corpus, ask).divergences_total == differences
