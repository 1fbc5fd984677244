"""One interaction of a cassette, whoever wrote it: the spellings of vcrpy, Ruby VCR, go-vcr and Betamax.

They are one family: a request and a response, side by side. Where they differ they do not contradict each
other: what an interaction holds says how to read it, and no dialect has to be told beforehand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, cast
from urllib.parse import parse_qs, urlsplit

from wraith.canonical import JsonValue
from wraith.errors import InputError
from wraith.exchange import Headers, header
from wraith.interchange._cassette_bodies import read_body, written_document
from wraith.interchange._cassette_placeholders import quote_placeholders
from wraith.interchange._entry import Entry, Item, LeftOut
from wraith.interchange._json import load_json
from wraith.interchange._parts import NotUnderstood, headers_of, instant_ms, status_of
from wraith.interchange._source import Source
from wraith.interchange._yaml_tags import YamlValue

KEYS: Final = ("http_interactions", "interactions")
"""Under which a cassette holds its interactions: Ruby VCR and Betamax; vcrpy and go-vcr."""

_METHOD: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}")
_DURATION_PART: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(ns|us|ms|s|m|h)", re.ASCII)
_DURATION: Final = re.compile(f"(?:{_DURATION_PART.pattern})+", re.ASCII)
_UNIT_MS: Final = {"ns": 1e-6, "us": 1e-3, "ms": 1.0, "s": 1e3, "m": 60e3, "h": 3600e3}


def json_items(source: Source) -> Iterator[Item]:
    """Yield the interactions of a cassette in JSON. Raises InputError where it is none."""
    document, mended = _document(source)
    held = [(key, document[key]) for key in KEYS if key in document] if isinstance(document, dict) else []
    if not held:
        raise no_cassette(source)
    for key, interactions in held:
        for index, interaction in enumerate(interactions if isinstance(interactions, list) else ()):
            yield read_interaction(cast(YamlValue, interaction), f"{key}[{index}]", mended)
            mended = ()


def no_cassette(source: Source) -> InputError:
    """Return the error for a file that holds no interactions."""
    return InputError("is no cassette: it holds no interactions", where=source.path)


def read_interaction(value: YamlValue, where: str, mended: Sequence[str] = ()) -> Item:
    """Return one interaction, or why it cannot be understood."""
    notes = list(mended)
    try:
        return _entry(value, where, notes)
    except NotUnderstood as error:
        return LeftOut(where, str(error))


def _document(source: Source) -> tuple[JsonValue, tuple[str, ...]]:
    try:
        return load_json(source), ()
    except InputError:
        quoted = quote_placeholders(source.data)
        if quoted is None:
            raise
    return load_json(Source(source.path, quoted)), (
        "the file held placeholders without quotes; they are read as text",
    )


def _entry(value: YamlValue, where: str, mended: list[str]) -> Entry:
    request, response = (_part(value, name) for name in ("request", "response"))
    url = request.get("uri") or request.get("url")
    if not isinstance(url, str) or not url.strip():
        raise NotUnderstood("there is no URL")
    request_headers = _headers(request, "request")
    response_headers = _headers(response, "response")
    body = _body(request, request_headers, "request", mended) or _form(request, url, request_headers, mended)
    assert isinstance(value, dict)  # Invariant: it has parts
    return Entry(
        where=where,
        method=_method(request.get("method")),
        url=url.strip(),
        request_headers=request_headers,
        request_body=body,
        status=_status(response),
        response_headers=response_headers,
        response_body=_body(response, response_headers, "response", mended),
        started_at_ms=_started_at(value.get("recorded_at"), mended),
        duration_ms=_duration_ms(response.get("duration")),
        mended=tuple(mended),
    )


def _part(value: YamlValue, name: str) -> dict[str, YamlValue]:
    part = value.get(name) if isinstance(value, dict) else None
    if not isinstance(part, dict):
        raise NotUnderstood(f"there is no {name}")
    return part


def _method(value: YamlValue) -> str:
    if value is None or value == "":
        return "GET"  # an empty method is that one in Go
    name = value.removeprefix(":") if isinstance(value, str) else ""  # a symbol of Ruby
    if not _METHOD.fullmatch(name):
        raise NotUnderstood("the method is no word")
    return name.upper()


def _status(response: dict[str, YamlValue]) -> int:
    status = response.get("status")
    code = status.get("code") if isinstance(status, dict) else None
    for name in ("code", "status_code"):
        code = response.get(name) if code is None else code
    if code is None and not isinstance(status, dict):
        code = status.strip().partition(" ")[0] if isinstance(status, str) else status
    return status_of(cast(JsonValue, code))


def _headers(message: dict[str, YamlValue], whose: str) -> Headers:
    value = message.get("headers")
    match value:
        case None:
            pairs: list[tuple[str, YamlValue]] = []
        case dict():
            pairs = list(value.items())
        case list():
            pairs = [_pair(item, whose) for item in value]
        case _:
            raise NotUnderstood(f"the headers of the {whose} are neither an object nor a list")
    texts: list[JsonValue] = [
        [name, _text(each)] for name, given in pairs for each in _several(given) if each is not None
    ]
    return headers_of(texts, whose)


def _pair(item: YamlValue, whose: str) -> tuple[str, YamlValue]:
    match item:
        case [str(name), value] | {"name": str(name), "value": value}:
            return name, value
        case dict() if len(item) == 1:
            return next(iter(item.items()))
    raise NotUnderstood(f"a header of the {whose} is no pair of name and value")


def _several(given: YamlValue) -> list[YamlValue]:
    return given if isinstance(given, list) else [given]


def _text(value: YamlValue) -> str:
    """Return a value of a header, as it was written."""
    match value:
        case bool():
            return str(value).lower()
        case bytes():
            value = value.decode("latin-1")
        case list() | dict():
            raise NotUnderstood("a header is neither a text nor a list of texts")
    return str(value)


def _body(message: dict[str, YamlValue], headers: Headers, whose: str, mended: list[str]) -> bytes:
    content_type = header(headers, "content-type")
    for name in ("body", "content"):
        if message.get(name) is not None:
            return read_body(message[name], content_type, whose, mended)
    if message.get("parsed_body") is not None:
        return written_document(message["parsed_body"], content_type, whose, mended)
    return b""


def _form(request: dict[str, YamlValue], url: str, headers: Headers, mended: list[str]) -> bytes:
    """Return the body of a form of which go-vcr kept the fields alone, those of the query among them."""
    fields = request.get("form")
    if not isinstance(fields, dict) or "form-urlencoded" not in (header(headers, "content-type") or ""):
        return b""
    try:
        asked = parse_qs(urlsplit(url).query, keep_blank_values=True, max_num_fields=1000)
    except ValueError:
        return b""
    own: YamlValue = {name: values for name, values in fields.items() if name not in asked}
    return written_document(own, header(headers, "content-type"), "request", mended) if own else b""


def _started_at(value: YamlValue, mended: list[str]) -> int | None:
    started_at = instant_ms(cast(JsonValue, value))
    if value is not None and started_at is None:
        mended.append("recorded_at is no time that is understood, and counts as missing")
    return started_at


def _duration_ms(value: YamlValue) -> int:
    """Return how long it took: text as Go writes it (``1m2.5s``), or nanoseconds."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value // 10**6 if 0 < value < 1 << 63 else 0
    text = re.sub("[\u00b5\u03bc]", "u", value) if isinstance(value, str) else ""  # both are a micro sign
    if not _DURATION.fullmatch(text):
        return 0
    return int(sum(float(number) * _UNIT_MS[unit] for number, unit in _DURATION_PART.findall(text)))
