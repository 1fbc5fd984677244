"""Content codings of bodies that passed through another tool.

Some tools keep a body as it came over the wire, some undo its coding and leave the header that names it, and
some drop the header and keep the coding. Recordings have one form: the coding undone, the header gone, the
length that of the body. What cannot be undone stays with its header, as on recording."""

from __future__ import annotations

from typing import Final

from wraith.exchange import Headers, Response, header, media_type
from wraith.recording import decoded, without_coding

_GZIP: Final = b"\x1f\x8b"
_MAGIC: Final = {"gzip": _GZIP, "x-gzip": _GZIP, "zstd": b"\x28\xb5\x2f\xfd"}
"""How bodies of a coding begin: RFC 1952, section 2.3.1, and RFC 8878, section 3.1.1."""
_TEXT_TYPES: Final = ("json", "text/", "xml", "form-urlencoded")


def undone_response(came: Headers, recorded: Response, limit_bytes: int, mended: list[str]) -> Response:
    """Return a response in the form of recordings: ``came`` are its headers in the file, ``recorded`` is what
    recording makes of it."""
    coding = header(came, "content-encoding")
    body, headers = recorded.body, recorded.headers
    if coding is not None and body:
        if header(headers, "content-encoding") is None:
            if coding.strip().lower() != "identity":
                mended.append(f"the {_short(coding)} in the body is undone")
        elif is_plain(coding, body):
            headers = without_coding(headers, len(body))
            mended.append(f"the body says {_short(coding)} and is plain")
        else:
            mended.append(f"the {_short(coding)} in the body cannot be undone, and is kept")
            return recorded
    plain = _unnamed_gzip(headers, body, limit_bytes)
    if plain is not None:
        mended.append("the gzip in the body, which no header names, is undone")
        return Response(recorded.status, without_coding(headers, len(plain)), plain)
    return Response(recorded.status, headers, body)


def undone_request(headers: Headers, body: bytes, mended: list[str]) -> Headers:
    """Return the headers of a request without a coding that its body does not have.

    Recording keeps the bodies of requests as they were sent, coding and all.
    """
    coding = header(headers, "content-encoding")
    if coding is None or not body or not is_plain(coding, body):
        return headers
    mended.append(f"the body of the request says {_short(coding)} and is plain")
    return without_coding(headers, len(body))


def is_plain(coding: str, body: bytes) -> bool:
    """Whether a body that cannot be undone is without its coding already.

    It is where it does not begin as bodies of that coding do; other codings have no such mark, and text is in
    none of them."""
    last = coding.lower().rpartition(",")[2].strip()
    if last in _MAGIC:
        return not body.startswith(_MAGIC[last])
    return last in ("br", "deflate") and is_text(body)


def fitted(headers: Headers, body: bytes, mended: list[str]) -> Headers:
    """Return the headers with the length of the body, where they tell another one."""
    length = header(headers, "content-length")
    if not body or length is None or length == str(len(body)):
        return headers
    mended.append("Content-Length is not the length of the body: it is set right")
    size = str(len(body))
    return tuple((name, size if name.lower() == "content-length" else value) for name, value in headers)


def is_text(body: bytes) -> bool:
    """Whether a body is text, as UTF-8 has it."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in body


def _unnamed_gzip(headers: Headers, body: bytes, limit_bytes: int) -> bytes | None:
    """Return the text in a body that is in gzip without saying so, where its type says that it is text."""
    if not body.startswith(_GZIP) or header(headers, "content-encoding") is not None:
        return None
    media = media_type(header(headers, "content-type"))
    if not any(mark in media for mark in _TEXT_TYPES):
        return None
    plain = decoded("gzip", body, limit_bytes)
    return plain if plain is not None and is_text(plain) else None


def _short(coding: str) -> str:
    return coding.strip().lower()[:40]
