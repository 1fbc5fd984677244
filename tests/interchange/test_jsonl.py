"""The JSON Lines form: sessions that interleave, lines that break, small files that unpack to large ones."""

from __future__ import annotations

import base64
import json
import random
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from wraith.canonical import JsonValue
from wraith.errors import InputError
from wraith.interchange import _jsonl
from wraith.interchange._entry import Entry, Item, LeftOut
from wraith.interchange._jsonl import looks_like, read
from wraith.interchange._source import Source

HERE = Path("recorded.jsonl")
ASKED: dict[str, JsonValue] = {"method": "GET", "url": "https://api.example/v1/things", "status": 200}


def line(**members: JsonValue) -> bytes:
    return json.dumps({**ASKED, **members}).encode() + b"\n"


def items(data: bytes) -> list[Item]:
    return list(read(Source(HERE, data)))


def entry(**members: JsonValue) -> Entry:
    (found,) = items(line(**members))
    assert isinstance(found, Entry)
    return found


def zst(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


def test_a_line_is_an_exchange() -> None:
    """Every member of a line has its place in the entry."""
    assert entry(
        session="checkout",
        seq=0,
        method="PUT",
        req_headers={"Accept": ["a", "b"]},
        req_body="ask",
        resp_headers={"Content-Type": "image/png"},
        resp_body_b64=base64.b64encode(b"\x89PNG\0").decode(),
        recorded_at="2025-03-04T12:00:00Z",
        duration_ms=41.5,
    ) == Entry(
        where="line 1",
        group="checkout",
        method="PUT",
        url="https://api.example/v1/things",
        request_headers=(("Accept", "a"), ("Accept", "b")),
        request_body=b"ask",
        status=200,
        response_headers=(("Content-Type", "image/png"),),
        response_body=b"\x89PNG\0",
        started_at_ms=1_741_089_600_000,
        duration_ms=41,
    )


def test_what_may_be_missing_may_be_missing() -> None:
    """Method, address and status make an exchange; nothing that may be missing counts as put right."""
    assert entry() == Entry(where="line 1", method="GET", url="https://api.example/v1/things", status=200)


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"resp_body": {"id": 1}}, "the body of the response was a parsed document, and is written as JSON"),
        ({"req_body_b64": "{"}, "the body of the request says base64 and is text"),
        ({"recorded_at": "noon"}, "recorded_at is no time that is understood, and counts as missing"),
    ],
    ids=str,
)
def test_what_is_put_right_is_told(members: dict[str, JsonValue], told: str) -> None:
    """A member in a spelling that has only one meaning is taken, and that is told."""
    assert entry(**members).mended == (told,)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        pytest.param(b'{"method": "GET", "url"', "it is not JSON: unexpected end of data", id="cut off"),
        pytest.param(b'{"a": "\xff"}', "it is not UTF-8 text", id="no text"),
        pytest.param(b'["GET"]', "it is no object", id="no object"),
        pytest.param(line(method=None), "there is no method", id="no method"),
        pytest.param(line(url=7), "the URL is no text", id="address"),
        pytest.param(line(status=None), "there is no status", id="no status"),
        pytest.param(line(session=["a"]), "the session is no text", id="session"),
        pytest.param(b"[" * 5_000, "it is not JSON: depth limit exceeded", id="depth"),
        pytest.param(
            line(resp_body="x")[:-2] + b"," + b'"x":' + b"[" * 201 + b"]" * 201 + b"}",
            "it nests deeper than 200 levels",
            id="nesting",
        ),
    ],
)
def test_a_broken_line_is_left_out_alone(broken: bytes, reason: str) -> None:
    """A line that is no exchange is left out with its number and a reason; those around it stay."""
    found = items(line() + b"\n" + broken.strip() + b"\n" + line())
    assert [type(item) for item in found] == [Entry, LeftOut, Entry]
    assert found[1] == LeftOut("line 3", reason)
    assert found[2].where == "line 4"


def test_sessions_may_interleave() -> None:
    """Lines keep their order; their sessions tell them apart."""
    found = items(
        line(session="a", seq=0) + line(session="b", seq=0) + line(session=7) + line(session="a", seq=1)
    )
    assert [item.group for item in found if isinstance(item, Entry)] == ["a", "b", "7", "a"]


