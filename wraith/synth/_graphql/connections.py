"""Lists with what is said about them: elements with a cursor each, how many there are, where to go on.

A cursor is a text that stands for an element: its place in the list or its key, behind a word, encoded. What
it is made of is found on the cursors that answers gave out; one that a request sends back is read likewise.
Source: GraphQL Cursor Connections Specification (Relay).
"""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found
from wraith.runtime import compile_expr
from wraith.synth._evidence.rows import equal
from wraith.synth._graphql.documents import Object, Value, below, plain
from wraith.synth._graphql.folding import Given as Asked
from wraith.synth._graphql.lists import cursor_of
from wraith.synth._graphql.made import Made
from wraith.synth._graphql.types import Class, Types
from wraith.wir import (
    AtLeast,
    Call,
    Cast,
    Each,
    Expr,
    Literal,
    Query,
    Ref,
    Sum,
    Text,
    When,
)
from wraith.wir import Object as Members

FEWEST = 2
"""Different cursors from which it is said what cursors are made of."""

TOLERATED = 5
"""One answer in so many may say something else of a list than what is chosen."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """A way to write cursors as base64 (RFC 4648, 4 and 5)."""

    write: Callable[[bytes], bytes]
    function: str
    """The function of the twin that writes it."""
    padded: bool
    replacing: tuple[tuple[str, str], ...] = ()
    """What is put in the place of characters that the function writes."""

    def read(self, text: str) -> str | None:
        """Return what a text encodes, None where it is none of the encoding."""
        try:
            found = urlsafe_b64decode(text.translate(URL_SAFE).encode() + b"=" * (-len(text) % 4))
            again = self.write(found).decode()
            return found.decode() if text == (again if self.padded else again.rstrip("=")) else None
        except ValueError:
            return None

    def written(self, text: Expr) -> Expr:
        """Return the expression that encodes a text."""
        done: Expr = Call(self.function, (text,))
        for one, other in self.replacing:
            done = Call("replace", (done, Literal(one), Literal(other)))
        return done


URL_SAFE = str.maketrans("+/", "-_")

ENCODINGS: tuple[Encoding | None, ...] = (
    Encoding(b64encode, "base64", padded=True),
    Encoding(urlsafe_b64encode, "base64url", padded=False),
    Encoding(b64encode, "base64", padded=False, replacing=(("=", ""),)),
    Encoding(urlsafe_b64encode, "base64", padded=True, replacing=(("+", "-"), ("/", "_"))),
    None,
)
"""How cursors may be written, the likeliest first; the last is the text itself."""

PAGE = {name: Ref(("page", name)) for name in ("total", "count", "start", "has_more", "has_previous")}
FACTS: tuple[Expr, ...] = (
    PAGE["total"],
    PAGE["count"],
    PAGE["has_more"],
    PAGE["has_previous"],
    Literal(True),
    Literal(False),
    Ref(("page", "pages")),
    Ref(("page", "number")),
    Ref(("page", "size")),
    Ref(("page", "start")),
)
"""What a page may say of itself, the likeliest first."""

Listing = Callable[[Sequence[Asked], Sequence[Value], Class, "Cursor | None"], Expr | None]
"""Learns the query of some lists of a class, with what is known of cursors."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How cursors are made: of the place of an element, counted from ``first``, or of its key."""

    encoding: Encoding | None
    before: str
    after: str
    of_place: bool
    first: int = 0

    def written(self, value: Expr) -> Expr:
        """Return the cursor of a place or of a key."""
        text = Text((*self._word(self.before), value, *self._word(self.after)))
        return self.encoding.written(text) if self.encoding is not None else text

    def read(self, sent: Expr) -> dict[str, Expr]:
        """Return where a page starts behind a cursor that was sent, as parts of a query."""
        text: Expr = Call("from_base64", (sent,)) if self.encoding is not None else sent
        for word in (self.before, self.after):
            text = Call("replace", (text, Literal(word), Literal(""))) if word else text
        if not self.of_place:
            return {"after": text}
        return {"offset": Sum((Cast(text, "integer"), Literal(1 - self.first)))}

    @staticmethod
    def _word(text: str) -> tuple[Expr, ...]:
        return (Literal(text),) if text else ()


