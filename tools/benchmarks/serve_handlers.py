"""What a Lua handler costs beyond its request, beside the same source in a runtime without a sandbox."""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from wraith.canonical import JsonValue

GIVEN: Final = """
local body = req.body
local sum = 0
for _, item in ipairs(body.items) do sum = sum + item.price * item.quantity end
body.total = sum
state.put("orders", body.id, body)
emit.status(201)
emit.json(body)
"""
"""A typical handler: adds up 20 items, stores and answers."""

FORMS: Final[Mapping[str, str]] = {
    "given": GIVEN,
    "decoded": GIVEN.replace("req.body", "json.decode(json.encode(req.body))", 1),
}

BODY: Final[JsonValue] = {
    "id": "ord_1",
    "items": [{"sku": f"LAMP-{at:03d}", "price": 100 + at, "quantity": at, "n": "lamp"} for at in range(20)],
}

CALLS: Final = 100
"""In a row: a call alone is too short for the clock of processor time."""


def handlers(rounds: int, number: int) -> dict[str, JsonValue]:
    """Return what a call of a typical handler takes in each form (processor time, medians), as a share of
    what the bare runtime takes in the same round, and how long so many handlers take to load."""
    told: dict[str, JsonValue] = {}
    for form, source in FORMS.items():
        ours, bare = _sandboxed(source), _bare(source)
        if json.loads(ours()) != json.loads(bare()):
            raise AssertionError(f"the handler answers otherwise than the bare runtime: {ours()!r}")
        _ms(ours)
        taken = [(_ms(ours), _ms(bare)) for _ in range(rounds)]
        told[form] = {
            "ms": round(statistics.median(each for each, _ in taken), 3),
            "best_ms": round(min(each for each, _ in taken), 3),
            "of_bare": round(statistics.median(each / beside for each, beside in taken), 2),
        }
    return told | {"load": {"handlers": number, "s": round(_load_s(number), 3)}}


def _ms(call: Callable[[], object]) -> float:
    started = time.process_time()
    for _ in range(CALLS):
        call()
    return (time.process_time() - started) / CALLS * 1000


def _sandboxed(source: str) -> Callable[[], bytes]:
    from wraith.lua import Scripts, lua_handlers
    from wraith.runtime import Draft, Invocation, Reply, State

    known = lua_handlers(Scripts({"create_order": source}, {}))

    def call() -> bytes:
        headers = {"content-type": "application/json"}
        given = Invocation("POST", "/orders", headers, {}, BODY, {}, Draft(State()), 0, "seed")
        reply = known.run("create_order", given)
        assert isinstance(reply, Reply), reply
        return reply.body or b""

    return call


def _bare(source: str) -> Callable[[], bytes]:
    """What a dozen lines around lupa do: a runtime for each call, tables made and read by recursion."""
    from lupa.lua54 import LuaRuntime

    def call() -> bytes:
        runtime = LuaRuntime()
        stored: dict[Any, JsonValue] = {}
        answer: list[bytes] = []

        def made(value: JsonValue) -> Any:
            return runtime.table_from(value, recursive=True)

        scope = runtime.globals()
        scope.req = made({"method": "POST", "path": "/orders", "headers": {}, "query": {}, "params": {}})
        scope.req.body = made(BODY)
        scope.state = made({})
        scope.state.put = lambda kind, key, value: stored.update({(kind, key): _read(value)})
        scope.emit = made({})
        scope.emit.status = lambda status: None
        scope.emit.json = lambda value: answer.append(json.dumps(_read(value)).encode())
        scope.json = made({})
        scope.json.encode = lambda value: json.dumps(_read(value))
        scope.json.decode = lambda text: made(json.loads(text))
        runtime.execute(source)
        return answer[0]

    return call


def _read(value: Any) -> JsonValue:
    if not hasattr(value, "items"):
        plain: JsonValue = value
        return plain
    members = {key: _read(member) for key, member in value.items()}
    return [*members.values()] if 1 in members else members


def _load_s(number: int) -> float:
    """Return what it takes to read so many handlers from their files and to bind each to its route."""
    from wraith.lua import lua_handlers, read_scripts
    from wraith.runtime import Twin
    from wraith.wir import Model, Route, Variant

    variants = (Variant(status=201, body_template="{}"),)
    routes = tuple(
        Route(method="POST", path_pattern=f"/thing{at}", state_op="create", entity=None, variants=variants)
        for at in range(number)
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "handlers"
        folder.mkdir()
        for at in range(number):
            (folder / f"create_thing{at}.lua").write_text(GIVEN, encoding="utf-8")
        started = time.process_time()
        Twin(Model(entities=(), routes=routes), handlers=lua_handlers(read_scripts(folder.parent)))
        return time.process_time() - started
