"""The twin's page: ``GET /__wraith/`` in a browser, part of the control plane and guarded as it is.

Everything is rendered here, and can be read without a script; the one that there is asks for new requests.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

from wraith.asgi import CONTROL_PREFIX
from wraith.canonical import JsonValue, sha256
from wraith.errors import WraithError
from wraith.serve._access import AccessLog, Entry
from wraith.serve._sessions import Sessions

if TYPE_CHECKING:
    from quart import Quart
    from quart.typing import ResponseReturnValue

    from wraith.conformance import Report
    from wraith.pages import Opened, Running, Seen
    from wraith.wir import Evidence, Model

MAX_SESSIONS: Final = 100
"""Sessions that are listed; a test run opens many more than anybody looks at."""
POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


T = TypeVar("T")


def _none() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Backing:
    """What a twin was learned from and how it did, read when somebody looks; None where that is not known.

    Each may raise a WraithError, which the page tells.
    """

    evidence: Callable[[], Evidence | None] = _none
    report: Callable[[], Report | None] = _none


@dataclass(frozen=True, slots=True)
class Looked:
    """What the page looks at."""

    name: str
    model: Model
    sessions: Sessions
    access: AccessLog
    facts: tuple[tuple[str, str], ...]
    backing: Backing


def add_page(app: Quart, at: Looked) -> None:
    """Add the page, and what it asks for and posts to, to the control plane."""
    from quart import redirect, request

    @app.get(f"{CONTROL_PREFIX}/")
    async def page() -> ResponseReturnValue:
        if "route" in request.args:
            return _route(at, request.args["route"])
        if "session" in request.args:
            return _session(at, request.args["session"])
        return _main(at)

    @app.get(f"{CONTROL_PREFIX}/page.js")
    async def page_code() -> ResponseReturnValue:
        from wraith.pages import page_script

        return page_script(), 200, {"Content-Type": "text/javascript; charset=utf-8"}

    @app.get(f"{CONTROL_PREFIX}/page/live")
    async def page_live() -> dict[str, JsonValue]:
        return _live(at, request.args.get("after", 0, type=int))

    @app.post(f"{CONTROL_PREFIX}/page/reset")
    async def page_reset() -> ResponseReturnValue:
        form = await request.form
        at.sessions.reset(form.get("session", ""))
        return redirect(f"{CONTROL_PREFIX}/", 303)


def _main(at: Looked) -> ResponseReturnValue:
    from wraith.pages import twin_page

    page = twin_page(_running(at), _seen(at.access, 0), _opened(at.sessions), len(at.sessions))
    return page, 200, HEADERS


def _route(at: Looked, name: str) -> ResponseReturnValue:
    from wraith.pages import route_page

    running = _running(at)
    found = running.route(name)
    if found is None:
        return {"error": "control", "message": f"the twin has no route {name}"}, 404
    return route_page(running, found), 200, HEADERS


def _session(at: Looked, name: str) -> ResponseReturnValue:
    from wraith.pages import session_page

    client = at.sessions.look(name)
    if client is None:
        return {"error": "control", "message": f"there is no session {name}"}, 404
    return session_page(_running(at), name, client.session.state.entities), 200, HEADERS


def _live(at: Looked, after: int) -> dict[str, JsonValue]:
    from wraith.pages import live_parts

    # a page that outlived another server has seen more than there was here
    seen = _seen(at.access, min(after, at.access.total))
    requests, sessions = live_parts(seen, _opened(at.sessions), len(at.sessions))
    digest = sha256(sessions.encode())
    return {"last": at.access.total, "requests": requests, "sessions": sessions, "digest": digest}


def _running(at: Looked) -> Running:
    from wraith.pages import Running

    notes: list[str] = []

    def known(read: Callable[[], T | None]) -> T | None:
        try:
            return read()
        except WraithError as error:
            notes.append(str(error))
            return None

    evidence, report = known(at.backing.evidence), known(at.backing.report)
    return Running(at.name, at.facts, at.model, evidence, report, notes)


def _seen(access: AccessLog, after: int) -> Sequence[Seen]:
    """Return the requests that came after so many, the newest first."""
    new = min(access.total - after, len(access.recent))
    return [_one(access.total - back, access.recent[-1 - back]) for back in range(new)]


def _one(number: int, entry: Entry) -> Seen:
    from wraith.pages import Seen

    return Seen(
        number=number,
        at=datetime.fromtimestamp(entry.at_ms / 1000, UTC).strftime("%H:%M:%S"),
        method=entry.method,
        path=entry.path,
        status=entry.status,
        ms=entry.ms,
        route=entry.route,
        extrapolated=entry.extrapolated,
        session=entry.session,
    )


def _opened(sessions: Sessions) -> Sequence[Opened]:
    """Return the newest sessions, and what they hold."""
    from wraith.pages import Opened

    return [
        Opened(name, tuple((kind, len(held)) for kind, held in client.session.state.entities.items() if held))
        for name, client in islice(sessions.opened(), MAX_SESSIONS)
    ]
