"""``tools/bench.py``: its numbers, its table, its client."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parent.parent.parent / "tools"


@pytest.mark.parametrize(
    ("sense", "goal", "met"),
    [("at least", 2.0, True), ("at least", 2.1, False), ("at most", 2.0, True), ("at most", 1.9, False)],
)
def test_a_result_is_judged_by_its_median(sense: str, goal: float, met: bool) -> None:
    """One slow run does not decide; the median does, and a goal that is just reached is met."""
    from benchmarks.results import Result

    result = Result("x", (1.0, 2.0, 90.0), "s", goal, sense)  # type: ignore[arg-type] # a table of literals
    assert result.value == 2.0
    assert result.met is met


@pytest.mark.parametrize(
    ("value", "text"), [(12345.6, "12,346"), (99.94, "99.9"), (0.04321, "0.0432"), (3.0, "3")]
)
def test_numbers_have_as_many_digits_as_mean_something(value: float, text: str) -> None:
    """Three digits, or whole numbers with separators."""
    from benchmarks.results import number

    assert number(value) == text


def test_the_client_asks_as_often_as_it_says() -> None:
    """Each connection sends its share of the requests and reads each answer to its end."""
    from benchmarks.load import load

    seen = 0
    answering: list[asyncio.Task[None]] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal seen
        task = asyncio.current_task()
        assert task is not None
        answering.append(task)
        while await reader.read(1000):
            seen += 1
            writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nhello")
        writer.close()
        await writer.wait_closed()

    async def run() -> dict[str, float]:
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            measured = await load(port, 3, 31, b"GET / HTTP/1.1\r\n\r\n")
            await asyncio.gather(*answering)
            return measured

    measured = asyncio.run(run())
    assert seen == 30
    assert (measured["status"], measured["body_bytes"]) == (201, 5)


def test_the_fast_upstream_answers_each_request_once() -> None:
    """Requests are told apart, also where they come in pieces or with a body."""
    from benchmarks.servers import Constant

    class Sent(asyncio.Transport):
        def __init__(self) -> None:
            super().__init__()
            self.answers = 0

        def write(self, data: object) -> None:
            self.answers += 1

    sent, constant = Sent(), Constant(b"answer")
    constant.connection_made(sent)
    for piece in (b"GET / HTTP/1.1\r\n", b"\r\nPOST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nab", b"cd"):
        constant.data_received(piece)
    assert sent.answers == 2


def test_the_benchmark_prints_a_table_and_writes_json(tmp_path: Path) -> None:
    """The table has a row for each number that was asked for, and the JSON the same ones."""
    output = tmp_path / "results.json"
    asked = ["--only", "help", "--rounds", "1", "--output", str(output)]
    command = [sys.executable, str(TOOLS / "bench.py"), *asked]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[2].startswith("| wraith --help")
    assert [result["name"] for result in json.loads(output.read_text())["results"]] == ["wraith --help"]
