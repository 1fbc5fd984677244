"""JSON Lines: one exchange per line, many sessions per file, plain or compressed with zstd.

``docs/reference/import-formats.md`` defines the form. Lines are read one at a time: memory holds one of them,
whatever the file holds, and also where a small file unpacks to a large one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from wraith.canonical import JsonValue
from wraith.errors import InputError
from wraith.interchange._entry import Entry, Item, LeftOut
from wraith.interchange._json import parse_json
from wraith.interchange._parts import (
    NotUnderstood,
    body_of,
    decoded_body,
    headers_of,
    instant_ms,
    member,
    milliseconds,
    status_of,
    text_of,
)
from wraith.interchange._source import MAX_FILE_BYTES, Source

MAX_LINE_BYTES: Final = 64 << 20
"""No exchange is larger, and a file without line ends is no JSON Lines."""

MAX_LINES: Final = 10_000_000
"""More than an honest file of the size allowed has: an exchange takes up more than a hundred bytes."""

_MAGIC: Final = b"\x28\xb5\x2f\xfd"
_PACKED_STEP: Final = 256
"""Four bytes of zstd can stand for 128 KiB, so that a step unpacks to 8 MiB at most."""
_STEP: Final = 1 << 20


def looks_like(source: Source) -> bool:
    """Whether the file is named as JSON Lines, or its first line is an exchange."""
    name = source.path.name.lower()
    if name.endswith((".jsonl", ".ndjson", ".jsonl.zst", ".ndjson.zst")):
        return True
    packed = source.data.startswith(_MAGIC)
    head = source if packed else Source(source.path, source.data[:_STEP])
    try:
        _, line = next(_lines(head))
        first = parse_json(line, source.path)
    except (StopIteration, InputError):
        return False
    return isinstance(first, dict) and {"method", "url", "status"} <= first.keys()


def read(source: Source) -> Iterator[Item]:
    """Yield the exchanges in the order of their lines; a session whose ``seq`` disagrees is sorted by it, and
    comes last. A line that is no exchange is left out."""
    disordered = _disordered(source)
    held: dict[str, list[tuple[int, Entry]]] = {session: [] for session in disordered}
    for number, line in _lines(source):
        try:
            document = _document(line)
            entry = _entry(document, f"line {number}")
        except NotUnderstood as error:
            yield LeftOut(f"line {number}", str(error))
            continue
        if entry.group in held:
            before = held[entry.group][-1][0] if held[entry.group] else 0
            held[entry.group].append((_sequence(document, before), entry))
        else:
            yield entry
    for entries in held.values():
        yield from (entry for _, entry in sorted(entries, key=lambda pair: pair[0]))


def _disordered(source: Source) -> list[str]:
    """Return the sessions whose lines do not stand in the order of their ``seq``."""
    latest: dict[str, int] = {}
    found: dict[str, None] = {}
    for _, line in _lines(source):
        try:
            document = _document(line)
            session = _session(document)
        except NotUnderstood:
            continue
        before = latest.get(session, 0)
        latest[session] = _sequence(document, before)
        if latest[session] < before:
            found[session] = None
    return list(found)


def _sequence(document: JsonValue, before: int) -> int:
    """Return the place of a line in its session; one that names none stays behind the line before it."""
    value = member(document, "seq")
    return value if isinstance(value, int) and not isinstance(value, bool) else before


def _document(line: bytes) -> dict[str, JsonValue]:
    try:
        document = parse_json(line, "")
    except InputError as error:
        raise NotUnderstood(f"it {error.message}") from None
    if not isinstance(document, dict):
        raise NotUnderstood("it is no object")
    return document


def _session(document: JsonValue) -> str:
    match member(document, "session"):
        case None:
            return ""
        case bool() | float() | list() | dict():
            raise NotUnderstood("the session is no text")
        case name:
            return str(name)


def _entry(document: dict[str, JsonValue], where: str) -> Entry:
    mended: list[str] = []
    return Entry(
        where=where,
        group=_session(document),
        method=text_of(document, "method", "method"),
        url=text_of(document, "url", "URL"),
        request_headers=headers_of(document.get("req_headers"), "request"),
        request_body=_body(document, "req_body", "request", mended),
        status=status_of(document.get("status")),
        response_headers=headers_of(document.get("resp_headers"), "response"),
        response_body=_body(document, "resp_body", "response", mended),
        started_at_ms=_started_at(document.get("recorded_at"), mended),
        duration_ms=milliseconds(document.get("duration_ms")),
        mended=tuple(mended),
    )


def _body(document: dict[str, JsonValue], name: str, whose: str, mended: list[str]) -> bytes:
    packed = document.get(f"{name}_b64")
    if packed is not None:
        return decoded_body(packed, whose, mended)
    return body_of(document.get(name), whose, mended)


def _started_at(value: JsonValue, mended: list[str]) -> int | None:
    found = instant_ms(value)
    if found is None and value is not None:
        mended.append("recorded_at is no time that is understood, and counts as missing")
    return found


def _lines(source: Source) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank, with their numbers."""
    packed = source.data.startswith(_MAGIC)
    chunks = _unpacked(source) if packed else _slices(source.data, _STEP)
    for number, line in enumerate(_split(chunks, source.path), start=1):
        if line.strip():
            yield number, line


def _split(chunks: Iterable[bytes], path: Path) -> Iterator[bytes]:
    pieces: list[bytes] = []
    size, number = 0, 1
    for chunk in chunks:
        head, *others = chunk.split(b"\n")
        pieces.append(head)
        size += len(head)
        for part in others:
            yield b"".join(pieces)
            pieces, size, number = [part], len(part), number + 1
        if size > MAX_LINE_BYTES:
            raise InputError(f"the line is longer than {MAX_LINE_BYTES >> 20} MiB", where=f"{path}:{number}")
        if number > MAX_LINES:
            raise InputError(f"holds more than {MAX_LINES:,} lines", where=path, hint="split it")
    yield b"".join(pieces)


def _slices(data: bytes, step: int) -> Iterator[bytes]:
    return (data[start : start + step] for start in range(0, len(data), step))


def _unpacked(source: Source) -> Iterator[bytes]:
    """Yield what the frames hold, counted as it comes: what a frame says of its size binds nobody."""
    import zstandard

    total, frame = 0, zstandard.ZstdDecompressor().decompressobj()
    for piece in _slices(source.data, _PACKED_STEP):
        while piece:
            if frame.eof:
                frame = zstandard.ZstdDecompressor().decompressobj()
            try:
                chunk = frame.decompress(piece)
            except zstandard.ZstdError as error:
                raise InputError(f"is not zstd throughout: {error}", where=source.path) from None
            piece = frame.unused_data if frame.eof else b""
            total += len(chunk)
            if total > MAX_FILE_BYTES:
                raise InputError(
                    f"unpacks to more than {MAX_FILE_BYTES >> 20} MiB", where=source.path, hint="split it"
                )
            yield from _slices(chunk, _STEP)
    if not frame.eof:
        raise InputError("ends within its zstd frame", where=source.path, hint="copy it again, whole")
