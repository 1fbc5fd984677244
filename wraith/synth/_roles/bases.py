"""Bases of collections: what stands before the parameter that addresses an entity, and what it is called.

Where the entities of a collection have no address of their own, the base is the path that creates and lists
them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeAlias

from wraith.canonical import JsonValue
from wraith.paths import Found, Path, get
from wraith.runtime import text_of
from wraith.synth._exchanges.seen import Seen
from wraith.synth._routes.routes import RouteTable
from wraith.synth._shared.priors import PRIOR_KEYS

Base: TypeAlias = tuple[str | None, ...]

LIST_DEPTH = 3
"""How deep a list of representations may stand."""


def unaddressed_bases(table: RouteTable, by_route: dict[int, list[Seen]]) -> dict[Base, Path]:
    """Return the collections whose entities have no address of their own, with their key: what a POST
    creates, the GET of the same path lists."""
    written: dict[Base, list[Seen]] = defaultdict(list)
    listed: dict[Base, list[Seen]] = defaultdict(list)
    for position, pattern in enumerate(table.patterns):
        if pattern.shape and pattern.shape[-1] is not None:
            by_method = {"POST": written, "GET": listed}.get(pattern.method)
            if by_method is not None:
                by_method[pattern.shape] += by_route[position]
        elif pattern.shape:
            written.pop(pattern.shape[:-1], None)
            listed.pop(pattern.shape[:-1], None)
    addressed = {pattern.shape[:-1] for pattern in table.patterns if pattern.shape[-1:] == (None,)}
    words = {word_of(base) for base in addressed}
    found: dict[Base, Path] = {}
    for base in sorted(written.keys() & listed.keys() - addressed, key=str):
        if None in base and base[-1] in words:
            continue  # they are addressed elsewhere
        for name in PRIOR_KEYS:
            own = [text_of(get(seen.document, (name,))) for seen in written[base]]
            given = {_given(seen, key) for seen, key in zip(written[base], own, strict=True)}
            shown = {
                text_of(get(item, (name,)))
                for seen in listed[base]
                for _, items in lists_in(seen.document)
                for item in items
            }
            if None not in own and len(given) == len(own) > 1 and not shown.isdisjoint(own):
                found[base] = (name,)
                break
    return found


def _given(seen: Seen, key: str | None) -> tuple[int, tuple[str, ...], str | None]:
    """Return what a service gives once: a key below a parent, in a session; it may count anew in the next."""
    return seen.session, tuple(seen.parameters.values()), key


def is_shared(base: Base, key: Path, table: RouteTable, by_route: dict[int, list[Seen]]) -> bool:
    """Whether a key without an address of its own is given below several parents of a session."""
    parents: dict[tuple[int, str | None], set[tuple[str, ...]]] = defaultdict(set)
    for position, pattern in enumerate(table.patterns):
        if pattern.shape == base and pattern.method == "POST":
            for seen in by_route[position]:
                own = text_of(get(seen.document, key))
                parents[seen.session, own].add(tuple(seen.parameters.values()))
    return any(len(above) > 1 for above in parents.values())


def collection_names(
    table: RouteTable, by_route: dict[int, list[Seen]], unaddressed: Iterable[Base]
) -> dict[Base, str]:
    """Name the collections: the shape before a final parameter, by its last literal; longer where that is not
    one. Where a parameter follows another, and only both together are an address (``/repos/{owner}/{repo}``),
    the collection is that of the last."""
    pairs = {
        pattern.shape[:-1]
        for position, pattern in enumerate(table.patterns)
        if pattern.shape[-2:] == (None, None) and by_route[position]
    }
    ends = {pattern.shape for position, pattern in enumerate(table.patterns) if by_route[position]}
    halves = {base[:-1] for base in pairs if base not in ends}
    bases: dict[Base, bool] = dict.fromkeys([*unaddressed, *sorted(pairs, key=str)], True)
    for position, pattern in enumerate(table.patterns):
        for at, segment in enumerate(pattern.shape):
            if segment is None and at > 0 and pattern.shape[at - 1] is not None:
                if pattern.shape[:at] in halves:
                    continue
                bases[pattern.shape[:at]] = bases.get(pattern.shape[:at], False) or bool(by_route[position])
    live = [base for base, succeeded in bases.items() if succeeded]
    by_word: dict[str, list[Base]] = defaultdict(list)
    for base in live:
        by_word[word_of(base)].append(base)
    names: dict[Base, str] = {}
    for word, same in sorted(by_word.items()):
        flat = [base for base in same if None not in base]
        for base in sorted(same, key=str):
            lone = len(flat) == 1 and base[-2:-1] in ((None,), ())
            alone = len(same) == 1 or lone or base in flat[:1]
            names[base] = word if alone else "_".join(str(each) for each in base if each is not None)
    return names


def is_pair(base: Base) -> bool:
    """Whether what has the base is addressed by two parameters, one behind the other."""
    return base[-1:] == (None,)


def word_of(base: Base) -> str:
    """Return the last literal of a base, or a word for collections that none names."""
    return next((segment for segment in reversed(base) if segment is not None), "entities")


def lists_in(document: Found, at: Path = ()) -> Iterable[tuple[Path, list[JsonValue]]]:
    if isinstance(document, list):
        yield at, document
    elif isinstance(document, dict) and len(at) < LIST_DEPTH:
        for key, member in document.items():
            yield from lists_in(member, (*at, key))
