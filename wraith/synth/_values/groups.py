"""What answers say of groups: how many of what was found have each value of a field (facets), or a list with
an element for each of these values.

The documents are those that the list of the answer found before it was cut into pages, or a whole collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TypeGuard

from wraith.canonical import JsonValue
from wraith.paths import Found, Path, format_path, get, leaves
from wraith.runtime import apply_function, compile_expr, field_path, text_of
from wraith.synth._evidence.rows import Row, Values, equal
from wraith.synth._routes.sampling import thinned
from wraith.synth._values.maps import Learn, mapped
from wraith.wir import Call, Expr, Literal, Query, Ref

MAX_FIELDS = 12
"""Fields that documents may be grouped by, those of the place's own name first."""

MAX_DOCUMENTS = 400
"""Documents of one collection that are grouped at most, for one answer."""

SAMPLE = 60
"""Requests whose parameters are looked at, and documents whose fields are."""

DISTINCT = 2
"""Different answers that a grouping has to give."""

ORDERS = ("first", "value", "count_value", "count")


class _Base:
    """Documents that may be grouped: a query, with what it finds on the rows."""

    def __init__(self, query: Query, lists: list[list[JsonValue]]) -> None:
        self.query = query
        self.lists = lists
        self._counts: dict[tuple[JsonValue, int], tuple[int, ...]] = {}

    def counts(self, by: JsonValue, row: int) -> tuple[int, ...]:
        """Return how many documents are in each group on one row, in ascending order."""
        if (by, row) not in self._counts:
            made = apply_function("groups", [self.lists[row], by, ORDERS[0]])
            groups = made if isinstance(made, list) else []
            found = [get(group, ("count",)) for group in groups]
            self._counts[by, row] = tuple(sorted(count for count in found if isinstance(count, int)))
        return self._counts[by, row]

    @cached_property
    def _texts(self) -> dict[Path, set[str]]:
        """The values of each field, as texts."""
        texts: dict[Path, set[str]] = {}
        for document in thinned(max(self.lists, key=len), SAMPLE):
            for path, value in _near(document, ()):
                text = value if type(value) is str else text_of(value)
                if text is not None:
                    texts.setdefault(path, set()).add(text)
        return texts

    def fields(self, names: set[str], at: Path) -> list[Path]:
        """Return the fields some of whose values are names that answers give to groups."""
        found = [path for path, some in self._texts.items() if some & names]
        own = str(at[-1]).lower() if at else ""
        shared = {path: len(self._texts[path] & names) for path in found}
        return sorted(
            found, key=lambda path: (str(path[-1]).lower() not in own, -shared[path], len(path), str(path))
        )[:MAX_FIELDS]