@dataclass(slots=True)
class Shape:
    """Where the elements of a connection stand in its answers."""

    of: Class
    plain: str | None = None
    """The field that lists the entities themselves."""
    edges: str | None = None
    node: str | None = None
    """The field that lists objects around them, and the field of those that holds the entity."""
    beside: list[str] = field(default_factory=list)
    """The other fields of such objects."""


def connect(
    made: Made, rows: Sequence[Asked], values: Sequence[Value], of: Class, types: Types, listing: Listing
) -> dict[str, JsonValue]:
    """Return the templates of the members of an object that speak of one list: none where it holds none."""
    shape = shape_of(of, types)
    if shape is None:
        return {}
    pairs = [
        (row, value, shown)
        for row, value in zip(rows, values, strict=True)
        if isinstance(value, Object) and (shown := elements(value, shape)) is not None
    ]
    query = _query(pairs, shape, listing, None)
    if query is None:
        return {}
    cursor = _cursor(pairs, query, shape, types)
    if cursor is not None:
        query = _query(pairs, shape, listing, cursor) or query
    known = [(row, value) for row, value in zip(rows, values, strict=True) if isinstance(value, Object)]
    learner = _Facts(query, cursor, known)
    done: dict[str, JsonValue] = {}
    listed = made.hole("state", "array", query)
    for name in of.fields:
        if name == shape.plain:
            done[name] = listed
        elif name == shape.edges:
            done[name] = made.hole("state", "array", _edges(query, cursor, shape))
        else:
            part = learner.part(made, of, name, types, ())
            if part is not None:
                done[name] = part
    return done


def shape_of(of: Class, types: Types) -> Shape | None:
    """Return where the list of a connection stands: the entities themselves, or objects around them."""
    found: Shape | None = None
    for name, known in of.fields.items():
        below = types.below(of, name)
        if below is None or not known.listed:
            continue
        if below.key is not None:
            found = found or Shape(below)
            found.plain = name if found.of is below else found.plain
            continue
        inner = {each: lower for each in below.fields if (lower := types.below(below, each)) is not None}
        nodes = [each for each, lower in inner.items() if lower.key is not None]
        if len(nodes) == 1:
            found = found or Shape(inner[nodes[0]])
            if found.of is inner[nodes[0]]:
                found.edges, found.node = name, nodes[0]
                found.beside = [each for each in below.fields if each != nodes[0]]
    return found


def elements(value: Value, shape: Shape) -> list[Value] | None:
    """Return the entities that an answer lists, None where it was not asked for them."""
    for sight in value.sights if isinstance(value, Object) else ():
        if isinstance(sight.value, list) and not sight.arguments:
            if sight.name == shape.plain:
                return [*sight.value]
            if sight.name == shape.edges:
                nodes = [below(each, (shape.node or "",)) for each in sight.value]
                if MISSING not in nodes:
                    return nodes
    return None


Pair = tuple[Asked, Object, list[Value]]


def _query(pairs: Sequence[Pair], shape: Shape, listing: Listing, cursor: Cursor | None) -> Query | None:
    """Return the query of the lists; before cursors are understood, of those that no cursor was sent for."""
    if cursor is None:
        pairs = [each for each in pairs if not _sent(each[0])] or pairs
    found = listing([row for row, _, _ in pairs], [shown for _, _, shown in pairs], shape.of, cursor)
    return found if isinstance(found, Query) else None


# --- cursors ------------------------------------------------------------------------------------------------


def _cursor(pairs: Sequence[Pair], query: Query, shape: Shape, types: Types) -> Cursor | None:
    """Return what the cursors that answers gave out are made of."""
    seen: list[tuple[str, int, str]] = []
    for row, value, _ in pairs:
        if not _sent(row):  # where its page starts is known
            seen += _given_out(row, value, query, shape, types)
    if len({text for text, _, _ in seen}) < FEWEST:
        return None
    for encoding in ENCODINGS:
        texts = [encoding.read(text) if encoding is not None else text for text, _, _ in seen]
        if None in texts:
            continue
        for of_place, first, made in (
            (True, 1, [str(place + 1) for _, place, _ in seen]),
            (True, 0, [str(place) for _, place, _ in seen]),
            (False, 0, [key for _, _, key in seen]),
        ):
            around = _around([str(text) for text in texts], made)
            if around is not None:
                return Cursor(encoding, *around, of_place, first)
    return None


