"""Conditions of lists that no parameter spells out: what is left out always, by default, or where a flag says
so.

A list of issues shows the open ones unless it is asked for others; archived channels are left out where
``exclude_archived`` is true. Both are seen by what is stored and not shown: it all has one value of a field,
or all that is shown has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, get, leaves
from wraith.runtime import compile_atom, compile_expr, compile_search
from wraith.synth._evidence.list_cases import Case, parameter_names, parameter_path, root_of
from wraith.synth._evidence.rows import equal
from wraith.synth._lists.paging import MIN_DEFAULT
from wraith.synth._routes.sampling import thinned
from wraith.synth._shared.priors import PAGING
from wraith.wir import Absent, Atom, Equals, Expr, Literal, Query, Ref, When, Where, WhereOp

ENOUGH = 2
"""Lists that a condition has to explain more than there were: one may be a coincidence."""

MAX_HIDDEN = 2
"""Conditions of one list."""

MAX_VALUES = 6
"""Values of a parameter or a field that is a switch; with more it is data."""

SAMPLE = 16
"""Lists, and entities in each, that conditions are proposed from."""

MAX_FIELDS = 24


@dataclass(frozen=True, slots=True)
class _Told:
    """A list, and what the query finds for it so far."""

    case: Case
    found: tuple[tuple[str, JsonValue], ...]

    @property
    def dropped(self) -> list[JsonValue]:
        shown = set(self.case.shown)
        return [document for key, document in self.found if key not in shown]

    @property
    def kept(self) -> list[JsonValue]:
        shown = set(self.case.shown)
        return [document for key, document in self.found if key in shown]

    @property
    def is_cut(self) -> bool:
        return any(name in PAGING for name in self.case.parameters)


def with_hidden(query: Query, cases: Sequence[Case]) -> Query:
    """Return the query with the conditions that its parameters do not spell out."""
    for _ in range(MAX_HIDDEN):
        told = _told(query, cases)
        over = [each for each in told if each.dropped and not each.is_cut]
        if len(over) < ENOUGH or _are_pages(over):
            break
        where = _best(told, over)
        if where is None:
            break
        query = replace(query, where=(*query.where, where))
    return query


def _told(query: Query, cases: Sequence[Case]) -> list[_Told]:
    search = compile_search(query, compile_expr)  # type: ignore[arg-type]  # a query holds expressions only
    return [_Told(case, tuple(search(case.row.env))) for case in cases]


def _are_pages(over: Sequence[_Told]) -> bool:
    """Whether all lists that show less than there is are as long as one page."""
    sizes = {len(each.case.shown) for each in over}
    return len(sizes) == 1 and min(sizes) >= MIN_DEFAULT


def _best(told: Sequence[_Told], over: Sequence[_Told]) -> Where | None:
    """Return the condition that explains most lists and contradicts none, the simplest of equals."""
    best: tuple[int, Where] | None = None
    for test in _tests(told, over):
        meets = compile_atom(test) if test is not None else None
        asked = [each for each in told if meets is None or meets(each.case.row.env)]
        for path, op, value in _conditions([each for each in asked if each in over]):
            wanted: Expr = Literal(value)
            where = Where(path, op, When(test, wanted) if test is not None else wanted, absent=value is None)
            gain = _gain(where, asked)
            if gain >= ENOUGH and (best is None or gain > best[0]):
                best = (gain, where)
    return best[1] if best is not None else None


def _tests(told: Sequence[_Told], over: Sequence[_Told]) -> Iterator[Atom | None]:
    """Yield what may decide whether a condition holds: nothing, a parameter that is not there, or its
    value."""
    yield None
    cases = [each.case for each in told]
    for name in parameter_names(cases):
        given = [value for case in cases if (value := case.parameters.get(name, MISSING)) is not MISSING]
        values = Counter(repr(value) for value in given)
        if name in PAGING or len(values) > MAX_VALUES or any(isinstance(value, list) for value in given):
            continue
        place = Ref(parameter_path(name, root_of(cases)))
        if len(given) < len(cases):
            yield Absent(place)
        shown = {
            repr(value): value
            for each in over
            if (value := each.case.parameters.get(name, MISSING)) is not MISSING
        }
        yield from (Equals(place, value) for _, value in sorted(shown.items()))


def _conditions(over: Sequence[_Told]) -> Iterator[tuple[Path, WhereOp, JsonValue]]:
    """Yield conditions that what is shown meets, and what is left out does not."""
    some = thinned(over, SAMPLE)
    dropped = [document for each in some for document in thinned(each.dropped, SAMPLE)]
    kept = [document for each in some for document in thinned(each.kept, SAMPLE)]
    if len(over) >= ENOUGH and dropped:
        yield from telling(dropped, kept)


def telling(
    dropped: Sequence[JsonValue], kept: Sequence[JsonValue]
) -> Iterator[tuple[Path, WhereOp, JsonValue]]:
    """Yield conditions that everything kept meets, and nothing that was dropped."""
    fields: dict[Path, None] = {}
    for document in (*dropped[:SAMPLE], *kept[:SAMPLE]):
        for path, _ in leaves(document):
            if 0 < len(path) <= 2 and all(isinstance(step, str) for step in path):
                fields.setdefault(path)
    for path in list(fields)[:MAX_FIELDS]:
        out, left = [get(each, path) for each in dropped], [get(each, path) for each in kept]
        if left and _shared(left) not in (MISSING, None) and not _among(left[0], out):
            yield path, "equals", _json(left[0])
        elif _shared(out) not in (MISSING, None) and not _among(out[0], left):
            yield path, "differs", _json(out[0])
        elif left and MISSING not in out and not _among(None, out) and _all_null(left):
            yield path, "equals", None


def _all_null(values: Sequence[Found]) -> bool:
    return all(each is MISSING or each is None for each in values)


def _gain(where: Where, asked: Sequence[_Told]) -> int:
    """Return how many more lists show just what is found with the condition; 0 where it drops anything that
    is shown."""
    more = 0
    for each in asked:
        met = [key for key, document in each.found if meets(where, get(document, where.field))]
        shown = [key for key, _ in each.found if key in set(each.case.shown)]
        if not set(shown) <= set(met):
            return 0
        more += (set(shown) == set(met)) and len(met) < len(each.found)
    return more


def meets(where: Where, stored: Found) -> bool:
    """Whether a stored value meets a condition with a literal."""
    wanted = where.value.then if isinstance(where.value, When) else where.value
    assert isinstance(wanted, Literal)  # Invariant: conditions of this module have one
    if stored is MISSING and where.absent:
        return True
    same = stored is not MISSING and equal(stored, wanted.value)
    return same if where.op == "equals" else not same


def _shared(values: Sequence[Found]) -> Found:
    """Return the scalar that all values are, ``MISSING`` where there is none."""
    first = values[0]
    plain = first is not MISSING and not isinstance(first, dict | list)
    return first if plain and all(each is not MISSING and equal(each, first) for each in values) else MISSING


def _among(value: Found, others: Sequence[Found]) -> bool:
    return any(each is value or (each is not MISSING and equal(each, value)) for each in others)


def _json(value: Found) -> JsonValue:
    assert value is not MISSING  # Invariant: _shared found it
    return value
