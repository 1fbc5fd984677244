"""What scrubbing and restoring need of messages: heads as bytes, and headers that fit a changed body."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

from wraith.exchange import Headers, Request, Response


def head_bytes(message: Request | Response, without: Callable[[str], bool] | None = None) -> bytes:
    """Return the target and the header values, but those whose name is left out, as what detectors search."""
    parts = [value for name, value in message.headers if without is None or not without(name)]
    if isinstance(message, Request):
        parts.append(message.target)
        if "%" in message.target:
            parts.append(unquote(message.target))
    return "\n".join(parts).encode("utf-8", "surrogatepass")


def fit(headers: Headers, before: bytes, after: bytes) -> Headers:
    """Return the headers with the length of the body that they now belong to, where they tell one."""
    if len(before) == len(after):
        return headers
    size = str(len(after))
    return tuple([(n, size if n.lower() == "content-length" else value) for n, value in headers])
