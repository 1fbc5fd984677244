"""Questions that relate what is sent, who asks and what is stored.

A relation is a function of two values that says true or false (``same``, ``less``, ``contains``): a header
that names the stored version, a caller on a stored list, an amount above a stored one, a value that another
entity has already. A relation is proposed where at least one observation shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final, TypeAlias

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, get, leaves
from wraith.runtime import compile_expr, text_of
from wraith.synth._evidence.finds import named_entities
from wraith.synth._roles.roles import Role
from wraith.synth._shared.priors import CONDITIONAL_HEADERS
from wraith.synth._world.index import Root
from wraith.synth._world.observe import Observation
from wraith.wir import Call, Expr, Literal, Lookup, Query, Ref, Text, Where

TRUE: Final = True

MAX_RELATED = 12
"""Numbers of a request, and of a stored document, that are compared with each other."""

MAX_LISTS = 4
"""Lists of a stored document that may hold what is sent."""

MAX_LISTED = 6
"""Words that stored lists have in common; more are data."""

CONFLICT = 409
"""RFC 9110, 15.5.10: the request conflicts with the current state. Services that answer so mean it."""

MAX_REFERRED = 4
"""Members of a request whose entities are asked about: services check one or two."""

MIN_KEY = 4
"""Characters of a text that refers to an entity: shorter ones are keys of many."""

MAX_PEERS = 200
"""Entities of a collection that are compared with what is sent: as many as recordings create before they try
one again."""

MAX_TAKEN = 30
"""Sets of fields in which entities may not be alike; services require one or two."""

CALLER = Ref(("caller",))


Documents: TypeAlias = dict[Root, list[Found]]
"""The stored documents that the requests address, by row."""

Related: TypeAlias = tuple[str, Call]


def documents(rows: Sequence[Observation], role: Role) -> Documents:
    """Return the stored documents that a route's requests address: the entity, its parents, what is kept
    around them, what was granted to the credential."""
    found: Documents = {}
    if role.key is not None:
        found[Root(Ref(("entity",)))] = [row.env.entity for row in rows]
    own = role.collection.name if role.collection is not None and role.key is not None else None
    around = [Lookup(name, key) for name, key in (*role.addressed, *role.around)]
    granted = [lookup for lookup, _ in rows[0].addressed] if rows else []
    for lookup in dict.fromkeys((*around, *granted)):
        if (lookup.entity, lookup.key) != (own, role.key):
            found[Root(lookup)] = [row.stored.get(lookup, MISSING) for row in rows]
    own_places = len(found)
    found.update(islice(_referred(rows), MAX_REFERRED))
    return {
        root: by_row
        for number, (root, by_row) in enumerate(found.items())
        if number >= own_places or any(each is not MISSING for each in by_row)
    }


def _referred(rows: Sequence[Observation]) -> Iterator[tuple[Root, list[Found]]]:
    """Yield the stored documents that members of requests refer to: the customer of an order, the token that
    pays."""
    names: dict[tuple[Path, str], int] = {}
    for row in rows:
        for part, document in (("body", row.env.body), ("query", row.env.query)):
            for path, text in _scalars(document):
                if len(text) >= MIN_KEY and path:
                    for name, stored in row.captured.entities.items():
                        if text in stored:
                            place = (("request", part, *path), name)
                            names[place] = names.get(place, 0) + 1
    for (path, name), count in names.items():
        if count > 1:
            root = Root(Lookup(name, Ref(path)))
            find = compile_expr(root.expr)
            yield root, [find(row.env) for row in rows]


def relations(rows: Sequence[Observation], role: Role, stored: Documents) -> Iterator[Related]:
    """Yield the relations that some row shows, with the kind of question that each is."""
    yield from _conditions(rows, stored)
    for root, by_row in stored.items():
        yield from _grants(rows, root, by_row)
        yield from _comparisons(rows, root, by_row)
    yield from _taken(rows, role)
    if role.key is None:
        yield from named_entities(rows)


def _conditions(rows: Sequence[Observation], stored: Documents) -> Iterator[Related]:
    """A conditional header names a stored value: perhaps in quotes, perhaps marked as weak."""
    for name in CONDITIONAL_HEADERS:
        header = Ref(("request", "header", name))
        shown: dict[tuple[Root, Path, str, str], None] = {}
        for number, row in enumerate(rows):
            value = row.env.headers.get(name)
            for root, by_row in stored.items() if value else ():
                for path, text in _scalars(by_row[number]):
                    if (len(text) >= 3 and text in str(value)) or text == _tag(str(value)):
                        before, _, behind = str(value).partition(text)
                        shown.setdefault((root, path, before, behind))
        for root, path, before, behind in shown:
            parts = [Literal(before), root.at(path), Literal(behind)]
            named: Expr = Text(tuple(part for part in parts if part != Literal("")))
            yield "condition", Call("same", (header, named))


def _tag(value: str) -> str:
    """Return what stands in an entity tag (RFC 9110, 8.8.3)."""
    return value.removeprefix("W/").strip('"')


def _grants(rows: Sequence[Observation], root: Root, by_row: Sequence[Found]) -> Iterator[Related]:
    """The caller is the stored owner, or stands on a stored list; or the list names everybody by a word."""
    owners: dict[Path, None] = {}
    lists: dict[Path, set[str]] = {}
    granted: dict[Path, None] = {}
    callers = {text for row in rows if (text := text_of(row.env.caller)) is not None}
    for document in {id(each): each for each in by_row}.values():
        for path, text in _scalars(document):
            if isinstance(path[-1] if path else None, int):
                words = lists.setdefault(path[:-1], set())
                if text in callers:
                    granted.setdefault(path[:-1])
                else:
                    words.add(text)
            elif text in callers:
                owners.setdefault(path)
    for path in owners:
        yield "granted", Call("same", (CALLER, root.at(path)))
    for path in granted:
        yield "granted", Call("contains", (root.at(path), CALLER))
    for path, words in lists.items():
        if len(words) <= MAX_LISTED:
            for word in sorted(words):
                yield "open", Call("contains", (root.at(path), Literal(word)))


def _comparisons(rows: Sequence[Observation], root: Root, by_row: Sequence[Found]) -> Iterator[Related]:
    """A value that is sent is the stored one of its name, or a number that is sent passes a stored one."""
    sent: dict[Path, bool] = {}
    for row in rows:
        for part in ("body", "query"):
            for path, value in _leaves(row.env.body if part == "body" else row.env.query):
                if len(path) <= 2:
                    sent[("request", part, *path)] = _is_number(value) or sent.get(
                        ("request", part, *path), False
                    )
    kept: dict[Path, bool] = {}
    different = {id(document): document for document in by_row}.values()
    for document in different:
        for path, value in _leaves(document):
            if 0 < len(path) <= 2:
                kept[path] = _is_number(value) or kept.get(path, False)
    lists = dict.fromkeys(path[:-1] for document in different for path in _elements(document))
    named = [("request", "path", name) for name in (rows[0].env.path if rows else ())]
    for one in [*named, *(path for path, number in sent.items() if not number)][:MAX_RELATED]:
        for other in list(lists)[:MAX_LISTS]:
            yield "related", Call("contains", (root.at(other), Ref(one)))
    for one in sent:
        for other in kept:
            if one[-1] == other[-1]:
                yield "related", Call("same", (Ref(one), root.at(other)))
    for one in [path for path, number in sent.items() if number][:MAX_RELATED]:
        for other in [path for path, number in kept.items() if number][:MAX_RELATED]:
            yield "order", Call("less", (root.at(other), Ref(one)))
            yield "order", Call("less", (Ref(one), root.at(other)))


def _elements(document: Found) -> Iterator[Path]:
    """Yield the paths of the scalars in lists of a document."""
    for path, _ in _leaves(document):
        if path and isinstance(path[-1], int) and len(path) <= 3:
            yield path


def _taken(rows: Sequence[Observation], role: Role) -> Iterator[Related]:
    """Another entity of the collection has the value already, or all the values."""
    if role.collection is None or role.op not in ("create", "update"):
        return
    name = role.collection.name
    shown: dict[tuple[Path, ...], None] = {}
    for row in [each for each in rows if not each.seen.ok]:
        sent = [(path, text) for path, text in _scalars(row.env.body) if 0 < len(path) <= 2 and text]
        for document in islice(row.captured.all(name).values(), MAX_PEERS):
            if document is not row.env.entity:
                alike = tuple(path for path, text in sent if text_of(get(document, path[-1:])) == text)
                for path in alike:
                    shown.setdefault((path,))
                if len(alike) > 1:
                    shown.setdefault(alike)
    others = _others(role)
    conflict = any(row.seen.status == CONFLICT for row in rows)
    kind_of = ("taken", "alike") if conflict else ("perhaps_taken", "perhaps_alike")
    for paths in list(shown)[:MAX_TAKEN]:
        where = tuple(
            Where(path[-1:], "equals", Ref(("request", "body", *path)), when_given=False) for path in paths
        )
        yield (
            kind_of[len(paths) > 1],
            Call("less", (Literal(0), Call("count", (Query(name, (*where, *others)),)))),
        )
    if role.collection.composite and role.op == "create":
        yield from _taken_below(role, [path for paths in shown for path in paths], kind_of[0])


def _taken_below(role: Role, paths: Sequence[Path], kind_of: str) -> Iterator[Related]:
    """A member names the key of something that the same parent has already."""
    assert role.collection is not None  # Invariant: callers have looked
    above = [part for name in role.parents for part in (Ref(("request", "path", name)), Literal("/"))]
    for path in list(dict.fromkeys(paths))[:MAX_TAKEN]:
        sent = Ref(("request", "body", *path))
        there = Lookup(role.collection.name, Text((*above, sent)), role.collection.key)
        yield kind_of, Call("same", (there, sent))


def _others(role: Role) -> tuple[Where, ...]:
    """Return the condition that an entity is another one than the request addresses, if it addresses one."""
    own = role.key.parts[-1] if isinstance(role.key, Text) else role.key
    if role.collection is None or not isinstance(own, Ref):
        return ()
    return (Where(role.collection.key, "differs", own, when_given=False),)


def _scalars(document: Found) -> Iterator[tuple[Path, str]]:
    for path, value in _leaves(document):
        if (text := text_of(value)) is not None:
            yield path, text


def _leaves(document: Found) -> Iterator[tuple[Path, JsonValue]]:
    if document is not MISSING:
        for path, value in leaves(document):
            if len(path) <= 4:
                yield path, value


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
