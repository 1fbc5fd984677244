"""What scrubbing and restoring need of messages: heads as bytes, and headers that fit a changed body."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

from wraith.exchange import Headers, Request, Response


def head_bytes(message: Request | Response, without: Callable[[str], bool] | None = None) -> bytes:
    """Return the target and the header values, but those whose name is left out, as what detectors search."""
    values = [value for name, value in message.headers if without is None or not without(name)]
    head = "\n".join(values).encode("utf-8", "surrogatepass")
    return head + b"\n" + target_bytes(message.target) if isinstance(message, Request) else head


def target_bytes(target: str) -> bytes:
    """Return a target, and as it reads without its escapes where it has some, as what detectors search."""
    if "%" in target:
        target = f"{target}\n{unquote(target)}"
    return target.encode("utf-8", "surrogatepass")


def fit(headers: Headers, before: bytes, after: bytes) -> Headers:
    """Return the headers with the length of the body that they now belong to, where they tell one."""
    if len(before) == len(after):
        return headers
    size = str(len(after))
    return tuple([(n, size if n.lower() == "content-length" else value) for n, value in headers])
