"""Quality: logs, whose entries nothing names."""

from __future__ import annotations

from tests.synth.recordings import Document, Step, exchange, model_of, route, session
from tests.synth.test_reasons import Client
from wraith.canonical import JsonValue
from wraith.wir import Make, Model

BOXES = (("amber", "birch"), ("cedar", "elm"), ("fir", "ginkgo"))


def put(name: str, size: int) -> Step:
    return exchange("PUT", f"/boxes/{name}", json={"size": size}, answer={"name": name, "size": size})


def drop(name: str) -> Step:
    return exchange("DELETE", f"/boxes/{name}", status=204)


def log(*entries: JsonValue, newest_first: bool = True) -> Step:
    shown = list(entries[::-1] if newest_first else entries)
    return exchange("GET", "/log", answer={"entries": shown})


def wrote(name: str, size: int) -> Document:
    return {"did": "put", "box": name, "size": size}


def dropped(name: str) -> Document:
    return {"did": "drop", "box": name}


def learned(*, newest_first: bool = True) -> Model:
    sessions = []
    for number, (one, other) in enumerate(BOXES, 1):
        done = [wrote(one, number), wrote(other, number + 4), dropped(one)]
        sessions.append(
            session(
                put(one, number),
                put(other, number + 4),
                log(*done[:2], newest_first=newest_first),
                exchange("POST", f"/boxes/{other}/peek", answer={"seen": True}),
                drop(one),
                log(*done, newest_first=newest_first),
            )
        )
    return model_of(*sessions)


def test_a_log_tells_every_write_of_its_kinds() -> None:
    """Each write of the routes that are written down makes an entry; one that never was makes none."""
    for newest_first in (True, False):
        client = Client(learned(newest_first=newest_first))
        client.ask("PUT", "/boxes/oak", json={"size": 3})
        client.ask("POST", "/boxes/oak/peek")
        client.ask("DELETE", "/boxes/oak")
        entries = [wrote("oak", 3), dropped("oak")]
        assert client.ask("GET", "/log") == (200, {"entries": entries[::-1] if newest_first else entries})


def test_a_list_that_tells_of_nothing_that_was_written_is_no_log() -> None:
    """Entries that no write explains are what the service answers, whatever is written."""
    news: list[JsonValue] = [{"title": "hello"}, {"title": "again"}]
    model = model_of(*(session(put(one, 1), exchange("GET", "/news", answer=news)) for one, _ in BOXES))
    effects = [effect for each in route(model, "PUT /boxes/{box_id}").variants for effect in each.effects]
    assert not [effect for effect in effects if isinstance(effect, Make)]
    assert Client(model).ask("GET", "/news") == (200, news)
