"""mitmproxy's flows: what of a flow is an exchange, and what happens where the library or the file gives up.

``samples/damaged-library.flows`` is a recording by mitmdump 11. The tests read it with mitmproxy's library
where that is installed, and always with a stand-in for the little of it that the reader uses.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import BinaryIO, TypeAlias

import pytest

from wraith.errors import InputError
from wraith.interchange._entry import Entry, Item, LeftOut
from wraith.interchange._mitmproxy import looks_like, read
from wraith.interchange._source import Source

SAMPLE = Path(__file__).parent / "samples" / "damaged-library.flows"
LIBRARIES = ["stand-in", *(["mitmproxy"] if importlib.util.find_spec("mitmproxy") else [])]

Value: TypeAlias = "bytes | str | int | float | bool | list[Value] | dict[str, Value] | None"


def netstring(data: bytes, place: int) -> tuple[Value, int]:
    """Return the value at a place of typed netstrings, and where the next begins."""
    digits = data[place : data.index(b":", place)]
    begin = place + len(digits) + 1
    end = begin + int(digits)
    held, kind = data[begin:end], data[end : end + 1]
    if kind in b"]}":
        values, at = [], 0
        while at < len(held):
            value, at = netstring(held, at)
            values.append(value)
        if kind == b"]":
            return values, end + 1
        names = [str(name) for name in values[::2]]
        return dict(zip(names, values[1::2], strict=True)), end + 1
    scalars: dict[bytes, Value] = {
        b",": held,
        b";": held.decode("utf-8", "replace"),
        b"~": None,
        b"!": held == b"true",
    }
    if kind in (b"#", b"^"):
        return float(held) if kind == b"^" else int(held), end + 1
    return scalars[kind], end + 1


def message(state: dict[str, Value] | None) -> SimpleNamespace | None:
    if state is None:
        return None
    pairs = state["headers"]
    assert isinstance(pairs, list)
    shown = SimpleNamespace(**state, raw_content=state["content"])
    shown.headers = SimpleNamespace(fields=tuple(tuple(pair) for pair in pairs if isinstance(pair, list)))
    if "method" in state:
        host = dict(shown.headers.fields)[b"Host"].decode()
        shown.pretty_url = f"{shown.scheme.decode()}://{host}{shown.path.decode()}"
        shown.method = shown.method.decode()
    return shown


class StandIn:
    """What the reader uses of mitmproxy.io.FlowReader."""

    def __init__(self, file: BinaryIO) -> None:
        self._data = file.read()

    def stream(self) -> Iterator[SimpleNamespace]:
        place = 0
        while place < len(self._data):
            state, place = netstring(self._data, place)
            assert isinstance(state, dict)
            error = state["error"]
            yield SimpleNamespace(
                type=state["type"],
                websocket=state["websocket"],
                request=message(state["request"]),  # type: ignore[arg-type] # a table, in this sample
                response=message(state["response"]),  # type: ignore[arg-type] # a table, or None
                error=error["msg"] if isinstance(error, dict) else None,
            )


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library that reads: the real one where it is, and a stand-in for it."""
    if request.param == "stand-in":
        use(monkeypatch, StandIn)


def use(monkeypatch: pytest.MonkeyPatch, reader: type) -> None:
    module = ModuleType("mitmproxy.io")
    module.FlowReader = reader  # type: ignore[attr-defined] # what the reader imports
    monkeypatch.setitem(sys.modules, "mitmproxy", ModuleType("mitmproxy"))
    monkeypatch.setitem(sys.modules, "mitmproxy.io", module)


def reading(monkeypatch: pytest.MonkeyPatch, *flows: SimpleNamespace) -> list[Item]:
    """Read these flows, whatever the file."""

    class Given:
        def __init__(self, file: BinaryIO) -> None: ...

        def stream(self) -> Iterator[SimpleNamespace]:
            return iter(flows)

    use(monkeypatch, Given)
    return list(read(Source(SAMPLE, b"")))


def flow(**members: object) -> SimpleNamespace:
    request = SimpleNamespace(
        method="GET",
        pretty_url="https://api.example/things",
        headers=SimpleNamespace(fields=((b"Accept", b"*/*"),)),
        raw_content=b"",
        timestamp_start=1_741_089_600.5,
        timestamp_end=1_741_089_600.6,
    )
    response = SimpleNamespace(
        status_code=200,
        headers=SimpleNamespace(fields=((b"X-Name", b"Zo\xeb"), (b"X-Name", b"b"))),
        raw_content=b"ok",
        timestamp_start=1_741_089_600.7,
        timestamp_end=1_741_089_600.75,
    )
    usual: dict[str, object] = {"type": "http", "request": request, "response": response}
    return SimpleNamespace(**{**usual, "websocket": None, "error": None, **members})


