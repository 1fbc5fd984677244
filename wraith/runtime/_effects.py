"""Effects as closures: what answering does to the state of the session."""

from __future__ import annotations

from collections.abc import Callable

from wraith.paths import MISSING, Path, get
from wraith.runtime._compile import compile_expr
from wraith.runtime._environment import Environment
from wraith.runtime._query import Compute
from wraith.runtime._state import replaced
from wraith.runtime._template import Document, compile_document
from wraith.runtime._values import text_of
from wraith.wir import Delete, Effect, ForEach, Make, Purge, Put, Query, SetField, Sweep


def compile_effect(effect: Effect) -> Callable[[Environment], None]:
    """Return the function that has the effect; it does nothing where a key or a value is missing."""
    if isinstance(effect, ForEach):
        return _for_each(compile_expr(effect.of), compile_effect(effect.effect))
    if isinstance(effect, Purge):
        return _purge(effect.query)
    key = compile_expr(effect.key)
    match effect:
        case Put(entity, _, value):
            return _put(entity, key, compile_expr(value))
        case Make(entity, _, template, holes):
            return _make(entity, key, compile_document(template, dict(holes)))
        case Delete(entity, _):

            def delete(env: Environment) -> None:
                if (name := text_of(key(env))) is not None:
                    env.state.delete(entity, name)

            return delete
        case Sweep(entity, _, field):
            return _sweep(entity, key, field)
        case SetField(entity, _, at, value):
            wanted = compile_expr(value)

            def set_field(env: Environment) -> None:
                name, part = text_of(key(env)), wanted(env)
                if name is None or part is MISSING:
                    return
                present = env.state.get(entity, name)
                if present is not MISSING:
                    env.state.put(entity, name, replaced(present, at, part))

            return set_field


def _for_each(of: Compute, effect: Callable[[Environment], None]) -> Callable[[Environment], None]:
    def for_each(env: Environment) -> None:
        elements = of(env)
        outer, place = env.item, env.position
        for env.position, env.item in enumerate(elements if isinstance(elements, list) else ()):
            effect(env)
        env.item, env.position = outer, place

    return for_each


def _purge(query: Query) -> Callable[[Environment], None]:
    find = compile_expr(query)

    def purge(env: Environment) -> None:
        page, found = env.page, find(env)
        env.page = page  # the answer's pages are not those of what it removes
        gone = {id(value) for value in found} if isinstance(found, list) else set()
        for name, value in list(env.state.all(query.entity).items()):
            if id(value) in gone:  # a query gives what is stored, not copies of it
                env.state.delete(query.entity, name)

    return purge


def _sweep(entity: str, key: Compute, field: Path) -> Callable[[Environment], None]:
    def sweep(env: Environment) -> None:
        name = text_of(key(env))
        if name is None:
            return
        stored = env.state.all(entity)
        children = [
            child
            for child, document in stored.items()
            if (text_of(get(document, field)) == name if field else child.startswith(f"{name}/"))
        ]
        for child in children:
            env.state.delete(entity, child)

    return sweep


def _make(entity: str, key: Compute, document: Document) -> Callable[[Environment], None]:
    def make(env: Environment) -> None:
        env.made = document(env)
        if (name := text_of(key(env))) is not None and env.made is not MISSING:
            env.state.put(entity, name, env.made)

    return make


def _put(entity: str, key: Compute, value: Compute) -> Callable[[Environment], None]:
    def put(env: Environment) -> None:
        name, document = text_of(key(env)), value(env)
        if name is not None and document is not MISSING:
            env.state.put(entity, name, document)

    return put
