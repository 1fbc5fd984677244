"""Bodies as recordings keep them: collected as they pass, up to a limit, with their content coding undone."""

from __future__ import annotations

import hashlib
import importlib
import zlib
from collections.abc import Callable
from typing import BinaryIO, Final, Protocol, cast

from wraith.exchange import Headers, Response, Truncated, header


class Collector:
    """Keeps a body up to a limit; of a longer one only its digest and its size."""

    __slots__ = ("_chunks", "_digest", "_limit", "size")

    def __init__(self, limit_bytes: int) -> None:
        self.size = 0
        self._limit = limit_bytes
        self._chunks: list[bytes] = []
        self._digest: hashlib._Hash | None = None  # made where it is needed: few bodies are too long

    def add(self, chunk: bytes) -> None:
        """Take the next chunk."""
        self.size += len(chunk)
        if self._digest is not None:
            self._digest.update(chunk)
            return
        self._chunks.append(chunk)
        if self.size > self._limit:
            self._digest = hashlib.sha256()
            for kept in self._chunks:
                self._digest.update(kept)
            self._chunks.clear()

    def result(self) -> tuple[bytes, Truncated | None]:
        """Return the body, or what is left of one that was too long."""
        if self._digest is None:
            return b"".join(self._chunks), None
        return b"", Truncated("sha256:" + self._digest.hexdigest(), self.size)


def recorded_response(status: int, headers: Headers, collector: Collector, limit_bytes: int) -> Response:
    """Return the response as it is recorded: its content coding undone where that is possible.

    What cannot be undone (an unknown coding, a body that lies about its own, one that grows beyond the limit)
    stays as it came, with the header that says so. The digest of a truncated body is that of the bytes on the
    wire.
    """
    body, truncated = collector.result()
    coding = header(headers, "content-encoding")
    if coding is None or truncated is not None:
        return Response(status, headers, body, truncated)
    plain = decoded(coding, body, limit_bytes) if body else b""
    if plain is None:
        return Response(status, headers, body)
    return Response(status, without_coding(headers, len(plain) if body else None), plain)


def without_coding(headers: Headers, size_bytes: int | None) -> Headers:
    """Return the headers of a body whose coding is undone, and which has that size now.

    Without a body (None), as after HEAD, a length is that of the coded one, and goes with the coding.
    """
    kept = []
    for name, value in headers:
        key = name.lower()
        if key == "content-length" and size_bytes is not None:
            kept.append((name, str(size_bytes)))
        elif key not in ("content-encoding", "content-length"):
            kept.append((name, value))
    return tuple(kept)


def decoded(coding: str, body: bytes, limit_bytes: int) -> bytes | None:
    """Return the body without its codings, the last applied first; None where one cannot be undone."""
    plain: bytes | None = body
    for name in reversed(coding.lower().split(",")):
        decode = _DECODERS.get(name.strip())
        plain = decode(plain, limit_bytes) if decode is not None and plain is not None else None
    return plain


def _inflate(window_bits: int) -> Callable[[bytes, int], bytes | None]:
    def inflate(body: bytes, limit_bytes: int) -> bytes | None:
        parts, rest, room = [], body, limit_bytes + 1
        while rest:  # RFC 1952, section 2.2: a gzip file is one or more members
            engine = zlib.decompressobj(window_bits)
            try:
                part = engine.decompress(rest, room)
            except zlib.error:
                return None
            room -= len(part)
            if not engine.eof or room <= 0:
                return None
            parts.append(part)
            rest = engine.unused_data
        return b"".join(parts)

    return inflate


_GZIP: Final = _inflate(16 + zlib.MAX_WBITS)
_ZLIB: Final = _inflate(zlib.MAX_WBITS)
_RAW: Final = _inflate(-zlib.MAX_WBITS)


def _deflate(body: bytes, limit_bytes: int) -> bytes | None:
    """RFC 9110, section 8.4.1.2, says zlib, and notes that some servers leave its wrapper out."""
    plain = _ZLIB(body, limit_bytes)
    return plain if plain is not None else _RAW(body, limit_bytes)


class _Brotli(Protocol):
    error: type[Exception]

    def decompress(self, data: bytes) -> bytes: ...


class _Zstandard(Protocol):
    ZstdError: type[Exception]

    def ZstdDecompressor(self) -> _ZstdDecompressor: ...


class _ZstdDecompressor(Protocol):
    def stream_reader(self, source: bytes, *, read_across_frames: bool) -> BinaryIO: ...


def _brotli(body: bytes, limit_bytes: int) -> bytes | None:
    """Undo brotli where one of the two packages that can is installed."""
    for module in ("brotli", "brotlicffi"):
        try:
            codec = cast(_Brotli, importlib.import_module(module))
        except ImportError:
            continue
        try:
            plain = codec.decompress(body)
        except codec.error:
            return None
        return plain if len(plain) <= limit_bytes else None
    return None


def _zstd(body: bytes, limit_bytes: int) -> bytes | None:
    """Undo zstd, which clients ask for where the package is installed."""
    try:
        codec = cast(_Zstandard, importlib.import_module("zstandard"))
    except ImportError:
        return None
    try:
        # its max_output_size is ignored where a frame declares its size, so the reader counts
        plain = codec.ZstdDecompressor().stream_reader(body, read_across_frames=True).read(limit_bytes + 1)
    except codec.ZstdError:
        return None
    return plain if len(plain) <= limit_bytes else None


_DECODERS: Final[dict[str, Callable[[bytes, int], bytes | None]]] = {
    "gzip": _GZIP,
    "x-gzip": _GZIP,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
    "identity": lambda body, _: body,
}
