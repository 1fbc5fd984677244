"""Entities made or listed at another address than they are read at: ``POST /user/repos`` makes what
``GET /repos/{owner}/{name}`` answers.

Two routes speak of one collection where what the one answered is the key that the other is then asked for,
and where both show the same members.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from wraith.paths import Found, Path, get
from wraith.runtime import text_of
from wraith.synth._exchanges.seen import Seen
from wraith.synth._roles.bases import lists_in
from wraith.synth._roles.roles import Collection, Role, listing_of, object_paths_with
from wraith.synth._routes.routes import RoutePattern
from wraith.wir import Literal

ENOUGH = 2
"""Entities that must have gone from the one address to the other: one may be a coincidence."""

ALIKE = 0.5
"""The share of members that two representations of one entity have in common at least: one may be longer."""


def at_their_address(
    patterns: Sequence[RoutePattern], roles: Sequence[Role], exchanges: Iterable[Seen]
) -> list[Role]:
    """Return the roles, where those that create or list at another address share the collection of the
    items."""
    done = list(roles)
    read = {role.collection.name for role in roles if role.addressed and role.key and role.collection}
    items: dict[str, Collection] = {}
    members: dict[str, set[str]] = defaultdict(set)
    asked: dict[str, set[tuple[int, str]]] = defaultdict(set)
    made: dict[tuple[int, str], int] = {}
    answers: dict[int, list[Seen]] = defaultdict(list)
    for seen in exchanges:
        if seen.route < 0 or not seen.ok:
            continue
        role = roles[seen.route]
        answers[seen.route].append(seen)
        if role.op == "create" and (own := role.response_key(seen.document, seen.parameters)) is not None:
            made.setdefault((seen.session, own), seen.index)
        if role.collection is None or role.key is None or not patterns[seen.route].names:
            continue
        if role.collection.composite or role.op == "action" or role.collection.name not in read:
            continue
        name = role.collection.name
        items[name] = role.collection
        if (key := role.request_key(seen)) is not None:
            asked[name].add((seen.session, key))
        if role.envelope is not None and isinstance(shown := get(seen.document, role.envelope), dict):
            members[name].update(shown)
    for number, role in enumerate(roles):
        lost = role.collection is None or role.collection.name not in read
        if not lost or role.views or not isinstance(role.key, Literal | None) or role.op not in _PERHAPS:
            continue
        for name, collection in sorted(items.items()):
            if patterns[number].method in ("GET", "HEAD"):
                found = _listing(answers[number], collection, asked[name], members[name])
            else:
                found = _asking(answers[number], collection, asked[name], members[name], made) or _creation(
                    answers[number], collection, asked[name], members[name]
                )
            if found is not None:
                done[number] = replace(found, parents=role.parents, addressed=role.addressed)
                break
    return done


_PERHAPS = ("create", "list", "none", "read", "update")
"""What a route may be taken for that lists or makes what is addressed elsewhere."""


def _asking(
    answers: Sequence[Seen],
    collection: Collection,
    asked: set[tuple[int, str]],
    members: set[str],
    made: Mapping[tuple[int, str], int],
) -> Role | None:
    """Return the role of a request that asks for a list in its body: it shows nothing that it makes."""
    role = _listing(answers, collection, asked, members)
    if role is None or role.listing is None:
        return None
    for seen in answers:
        items = get(seen.document, role.listing)
        for item in items if isinstance(items, list) else ():
            key = text_of(get(item, collection.key)) or ""
            if made.get((seen.session, key), 0 if (seen.session, key) in asked else seen.index) >= seen.index:
                return None
    return role


def _creation(
    answers: Sequence[Seen], collection: Collection, asked: set[tuple[int, str]], members: set[str]
) -> Role | None:
    hits: Counter[Path] = Counter()
    for seen in answers:
        for path in object_paths_with(seen.document, collection.key):
            shown = get(seen.document, path)
            if (seen.session, text_of(get(shown, collection.key)) or "") in asked and _alike(shown, members):
                hits[path] += 1
    if not hits:
        return None
    path, count = min(hits.items(), key=lambda each: (-each[1], len(each[0]), str(each[0])))
    return Role("create", collection, path) if count >= ENOUGH and count * 2 >= len(answers) else None


def _listing(
    answers: Sequence[Seen], collection: Collection, asked: set[tuple[int, str]], members: set[str]
) -> Role | None:
    listing = listing_of([seen.document for seen in answers], collection)
    if listing is None:
        return None
    shown = [
        (seen.session, text_of(get(item, collection.key)) or "", item)
        for seen in answers
        for path, some in lists_in(seen.document)
        if path == listing
        for item in some
    ]
    met = {key for session, key, item in shown if (session, key) in asked and _alike(item, members)}
    alike = all(_alike(item, members) for _, _, item in shown)
    return Role("list", collection, None, listing) if len(met) >= ENOUGH and alike else None


def _alike(shown: Found, members: set[str]) -> bool:
    if not isinstance(shown, Mapping) or not members:
        return False
    shared = len(members & shown.keys())
    return shared >= ALIKE * min(len(members), len(shown)) and shared > 1
