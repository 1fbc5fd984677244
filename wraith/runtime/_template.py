"""Templates of bodies and headers as closures.

``"$hole_1"`` is the hole of that name, ``{"$spread": "$hole_1", "a": …}`` an object with the members of the
hole's value and its own over them, ``"$$5"`` the text ``$5``. What is ``MISSING`` leaves no trace: a member
is left out, an element dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from wraith.canonical import JsonValue
from wraith.errors import InputError
from wraith.exchange import Headers
from wraith.paths import MISSING, Found, Path, get
from wraith.runtime._compile import compile_expr, from_response
from wraith.runtime._environment import Environment
from wraith.runtime._query import Compute
from wraith.runtime._values import text_of
from wraith.wir import Expr, Hole, Literal, Query

SPREAD = "$spread"
NOTHING: Mapping[str, Found] = {}


class Document(Protocol):
    """Makes a document; some of its holes may be given."""

    def __call__(self, env: Environment, given: Mapping[str, Found] = ..., /) -> Found: ...


def compile_template(template: JsonValue, holes: Mapping[str, Hole]) -> Compute:
    """Return the function that renders a body. Raises InputError where the template names a hole that is not
    there."""
    sources = {name: hole.source for name, hole in holes.items()}

    hole, compiled = _compiler(sources, template, ("response", "body"))
    for name in sources:
        hole(name)
    body = compiled(template)
    queries = tuple(hole(name) for name, source in sources.items() if isinstance(source, Query))
    if not queries:
        return body

    def with_pages(env: Environment) -> Found:
        for query in queries:  # first, because what they bind (page.total) may stand before their list
            query(env)
        return body(env)

    return with_pages


def compile_headers(headers: Iterable[tuple[str, Expr]]) -> Callable[[Environment], Headers]:
    """Return the function that makes the headers of an answer; what is ``MISSING`` is left out. Headers that
    are always the same are made once."""
    constant: list[tuple[str, str]] = []
    sources: list[tuple[str, Compute]] = []
    for name, value in headers:
        sources.append((name, compile_expr(value)))
        if isinstance(value, Literal) and (text := text_of(value.value)) is not None:
            constant.append((name, text))
    if len(constant) == len(sources):
        always = tuple(constant)
        return lambda env: always
    return lambda env: tuple(
        [(name, text) for name, source in sources if (text := text_of(source(env))) is not None]
    )


def compile_document(template: JsonValue, holes: Mapping[str, Expr]) -> Document:
    """Return the function that makes a document beside the answer. Its holes are its own: they see it at
    ``made``, and what they say of the response is the answer that was rendered. Those that are given are
    filled so."""
    _, compiled = _compiler(holes, template, ("made",))
    body = compiled(template)

    def make(env: Environment, given: Mapping[str, Found] = NOTHING) -> Found:
        answered, env.values = env.values, dict(given)
        try:
            return body(env)
        finally:
            env.values = answered

    return make


def _compiler(
    sources: Mapping[str, Expr], template: JsonValue, root: Path
) -> tuple[Callable[[str], Compute], Callable[[JsonValue], Compute]]:
    """Return what compiles a hole by its name, and what compiles a part of a template. The holes see the
    document that is being rendered at the root."""
    filled: dict[str, Compute] = {}

    def resolve(path: Path) -> Compute:
        if path[: len(root)] != root:
            return from_response(path)
        node, rest = _descend(template, path[len(root) :])
        made: list[Compute] = []

        def resolved(env: Environment) -> Found:
            if not made:  # compiled on first use: holes may refer to each other in any order
                made.append(compiled(node))
            return get(made[0](env), rest)

        return resolved

    def hole(name: str) -> Compute:
        if name not in filled:
            if name not in sources:
                raise InputError(
                    f"the template names ${name}, and there is no such hole",
                    hint="mend the template, or learn the model again",
                )
            filled[name] = _once(name, compile_expr(sources[name], resolve))
        return filled[name]

    def compiled(node: JsonValue) -> Compute:
        if isinstance(node, str) and node.startswith("$"):
            return hole(node[1:]) if not node.startswith("$$") else (lambda env: node[1:])
        if isinstance(node, dict) and node:
            return _object({key: compiled(value) for key, value in node.items()})
        if isinstance(node, list) and node:
            items = tuple(compiled(item) for item in node)
            return lambda env: [value for item in items if (value := item(env)) is not MISSING]
        return lambda env: node

    return hole, compiled


def _object(members: dict[str, Compute]) -> Compute:
    spread = members.pop(SPREAD, None)
    own = tuple(members.items())

    def render(env: Environment) -> Found:
        done: dict[str, JsonValue] = {}
        if spread is not None and isinstance(base := spread(env), dict):
            done.update(base)
        for key, member in own:
            value = member(env)
            if value is MISSING:
                done.pop(key, None)
            else:
                done[key] = value
        return done

    return render


def _once(name: str, source: Compute) -> Compute:
    """Fill a hole once for an answer; a hole that needs itself is missing."""

    def fill(env: Environment) -> Found:
        if name in env.values:
            return env.values[name]
        env.values[name] = MISSING
        value = env.values[name] = source(env)
        return value

    return fill


def _descend(node: JsonValue, path: Path) -> tuple[JsonValue, Path]:
    """Return the deepest part of a template on a path, and what is left of the path below a hole."""
    for depth, step in enumerate(path):
        if isinstance(node, dict) and step in node:
            node = node[step]
        elif isinstance(node, dict) and SPREAD in node:
            return node[SPREAD], path[depth:]
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
        else:
            return node, path[depth:]
    return node, ()


def hole_places(template: JsonValue, at: Path = ()) -> Iterator[tuple[str, Path]]:
    """Yield the holes of a template with the places that they fill."""
    if isinstance(template, str) and template.startswith("$") and not template.startswith("$$"):
        yield template[1:], at
    elif isinstance(template, dict):
        for name, node in template.items():
            if name != SPREAD:
                yield from hole_places(node, (*at, name))
    elif isinstance(template, list):
        for position, node in enumerate(template):
            yield from hole_places(node, (*at, position))