class Groups:
    """Searches for the rows of one template; ``found`` is what the list of the answer finds."""

    def __init__(self, rows: Sequence[Row], found: Query | None) -> None:
        self._rows = rows
        self._found = found

    def tallied(self, values: Values, at: Path) -> Expr | None:
        """Return what gives every object of numbers, by what documents have in a field."""
        if not all(isinstance(value, dict) and _counts(value) for value in values):
            return None
        if not _tells([len(value) for value in values if isinstance(value, dict)], values):
            return None
        names = {name for value in values if isinstance(value, dict) for name in value}
        for base in self._bases:
            query, lists = base.query, base.lists
            for by in self._by(lists, base.fields(names, at)):
                for arguments in _ways(query, by, lists):
                    expr = Call("tally", (query, *arguments))
                    if self._gives(expr, values):
                        return expr
        return None

    def listed(self, values: Values, at: Path, learn: Learn) -> Expr | None:
        """Return what gives every list with an element for each value that documents have in a field."""
        if not all(
            isinstance(value, list) and all(isinstance(each, dict) for each in value) for value in values
        ):
            return None
        if not _tells([len(value) for value in values if isinstance(value, list)], values):
            return None
        names = _categories([value for value in values if isinstance(value, list)])
        columns = _counted(values) if names else []
        if not columns:
            return None
        for base in self._bases:
            query, lists = base.query, base.lists
            for by in self._by(lists, base.fields(names, at)):
                if isinstance(by, Literal) and not any(
                    all(base.counts(by.value, row) == counts for row, counts in enumerate(column))
                    for column in columns
                ):
                    continue
                for order in ORDERS:
                    made = self._grouped(lists, by, order, values)
                    if made is None:
                        break  # as many as there should be in none of the orders
                    if all(map(_alike, made, values)) and _are_counted(made, values):
                        expr = Call("groups", (query, by, Literal(order)))
                        found = mapped(expr, self._rows, made, values, learn)
                        if found is not None:
                            return found
        return None

    def _grouped(
        self, lists: Sequence[list[JsonValue]], by: Expr, order: str, values: Values
    ) -> list[list[JsonValue]] | None:
        """Return the groups on every row, None where they are not as many as the elements of the values."""
        compute = compile_expr(by)
        done: list[list[JsonValue]] = []
        for row, some, value in zip(self._rows, lists, values, strict=True):
            made = apply_function("groups", [some, compute(row.env), order])
            if not isinstance(made, list) or not isinstance(value, list) or len(made) != len(value):
                return None
            done.append(made)
        return done

    def _by(self, lists: Sequence[list[JsonValue]], fields: Sequence[Path]) -> Iterator[Expr]:
        """Yield what says the field: a parameter that names one on each row, or the one that all agree in."""
        first = self._rows[0].env.query
        for name in first if isinstance(first, dict) else ():
            place = Ref(("request", "query", name))
            named = [text_of(compile_expr(place)(row.env)) for row in self._rows]
            if len({*named}) > 1 and all(
                text is not None and (not some or field_path(text, some[0]) is not None)
                for text, some in zip(named, lists, strict=True)
            ):
                yield place
        yield from (Literal(format_path(path)) for path in fields)

    @cached_property
    def _bases(self) -> list[_Base]:
        """The queries that find documents, with what they find on the rows."""
        queries = [] if self._found is None else [self._found]
        names = sorted({name for row in self._rows for name in row.observation.captured.whole})
        queries += [Query(name) for name in names]
        done: list[_Base] = []
        for query in queries:
            compute = compile_expr(query)
            lists = [found if isinstance(found := _run(compute, row), list) else [] for row in self._rows]
            if any(lists) and max(map(len, lists)) <= MAX_DOCUMENTS:
                done.append(_Base(query, lists))
        return done

    def _gives(self, expr: Expr, values: Values) -> bool:
        compute = compile_expr(expr)
        return all(equal(compute(row.env), value) for row, value in zip(self._rows, values, strict=True))


def _are_counted(made: Sequence[list[JsonValue]], values: Values) -> bool:
    """Whether a member of the elements says everywhere how many there are of each, and not always one: what
    elements are learned from is dear, and most lists that are as long as there are groups list no groups."""
    pairs = [
        (get(group, ("count",)), element)
        for groups, value in zip(made, values, strict=True)
        for group, element in zip(groups, value if isinstance(value, list) else (), strict=True)
    ]
    if all(count == 1 for count, _ in pairs) or not isinstance(pairs[0][1], dict):
        return False
    return any(all(equal(get(element, (name,)), count) for count, element in pairs) for name in pairs[0][1])


def _run(compute: object, row: Row) -> Found:
    assert callable(compute)  # Invariant: a compiled expression
    page = row.env.page
    found: Found = compute(row.env)
    row.env.page = page
    return found


def before_cut(query: Query) -> Query:
    """Return the query of a list without its pages and what sorts them: what it finds in all."""
    kept = replace(query, limit=None, offset=None, page=None, page_size=None, end=None, after=None)
    return replace(kept, item=None, sort=None, direction=None)


def reported_on(rows: Sequence[Row], queries: Iterable[Query]) -> Query | None:
    """Return what a list finds that is asked for by the same parameters as a report, or None; of several the
    one that the address of the report names."""
    used = {name for row in rows[:SAMPLE] for name in row.env.query}
    alike = [query for query in queries if _reads(query, used)]
    above = rows[0].observation.seen.segments
    return next((before_cut(each) for each in sorted(alike, key=lambda each: each.entity not in above)), None)


