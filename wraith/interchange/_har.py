"""HAR 1.2, as browsers, proxies and Polly.JS write it, and as ``wraith export`` does.

Source: the HAR 1.2 specification, by Jan Odvarko. What tools do beside it: Polly.JS keeps a coded body as a
list of chunks; browsers leave the Cookie header out and list the cookies; a request without an answer has the
status 0; HTTP/2 shows its pseudo headers. Members that begin with an underscore are extensions: ``_session``
and ``_tags`` of a page and ``_truncated`` of a body are ours, so that what was exported is imported as it
was."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from wraith.canonical import JsonValue
from wraith.errors import InputError
from wraith.exchange import Headers, Truncated, header, media_type
from wraith.interchange._entry import Entry, Item, LeftOut
from wraith.interchange._har_text import decode_base64, decode_chunks, decode_hex, encode_text
from wraith.interchange._json import is_json, load_json
from wraith.interchange._parts import NotUnderstood, body_of, headers_of, instant_ms, member, text_of
from wraith.interchange._source import Source
from wraith.workspace import check_name

_LOG: Final = re.compile(rb'"log"\s*:\s*\{')
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_UNKNOWN_TYPES: Final = frozenset({"", "x-unknown"})
_LONGEST_MS: Final = 10**12
_BODILESS: Final = frozenset({204, 304})


def looks_like(source: Source) -> bool:
    """Whether a file is HAR, by its name or by its outermost members."""
    if source.path.suffix.lower() == ".har":
        return True
    return is_json(source.data) and b'"entries"' in source.data and _LOG.search(source.data) is not None


def read(source: Source) -> Iterator[Item]:
    """Yield the entries in the order of time; a ``Reader``."""
    log = member(load_json(source), "log")
    entries = member(log, "entries")
    if not isinstance(entries, list):
        raise InputError("is not HAR: there is no list log.entries", where=source.path)
    sessions = _sessions(member(log, "pages"))
    for index in _in_time(entries) if not sessions else range(len(entries)):
        where, entry = f"log.entries[{index}]", entries[index]
        try:
            yield _entry(where, entry, sessions.get(str(member(entry, "pageref")), _NO_SESSION))
        except NotUnderstood as error:
            yield LeftOut(where, str(error))


@dataclass(frozen=True, slots=True)
class _Session:
    """A page that is a session. Those of browsers are not: a conversation goes on over many pages."""

    group: str
    tags: tuple[str, ...]


_NO_SESSION: Final = _Session("", ())


def _sessions(pages: JsonValue) -> dict[str, _Session]:
    found = {}
    for page in pages if isinstance(pages, list) else []:
        name, tags = member(page, "_session"), member(page, "_tags")
        if isinstance(name, str):
            given = tags if isinstance(tags, list) else []
            found[str(member(page, "id"))] = _Session(name, tuple(filter(_is_tag, map(str, given))))
    return found


def _is_tag(text: str) -> bool:
    try:
        check_name(text, "tag")
    except InputError:
        return False
    return True


def _in_time(entries: Sequence[JsonValue]) -> Sequence[int]:
    """Return the entries by their time, which the specification leaves to readers; as they stand where one
    has none."""
    times = [
        at_ms for entry in entries if (at_ms := instant_ms(member(entry, "startedDateTime"))) is not None
    ]
    return (
        range(len(entries))
        if len(times) < len(entries)
        else sorted(range(len(entries)), key=times.__getitem__)
    )


def _entry(where: str, entry: JsonValue, session: _Session) -> Entry:
    request, response = member(entry, "request"), member(entry, "response")
    if not isinstance(request, dict):
        raise NotUnderstood("there is no request")
    if member(entry, "_fromCache"):
        raise NotUnderstood("the answer came from the browser's cache")
    mended: list[str] = []
    sent = _request_headers(request, mended)
    status = _status(response)
    came = _response_headers(response, mended)
    content, post = member(response, "content"), member(request, "postData")
    truncated = _truncated(post), _truncated(content)
    return Entry(
        where=where,
        group=session.group,
        tags=session.tags,
        method=text_of(request, "method", "method"),
        url=text_of(request, "url", "address"),
        request_headers=sent,
        request_body=b"" if truncated[0] else _request_body(request, sent, mended),
        request_truncated=truncated[0],
        status=status,
        response_headers=came,
        response_body=b"" if truncated[1] else _response_body(content, came, status, mended),
        response_truncated=truncated[1],
        started_at_ms=instant_ms(member(entry, "startedDateTime")),
        duration_ms=_duration_ms(member(entry, "time")),
        mended=tuple(mended),
    )


def _duration_ms(value: JsonValue) -> int:
    return round(value) if isinstance(value, int | float) and 0 < value < _LONGEST_MS else 0


def _status(response: JsonValue) -> int:
    status = member(response, "status")
    if isinstance(status, str) and status.isascii() and status.isdigit():
        status = int(status[:9])
    if not isinstance(status, int) or status == 0:
        error = member(response, "_error")
        raise NotUnderstood(
            f"there is no response: {error:.80}" if isinstance(error, str) else "there is no response"
        )
    return status


def _request_headers(request: JsonValue, mended: list[str]) -> Headers:
    headers = headers_of(member(request, "headers"), "request")
    pairs = _cookies(member(request, "cookies"))
    if pairs and header(headers, "cookie") is None:
        mended.append("the Cookie header is missing: it is put together from the cookies")
        headers = (*headers, ("Cookie", "; ".join(f"{name}={value}" for name, value, _ in pairs)))
    return _typed(headers, member(request, "postData"), mended)


def _response_headers(response: JsonValue, mended: list[str]) -> Headers:
    joined = headers_of(member(response, "headers"), "response")
    # Chrome shows headers of one name as the lines of one
    headers = tuple((name, line) for name, value in joined for line in value.split("\n"))
    cookies = _cookies(member(response, "cookies"))
    if cookies and header(headers, "set-cookie") is None:
        mended.append("the Set-Cookie headers are missing: they are put together from the cookies")
        headers += tuple(("Set-Cookie", f"{name}={value}{rest}") for name, value, rest in cookies)
    return _typed(headers, member(response, "content"), mended)


def _cookies(cookies: JsonValue) -> list[tuple[str, str, str]]:
    """Return name, value and attributes of each cookie."""
    found = []
    for cookie in cookies if isinstance(cookies, list) else []:
        name, value = member(cookie, "name"), member(cookie, "value")
        if isinstance(name, str) and isinstance(value, str):
            texts = [
                f"; {key}={text}"
                for key in ("path", "domain", "expires")
                if isinstance(text := member(cookie, key), str) and text
            ]
            flags = [f"; {key}" for key in ("secure", "httpOnly") if member(cookie, key) is True]
            found.append((name, value, "".join(texts + flags)))
    return found


def _typed(headers: Headers, body: JsonValue, mended: list[str]) -> Headers:
    """Return the headers with the type of the body, where only the body tells it."""
    mime_type = member(body, "mimeType")
    if not isinstance(mime_type, str) or mime_type in _UNKNOWN_TYPES or not member(body, "text"):
        return headers
    if header(headers, "content-type") is not None:
        return headers
    mended.append("the Content-Type header is missing: the mimeType of the body is taken")
    return (*headers, ("Content-Type", mime_type))


def _request_body(request: JsonValue, headers: Headers, mended: list[str]) -> bytes:
    post = member(request, "postData")
    text, params = member(post, "text"), member(post, "params")
    content_type = header(headers, "content-type") or str(member(post, "mimeType") or "")
    if text is None and isinstance(params, list) and params:
        return _form(params, content_type, mended)
    if not isinstance(text, str):
        return body_of(text, "request", mended)
    return _bytes(post, text, member(request, "bodySize"), headers, content_type, mended)


def _response_body(content: JsonValue, headers: Headers, status: int, mended: list[str]) -> bytes:
    text, size = member(content, "text"), member(content, "size")
    if text is None and isinstance(size, int) and size > 0 and status not in _BODILESS:
        mended.append("the body is not in the file: it is empty")
    if not isinstance(text, str):
        return body_of(text, "response", mended)
    content_type = header(headers, "content-type") or str(member(content, "mimeType") or "")
    return _bytes(content, text, size, headers, content_type, mended)


def _bytes(
    body: JsonValue, text: str, size: JsonValue, headers: Headers, content_type: str, mended: list[str]
) -> bytes:
    """Return the bytes of a body that the file holds as text of some kind."""
    in_base64 = member(body, "encoding") == "base64"
    of_polly = member(body, "_isBinary") is True
    if not text or not (in_base64 or of_polly):
        return encode_text(text, content_type)
    found = None
    if of_polly or header(headers, "content-encoding") is not None:
        found = decode_chunks(text)
    if found is None:
        found = decode_base64(text, content_type, size) if in_base64 else decode_hex(text)
    if found is None:
        mended.append("a body says base64 and is text")
        return encode_text(text, content_type)
    return found


def _form(params: list[JsonValue], content_type: str, mended: list[str]) -> bytes:
    """Return the body of a form that the file holds only in parts."""
    fields = [
        (name, value if isinstance(value := member(param, "value"), str) else "")
        for param in params
        if isinstance(name := member(param, "name"), str)
    ]
    if media_type(content_type) == "multipart/form-data":
        mended.append("the body of a form with files is not in the file: it is empty")
        return b""
    mended.append("the body of the request is put together from the parts of its form")
    return urlencode(fields).encode()


def _truncated(body: JsonValue) -> Truncated | None:
    left = member(body, "_truncated")
    digest, size_bytes = member(left, "sha256"), member(left, "size_bytes")
    if (
        isinstance(digest, str)
        and _DIGEST.fullmatch(digest)
        and isinstance(size_bytes, int)
        and size_bytes >= 0
    ):
        return Truncated(digest, size_bytes)
    return None
