"""Replay: recorded requests to the twin, in worlds and with identifiers of its own, at the recorded time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.synth.recordings import Document, Recorded, Step, exchange, findings, recording, session
from tests.synth.services import Field, Kind, Spec, record
from wraith.build._workers import spread
from wraith.canonical import JsonValue
from wraith.config import Diff
from wraith.conformance import Report, check
from wraith.conformance._report import MAX_LISTED
from wraith.exchange import Exchange, Request, Response, decode_body, encode_json, header
from wraith.paths import Path, format_path, leaves
from wraith.runtime import Twin
from wraith.synth import learn
from wraith.wir import Model, dump_model

SPEC = Spec(
    (Kind("items", (Field("name", required=True), Field("size", "integer"))),),
    paging="cursor",
    counted="has_more",
)
CORPUS = record(SPEC, range(4))
LEARNED = learn(CORPUS)
OTHERS = record(SPEC, range(50, 52))

EMPTY = Recorded("empty", 0, ())


def bodies(corpus: Sequence[Recorded]) -> Iterable[tuple[int, int, JsonValue]]:
    """Yield session, exchange and document of each answer."""
    for number, each in enumerate(corpus):
        for index, one in enumerate(each.exchanges):
            yield number, index, _document(one)


def _document(one: Exchange) -> JsonValue:
    return decode_body(header(one.response.headers, "content-type"), one.response.body).document


def tampered(
    corpus: Sequence[Recorded], at: tuple[int, int], change: Callable[[Response], Response]
) -> list[Recorded]:
    """Return the corpus with one answer changed."""
    number, index = at
    done = list(corpus)
    exchanges = list(done[number].exchanges)
    exchanges[index] = replace(exchanges[index], response=change(exchanges[index].response))
    done[number] = Recorded(done[number].id, done[number].started_at_ms, tuple(exchanges))
    return done


def with_value(path: Path, value: JsonValue) -> Callable[[Response], Response]:
    def change(response: Response) -> Response:
        document = decode_body("application/json", response.body).document
        return response._replace(body=encode_json(_set(document, path, value)))

    return change


def _set(document: JsonValue, path: Path, value: JsonValue) -> JsonValue:
    if not path:
        return value
    step, *rest = path
    if isinstance(document, dict):
        return {
            key: _set(item, tuple(rest), value) if key == step else item for key, item in document.items()
        }
    assert isinstance(document, list)
    return [_set(item, tuple(rest), value) if at == step else item for at, item in enumerate(document)]


def found(report: Report) -> list[tuple[str, int, str, str]]:
    return [(each.session, each.exchange, each.path, each.category) for each in report.divergences]


# --- a divergence is planted, and found ---------------------------------------------------------------------


def first(method: str, status: int, pattern: str = "/v1/items") -> tuple[int, int]:
    """Return where the first exchange of that kind stands."""
    for number, each in enumerate(OTHERS):
        for index, one in enumerate(each.exchanges):
            if (one.request.method, one.response.status) == (method, status) and one.request.path == pattern:
                return number, index
    raise AssertionError(f"no {method} {pattern} {status}")


CREATE, LIST, REFUSED = first("POST", 201), first("GET", 200), first("POST", 400)


def without(member: str) -> Callable[[Response], Response]:
    def change(response: Response) -> Response:
        document = decode_body("application/json", response.body).document
        assert isinstance(document, dict)
        return response._replace(body=encode_json({k: v for k, v in document.items() if k != member}))

    return change


def with_more(response: Response) -> Response:
    document = decode_body("application/json", response.body).document
    assert isinstance(document, dict)
    return response._replace(body=encode_json({**document, "more": 1}))


def shorter(response: Response) -> Response:
    document = decode_body("application/json", response.body).document
    assert isinstance(document, dict)
    assert isinstance(document["data"], list)
    return response._replace(body=encode_json({**document, "data": document["data"][:-1]}))


PLANTED: dict[str, tuple[tuple[int, int], Callable[[Response], Response], str, str]] = {
    "status": (CREATE, lambda response: response._replace(status=200), "status", "status_mismatch"),
    "missing field": (CREATE, with_more, "more", "missing_field"),
    "extra field": (CREATE, without("object"), "object", "extra_field"),
    "value": (CREATE, with_value(("object",), "other"), "object", "value_mismatch"),
    "type": (CREATE, with_value(("name",), 5), "name", "type_mismatch"),
    "type of an identifier": (CREATE, with_value(("id",), 5), "id", "type_mismatch"),
    "unit of a time": (CREATE, with_value(("created",), "2023-11-14"), "created", "type_mismatch"),
    "length of a list": (LIST, shorter, "data", "array_length_mismatch"),
    "deep value": (LIST, with_value(("data", 1, "object"), "other"), "data[1].object", "value_mismatch"),
    "message": (REFUSED, with_value(("error", "message"), "no"), "error.message", "value_mismatch"),
    "header": (
        CREATE,
        lambda response: response._replace(headers=(("content-type", "text/json"),)),
        "header.content-type",
        "header_mismatch",
    ),
}


@pytest.mark.parametrize(("at", "change", "path", "category"), PLANTED.values(), ids=PLANTED)
def test_a_planted_divergence_is_found_with_its_path_and_category(
    at: tuple[int, int], change: Callable[[Response], Response], path: str, category: str
) -> None:
    """What was changed in the recording is reported where it was changed, and nothing besides."""
    report = check(LEARNED.model, tampered(OTHERS, at, change))
    here = (f"seed-{50 + at[0]:03d}", at[1] + 1)
    assert [each for each in found(report) if each[:2] == here] == [(*here, path, category)]
    if path not in ("id", "status"):  # what cannot be mapped is missed by later reads, too
        assert len(found(report)) == 1
        assert report.exchanges_exact == report.exchanges_total - 1


def test_an_identifier_given_twice_is_inconsistent() -> None:
    """A service that gives one identifier to two things is not what the twin does."""
    second = (CREATE[0], CREATE[1] + 1)
    document = _document(OTHERS[CREATE[0]].exchanges[CREATE[1]])
    assert isinstance(document, dict)
    report = check(LEARNED.model, tampered(OTHERS, second, with_value(("id",), document["id"])))
    here = (OTHERS[second[0]].id, second[1] + 1, "id", "id_inconsistent")
    assert here in found(report)


def test_an_unknown_route_is_no_answer() -> None:
    """Requests that nothing was learned of count, and are named by their method."""
    corpus = recording(session(exchange("GET", "/v9/nowhere", answer={"a": 1})))
    report = check(LEARNED.model, corpus)
    assert found(report) == [("s00", 1, "", "no_answer")]
    assert [each.route for each in report.routes] == ["GET (unknown route)"]
    assert (report.score_bp, report.passed) == (0, False)


# --- never from the recording under test --------------------------------------------------------------------

FIRM = [
    (number, index, path)
    for number, index, document in bodies(CORPUS)
    for path, _ in leaves(document)
    if path[-1:] not in (("id",), ("created",))
]
"""The leaves of the recording that are compared exactly; identifiers and times are told by others."""


@given(st.sampled_from(FIRM))
@settings(max_examples=60, deadline=None)
def test_answers_never_come_from_the_recording_under_test(place: tuple[int, int, Path]) -> None:
    """A model learned from a recording reports each leaf that was tampered with in it since."""
    number, index, path = place
    report = check(LEARNED.model, tampered(CORPUS, (number, index), with_value(path, "tampered")))
    assert [each[:3] for each in found(report)] == [(CORPUS[number].id, index + 1, format_path(path))]


def test_the_twin_is_asked_with_its_own_identifiers_only() -> None:
    """No recorded identifier that the twin has replaced reaches it again."""
    asked: list[Request] = []

    def listen(request: Request) -> Request:
        asked.append(request)
        return request

    report = check(LEARNED.model, OTHERS, scrubber=listen)
    made = {
        str(document["id"])
        for _, _, document in bodies(OTHERS)
        if isinstance(document, dict) and isinstance(document.get("created"), int)
    }
    assert report.score_bp == 10_000
    assert made
    assert not [each for each in asked for key in made if key in each.target]


def test_the_request_passes_through_the_scrubber() -> None:
    """What a scrubber does to requests decides what the twin sees."""
    report = check(LEARNED.model, OTHERS, scrubber=lambda request: request._replace(target="/v9/nowhere"))
    assert {each.category for each in report.divergences} == {"no_answer"}


# --- a twin agrees with itself ------------------------------------------------------------------------------


def answered_by(model: Model, corpus: Sequence[Recorded], seed: str) -> list[Recorded]:
    """Return the requests of a corpus with what the twin answers to them."""
    twin, done = Twin(model), []
    for each in corpus:
        opened = twin.open_session(seed)
        exchanges = tuple(
            replace(one, response=twin.respond(one.request, opened, now_ms=one.started_at_ms).response)
            for one in each.exchanges
        )
        done.append(Recorded(each.id, each.started_at_ms, exchanges))
    return done


@pytest.mark.parametrize("seed", ["another", "check-0"])
def test_a_twin_agrees_with_what_it_answered_itself(seed: str) -> None:
    """Whatever identifiers it makes, a twin replays its own answers without a divergence."""
    own = answered_by(LEARNED.model, OTHERS, seed)
    report = check(LEARNED.model, own)
    assert (findings(report), report.score_bp) == ([], 10_000)


def test_checking_changes_no_model() -> None:
    """A model is the same after a check, and a check the same when it is repeated."""
    before = dump_model(LEARNED.model)
    assert check(LEARNED.model, OTHERS) == check(LEARNED.model, OTHERS[::-1])
    assert dump_model(LEARNED.model) == before


# --- worlds -------------------------------------------------------------------------------------------------

KEY = "us_k3Jd82mQ"
USER: Document = {"id": KEY, "name": "ada"}


def create() -> Step:
    return exchange("POST", "/v1/users", json={"name": "ada"}, answer=USER)


def read(*, status: int = 200) -> Step:
    return exchange(
        "GET", f"/v1/users/{KEY}", status=status, answer=USER if status < 400 else {"error": "missing"}
    )


USERS = learn(
    recording(
        session(create(), read()),
        session(read(status=404)),
        session(
            exchange("POST", "/v1/users", json={"name": "bob"}, answer={"id": "us_9xPq27Lb", "name": "bob"}),
            exchange("GET", "/v1/users/us_9xPq27Lb", answer={"id": "us_9xPq27Lb", "name": "bob"}),
        ),
    )
).model


def test_sessions_of_one_run_share_their_world() -> None:
    """What one session of a run creates, the next one finds."""
    corpus = recording(session(create()), session(read()))
    assert check(USERS, corpus, runs=[["s00", "s01"]]).score_bp == 10_000


def test_a_session_without_a_run_stands_alone() -> None:
    """Where nothing says that sessions share a world, each starts as the service does."""
    corpus = recording(session(create()), session(read()))
    assert check(USERS, corpus).score_bp == 5_000
    assert check(USERS, recording(session(create()), session(read(status=404)))).score_bp == 10_000


def test_the_sessions_of_a_run_are_replayed_in_the_order_of_time() -> None:
    """Neither the order in which sessions are given nor that of the run's names matters."""
    corpus = recording(session(create()), session(read()))
    assert check(USERS, corpus[::-1], runs=[["s01", "s00"]]).score_bp == 10_000


