"""What recording scripts share: sessions in turn, a client, invented data."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import httpx
import pytest


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Answer all requests with what was asked, and return them as they come."""
    requests: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(f"{request.method} {request.url.raw_path.decode()} {request.content.decode()}")
        return httpx.Response(200, json={"number": len(requests)})

    client = httpx.Client

    def silent(**settings: object) -> httpx.Client:
        return client(**settings, transport=httpx.MockTransport(answer))  # type: ignore[arg-type]  # httpx's

    monkeypatch.setattr(httpx, "Client", silent)
    return requests


def test_each_scenario_is_a_session(heard: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """They run in turn and over again, and the proxy is told before each; that is no request of theirs."""
    from recording import Service, run

    def one(service: Service) -> None:
        service.get("/one", a=1)

    def other(service: Service) -> None:
        assert service.post("/other", {"b": 2}) == {"number": 4}

    run([one, other], base_url="http://proxy", seed=1, sessions=3)
    began = "POST /__wraith/new-session "
    assert heard == [began, "GET /one?a=1 ", began, 'POST /other {"b":2}', began, "GET /one?a=1 "]
    assert capsys.readouterr().out.splitlines()[-1].endswith("one, 3 requests so far")


def test_choices_come_from_the_seed_and_the_session(heard: list[str]) -> None:
    """The same seed draws the same in each session; sessions and seeds differ."""
    from recording import Service, run

    def draw(service: Service) -> None:
        service.get(f"/{service.rng.random()}")

    runs = []
    for seed in (1, 1, 2):
        heard.clear()
        run([draw], base_url="http://proxy", seed=seed, sessions=2)
        runs.append(heard[1::2])
    assert runs[0] == runs[1]
    assert len({*runs[0], *runs[2]}) == 4


def test_a_scenario_that_lacks_an_answer_stops_the_run(heard: list[str]) -> None:
    """The error names the session, the scenario and what is missing."""
    from recording import Service, Stopped, run

    def hopeful(service: Service) -> None:
        service.get("/")["id"]

    with pytest.raises(Stopped, match=r"session 1, .*hopeful: KeyError: 'id'"):
        run([hopeful], base_url="http://proxy", seed=1, sessions=1)


def test_answers_are_json_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty answers and answers of other types are None to a scenario; it may send them all the same."""
    from recording import Service

    answers = [
        httpx.Response(204),
        httpx.Response(200, html="<p>"),
        httpx.Response(200, headers={"content-type": "application/json"}),
        httpx.Response(200, json=[1]),
    ]
    with Service("http://service", random.Random(1)) as service:
        service.http = httpx.Client(
            base_url="http://service", transport=httpx.MockTransport(lambda request: answers.pop(0))
        )
        asked: list[Callable[[], object]] = [
            lambda: service.delete("/a"),
            lambda: service.get("/b"),
            lambda: service.put("/c", {}),
            lambda: service.patch("/d", {}),
        ]
        assert [ask() for ask in asked] == [None, None, None, [1]]
        assert service.sent == 4


def test_queries_are_filled() -> None:
    """Gaps with a name take its value; gaps that name a type, some of its fields and what is around it."""
    from scenarios.graphql.ask import FIELDS, fill

    rng = random.Random(5)
    assert fill(rng, "{ Post(id: <key>) { id } }", key=3) == "{ Post(id: 3) { id } }"
    fields = fill(rng, "<User>").split()
    assert len(fields) >= 2
    assert set(fields) <= set(FIELDS["User"])
    assert " User { " in fill(rng, "<Post+>")
    assert " Comments { " in fill(rng, "<Post*>")


def test_invented_data_is_json_and_differs() -> None:
    """Whatever is drawn can be sent, and two draws are hardly ever the same."""
    from scenarios.graphql import invent as blog
    from scenarios.orderledger import invent as shop
    from scenarios.posts import invent as press

    rng = random.Random(5)
    for make in (blog.user, blog.post, shop.person, shop.business, shop.product, press.post, press.label):
        drawn = {json.dumps(make(rng)) for _ in range(50)}
        assert len(drawn) == 50, make
