"""From an entry of a foreign file to the exchange that recording would have written.

What all formats have in common is done here, once: addresses become targets, content codings are undone,
headers that speak to the next hop only are dropped, pseudo headers of HTTP/2 become what they stand for, and
times that are missing are taken from where they can be. Whatever is put right is told.

Law: what was assembled stays as it is when it is assembled again, ``tests/interchange/test_assemble.py``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

from wraith.asgi import end_to_end
from wraith.exchange import Exchange, Headers, Request, Response, Truncated, header
from wraith.interchange._address import Address, normal_host, read_address, shown
from wraith.interchange._codings import fitted, undone_request, undone_response
from wraith.interchange._entry import Entry, LeftOut
from wraith.recording import Collector, recorded_response

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""RFC 9110, section 5.6.2: what methods and names of headers are made of."""
_FORBIDDEN = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")
"""What no value of a header holds: RFC 9110, section 5.5, which has it replaced by a space."""
_STATUS: Final = range(200, 600)
"""Answers that end an exchange: RFC 9110, section 15. What switches protocols (101) is no exchange any
more."""
_YEAR_10000_MS: Final = 253_402_300_800_000
TOO_LONG: Final = "the body is longer than max_body_bytes: its digest and its size are kept"


@dataclass(frozen=True, slots=True)
class Assembled:
    """An exchange, and what its session needs to know of it."""

    where: str
    group: str
    scheme: str
    host: str
    """Empty where the file does not say."""
    exchange: Exchange
    mended: tuple[str, ...]


class Assembler:
    """Assembles the entries of one file, in their order: a missing time is that of the entry before."""

    def __init__(self, max_body_bytes: int) -> None:
        self._limit_bytes = max_body_bytes
        self._latest_ms: dict[str, int] = {}

    def assemble(self, entry: Entry) -> Assembled | LeftOut:
        """Return the exchange in an entry, or why there is none."""
        method = entry.method.strip().upper()
        address = read_address(entry.url)
        if (reason := _unusable(entry, method, address)) is not None:
            return LeftOut(entry.where, reason)
        assert isinstance(address, Address), "Invariant: an address that is none is unusable"
        mended = [*entry.mended, *address.mended]
        request, host = self._request(entry, method, address, mended)
        response = self._response(entry, mended)
        exchange = Exchange(
            request, response, self._time(entry, response, mended), max(0, round(entry.duration_ms))
        )
        return Assembled(entry.where, entry.group, address.scheme, host, exchange, tuple(mended))

    def _request(self, entry: Entry, method: str, address: Address, mended: list[str]) -> tuple[Request, str]:
        """Return the request, and the host that it was sent to."""
        pseudo = {name.lower(): value for name, value in entry.request_headers if name.startswith(":")}
        chunked = header(entry.request_headers, "transfer-encoding") is not None
        headers = _wire_headers(entry.request_headers, mended)
        named = header(headers, "host")
        authority = pseudo.get(":authority", "")
        host = address.host or normal_host(authority or named or "", address.scheme)
        if named is None and (authority or host):
            headers = (("Host", authority or host), *headers)
        body, truncated = self._kept(entry.request_body, entry.request_truncated, mended)
        if truncated is None:
            headers = undone_request(headers, body, mended)
            if chunked:  # RFC 9112, section 6.3: the coding wins over a length
                headers = tuple((name, value) for name, value in headers if name.lower() != "content-length")
            headers = fitted(headers, body, mended)
        return Request(method, address.target, headers, body, truncated), host

    def _response(self, entry: Entry, mended: list[str]) -> Response:
        headers = _wire_headers(entry.response_headers, mended)
        body, truncated = self._kept(entry.response_body, entry.response_truncated, mended)
        if truncated is not None:
            return Response(entry.status, headers, body, truncated)
        collector = Collector(self._limit_bytes)
        collector.add(body)
        recorded = recorded_response(entry.status, headers, collector, self._limit_bytes)
        response = undone_response(headers, recorded, self._limit_bytes, mended)
        return Response(response.status, fitted(response.headers, response.body, mended), response.body)

    def _kept(
        self, body: bytes, truncated: Truncated | None, mended: list[str]
    ) -> tuple[bytes, Truncated | None]:
        """Return what recording keeps of a body: all of it, or its digest and its size."""
        if truncated is not None:
            return b"", truncated
        collector = Collector(self._limit_bytes)
        collector.add(body)
        kept, too_long = collector.result()
        if too_long is not None:
            mended.append(TOO_LONG)
        return kept, too_long

    def _time(self, entry: Entry, response: Response, mended: list[str]) -> int:
        """Return when the exchange began: 0 where nothing tells."""
        at_ms = entry.started_at_ms
        if at_ms is None or not 0 <= at_ms < _YEAR_10000_MS:
            before_ms = self._latest_ms.get(entry.group)
            date_ms = _date_ms(header(response.headers, "date"))
            if date_ms is not None:
                at_ms = date_ms
                mended.append("its time is missing: that of its Date header is taken")
            elif before_ms is not None:
                at_ms = before_ms
                mended.append("its time is missing: that of the exchange before is taken")
            else:
                at_ms = 0
                mended.append("its time is missing, and nothing tells it")
        self._latest_ms[entry.group] = at_ms
        return at_ms


def _unusable(entry: Entry, method: str, address: Address | str) -> str | None:
    """Return why an entry is no exchange, as a clause; None where it is one."""
    if method == "CONNECT":
        return "CONNECT opens a tunnel; what passed through it stands by itself"
    if not _TOKEN.fullmatch(method):
        return f"the method is none: {shown(entry.method)}"
    if isinstance(address, str):
        return address
    if entry.status not in _STATUS:
        return f"{entry.status} is not the status of an answer"
    if method == "OPTIONS" and header(entry.request_headers, "access-control-request-method") is not None:
        return "a CORS preflight: the browser's question, not the client's"
    return None


def _wire_headers(headers: Headers, mended: list[str]) -> Headers:
    """Return the headers as they came over the wire, without those of the next hop and the pseudo ones."""
    kept = []
    for name, value in headers:
        if name.startswith(":"):
            continue
        if not _TOKEN.fullmatch(name):
            mended.append("a header whose name is none is left out")
            continue
        clean = _FORBIDDEN.sub(" ", value)
        if clean != value:
            mended.append("control characters in a header are replaced by spaces")
        kept.append((name, _latin_1(clean.strip(" \t"))))
    return end_to_end(tuple(kept))


def _latin_1(value: str) -> str:
    """Return a value as headers are read everywhere here; one with other letters was UTF-8 on the wire."""
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace").decode("latin-1")
    return value


def _date_ms(date: str | None) -> int | None:
    try:
        at = parsedate_to_datetime(date or "")
        return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):  # older Pythons raised TypeError, this one does not
        return None
