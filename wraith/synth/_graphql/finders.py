"""How arguments name entities: by their key, by a field that tells them apart, or by several together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from wraith.paths import MISSING, Found, Path
from wraith.runtime import compile_expr
from wraith.synth._evidence.rows import equal
from wraith.synth._graphql.folding import Given as Asked
from wraith.synth._graphql.holders import ASKING, HOLDERS
from wraith.synth._graphql.types import Class, Types
from wraith.wir import Call, Expr, Literal, Query, Ref, Where

MAX_SOURCES = 12
"""Arguments and fields that may name an entity; more are data."""


def key_by(of: Class, name: str, source: Expr) -> Expr:
    """Return the expression for the key of the entity that has a value in a field."""
    assert of.key is not None  # Invariant: entities have keys
    found = Query(of.name, (Where((name,), "equals", source, False),), item=Ref(("entity", of.key)))
    return Call("element", (found, Literal(0)))


def first_of(of: Class, where: Iterable[Where]) -> Expr:
    """Return the expression for the first entity that meets all conditions."""
    return Call("element", (Query(of.name, tuple(where)), Literal(0)))


def sources_of(rows: Sequence[Asked], owner: Class | None) -> list[Expr]:
    """Return where the key of an entity may stand: in the arguments, or in the entity that refers to it."""
    found: dict[Path, None] = {}
    for row in rows:
        for path, _ in row.leaves:
            if path:
                found.setdefault(("request", "body", *path))
    if owner is not None:
        for name in owner.kept():
            found.setdefault(("entity", name))
    sources: list[Expr] = [Ref(path) for path in found]
    if owner is None and any(row.env.state.all(HOLDERS) for row in rows):
        sources.append(ASKING)
    return sources


def references(of: Class, name: str, sources: Iterable[Expr], types: Types) -> Iterator[Expr]:
    """Yield what the key in a field of a class may be found by: a field of the entity that it leads to."""
    known = of.fields.get(name)
    below = types.below(of, name) if known is not None and known.refers else None
    if below is not None and below.key is not None:
        for source in sources:
            if source == ASKING:
                yield source
            yield from (key_by(below, each, source) for each in sorted(below.telling))


def conditions(
    rows: Sequence[Asked], documents: Sequence[Found], of: Class, owner: Class | None, types: Types
) -> list[Where]:
    """Return the conditions that entities meet wherever there is one: a field is what an argument, or a field
    of the owner, says."""
    there = [
        (row, document) for row, document in zip(rows, documents, strict=True) if isinstance(document, dict)
    ]
    found: list[Where] = []
    for source in sources_of(rows, owner)[:MAX_SOURCES]:
        options = [
            (name, value)
            for name in sorted(of.kept(), key=lambda each: (each != _last(source), each))
            for value in (source, *references(of, name, (source,), types))
        ]
        for name, value in options:
            compute = compile_expr(value)
            pairs = [(compute(row.env), document.get(name, MISSING)) for row, document in there]
            told = [(made, kept) for made, kept in pairs if kept is not MISSING]
            if len(told) > 1 and all(equal(made, kept) for made, kept in told):
                found.append(Where((name,), "equals", value, False))
                break
    return found


def _last(source: Expr) -> str:
    return str(source.path[-1]) if isinstance(source, Ref) else ""