@pytest.mark.usefixtures("library")
def test_a_real_recording_is_read() -> None:
    """The flows of a file are exchanges in their order; one without an answer is left out."""
    found = list(read(Source.read(SAMPLE)))
    asked = [(item.method, item.url, item.status) for item in found if isinstance(item, Entry)]
    books = "http://library.example/books"
    assert asked == [
        ("POST", books, 201),
        ("POST", books, 201),
        ("GET", f"{books}/book_001", 200),
        ("GET", f"{books}?limit=10", 200),
        ("DELETE", f"{books}/book_001", 204),
        ("GET", f"{books}/book_001", 404),
    ]
    assert isinstance(found[0], Entry)
    assert found[0].request_body == b'{"title":"Dune","year":1965}'
    assert found[0].response_body == b'{"id": "book_001", "title": "Dune", "year": 1965}'
    assert found[0].started_at_ms is not None
    assert isinstance(found[3], Entry)
    assert ("Content-Encoding", "gzip") in found[3].response_headers
    assert found[3].response_body.startswith(b"\x1f\x8b")
    assert found[6] == LeftOut("flow 7", "there is no response: server closed connection")


@pytest.mark.usefixtures("library")
def test_a_file_that_breaks_off_keeps_what_is_before() -> None:
    """A recording whose end is missing keeps its whole flows, and says where it breaks off."""
    whole = Source.read(SAMPLE)
    found = list(read(Source(SAMPLE, whole.data[:3_000])))
    assert [type(item) for item in found] == [Entry, LeftOut]
    assert found[1].where == "flow 2"


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    "data",
    [b"12345:abc", b"4:{}", b"0:]", b"3:abc;", b"9" * 50, b"6:3:abc;}"],
    ids=lambda data: data.decode(),
)
def test_a_file_of_another_kind_is_refused(data: bytes) -> None:
    """What holds no flow from the start is no file of mitmproxy."""
    with pytest.raises(InputError, match="is no flow file of mitmproxy"):
        list(read(Source(SAMPLE, data)))


def test_a_flow_is_an_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    """Headers keep bytes, order and duplicates; times are in milliseconds."""
    assert reading(monkeypatch, flow()) == [
        Entry(
            where="flow 1",
            method="GET",
            url="https://api.example/things",
            request_headers=(("Accept", "*/*"),),
            status=200,
            response_headers=(("X-Name", "Zo\xeb"), ("X-Name", "b")),
            response_body=b"ok",
            started_at_ms=1_741_089_600_500,
            duration_ms=250,
        )
    ]


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"type": "tcp"}, "it is a TCP flow, not HTTP"),
        ({"type": "dns"}, "it is a DNS flow, not HTTP"),
        ({"websocket": object()}, "it is a WebSocket"),
        ({"response": None}, "there is no response"),
        ({"response": None, "error": "timed out"}, "there is no response: timed out"),
    ],
    ids=str,
)
def test_flows_that_are_no_exchange_are_left_out(
    members: dict[str, object], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not HTTP, or has no answer, is left out with its number."""
    assert reading(monkeypatch, flow(), flow(**members))[1] == LeftOut("flow 2", reason)


def test_a_body_that_was_not_kept_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bodies that mitmproxy streamed through are not in the file."""
    streamed = flow()
    streamed.response.raw_content = None
    (found,) = reading(monkeypatch, streamed)
    assert isinstance(found, Entry)
    assert found.mended == ("the body of the response was not kept, and counts as empty",)


def test_without_the_library_the_way_to_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the extra is not installed, the error says how it is, and what does without it."""
    monkeypatch.setitem(sys.modules, "mitmproxy.io", None)
    with pytest.raises(InputError, match="is not installed here") as raised:
        list(read(Source.read(SAMPLE)))
    assert raised.value.hint is not None
    assert "pip install 'wraith[mitmproxy]'" in raised.value.hint
    assert "hardump" in raised.value.hint


@pytest.mark.parametrize(
    ("name", "data", "answer"),
    [
        ("a.flows", b"", True),
        ("a.mitm", b"", True),
        ("dump", SAMPLE.read_bytes(), True),
        ("dump", b"12:hello world!", False),
        ("a.json", b"{}", False),
        ("a.yaml", b"12: 3", False),
        ("a", b"", False),
    ],
    ids=["flows", "mitm", "first flow", "netstring", "JSON", "YAML", "empty"],
)
def test_flows_are_known_by_name_or_by_the_first(name: str, data: bytes, answer: bool) -> None:
    """A name is enough; else the file begins with a flow."""
    assert looks_like(Source(Path(name), data)) is answer
