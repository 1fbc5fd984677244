"""``--trace``: for each request the program that answered it: the variant that was chosen, the guards that
failed on the others, and where each field of the answer came from.

A traced twin weighs every guard of the route before it answers, which the interpreter itself need not. The
entries hold requests as the interpreter sees them: their secrets are out.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from wraith.asgi import CONTROL_PREFIX
from wraith.canonical import JsonValue, compact
from wraith.config import FixtureSets
from wraith.exchange import Request
from wraith.paths import Found, Missing, Path, format_path, get
from wraith.runtime import Answer, Choice, Environment, Handlers, Session, Twin, compile_atom
from wraith.wir import Atom, Hole, Model, Variant, show_atom, show_effect, show_expr

if TYPE_CHECKING:
    from quart import Quart

KEPT: Final = 1000
"""Entries that are kept: those of a test run; the oldest goes first."""
_LONGEST: Final = 4096
"""Bytes of a body, and characters of a value's JSON, that an entry keeps."""

TRACE_HEADER: Final = "X-Wraith-Trace"
"""Says on an answer which entry tells of it."""


class TraceLog:
    """The last entries, by number."""

    def __init__(self, name_of: Callable[[Session], str] = lambda session: session.ids.seed) -> None:
        self.name_of = name_of
        """Tells what a session is called."""
        self._entries: deque[dict[str, JsonValue]] = deque(maxlen=KEPT)
        self._last = 0

    def next(self) -> int:
        """Return the number of the next entry."""
        self._last += 1
        return self._last

    def add(self, entry: dict[str, JsonValue]) -> None:
        self._entries.append(entry)

    def entry(self, number: int) -> dict[str, JsonValue] | None:
        """Return the entry of a number; None where there is none, or none any more."""
        return next((entry for entry in self._entries if entry["id"] == number), None)

    def entries(self, after: int = 0) -> list[JsonValue]:
        """Return the entries whose numbers are above ``after``, the newest last."""
        return [entry for entry in self._entries if isinstance(entry["id"], int) and entry["id"] > after]


class TracedTwin(Twin):
    """A twin that writes down how each of its answers came about."""

    def __init__(
        self,
        log: TraceLog,
        model: Model,
        fixture_sets: FixtureSets | None = None,
        handlers: Handlers | None = None,
    ) -> None:
        super().__init__(model, fixture_sets, handlers)
        self._log = log

    def respond(self, request: Request, session: Session, *, now_ms: int) -> Answer:
        """Answer as the twin does, with the number of the entry in a header."""
        choice = self.choose(request, session, now_ms=now_ms)
        variants = list(_weighed(choice)) if choice is not None else []
        addressed = _addressed(choice)
        started = time.perf_counter()
        answer = super().respond(request, session, now_ms=now_ms)
        number = self._log.next()
        self._log.add(
            {
                "id": number,
                "at_ms": now_ms,
                "ms": round((time.perf_counter() - started) * 1000, 3),
                "session": self._log.name_of(session),
                "request": _request(request),
                "route": answer.route.name if answer.route is not None else None,
                "near": [*answer.near],
                "addressed": addressed,
                "status": answer.response.status,
                "chosen": answer.variant,
                "extrapolated": answer.extrapolated,
                "handler": answer.handler,
                "handler_failure": answer.failure,
                "variants": variants,
                **_told(answer),
            }
        )
        response = answer.response
        headers = (*response.headers, (TRACE_HEADER, str(number)))
        return answer._replace(response=response._replace(headers=headers))


def _request(request: Request) -> JsonValue:
    return {
        "method": request.method,
        "target": request.target,
        "headers": [[name, value] for name, value in request.headers],
        "body": request.body[:_LONGEST].decode("utf-8", "replace"),
        "body_bytes": len(request.body),
    }


def _addressed(choice: Choice | None) -> JsonValue:
    """Return the entity that the request names, and what was stored of it before."""
    if choice is None or choice.key is None or choice.route.entity is None:
        return None
    return {"entity": choice.route.entity, "key": choice.key, "stored": _shown(choice.env.entity)}


def _weighed(choice: Choice) -> Iterator[JsonValue]:
    """Yield the variants of a route with the guards that fail for a request, and the support that does."""
    for number, variant in enumerate(choice.route.variants):
        yield {
            "variant": number,
            "status": variant.status,
            "failed_guards": _failed(variant.guards, choice.env),
            "failed_support": _failed(variant.support, choice.env),
        }


def _failed(atoms: tuple[Atom, ...], env: Environment) -> list[JsonValue]:
    return [show_atom(atom) for atom in atoms if not compile_atom(atom)(env)]


def _told(answer: Answer) -> dict[str, JsonValue]:
    """Return where the parts of an answer came from; nothing where no variant of the model made it."""
    handled = answer.handler is not None and answer.failure is None
    if answer.route is None or answer.variant is None or handled:
        return {"fields": [], "headers": [], "effects": []}
    variant = answer.route.variants[answer.variant]
    return {
        "fields": [
            {"path": format_path(path), **_source(hole), "value": _shown(get(answer.document, path))}
            for path, hole in _places(variant)
        ],
        "headers": [{"name": name, "source": show_expr(value)} for name, value in variant.headers],
        "effects": [show_effect(effect) for effect in variant.effects],
    }


def _source(hole: Hole | None) -> dict[str, JsonValue]:
    if hole is None:
        return {"class": "constant", "source": None}
    return {"class": hole.hole_class, "source": show_expr(hole.source)}


def _places(variant: Variant) -> Iterator[tuple[Path, Hole | None]]:
    """Yield the places of a template's leaves with their holes; None for what is written there. What a hole
    spreads into an object comes at the object's own place."""

    def walk(node: JsonValue, at: Path) -> Iterator[tuple[Path, Hole | None]]:
        if isinstance(node, dict) and node:
            for name, part in node.items():
                yield from walk(part, at if name == "$spread" else (*at, name))
        elif isinstance(node, list) and node:
            for position, part in enumerate(node):
                yield from walk(part, (*at, position))
        elif isinstance(node, str) and node.startswith("$") and not node.startswith("$$"):
            yield at, variant.holes.get(node[1:])
        else:
            yield at, None

    if variant.body_kind != "empty":
        yield from walk(variant.body_template, ())


def _shown(value: Found) -> JsonValue:
    """Return a value; of a long one the beginning of its JSON; null of one that is missing."""
    if isinstance(value, Missing):
        return None
    if isinstance(value, (dict, list, str)):
        written = compact(value)
        if len(written) > _LONGEST:
            return written[:_LONGEST].decode("utf-8", "ignore") + "…"
    return value


def add_trace(app: Quart, log: TraceLog) -> None:
    """Answer ``GET /__wraith/trace/log`` and ``/__wraith/trace/<id>`` on the control plane."""
    from quart import request

    @app.get(f"{CONTROL_PREFIX}/trace/log")
    async def trace_log() -> dict[str, JsonValue]:
        after = request.args.get("after", 0, type=int)
        return {"schema": "wraith.trace/1", "kept": KEPT, "entries": log.entries(after)}

    @app.get(f"{CONTROL_PREFIX}/trace/<int:number>")
    async def trace_entry(number: int) -> tuple[dict[str, JsonValue], int]:
        entry = log.entry(number)
        if entry is None:
            message = f"there is no entry {number}; {KEPT} are kept"
            return {"error": "no_such_entry", "message": message}, 404
        return entry, 200
