"""A request that satisfies some atoms, and the state that it meets; built, and then tried.

Building is a guess, place by place: a literal that is named, a number between the bounds, a text of the
patterns, else something of a kind that is allowed. What was built counts only where the interpreter says that
every atom is true of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from pydantic import Field
from pydantic import JsonValue as Json

from wraith.canonical import JsonValue
from wraith.config import Document
from wraith.exchange import Request, encode_lines
from wraith.overlay._terms import parameters_of
from wraith.paths import MISSING, Found, Path
from wraith.runtime import Environment, Ids, State, compile_atom, compile_expr, replaced, text_of
from wraith.wir import Atom, Conjunction, Expr, Lookup, Ref, Route

_PLACEHOLDER = "x1"


class Example(Document):
    """A request as a person would send it, and what must be stored for it."""

    method: str
    target: str
    headers: dict[str, str] = Field(default={})
    body: str = ""
    state: dict[str, dict[str, Json]] = Field(default={})


@dataclass(slots=True)
class _Draft:
    """What is known so far of a request and a state."""

    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, JsonValue] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: Found = MISSING
    kind: str = ""
    stored: list[tuple[Lookup, Found]] = field(default_factory=list)


def example_of(route: Route, atoms: Sequence[Atom]) -> Example | None:
    """Return a request to the route of which all of the atoms are true; None where none was found."""
    addressed = Lookup(route.entity, route.key) if route.entity and route.key is not None else None
    known = Conjunction.of(atoms, addressed)
    if known.never:
        return None
    for as_form in (False, True):
        draft = _drafted(atoms, known, addressed, as_form)
        request = _request(route, draft)
        env = Environment(request, draft.path, State(), Ids("example"), 0)
        state = _state(draft, env)
        env.state = State({name: stored.items() for name, stored in state.items()})
        if addressed is not None and (key := text_of(compile_expr(addressed.key)(env))) is not None:
            env.entity = env.state.get(addressed.entity, key)
        if all(compile_atom(atom)(env) for atom in atoms):
            return Example(
                method=request.method,
                target=request.target,
                headers=dict(request.headers),
                body=request.body.decode(),
                state={name: dict(stored) for name, stored in state.items()},
            )
    return None


def _drafted(atoms: Sequence[Atom], known: Conjunction, addressed: Lookup | None, as_form: bool) -> _Draft:
    draft = _Draft()
    operands = {repr(atom.of): atom.of for atom in atoms}
    for of in sorted(operands.values(), key=_depth):  # what stands in something is put after it
        facts = known.facts(of, addressed)
        if facts is None or not facts.must_be_there or of == Ref(("request", "query")):
            continue
        _put(draft, of, facts.sample(text=as_form), addressed)
    return draft


def _depth(of: Expr) -> tuple[int, int]:
    match of:
        case Ref(path):
            return 0, len(path)
        case Lookup(at=at):
            return 1, len(at)
    return 2, 0


def _put(draft: _Draft, of: object, value: JsonValue, addressed: Lookup | None) -> None:
    match of:
        case Ref(("request", "body", *rest)):
            draft.body = replaced(draft.body, tuple(rest), value)
        case Ref(("request", "query", *rest)) if rest:
            made = replaced(dict(draft.query), tuple(rest), value)
            draft.query = made if isinstance(made, dict) else draft.query
        case Ref(("request", "path", str(name))):
            draft.path[name] = str(value)
        case Ref(("request", "header", str(name))):
            draft.headers[name.lower()] = str(value)
        case Ref(("request", "body_kind")):
            draft.kind = str(value)
        case Ref(("entity", *rest)) if addressed is not None:
            _store(draft, Lookup(addressed.entity, addressed.key), tuple(rest), value)
        case Lookup(entity, key, at):
            _store(draft, Lookup(entity, key), at, value)


def _store(draft: _Draft, of: Lookup, at: Path, value: JsonValue) -> None:
    for number, (there, document) in enumerate(draft.stored):
        if there == of:
            draft.stored[number] = (of, replaced(document, at, value))
            return
    draft.stored.append((of, replaced({}, at, value)))


def _request(route: Route, draft: _Draft) -> Request:
    path = route.path_pattern
    for name in parameters_of(path):
        value = draft.path.setdefault(name, _PLACEHOLDER)
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    query = urlencode(list(_pairs(draft.query)))
    headers, body = dict(draft.headers), b""
    if draft.body is not MISSING or draft.kind in ("form", "json", "ndjson"):
        document = {} if draft.body is MISSING else draft.body
        if draft.kind == "form" and isinstance(document, dict):
            headers.setdefault("content-type", "application/x-www-form-urlencoded")
            body = urlencode(list(_pairs(document))).encode()
        elif draft.kind == "ndjson" and isinstance(document, list):
            headers.setdefault("content-type", "application/x-ndjson")
            body = encode_lines(document, lambda line: json.dumps(line, sort_keys=True).encode())
        else:
            headers.setdefault("content-type", "application/json")
            body = json.dumps(document, sort_keys=True).encode()
    return Request(route.method, f"{path}?{query}" if query else path, tuple(sorted(headers.items())), body)


def _pairs(document: Mapping[str, JsonValue], under: str = "") -> Iterator[tuple[str, str]]:
    """Yield a document as the fields of a form; see ``parse_form``."""
    for key, value in document.items():
        name = f"{under}[{key}]" if under else key
        if isinstance(value, list):
            value = {str(number): each for number, each in enumerate(value)}
        if isinstance(value, dict):
            yield from _pairs(value, name)
        else:
            yield name, text_of(value) or ""


def _state(draft: _Draft, env: Environment) -> dict[str, dict[str, JsonValue]]:
    state: dict[str, dict[str, JsonValue]] = {}
    for of, document in draft.stored:
        key = text_of(compile_expr(of.key)(env))
        if key is not None and document is not MISSING:
            state.setdefault(of.entity, {})[key] = document
    return state