def test_a_run_may_name_sessions_that_are_not_there() -> None:
    """A part of the recordings is checked like the whole."""
    corpus = recording(session(create(), read()))
    assert check(USERS, corpus, runs=[["gone", "s00"]]).score_bp == 10_000


# --- the score ----------------------------------------------------------------------------------------------


def pings(good: int, bad: int) -> list[Recorded]:
    """Return one session of answers that the twin gives, and of others."""
    return recording(
        session(
            *(exchange("GET", "/v1/ping", answer={"n": 1}) for _ in range(good)),
            *(exchange("GET", "/v1/ping", answer={"n": 2}) for _ in range(bad)),
        )
    )


PING = learn(pings(2, 0)).model


@pytest.mark.parametrize(
    ("good", "bad", "score_bp"),
    [(1221, 19, 9847), (1, 0, 10_000), (0, 1, 0), (1, 2, 3333), (2, 1, 6667), (1, 1, 5000)],
    ids=lambda value: str(value),
)
def test_the_score_is_the_share_of_exchanges_in_basis_points(good: int, bad: int, score_bp: int) -> None:
    """1221 of 1240 is 9847."""
    report = check(PING, pings(good, bad))
    assert (report.score_bp, report.exchanges_passed, report.exchanges_total) == (score_bp, good, good + bad)
    assert (report.exact_bp, report.exchanges_exact) == (score_bp, good)


