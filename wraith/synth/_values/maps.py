"""Lists made from other lists, element by element.

An element of the answer and the element it was made from are a row of their own, which also sees the element
(``item``) and its place (``position``): so the same search that explains answers explains elements, with what
they refer to. A list may have one element more than the one it is made from: then that one is appended.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence

from wraith.canonical import JsonValue
from wraith.paths import Found
from wraith.runtime import compile_expr
from wraith.synth._evidence.places import index_element, norm, rank
from wraith.synth._evidence.rows import Row, Values, as_json, equal
from wraith.synth._routes.sampling import thinned
from wraith.synth._world.filed import Compound
from wraith.synth._world.observe import Observation
from wraith.wir import Append, Call, Each, Equals, Expr, First, Given, Hole, Literal, Object, Ref, When

SAMPLE = 60
"""Elements that a list is learned from."""

MAX_SOURCES = 4
"""Lists that elements may be made from, simplest first."""

MAX_LOOKED_AT = 16
"""Lists whose lengths are compared, simplest first."""

Learn = Callable[[Sequence[Row], Values], Expr | None]
"""What finds the expression for one element from rows that see the element it is made from."""


_Pair = tuple[Row, int, JsonValue, JsonValue]
"""A row, the place of an element, the element, and what was made of it."""


def map_source(rows: Sequence[Row], values: Values, learn: Learn, known: Expr | None = None) -> Expr | None:
    """Return the list that the elements of another give, or None. ``known`` is what other routes show of an
    element; it is taken where it is right."""
    if not any(value for value in values):
        return None
    for expr, lists in _sources(rows, values, 0):
        made = _mapped(expr, rows, lists, values, learn, known)
        if made is not None:
            return made
    appended = _appended(rows, values, learn, known)
    if appended is not None:
        return appended
    for expr, lists in _lessened(rows, values):
        made = _mapped(expr, rows, lists, values, learn, known)
        if made is not None:
            return made
    return None


def _appended(rows: Sequence[Row], values: Values, learn: Learn, known: Expr | None) -> Expr | None:
    """Return the list with one element more than another, or None. What is appended is learned where the
    others are explained: that is seldom."""
    some = [value for value in values if isinstance(value, list)]
    for expr, lists in _sources(rows, values, 1):
        made = _mapped(expr, rows, lists, [value[:-1] for value in some], learn, known)
        if made is not None:
            item = learn(rows, [value[-1] for value in some])
            return Append(made, item) if item is not None else None
    return None


def _mapped(
    expr: Expr,
    rows: Sequence[Row],
    lists: Sequence[list[JsonValue]],
    values: Sequence[Found],
    learn: Learn,
    known: Expr | None,
) -> Expr | None:
    pairs = [
        (row, position, element, outs[position])
        for row, some, outs in zip(rows, lists, values, strict=True)
        if isinstance(outs, list)
        for position, element in enumerate(some)
    ]
    if not pairs:
        return expr if len(values) > 1 else None
    if len(pairs) < 2:
        return None
    if known is not None and not _wrong(known, pairs):
        return Each(expr, known)
    chosen = list(thinned(pairs, SAMPLE))
    item = _learned(chosen, learn)
    wrong = _wrong(item, pairs)
    if wrong:  # what is rare comes back into the sample
        known_ones = {id(pair) for pair in chosen}
        more = [pair for pair in wrong if id(pair) not in known_ones]
        item = _learned([*chosen, *thinned(more, SAMPLE // 3)], learn)
        if _wrong(item, pairs):
            return None
    return Each(expr, item) if item is not None else None


def mapped(
    expr: Expr, rows: Sequence[Row], lists: Sequence[list[JsonValue]], values: Values, learn: Learn
) -> Expr | None:
    """Return what makes every list of the elements of an expression, whose values on the rows are known."""
    return _mapped(expr, rows, lists, values, learn, None)


def _learned(pairs: Sequence[_Pair], learn: Learn) -> Expr | None:
    rows = [at_element(row, element, at) for row, at, element, _ in pairs]
    return learn(rows, [out for *_, out in pairs])


def _wrong(item: Expr | None, pairs: Sequence[_Pair]) -> list[_Pair]:
    """Return the elements that an expression does not give; none where it makes identifiers, which are never
    the same."""
    if item is None or "FreshId(" in repr(item):
        return []
    compute = compile_expr(item)
    found = []
    for pair in pairs:
        row, at, element, out = pair
        env = row.env
        outer = env.item, env.position
        env.item, env.position = element, at
        if not equal(compute(env), out):
            found.append(pair)
        env.item, env.position = outer
    return found


def _lessened(rows: Sequence[Row], values: Values) -> Iterator[tuple[Expr, list[list[JsonValue]]]]:
    """Yield the lists that lack the elements which the request names, where that leaves as many as there are
    values."""
    if len(rows) < 2:
        return
    for expr, lists in _sources(rows, values, -1):
        named: dict[tuple[str, Expr], None] = {}
        for row, some in zip(rows, lists, strict=True):
            for element in some:
                for name, value in element.items() if isinstance(element, dict) else ():
                    for place in row.index.get(norm(value)):
                        if isinstance(place, Ref) and place.path[0] == "request":
                            named.setdefault((name, place))
        for name, place in sorted(named, key=lambda each: (rank(each[1]), each[0])):
            alike = Equals(Call("same", (Ref(("item", name)), place)), True)
            rest = Each(expr, When(alike, First(()), Ref(("item",))))
            compute = compile_expr(rest)
            kept = [compute(row.env) for row in rows]
            if all(
                isinstance(some, list) and isinstance(value, list) and len(some) == len(value)
                for some, value in zip(kept, values, strict=True)
            ):
                yield rest, [some for some in kept if isinstance(some, list)]


def _sources(rows: Sequence[Row], values: Values, more: int) -> Iterator[tuple[Expr, list[list[JsonValue]]]]:
    """Yield the lists that have as many elements as the values, or ``more`` less, in every row."""
    if not all(isinstance(value, list) and len(value) >= more for value in values):
        return
    sizes = [len(value) - more for value in values if isinstance(value, list)]
    longest = max(range(len(rows)), key=lambda i: (sizes[i], -i))
    found: dict[Expr, None] = {}
    for key in rows[longest].index:
        if isinstance(key, Compound) and key.mark == "[" and key.size == sizes[longest]:
            for expr in rows[longest].index.get(key):
                found.setdefault(expr)
    left = MAX_SOURCES
    for expr in sorted(found, key=rank)[:MAX_LOOKED_AT]:
        for candidate in (expr, First((expr, Literal([]))), First((Given(expr), Literal([])))):
            compute = compile_expr(candidate)
            lists = [compute(row.env) for row in rows]
            if all(isinstance(some, list) and len(some) == n for some, n in zip(lists, sizes, strict=True)):
                yield candidate, [some for some in lists if isinstance(some, list)]
                left -= 1
                break
        if not left:
            return


def at_element(row: Row, element: JsonValue, position: int) -> Row:
    """Return the row that also sees an element of a list."""
    env = copy.copy(row.env)
    env.item, env.position = element, position
    observation = Observation(row.observation.seen, env, row.observation.captured)
    return Row(observation, index_element(row.index, observation))


def as_expression(template: JsonValue, holes: dict[str, Hole]) -> Expr | None:
    """Return the expression that gives what a template renders, None for a list with holes in it."""
    match template:
        case str() if template.startswith("$$"):
            return Literal(template[1:])
        case str() if template.startswith("$"):
            return holes[template[1:]].source
        case dict():
            return _object(template, holes)
        case list():
            return None if "$hole" in repr(template) else Literal(template)
    return Literal(as_json(template))


def _object(template: dict[str, JsonValue], holes: dict[str, Hole]) -> Expr | None:
    members: list[tuple[str, Expr]] = []
    base: Expr | None = None
    for name, node in template.items():
        made = as_expression(node, holes)
        if made is None:
            return None
        if name == "$spread":
            base = made
        else:
            members.append((name, made))
    if base is None and all(isinstance(made, Literal) for _, made in members):
        return Literal({name: made.value for name, made in members if isinstance(made, Literal)})
    return Object(tuple(members), base)


def as_template(value: JsonValue) -> JsonValue:
    """Return the template of a literal: text that begins with ``$`` is escaped."""
    if isinstance(value, str):
        return "$" + value if value.startswith("$") else value
    if isinstance(value, list):
        return [as_template(item) for item in value]
    if isinstance(value, dict):
        return {key: as_template(item) for key, item in value.items()}
    return value
