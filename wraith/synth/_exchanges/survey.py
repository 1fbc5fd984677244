"""The first look at a session: what routes and sampling need to know of it, and nothing else.

A pure function of one session, so that it can be made anywhere, in any order, and kept for as long as the
session does not change. Sketches of a corpus are merged by sets and counts (``_routes.Paths``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

from wraith.synth._exchanges.seen import Seen
from wraith.synth._exchanges.xml import ListSign, list_signs

REFUSED = 400
"""The least status of a refusal (RFC 9110, 15.5)."""


class Line(NamedTuple):
    """One exchange: where it went, how it was answered, and which segments stood in earlier messages."""

    method: str
    segments: tuple[str, ...]
    status: int
    """``REFUSED`` where the body of a success says otherwise."""
    flowed: tuple[bool, ...]
    echoed: bool
    """The answer was no error, and holds the last segment as a value."""
    lists: tuple[ListSign, ...] = ()
    """What the bodies say about lists of XML."""


Sketch: TypeAlias = tuple[Line, ...]


def sketch(session: Sequence[Seen]) -> Sketch:
    """Return the sketch of one session's exchanges, in order."""
    earlier: list[bytes] = []
    flows: dict[str, bool] = {}
    looked: dict[str, int] = {}
    lines: list[Line] = []
    for seen in session:
        for segment in seen.segments:
            if not flows.get(segment):
                flows[segment] = _flows(segment, earlier[looked.get(segment, 0) :])
                looked[segment] = len(earlier)
        echoed = seen.ok and _stands_in(seen.segments[-1], seen.raw)
        flowed = tuple(flows[segment] for segment in seen.segments)
        status = seen.status if seen.ok or seen.status >= REFUSED else REFUSED
        lines.append(Line(seen.method, seen.segments, status, flowed, echoed, list_signs(seen)))
        earlier.append(seen.raw)
        earlier.append(seen.request.body)
    return tuple(lines)


def _flows(segment: str, earlier: Iterable[bytes]) -> bool:
    """Whether a value stood in an earlier message: as JSON text, or as a form's value."""
    form = b"=%s" % segment.encode("utf-8", "replace")
    for body in earlier:
        if _stands_in(segment, body):
            return True
        at = body.find(form) if body[:1] not in b"{[" else -1
        if at >= 0 and body[at + len(form) : at + len(form) + 1] in (b"", b"&"):
            return True
    return False


def _stands_in(segment: str, body: bytes) -> bool:
    """Whether the text is a value of a JSON body, not the name of a member, or the text of an element of XML,
    where identifiers may be addresses."""
    plain = segment.encode("utf-8", "replace")
    if body[:1] == b"<" and (b">%s<" % plain in body or b"/%s<" % plain in body):
        return True
    quoted = b'"%s"' % plain
    at = body.find(quoted)
    while at >= 0:
        if not body[at + len(quoted) : at + len(quoted) + 2].lstrip().startswith(b":"):
            return True
        at = body.find(quoted, at + 1)
    return False