def test_a_rounded_score_passes_no_check() -> None:
    """One failure in 20,001 exchanges rounds to 10000, and is not all of them."""
    report = check(PING, pings(20_000, 1), diff=Diff(session_pass_rate=1.0))
    assert (report.score_bp, report.sessions_passed, report.passed) == (10_000, 0, False)


@pytest.mark.parametrize(("rate", "passed"), [(0.5, True), (0.5001, False), (0.0, True), (1.0, False)])
def test_a_session_passes_where_enough_of_its_exchanges_do(rate: float, passed: bool) -> None:
    """The threshold itself is enough."""
    report = check(PING, pings(1, 1), diff=Diff(session_pass_rate=rate))
    assert (report.sessions_passed, report.passed) == (int(passed), passed)
    assert report.sessions[0].strip == "=-"


@pytest.mark.parametrize(("required", "passed"), [(0.5, True), (0.5001, False), (0.0, True), (1.0, False)])
def test_a_run_passes_where_enough_of_its_sessions_do(required: float, passed: bool) -> None:
    """One of two sessions is half of them."""
    [good], [bad] = pings(1, 0), pings(0, 1)
    report = check(PING, [good, replace(bad, id="bad")], diff=Diff(required_score=required))
    assert (report.session_pass_rate, report.passed, report.verdict) == (
        0.5,
        passed,
        "pass" if passed else "fail",
    )