@given(st.permutations(range(6)), st.permutations(range(6)))
def test_a_session_is_in_the_order_of_its_numbers(first: list[int], second: list[int]) -> None:
    """Whatever the order of the lines, ``seq`` orders each session."""
    lines = [
        line(session=name, seq=n)
        for pair in zip(first, second, strict=True)
        for name, n in zip("ab", pair, strict=True)
    ]
    found = items(b"".join(lines))
    numbers: dict[str, list[int]] = {"a": [], "b": []}
    for item in found:
        assert isinstance(item, Entry)
        place = int(item.where.removeprefix("line ")) - 1
        numbers[item.group].append(json.loads(lines[place])["seq"])
    assert numbers == {"a": list(range(6)), "b": list(range(6))}


def test_a_line_without_a_number_stays_behind_the_one_before() -> None:
    """A missing ``seq`` counts as that of the line before in the session."""
    found = items(line(seq=2) + line() + line(seq=1))
    assert [item.where for item in found] == ["line 3", "line 1", "line 2"]


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"], ids=["unix", "windows"])
def test_blank_lines_and_line_ends_mean_nothing(ending: bytes) -> None:
    """Lines end as on any system, and blank ones are passed over; the last one needs no end."""
    whole = ending.join([line().strip(), b"", line().strip()])
    assert [item.where for item in items(whole)] == ["line 1", "line 3"]


def test_a_packed_file_is_the_same_as_the_plain_one() -> None:
    """zstd in one frame or in several holds the same lines."""
    lines = [line(session=str(n), resp_body="x" * n * 100) for n in range(50)]
    plain = items(b"".join(lines))
    assert items(zst(b"".join(lines))) == plain
    assert items(b"".join(zst(each) for each in lines)) == plain


def test_a_packed_file_that_is_cut_off_is_refused() -> None:
    """A frame without its end is no whole file, even where the lines in it are whole."""
    with pytest.raises(InputError, match="ends within its zstd frame"):
        items(zst(line() * 1_000)[:-8])


def test_a_packed_file_that_is_damaged_is_refused() -> None:
    """Bytes behind a frame that are none are said to be."""
    with pytest.raises(InputError, match="not zstd throughout"):
        items(zst(line()) + b"garbage, and more")


def test_a_file_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is unpacked is counted, whatever a frame says of its size; memory stays a small part of it."""
    monkeypatch.setattr(_jsonl, "MAX_FILE_BYTES", 40 << 20)
    bomb = zst((b" " * 1023 + b"\n") * (50 << 10))
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match="unpacks to more than 40 MiB"):
            items(bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(bomb) < 10_000
    assert peak < 20 << 20


def test_a_line_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line is held in memory, so it has a limit; the error names it."""
    monkeypatch.setattr(_jsonl, "MAX_LINE_BYTES", 1 << 20)
    with pytest.raises(InputError, match="longer than 1 MiB") as raised:
        items(line() + b"x" * (3 << 20))
    assert raised.value.where == f"{HERE}:2"


def test_more_lines_than_a_file_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines without anything cost time, so that there is a limit to them."""
    monkeypatch.setattr(_jsonl, "MAX_LINES", 1_000)
    with pytest.raises(InputError, match="more than 1,000 lines"):
        items(b"\n" * 5_000)


def test_memory_holds_a_line_at_a_time() -> None:
    """Reading ten times the lines takes no more memory."""

    def peak(count: int) -> int:
        lines = (line(resp_body=random.Random(n).randbytes(5_000).hex()) for n in range(count))
        source = Source(HERE, zst(b"".join(lines)))
        tracemalloc.start()
        try:
            assert sum(1 for _ in read(source)) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(1_000) < 2 * peak(100)


@pytest.mark.parametrize(
    ("name", "data", "answer"),
    [
        pytest.param("a.jsonl", b"", True, id="named"),
        pytest.param("a.ndjson", b"", True, id="named otherwise"),
        pytest.param("a.jsonl.zst", b"", True, id="named, packed"),
        pytest.param("a.txt", line() * 2, True, id="first line"),
        pytest.param("a.bin", zst(line()), True, id="first line, packed"),
        pytest.param("a.json", b'{"log": {"entries": []}}', False, id="another object"),
        pytest.param("a.json", json.dumps({"log": {}}, indent=1).encode(), False, id="indented"),
        pytest.param("a.yaml", b"a: 1", False, id="YAML"),
        pytest.param("a.bin", b"\x28\xb5\x2f\xfdxx", False, id="broken zstd"),
        pytest.param("a", b"", False, id="empty"),
    ],
)
def test_json_lines_are_known_by_name_or_first_line(name: str, data: bytes, answer: bool) -> None:
    """A name is enough; else the first line must be an exchange."""
    assert looks_like(Source(Path(name), data)) is answer


def test_entries_are_yielded_as_they_are_read() -> None:
    """Nothing waits for the end of the file."""
    found: Iterator[Item] = read(Source(HERE, line() * 3))
    assert next(found).where == "line 1"
