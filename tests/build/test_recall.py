"""A session of a kind that was met often enough changes how often something was seen, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from wraith.build._memo import FileMemo
from wraith.exchange import Exchange, Request, Response
from wraith.synth import Learned, learn
from wraith.wir import dump_evidence, dump_model

HEADERS = (("content-type", "application/json"),)


@dataclass(frozen=True)
class Recorded:
    """A session with a digest of what it holds."""

    id: str
    started_at_ms: int
    exchanges: tuple[Exchange, ...]
    tags: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        return sha256(repr(self.exchanges).encode()).hexdigest()

    def read(self) -> Iterable[Exchange]:
        return self.exchanges


class Counting(FileMemo):
    """Counts what is found in it, and what is not."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.found: list[str] = []
        self.missed: list[str] = []

    def get(self, key: str) -> bytes | None:
        value = super().get(key)
        (self.missed if value is None else self.found).append(key.partition("-")[0])
        return value


def session(number: int, *, delete: bool = False) -> Recorded:
    """A note is made and read, perhaps deleted."""
    note = {"id": f"note_{number:04}x{number * 7919 % 9973:04}", "text": f"text {number}"}
    at = 1_700_000_000_000 + number * 60_000
    sent = json.dumps({"text": note["text"]}).encode()
    path = f"/notes/{note['id']}"
    said = [
        (Request("POST", "/notes", HEADERS, sent), Response(201, HEADERS, json.dumps(note).encode())),
        (Request("GET", path), Response(200, HEADERS, json.dumps(note).encode())),
        *([(Request("DELETE", path), Response(204))] if delete else []),
    ]
    return Recorded(
        f"s{number:03}",
        at,
        tuple(Exchange(request, response, at + i * 1000, 5) for i, (request, response) in enumerate(said)),
    )


def written(learned: Learned) -> tuple[bytes, bytes]:
    return dump_model(learned.model), dump_evidence(learned.evidence)


CORPUS = [session(number) for number in range(40)]


def test_a_session_that_teaches_nothing_is_counted_only(tmp_path: Path) -> None:
    """Nothing is learned again, and the bytes are those that are learned without a memory."""
    learn(CORPUS[:-1], memo=FileMemo(tmp_path))
    memo = Counting(tmp_path)
    again = learn(CORPUS, memo=memo)
    assert written(again) == written(learn(CORPUS))
    assert sorted(set(memo.missed)) == ["sights", "sketch"]
    assert "route" not in memo.found + memo.missed
    assert again.evidence.exchanges == 80


def test_a_session_of_a_new_kind_is_learned_from(tmp_path: Path) -> None:
    """What was never seen teaches a route, to the bytes that are learned without a memory."""
    learn(CORPUS, memo=FileMemo(tmp_path))
    more = [*CORPUS, session(40, delete=True)]
    again = learn(more, memo=FileMemo(tmp_path))
    assert written(again) == written(learn(more))
    assert any(route.method == "DELETE" for route in again.model.routes)


def test_what_a_session_shows_of_the_world_before_counts(tmp_path: Path) -> None:
    """Sessions that show what none created change the fixtures, although nothing is learned from them."""
    learn(CORPUS, memo=FileMemo(tmp_path))
    reading = session(900).exchanges[1:]
    more = [*CORPUS, *(Recorded(f"s90{i}", 1_700_100_000_000 + i, reading) for i in range(2))]
    again = learn(more, memo=FileMemo(tmp_path))
    assert written(again) == written(learn(more))
    assert [len(items) for items in again.model.fixtures.values()] == [1]