def _reads(query: Query, used: set[str]) -> bool:
    """Whether a query has conditions by some of the parameters."""
    by_name = query.filters is not None and not used <= {*query.filters.without}
    return by_name or bool(used & _parameters(query))


def _parameters(query: Query) -> set[str]:
    """Return the parameters that the conditions of a query read."""
    places = [*(each.value for each in query.where), *(each.value for each in query.criteria)]
    return {
        str(each.path[2])
        for each in places
        if isinstance(each, Ref) and each.path[:2] == ("request", "query") and len(each.path) > 2
    }


def _counts(value: dict[str, JsonValue]) -> bool:
    return all(isinstance(each, int | float) and not isinstance(each, bool) for each in value.values())


def _tells(sizes: Sequence[int], values: Values) -> bool:
    return sum(map(bool, sizes)) >= DISTINCT and any(not equal(value, values[0]) for value in values[1:])


def _near(document: JsonValue, at: Path) -> Iterator[tuple[Path, JsonValue]]:
    """Yield the plain values of a document that stand no deeper than in an object in it, those of lists at
    the path of the list."""
    for name, value in document.items() if isinstance(document, dict) else ():
        path = (*at, name)
        if isinstance(value, dict):
            if not at:
                yield from _near(value, path)
        elif isinstance(value, list):
            yield from ((path, each) for each in value if not isinstance(each, dict | list))
        else:
            yield path, value


def _counted(values: Values) -> list[list[tuple[int, ...]]]:
    """Return the members of the elements that may say how many documents there are of each: on every row
    their numbers, in ascending order."""
    lists = [value if isinstance(value, list) else [] for value in values]
    first = next((elements[0] for elements in lists if elements), None)
    done: list[list[tuple[int, ...]]] = []
    for name in first if isinstance(first, dict) else ():
        columns = [[n for each in elements if _is_count(n := get(each, (name,)))] for elements in lists]
        whole = all(len(column) == len(elements) for column, elements in zip(columns, lists, strict=True))
        if whole and any(n != 1 for column in columns for n in column):
            done.append([tuple(sorted(column)) for column in columns])
    return done


def _is_count(value: Found) -> TypeGuard[int]:
    return isinstance(value, int) and 0 <= value <= MAX_DOCUMENTS


def _categories(lists: Sequence[list[JsonValue]]) -> set[str]:
    """Return the texts of a member that tells the elements of each list apart, and that lists share: the
    names of groups. What is another in each list is no group's."""
    columns: dict[str, list[list[str | None]]] = {}
    some = [each for each in lists if each]
    for at, elements in enumerate(some):
        for element in elements:
            for name, value in element.items() if isinstance(element, dict) else ():
                columns.setdefault(name, [[] for _ in some])[at].append(text_of(value))
    found: set[str] = set()
    for column in columns.values():
        whole = all(len({*texts}) == len(elements) for texts, elements in zip(column, some, strict=True))
        names = {text for texts in column for text in texts}
        if whole and None not in names and len(names) < sum(map(len, some)):
            found |= {text for text in names if text is not None}
    return found


def _ways(query: Query, by: Expr, lists: Sequence[list[JsonValue]]) -> Iterator[tuple[Expr, ...]]:
    """Yield what else a tally takes: nothing, all that is stored, or numbers that are added up."""
    yield (by,)
    if query != Query(query.entity):
        yield (by, Literal(""), Query(query.entity))
    numbers: dict[Path, None] = {}
    for document in max(lists, key=len)[:4]:
        for at, value in leaves(document):
            if isinstance(value, int | float) and not isinstance(value, bool) and len(at) <= 2:
                numbers.setdefault(at)
    for number in numbers:
        yield (by, Literal(format_path(number)))


def _alike(made: Found, value: Found) -> bool:
    """Whether groups are as many as the elements of a list, and each names what its group has in common."""
    if not isinstance(made, list) or not isinstance(value, list) or len(made) != len(value):
        return False
    return all(
        isinstance(element, dict)
        and any(
            equal(member, get(group, ("value",))) or text_of(member) == text_of(get(group, ("value",)))
            for member in element.values()
        )
        for group, element in zip(made, value, strict=True)
    )