@pytest.mark.parametrize(
    "corpus", [[], [EMPTY], [EMPTY, EMPTY]], ids=["no session", "no exchange", "two empty ones"]
)
@pytest.mark.parametrize("required", [0.0, 0.9])
def test_nothing_compared_never_passes(corpus: list[Recorded], required: float) -> None:
    """Without an exchange there is no proof, whatever is required."""
    report = check(PING, corpus, diff=Diff(required_score=required))
    assert (report.passed, report.verdict) == (False, "no-evidence")
    assert (report.score_bp, report.exchanges_total) == (0, 0)


def test_a_route_of_whose_bodies_nothing_was_compared_never_passes() -> None:
    """A twin may not pass by suppressing: every leaf of the body is said to be generated."""
    diff = Diff.model_validate({"fields": {"n": "generated"}})
    report = check(PING, pings(3, 0), diff=diff)
    assert (report.verdict, report.passed, report.no_evidence) == ("no-evidence", False, ("GET /v1/ping",))


def test_an_empty_model_answers_nothing() -> None:
    """A model without routes has no answer to anything."""
    report = check(Model(), pings(3, 0))
    assert (report.passed, report.score_bp, report.divergences_total) == (False, 0, 3)


def test_divergences_are_listed_up_to_a_bound_and_counted_beyond() -> None:
    """A report stays small; its numbers are of everything."""
    report = check(PING, pings(1, MAX_LISTED + 5))
    assert (len(report.divergences), report.divergences_total) == (MAX_LISTED, MAX_LISTED + 5)
    assert report.exchanges_total - report.exchanges_passed == MAX_LISTED + 5


