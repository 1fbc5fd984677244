"""The part of the control plane that looks at sessions, begins them, and moves their state in and out.

A state is a JSON object from types to what ``state/fixtures/TYPE.json`` holds: an object from keys to
entities.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final

from wraith.asgi import CONTROL_PREFIX
from wraith.canonical import JsonValue, parse, pretty
from wraith.config import FixtureSet, parse_fixtures, repeated_key
from wraith.errors import InputError
from wraith.serve._sessions import Client, Sessions, UnknownFixtures
from wraith.wir import Model

if TYPE_CHECKING:
    from quart import Quart
    from quart.typing import ResponseReturnValue

_SESSION: Final = f"{CONTROL_PREFIX}/session"
_ONE: Final = f"{_SESSION}/<path:name>"


class _Wrong(Exception):
    """The request is answered with a refusal: status and message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def add_session_control(app: Quart, sessions: Sessions, model: Model) -> None:
    """Add the requests that deal with one session to the control plane."""
    from quart import request

    def one(name: str) -> Client:
        client = sessions.look(name)
        if client is None:
            raise _Wrong(404, f"there is no session {name!r}")
        return client

    async def wrong(error: _Wrong) -> ResponseReturnValue:
        return {"error": "control", "message": str(error)}, error.status

    async def no_state(error: InputError) -> ResponseReturnValue:
        return {"error": "control", "message": str(error)}, 400

    app.register_error_handler(_Wrong, wrong)
    app.register_error_handler(InputError, no_state)

    @app.get(_SESSION)
    async def list_sessions() -> dict[str, JsonValue]:
        return {"sessions": [_about(name, client) for name, client in sessions.opened()]}

    @app.post(_SESSION)
    async def begin_session() -> ResponseReturnValue:
        wanted = _document(await request.get_data())
        name = wanted.get("name") or _free_name(sessions)
        fixtures = wanted.get("fixtures", "")
        if not isinstance(name, str) or not isinstance(fixtures, str) or wanted.keys() - _WANTED:
            raise _Wrong(400, 'expected {"name": TEXT, "fixtures": SET, "state": {TYPE: {KEY: {…}}}}')
        if sessions.look(name) is not None:
            raise _Wrong(409, f"there is a session {name!r} already")
        state = _state(wanted["state"], model) if "state" in wanted else None
        try:
            return _about(name, sessions.begin(name, fixtures, state)), 201
        except UnknownFixtures:
            known = ", ".join(sessions.fixture_names)
            raise _Wrong(400, f"there is no fixture set {fixtures!r}: {known}") from None

    @app.delete(_ONE)
    async def end_session(name: str) -> ResponseReturnValue:
        one(name)
        sessions.reset(name)
        return "", 204

    @app.post(f"{_ONE}/reset")
    async def reset_session(name: str) -> dict[str, JsonValue]:
        return _about(name, sessions.begin(name, one(name).fixtures))

    @app.get(f"{_ONE}/state")
    async def export_state(name: str) -> ResponseReturnValue:
        held: JsonValue = {kind: dict(entities) for kind, entities in one(name).state.items() if entities}
        if "type" in request.args:
            assert isinstance(held, dict)  # Invariant: made above
            held = held.get(request.args["type"], {})
        return pretty(held, sort=False), 200, {"Content-Type": "application/json"}

    @app.put(f"{_ONE}/state")
    async def import_state(name: str) -> dict[str, JsonValue]:
        state = _state(_document(await request.get_data()), model)
        client = sessions.look(name)
        return _about(name, sessions.begin(name, client.fixtures if client is not None else "", state))


_WANTED: Final = frozenset({"name", "fixtures", "state"})


def _about(name: str, client: Client) -> dict[str, JsonValue]:
    return {
        "name": name,
        "fixtures": client.fixtures,
        "requests": client.turns,
        "entities": {kind: len(held) for kind, held in client.state.items() if held},
    }


def _free_name(sessions: Sessions) -> str:
    """Return the first name of a series that no open session has: the same in each run."""
    return next(name for number in count(1) if sessions.look(name := f"session-{number}") is None)


def _document(body: bytes | str) -> dict[str, JsonValue]:
    body = body if isinstance(body, bytes) else body.encode()
    try:
        document = parse(body) if body else {}
        twice = repeated_key(body) if body else None
    except ValueError as error:
        raise _Wrong(400, f"the body is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise _Wrong(400, "expected a JSON object")
    if twice is not None:
        raise _Wrong(400, f"the key {twice!r} stands there twice")
    return document


def _state(document: JsonValue, model: Model) -> FixtureSet:
    """Return a state that was sent, all of it in its order. Raises InputError for what could be no
    fixtures."""
    if not isinstance(document, dict):
        raise _Wrong(400, "expected an object from types to entities by key")
    if unknown := [kind for kind in document if "/" in kind or not kind or kind.startswith(".")]:
        raise _Wrong(400, f"not a type of entity: {unknown[0]!r}")
    files = {f"{kind}.json": pretty(entities, sort=False) for kind, entities in document.items()}
    keys = {entity.name: entity.key for entity in model.entities}
    return parse_fixtures(files, "state", keys).get("", {})
