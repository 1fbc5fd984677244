"""The access log."""

from __future__ import annotations

import asyncio
import io
import json

import pytest

from wraith.serve import AccessLog
from wraith.serve._access import Entry

ENTRY = Entry(1_700_000_000_123, "POST", "/cups", 201, 0.4321, "POST /cups", False, "default")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Gone(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


def written(log: AccessLog, *entries: Entry) -> None:
    async def main() -> None:
        for entry in entries:
            log.add(entry)

    asyncio.run(main())
    log.flush()


def test_programs_get_json_lines() -> None:
    """Each line is one document with the facts of one request."""
    stream = io.StringIO()
    written(AccessLog.to(stream, {}), ENTRY, ENTRY._replace(route=None, extrapolated=True))
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert first == {
        "time": "2023-11-14T22:13:20.123+00:00",
        "method": "POST",
        "path": "/cups",
        "status": 201,
        "ms": 0.432,
        "route": "POST /cups",
        "extrapolated": False,
        "session": "default",
    }
    assert (second["route"], second["extrapolated"]) == (None, True)


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        ({"NO_COLOR": "1"}, "201 POST   /cups  0.4 ms  POST /cups\n"),
        ({}, "\x1b[32m201\x1b[0m POST   /cups  \x1b[2m0.4 ms  POST /cups\x1b[0m\n"),
    ],
    ids=["no-colour", "colour"],
)
def test_people_get_compact_lines(environ: dict[str, str], line: str) -> None:
    """A terminal gets one short line, in colour unless NO_COLOR is set."""
    stream = Terminal()
    written(AccessLog.to(stream, environ), ENTRY)
    assert stream.getvalue() == line


def test_a_path_cannot_drive_the_terminal() -> None:
    """Control characters of a request do not reach the terminal."""
    stream = Terminal()
    written(AccessLog.to(stream, {"NO_COLOR": "1"}), ENTRY._replace(path="/\x1b[2J\r", method="G\x07T"))
    assert "\x1b" not in stream.getvalue()
    assert "\x07" not in stream.getvalue()


def test_lines_are_written_while_the_twin_serves() -> None:
    """Nobody has to wait for the end of the server to read its log."""
    stream = io.StringIO()
    log = AccessLog.to(stream, {})

    async def main() -> None:
        log.add(ENTRY)
        async with asyncio.timeout(5):
            while not stream.getvalue():
                await asyncio.sleep(0.005)

    asyncio.run(main())


def test_a_reader_that_has_gone_does_not_stop_the_twin() -> None:
    """A closed pipe ends the log, and nothing else."""
    written(AccessLog.to(Gone(), {}), ENTRY, ENTRY)
