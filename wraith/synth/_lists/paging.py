"""How lists are cut into pages: by which parameters, from where, how many without any.

What a query finds is known before it is cut, so a way of paging is judged by arithmetic alone: the part that
it says is shown, against what was. Ways are put together part by part; a part stays where it explains lists
that nothing explained before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from wraith.runtime import Environment, compile_expr, compile_window, integer_of
from wraith.synth._evidence.list_cases import Case, parameter_path, value_of
from wraith.synth._shared.priors import CURSORS, ENDS, LIMITS, OFFSETS, PAGES
from wraith.wir import AtLeast, Call, Exists, Expr, First, Literal, Query, Ref, Sum, When

MIN_DEFAULT = 5
"""The smallest size of a page that a service has by default, where nothing asks for one."""

PASSES = 2
"""Parts depend on each other: what was tried before another part was known is tried once more."""


@dataclass(frozen=True, slots=True)
class Found:
    """A list that was asked for, and the keys that its query finds before it is cut."""

    case: Case
    keys: list[str]


Parts = dict[str, Expr | int | None]
"""The fields of a query that say how it is paged."""


def learn_paging(lists: Sequence[Found], start: Parts | None = None) -> Parts:
    """Return the way of paging that explains most of the lists, from a way that is known elsewhere."""
    names = _names(lists)
    best = dict(start or {})
    hits = explained(best, lists)
    for _ in range(PASSES):
        before = hits
        for options in _PARTS:
            for option in options(names, lists, best):
                trial = {**best, **option}
                score = explained(trial, lists)
                if score > hits:
                    best, hits = trial, score
        if hits == before or hits == len(lists):
            break
    return best


def explained(parts: Parts, lists: Sequence[Found]) -> int:
    """Return how many lists a way of paging explains."""
    window = compile_window(replace(Query(""), **parts), _compiled)  # type: ignore[arg-type]  # fields of a query
    hits = 0
    for each in lists:
        place = window(each.case.row.env, each.keys)
        hits += each.keys[place.start : place.stop(len(each.keys))] == each.case.shown
    return hits


def _compiled(expr: object) -> Callable[[Environment], object]:
    return compile_expr(expr)  # type: ignore[arg-type]  # a query holds expressions only


def _names(lists: Sequence[Found]) -> list[str]:
    return list(dict.fromkeys(name for each in lists for name in each.case.parameters))


def _used(names: Sequence[str], priors: Sequence[str]) -> list[str]:
    return [name for name in priors if name in names]


def _asked(name: str, lists: Sequence[Found]) -> Ref:
    return Ref(parameter_path(name, lists[0].case.root if lists else "query"))


# --- the parts ----------------------------------------------------------------------------------------------


def _limits(names: Sequence[str], lists: Sequence[Found], known: Parts) -> Iterator[Parts]:
    default = _fullest([each for each in lists if not any(n in each.case.parameters for n in _PAGING)])
    for name in _used(names, LIMITS):
        asked: Expr = _asked(name, lists)
        positive = When(AtLeast(asked, 1), asked)  # no size at all, where it is none: 0 is refused or ignored
        sizes: list[Expr] = [asked, positive]
        if (most := _cut_to(lists, name)) is not None:
            sizes.append(Call("minimum", (asked, Literal(most))))
        for size in sizes:
            yield {"limit": size}
            if default:
                yield {"limit": First((size, Literal(default)))}
    if default >= MIN_DEFAULT:
        yield {"limit": Literal(default)}


def _slices(names: Sequence[str], lists: Sequence[Found], known: Parts) -> Iterator[Parts]:
    """Yield ways to say where the part begins, and where it ends; some services mind the beginning only where
    something else says how long the part is."""
    limits = [_asked(name, lists) for name in _used(names, LIMITS)]
    ends: list[str | None] = [None, *_used(names, ENDS)]
    starts: list[str | None] = [None, *_used(names, OFFSETS)]
    for start, end in product(starts, ends):
        if start is None:
            if end is not None:
                yield {"end": _asked(end, lists)}
            continue
        asked = _asked(start, lists)
        stop: Parts = {"end": _asked(end, lists)} if end is not None else {}
        yield {"offset": asked, **stop}
        yield {"offset": Sum((asked,), (Literal(1),)), **stop}  # counted from 1, as OpenSearch and SCIM do
        guards = [*limits, *([_asked(end, lists)] if end is not None else [])]
        guarded: Expr | None = None
        for guard in guards:
            guarded = When(Exists(guard), asked, guarded)
        if guarded is not None:
            yield {"offset": guarded, **stop}


def _pages(names: Sequence[str], lists: Sequence[Found], known: Parts) -> Iterator[Parts]:
    for name in _used(names, PAGES):
        full = _fullest(
            [
                each
                for each in lists
                if name in each.case.parameters and not any(n in each.case.parameters for n in LIMITS)
            ]
        )
        for first in (1, 0):
            yield {"page": _asked(name, lists), "first_page": first}
            if full:
                yield {"page": _asked(name, lists), "first_page": first, "page_size": Literal(full)}


def _cursors(names: Sequence[str], lists: Sequence[Found], known: Parts) -> Iterator[Parts]:
    for name in _used(names, CURSORS):
        yield {"after": _asked(name, lists)}
    for name in names:
        token = Call("from_base64", (_asked(name, lists),))
        compute = compile_expr(token)
        if any(compute(each.case.row.env) in each.keys for each in lists):
            yield {"after": token}


def _together(names: Sequence[str], lists: Sequence[Found], known: Parts) -> Iterator[Parts]:
    """Yield a size with a place: clients that always say both show neither alone."""
    sizes: list[Parts] = [{"limit": _asked(name, lists)} for name in _used(names, LIMITS)]
    for place in (
        *_slices(names, lists, known),
        *_pages(names, lists, known),
        *_cursors(names, lists, known),
    ):
        yield from ({**size, **place} for size in sizes)


_PARTS = (_limits, _slices, _pages, _cursors, _together)
_PAGING = frozenset((*LIMITS, *ENDS, *PAGES))


def _fullest(lists: Sequence[Found]) -> int:
    """Return the length of the longest list that was cut, 0 where none was."""
    return max((len(each.case.shown) for each in lists if len(each.case.shown) < len(each.keys)), default=0)


def _cut_to(lists: Sequence[Found], name: str) -> int | None:
    """Return the greatest size that is given where more is asked for and there; the last page has less."""
    given = [len(each.case.shown) for each in lists if _is_cut(each, integer_of(value_of(each.case, name)))]
    return max(given, default=None)


def _is_cut(each: Found, size: int | None) -> bool:
    return size is not None and 0 < len(each.case.shown) < min(size, len(each.keys))