def test_routes_add_up_to_the_whole() -> None:
    """Each exchange counts for one route, and sessions pass as a whole."""
    at = first("POST", 201)
    report = check(LEARNED.model, tampered(OTHERS, at, with_value(("object",), "other")))
    assert sum(each.exchanges_total for each in report.routes) == report.exchanges_total
    assert sum(each.exchanges_passed for each in report.routes) == report.exchanges_passed
    assert sum(each.compared_leaves for each in report.routes) == report.compared_leaves
    assert sum(each.suppressed_leaves for each in report.routes) == report.suppressed_leaves
    assert [each.route for each in report.routes] == sorted(each.route for each in report.routes)
    assert (report.sessions_total, report.sessions_passed) == (2, 2)
    assert sum(set(each.strip) != {"="} for each in report.sessions) == 1


def test_a_request_unlike_all_that_was_seen_is_counted_as_extrapolated() -> None:
    """Answers to requests that no variant was seen with are counted, and judged like others."""
    corpus = recording(session(exchange("GET", "/v1/ping?unheard=of", answer={"n": 1})))
    report = check(PING, corpus)
    assert (report.extrapolated_total, report.score_bp) == (1, 10_000)


def test_a_report_says_what_depends_on_the_time_before_the_recording() -> None:
    """Exchanges about entities that nothing created are listed; those that no fixture holds are unknown."""
    old, lost, new = "it_4Kd93mQz", "it_9Lx27Pbv", "it_7Ry41Wns"
    read = exchange("GET", f"/items/{old}", answer={"id": old, "n": 1})
    corpus = recording(
        session(
            read,
            exchange("POST", "/items", json={"n": 2}, status=201, answer={"id": new, "n": 2}),
            exchange("GET", f"/items/{new}", answer={"id": new, "n": 2}),
        ),
        session(read),
    )
    model = learn(corpus).model
    unseen = recording(session(read, exchange("GET", f"/items/{lost}", answer={"id": lost, "n": 3})))
    report = check(model, [*corpus, *[replace(each, id="unseen") for each in unseen]])
    assert {(each.key, each.known) for each in report.preexisting} == {(old, True), (lost, False)}
    assert (report.preexisting_total, report.preexisting_unknown) == (4, 1)


# --- the work, shared ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", [2, 3])
def test_the_report_is_the_same_for_every_number_of_processes(jobs: int) -> None:
    """Divergences, drifts, counts and sessions, in the same order."""
    corpus = tampered(record(SPEC, range(60, 67)), (2, 1), with_value(("object",), "other"))
    assert check(LEARNED.model, corpus, spread=spread(jobs)) == check(LEARNED.model, corpus)


def test_sessions_and_routes_may_be_chosen() -> None:
    """What is not judged is replayed for the state that it leaves behind."""
    corpus = recording(session(create()), session(read()))
    report = check(USERS, corpus, runs=[["s00", "s01"]], counted={"s01"})
    assert ([each.session for each in report.sessions], report.exact_bp) == (["s01"], 10_000)
    report = check(LEARNED.model, OTHERS, route="POST *")
    assert {each.route.split()[0] for each in report.routes} == {"POST"}
    assert report.exact_bp == 10_000


def test_headers_that_are_not_compared_are_listed_with_what_would_compare_them() -> None:
    """The report says how much it did not look at, but for what belongs to the connection."""
    [one] = pings(2, 0)
    headers = (("X-Trace", "1"), ("Connection", "close"))
    exchanges = tuple(
        replace(each, response=each.response._replace(headers=(*each.response.headers, *headers)))
        for each in one.exchanges
    )
    report = check(PING, [replace(one, exchanges=exchanges)])
    [found] = report.suppressed
    assert (found.reason, found.path, found.count) == ("header_allowlist", "header.x-trace", 2)
    assert found.compare_again == '[diff] compare_headers = ["x-trace"]'
    assert (report.suppressed_leaves, report.suppressed_share) == (2, 0.25)
