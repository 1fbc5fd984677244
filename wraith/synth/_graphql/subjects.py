"""What each mutation is about: the class it makes or changes, and where its key comes from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, get
from wraith.runtime import text_of
from wraith.synth._graphql.documents import ROOTS, Call, Object, Value, below, leaves_of
from wraith.synth._graphql.holders import ASKING, Grant, bare
from wraith.synth._graphql.types import Class, Types
from wraith.synth._graphql.words import stem, words
from wraith.synth._shared.priors import CREATIONS, PRIOR_KEYS, REMOVALS
from wraith.wir import Expr, Ref


@dataclass(frozen=True, slots=True)
class Subject:
    """The entity that a field is about. ``at`` is where it stands below the field; ``key`` the argument that
    addresses it, None where the field makes a new one."""

    of: Class
    at: Path = ()
    shown: bool = True
    """Whether answers show it; what returns a word alone does not."""
    key: Path | None = None
    bulk: str | None = None
    """The argument whose elements it makes one each of."""
    removes: bool = False
    """As its name says."""
    asking: bool = False
    """It is about who asks, whatever the arguments say."""
    problems: frozenset[str] = frozenset()
    """The fields of its payload that say why nothing was done, empty where something was."""
    success: tuple[tuple[str, JsonValue], ...] = ()
    """The fields of its payload that say whether something was done, with what they say then."""

    @property
    def makes(self) -> bool:
        """Whether it makes an entity: nothing says which one is meant."""
        return self.key is None and not self.asking

    def addresses(self) -> Expr | None:
        """Return the expression for the key of the entity that it is about, None where it makes one."""
        if self.asking:
            return ASKING
        return Ref(("request", "body", *self.key)) if self.key is not None else None

    def refused(self, value: Value) -> bool:
        """Whether a payload says that nothing was done: it shows no entity, tells a problem, or says so."""
        if not isinstance(value, Object) or not (self.problems or self.success):
            return False
        said = {sight.name: sight.value for sight in value.sights}
        return (
            below(value, self.at) is None
            or any(said.get(name) for name in self.problems)
            or any(name in said and said[name] != expected for name, expected in self.success)
        )

    def told(self, value: Object) -> list[Value]:
        """Return what a payload has beside the entity."""
        return [sight.value for sight in value.sights if sight.name != self.at[0]]


def find_subjects(calls: Iterable[Call], types: Types) -> dict[tuple[str, str], Subject]:
    """Return the subject of each field of the root types that is about one entity, or makes some."""
    by_field: dict[tuple[str, str], list[Call]] = defaultdict(list)
    for call in calls:
        by_field[call.kind, call.name].append(call)
    found: dict[tuple[str, str], Subject] = {}
    for (kind, name), some in sorted(by_field.items()):
        subject = _subject(kind, name, some, types)
        if subject is not None:
            found[kind, name] = subject
    return found


def _subject(kind: str, name: str, calls: list[Call], types: Types) -> Subject | None:
    found = _shown(types.at.get((ROOTS[kind], name)), types)
    if found is None:
        return _silent(name, calls, types) if kind == "mutation" else None
    of, at = found
    values = [
        value for call in calls if (value := below(call.value, at)) is not MISSING and value is not None
    ]
    if any(isinstance(value, list) for value in values):
        bulk = _bulk(calls, at) if kind == "mutation" else None
        return Subject(of, at, bulk=bulk) if bulk is not None else None
    key = _key_argument(calls, of, at, types)
    verbs = words(name)
    makes = kind == "mutation" and bool(CREATIONS & set(verbs[:1]))
    if makes and key is not None and key[-1] != of.key and _counted(calls, key):
        key = None  # what it makes has a number that an argument happens to have as well
    removes = bool(REMOVALS & set(verbs))
    if kind != "mutation" or not at:
        return Subject(of, at, key=key, removes=removes)
    problems, success = _problems(calls, at, types), _success(calls, at)
    return Subject(of, at, key=key, removes=removes, problems=problems, success=success)


def _success(calls: list[Call], at: Path) -> tuple[tuple[str, JsonValue], ...]:
    """Return the words of payloads that go with what was done: a flag that no payload without an entity has,
    and what all that have it say besides."""
    rows: list[tuple[bool, dict[str, str | bool]]] = []
    for call in calls:
        entity = below(call.value, at)
        if isinstance(call.value, Object) and entity is not MISSING:
            said = {each.name: each.value for each in call.value.sights if isinstance(each.value, str | bool)}
            rows.append((entity is not None, said))
    names = sorted(
        {name for _, said in rows for name in said}, key=lambda name: (not _flag(rows, name), name)
    )
    found: list[tuple[str, JsonValue]] = []
    for name in names:
        refused = {said[name] for there, said in rows if not there and name in said}
        done: Counter[str | bool] = Counter(
            said[name] for there, said in rows if there and name in said and _fits(said, found)
        )
        usual = next((value for value, _ in done.most_common() if value not in refused), None)
        if refused and usual is not None and (_flag(rows, name) or done[usual] * 10 >= done.total() * 9):
            found.append((name, usual))
    return tuple(found)


def _flag(rows: list[tuple[bool, dict[str, str | bool]]], name: str) -> bool:
    return any(isinstance(said.get(name), bool) for _, said in rows)


def _fits(said: dict[str, str | bool], success: list[tuple[str, JsonValue]]) -> bool:
    return all(said.get(name, expected) == expected for name, expected in success)


def _counted(calls: list[Call], key: Path) -> bool:
    """Whether an argument is a number wherever it is given: such may be that of something else as well."""
    given = [text for call in calls if (text := text_of(get(call.arguments, key))) is not None]
    return all(text.isdigit() for text in given)


def _problems(calls: list[Call], at: Path, types: Types) -> frozenset[str]:
    """Return the fields beside the entity that are empty in some payloads and not in others, where they hold
    texts or objects that are no entities."""
    empty: set[str] = set()
    full: set[str] = set()
    for call in calls:
        top = types.at.get((ROOTS[call.kind], call.name))
        for sight in call.value.sights if isinstance(call.value, Object) else ():
            lower = types.below(top, sight.name) if top is not None else None
            if sight.name != at[0] and (lower is None or not (lower.key or lower.wrapper or lower.members)):
                if sight.value is None or sight.value == []:
                    empty.add(sight.name)
                elif isinstance(sight.value, Object | list):
                    full.add(sight.name)
    return frozenset(empty & full)


def _shown(top: Class | None, types: Types) -> tuple[Class, Path] | None:
    """Return the entity that a class is, or holds, and where: the first one of the shallowest."""
    level: list[tuple[Class, Path]] = [(top, ())] if top is not None else []
    seen: set[str] = set()
    while level:
        for of, at in level:
            if of.key is not None:
                return of, at
        seen.update(of.name for of, _ in level)
        level = [
            (next_, (*at, name))
            for of, at in level
            for name in of.fields
            if (next_ := types.below(of, name)) is not None and next_.name not in seen
        ]
    return None


def _silent(name: str, calls: list[Call], types: Types) -> Subject | None:
    """A mutation that answers no entity is about the class that it names, where an argument is its key."""
    about = stem(name)
    of = next((each for each in types.classes if each.key and stem(each.name) == about), None)
    if of is None:
        return None
    paths = Counter(path for call in calls for path, _ in leaves_of(call.arguments) if path)
    named = [path for path in paths if path[-1] == of.key] or [
        path for path in paths if path[-1] in PRIOR_KEYS
    ]
    key = min(named, key=lambda path: (len(path), path), default=None)
    return Subject(of, (), False, key, None, bool(REMOVALS & set(words(name))))


def _bulk(calls: list[Call], at: Path) -> str | None:
    votes: Counter[str] = Counter()
    for call in calls:
        value = below(call.value, at)
        for name, given in call.arguments.items():
            fits = isinstance(given, list) and isinstance(value, list) and len(given) == len(value) > 0
            if fits and isinstance(given, list) and all(isinstance(each, dict) for each in given):
                votes[name] += 1
    return votes.most_common(1)[0][0] if votes else None


def _key_argument(calls: list[Call], of: Class, at: Path, types: Types) -> Path | None:
    """Return the argument that always is the key of what is answered."""
    hits: Counter[Path] = Counter()
    asked = 0
    for call in calls:
        value = below(call.value, at)
        if not isinstance(value, Object) or (key := types.key(value, of)) is None:
            continue
        asked += 1
        hits.update({path for path, given in leaves_of(call.arguments) if path and text_of(given) == key})
    if not hits:
        return _only_argument(calls, of) if not asked else None
    best = min(hits, key=lambda path: (-hits[path], path[-1] != of.key, len(path), path))
    return best if hits[best] * 10 >= asked * 9 else None


def _only_argument(calls: list[Call], of: Class) -> Path | None:
    """Where no answer shows a key: the argument that is named as keys are."""
    paths = {path for call in calls for path, _ in leaves_of(call.arguments) if path}
    return next((path for path in sorted(paths) if path[-1] == of.key), None)


def key_of(call: Call, subject: Subject, types: Types) -> str | None:
    """Return the key of what a call is about, from its answer or its arguments."""
    value = below(call.value, subject.at) if subject.shown else MISSING
    own = types.key(value, subject.of) if isinstance(value, Object) else None
    if own is not None or subject.key is None:
        return own
    return text_of(get(call.arguments, subject.key))


def entities(
    value: Value, of: Class | None, types: Types, key: str | None = None
) -> Iterator[tuple[Class, str | None, Object]]:
    """Yield the entities that an answer shows, outermost first, with their class and key. ``key`` is that of
    the object itself, where something else told it."""
    if isinstance(value, list):
        for each in value:
            yield from entities(each, of, types)
    elif isinstance(value, Object) and (of := types.concrete(of, value)) is not None:
        if of.key is not None:
            yield of, types.key(value, of) or key, value
        for sight in value.sights:
            yield from entities(sight.value, types.below(of, sight.name), types)


def shown_of(
    call: Call, subjects: Mapping[tuple[str, str], Subject], types: Types
) -> Iterator[tuple[Class, str | None, Object]]:
    """Yield the entities that a call shows."""
    subject = subjects.get((call.kind, call.name))
    key: Found = MISSING
    if subject is not None and subject.key is not None and not subject.at:
        key = get(call.arguments, subject.key)
    yield from entities(call.value, types.at.get((ROOTS[call.kind], call.name)), types, text_of(key))


def about_who_asks(
    sessions: Sequence[Sequence[Call]],
    subjects: Mapping[tuple[str, str], Subject],
    grants: Mapping[str, Grant],
    types: Types,
) -> set[tuple[str, str]]:
    """Return the mutations that no argument addresses, and that always answer the entity whose credential the
    request carries."""
    holds: Counter[tuple[str, str]] = Counter()
    others: set[tuple[str, str]] = set()
    for session in sessions:
        held: dict[str, str] = {}
        for call in session:
            subject = subjects.get((call.kind, call.name))
            value = below(call.value, subject.at) if subject is not None else None
            if (
                call.kind == "mutation"
                and subject is not None
                and subject.makes
                and isinstance(value, Object)
            ):
                key = types.key(value, subject.of)
                own = held.get(bare(call)) if key is not None else None
                if own is not None and own == key:
                    holds[call.kind, call.name] += 1
                else:
                    others.add((call.kind, call.name))
            told = grants[call.name].told(call, types) if call.name in grants else None
            if told is not None:
                held[told[0]] = told[1]
    return {site for site, count in holds.items() if count > 1 and site not in others}
