"""What elements of bulk writes address: ``{"update": {"_id": "b1"}}`` is about what ``GET /books/b1`` reads.

An element speaks of an entity where a member that is called as keys are holds, again and again, what the
paths of the collection's own routes hold. What an element makes under a key of the service is found as for
any other write.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from wraith.paths import Found, Path, get, leaves
from wraith.runtime import MARK, text_of
from wraith.synth._exchanges.elements import unwrapped
from wraith.synth._exchanges.seen import Seen
from wraith.synth._roles.roles import Collection, Role, envelope_of, key_expr
from wraith.synth._routes.routes import RoutePattern, singular
from wraith.synth._shared.priors import PRIOR_KEYS, REMOVALS
from wraith.wir import Expr, Literal, Ref, StateOp, Text

ENOUGH = 2
"""Keys that must have been met in paths as well: one may be a coincidence."""

DEPTH = 2
"""How deep in an element its key stands."""

ALIKE = 0.5
"""The share of members that a result has in common with a representation, where it is one."""


def with_elements(
    patterns: Sequence[RoutePattern], roles: Sequence[Role], exchanges: Sequence[Seen]
) -> list[Role]:
    """Return the roles, with those of the elements of bulk writes that address entities. What a bulk write
    does, its elements do."""
    done = list(roles)
    answers: dict[int, list[Seen]] = defaultdict(list)
    for seen in exchanges:
        if seen.route >= 0 and seen.ok:
            answers[seen.route].append(seen)
    inside = [number for number, some in answers.items() if all(seen.part for seen in some)]
    if not inside:
        return done
    known = _known(roles, exchanges, patterns)
    for number, some in answers.items():
        if all(seen.many is not None for seen in some):
            done[number] = Role("none")
    for number in sorted(inside):
        found = _addressing(patterns[number], answers[number], known)
        if found is not None:
            done[number] = replace(found, addressed=roles[number].addressed, parents=roles[number].parents)
    return done


class _Known:
    """A collection, the keys that paths asked for, by session, and the members that its entities show."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self.parents = 0
        self.asked: set[tuple[int, str]] = set()
        self.members: set[str] = set()


def _known(
    roles: Sequence[Role], exchanges: Sequence[Seen], patterns: Sequence[RoutePattern]
) -> Mapping[str, _Known]:
    found: dict[str, _Known] = {}
    for seen in exchanges:
        role = roles[seen.route] if seen.route >= 0 and not seen.part else Role("none")
        names = patterns[seen.route].names if seen.route >= 0 else ()
        if role.collection is None or role.op not in ("read", "update", "delete") or not names:
            continue
        if role.key is None or isinstance(role.key, Literal):
            continue
        known = found.setdefault(role.collection.name, _Known(role.collection))
        known.parents = len(names) - 1
        known.asked.add((seen.session, seen.parameters[names[-1]]))
        shown = get(seen.document, role.envelope) if role.envelope is not None and seen.ok else None
        known.members.update(shown if isinstance(shown, dict) else ())
    return found


def _addressing(pattern: RoutePattern, answers: Sequence[Seen], known: Mapping[str, _Known]) -> Role | None:
    hits: Counter[tuple[str, Path]] = Counter()
    for seen in answers:
        for path, text in _keys_in(seen.sent):
            for name, each in known.items():
                if (seen.session, text) in each.asked and _is_key_of(path, each.collection):
                    hits[name, path] += 1
    for (name, path), count in sorted(hits.items(), key=lambda each: (-each[1], repr(each[0]))):
        each = known[name]
        whole = len(pattern.names) == each.parents or not each.collection.composite
        if count >= ENOUGH and whole and not any(_has_other_key(seen, path) for seen in answers):
            return _role(pattern, answers, each, path)
    return None


def _keys_in(element: Found) -> list[tuple[Path, str]]:
    found: list[tuple[Path, str]] = []
    for path, value in leaves(element) if isinstance(element, dict) else ():
        text = text_of(value)
        if len(path) <= DEPTH and text and not isinstance(value, bool):
            found.append((path, text))
    return found


def _is_key_of(path: Path, collection: Collection) -> bool:
    """Whether a member is called as keys of the collection are."""
    name, noun = str(path[-1]), singular(collection.name)
    return name in (*collection.key[-1:], *PRIOR_KEYS) or name in (f"{noun}_id", f"{noun}Id")


def _has_other_key(seen: Seen, path: Path) -> bool:
    """Whether a result tells a key that is not the one in its element: then that is made, and refers."""
    result = unwrapped(seen.document) if isinstance(seen.document, dict) else {}
    own = next((text_of(result[name]) for name in (path[-1], *PRIOR_KEYS) if name in result), None)
    return own is not None and own != text_of(get(seen.sent, path))


def _role(pattern: RoutePattern, answers: Sequence[Seen], each: _Known, path: Path) -> Role:
    collection = each.collection
    key: Expr = Ref(("request", "body", *path))
    if collection.composite and pattern.names:
        key = Text((key_expr(pattern.names, replace(collection, composite=True)), Literal("/"), key))
    rows = [(text, seen.document) for seen in answers if (text := text_of(get(seen.sent, path))) is not None]
    envelope = envelope_of(collection, rows)
    if envelope is not None and not all(_is_alike(get(shown, envelope), each.members) for _, shown in rows):
        envelope = None
    return Role(_op(pattern), collection, envelope, None, key)


def _is_alike(shown: Found, members: set[str]) -> bool:
    return isinstance(shown, dict) and len(shown.keys() & members) >= max(2, ALIKE * len(members))


def _op(pattern: RoutePattern) -> StateOp:
    action = str(pattern.shape[-1]).removeprefix(MARK).lower()
    return "delete" if pattern.method == "DELETE" or action in REMOVALS else "update"