def _sent(row: Asked) -> bool:
    """Whether a request sends a cursor."""
    return cursor_of(path for path, value in row.leaves if value is not None) is not None


def _given_out(
    row: Asked, value: Object, query: Query, shape: Shape, types: Types
) -> Iterator[tuple[str, int, str]]:
    """Yield the cursors of elements with the place and the key of each."""
    compute = compile_expr(query)
    compute(row.env)
    start = row.env.page.get("start")
    edges = next((each.value for each in value.sights if each.name == shape.edges), None)
    if not isinstance(edges, list) or not isinstance(start, int):
        return
    for number, edge in enumerate(edges):
        node = below(edge, (shape.node or "",))
        key = types.key(node, shape.of) if isinstance(node, Object) else None
        for name in shape.beside:
            text = below(edge, (name,))
            if isinstance(text, str):
                yield text, start + number, key or ""


def _around(texts: Sequence[str], values: Sequence[str]) -> tuple[str, str] | None:
    """Return what stands before and behind a value in every text, None where that differs."""
    places = [at for at in range(len(texts[0])) if texts[0].startswith(values[0], at)]
    for at in reversed(places):
        head, tail = texts[0][:at], texts[0][at + len(values[0]) :]
        if all(text == head + value + tail for text, value in zip(texts, values, strict=True)):
            return head, tail
    return None


def _edges(query: Query, cursor: Cursor | None, shape: Shape) -> Expr:
    assert shape.node is not None  # Invariant: there are edges
    members: list[tuple[str, Expr]] = [(shape.node, Ref(("item",)))]
    if cursor is not None:
        members = [(name, cursor.written(_value(cursor, shape))) for name in shape.beside] + members
    return Each(query, Members(tuple(members)))


def _value(cursor: Cursor, shape: Shape) -> Expr:
    if not cursor.of_place:
        return Ref(("item", shape.of.key or ""))
    terms: list[Expr] = [Ref(("position",)), PAGE["start"]]
    return Sum((*terms, Literal(cursor.first)) if cursor.first else tuple(terms))


# --- what is said of the page -------------------------------------------------------------------------------


@dataclass(slots=True)
class _Facts:
    """Learns what answers say of their lists."""

    query: Query
    cursor: Cursor | None
    known: Sequence[tuple[Asked, Object]]

    def part(self, made: Made, of: Class, name: str, types: Types, at: tuple[str, ...]) -> JsonValue | None:
        """Return the template of a member, None where the page does not explain it."""
        below = types.below(of, name)
        if below is not None and (below.key is not None or below.members or of.fields[name].listed):
            return None
        if below is not None:
            parts = {each: self.part(made, below, each, types, (*at, name)) for each in below.fields}
            found: dict[str, JsonValue] = {each: part for each, part in parts.items() if part is not None}
            return found or None
        rows = [
            (row, value) for row, top in self.known if (value := _inside(top, (*at, name))) is not MISSING
        ]
        expr = self._fact(rows)
        return made.hole("derived", "any", expr) if expr is not None else None

    def _fact(self, rows: Sequence[tuple[Asked, Found]]) -> Expr | None:
        best: tuple[int, Expr] | None = None
        run = compile_expr(self.query)
        for option in self._options():
            compute = compile_expr(option)
            hits = 0
            for row, value in rows:
                run(row.env)
                hits += equal(compute(row.env), value)
            if best is None or hits > best[0]:
                best = hits, option
        if best is None or (len(rows) - best[0]) * TOLERATED > len(rows):
            return None
        return best[1]

    def _options(self) -> Iterator[Expr]:
        yield from FACTS
        yield Call("count", (Query(self.query.entity, self.query.where[:1]),))
        if self.cursor is not None:
            for last in (True, False):
                yield When(AtLeast(PAGE["count"], 1), self._end(self.cursor, last=last), Literal(None))

    def _end(self, cursor: Cursor, *, last: bool) -> Expr:
        """Return the cursor of the last element, or of the first."""
        if not cursor.of_place:
            return cursor.written(Ref(("page", "last_key" if last else "first_key")))
        plus = (PAGE["start"], PAGE["count"]) if last else (PAGE["start"],)
        moved = cursor.first - 1 if last else cursor.first
        return cursor.written(Sum((*plus, Literal(moved)) if moved else plus))


def _inside(value: Value, path: Sequence[str]) -> Found:
    return plain(below(value, tuple(path)))
