"""Replay with the true answers: for each field that was asked for, what it could see and what it gave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, get
from wraith.runtime import Environment, Ids, State, text_of
from wraith.synth._evidence.rows import Row
from wraith.synth._exchanges.seen import Seen
from wraith.synth._graphql.documents import ROOTS, Call, Object, Value, below, leaves_of
from wraith.synth._graphql.errors import is_of_the_schema
from wraith.synth._graphql.holders import HOLDER, HOLDERS, Grant, asking
from wraith.synth._graphql.subjects import Subject, key_of, shown_of
from wraith.synth._graphql.types import Class, Types
from wraith.synth._graphql.worlds import Subjects
from wraith.synth._world.observe import Captured, Observation

MAX_ROWS = 600
"""Rows of one field that are kept; lists of many objects give more than a search looks at."""

Site = tuple[str, str]
"""``query`` or ``mutation`` and the name of a field; or a class and the name of a field of it."""


@dataclass(slots=True)
class Given:
    """One field that was asked for: what it could see (``row``), and what it gave."""

    row: Row
    value: Value
    known: dict[str, JsonValue] = field(default_factory=dict)
    """Of a mutation: the fields of its entity afterwards, from its answer or a later one."""
    key: str | None = None
    error: JsonValue = None

    @property
    def leaves(self) -> list[tuple[Path, JsonValue]]:
        """The values in the arguments, by their path; a list is one value."""
        body = self.row.env.body
        return [each for each in leaves_of(body) if each[0]] if body is not MISSING else []

    @property
    def env(self) -> Environment:
        return self.row.env


@dataclass(slots=True)
class Folded:
    """The rows of each field, and what the sessions said about removals."""

    reads: dict[Site, list[Given]] = field(default_factory=lambda: defaultdict(list))
    writes: dict[str, list[Given]] = field(default_factory=lambda: defaultdict(list))
    kept: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    removed: dict[str, int] = field(default_factory=lambda: defaultdict(int))


Program = Callable[[str, Environment], Found]
"""What the mutations learned so far make: the entity after the field of that name, for what it can see."""


class _State(State):
    """A state that hands out copies of its collections, made anew only where something changed."""

    __slots__ = ("_copies",)

    def __init__(self, fixtures: Mapping[str, Mapping[str, JsonValue]]) -> None:
        self._copies: dict[str, dict[str, JsonValue]] = {}
        super().__init__({name: items.items() for name, items in fixtures.items()})

    def put(self, entity: str, key: str, value: JsonValue) -> None:
        self._copies.pop(entity, None)
        super().put(entity, key, value)

    def delete(self, entity: str, key: str) -> None:
        self._copies.pop(entity, None)
        super().delete(entity, key)

    def copies(self) -> dict[str, dict[str, JsonValue]]:
        """Return the collections as they are now; nobody changes a copy."""
        for name, items in self.entities.items():
            if name not in self._copies:
                self._copies[name] = dict(items)
        return dict(self._copies)


class Folder:
    """Folds the sessions of a corpus, in the order of time."""

    def __init__(
        self,
        types: Types,
        subjects: Subjects,
        fixtures: Mapping[str, Mapping[str, JsonValue]],
        *,
        removals: Mapping[str, bool] | None = None,
        program: Program | None = None,
        finders: Mapping[str, Callable[[Environment], Found]] | None = None,
        grants: Mapping[str, Grant] | None = None,
    ) -> None:
        self._types = types
        self._subjects = subjects
        self._fixtures = fixtures
        self._removals = removals
        self._program = program
        self._finders = finders or {}
        self._grants = grants or {}
        self._state = _State(fixtures)
        self._pending: dict[tuple[str, str], Given] = {}
        self._last: dict[tuple[str, str], str] = {}
        """The mutation that wrote an entity last, until a later answer says what became of it."""
        self._found = Folded()

    def fold(self, sessions: Sequence[Sequence[Call]], run_of: Sequence[int]) -> Folded:
        """Return the rows of all sessions."""
        run = -1
        for session, own in zip(sessions, run_of, strict=True):
            if own != run:
                run, self._state = own, _State(self._fixtures)
                self._pending, self._last = {}, {}
            for call in session:
                if call.kind == "mutation":
                    self._write(call)
                else:
                    self._read(call)
        return self._found

    # --- reading ---

    def _read(self, call: Call) -> None:
        self._identify(call)
        self._learn(call, None)
        self._vote(call)
        rows = self._found.reads["query", call.name]
        if len(rows) < MAX_ROWS:
            self._keep(rows, call, call.arguments, call.value)
        self._nested(
            call, call.value, self._types.at.get((ROOTS[call.kind], call.name)), self._asked_key(call)
        )

    def _identify(self, call: Call) -> None:
        """Let what the arguments name tell the key of an entity that is shown without it."""
        of = self._types.at.get((ROOTS[call.kind], call.name))
        find = self._finders.get(call.name)
        if find is not None and of is not None and isinstance(call.value, Object):
            found = find(self._row(call, call.arguments, MISSING).env)
            if self._types.key(call.value, of) is None and isinstance(found, dict):
                call.value.key = text_of(found.get(of.key or "", MISSING))

    def _asked_key(self, call: Call) -> str | None:
        subject = self._subjects.get((call.kind, call.name))
        if subject is None or subject.key is None or subject.at:
            return None
        return text_of(get(call.arguments, subject.key))

    def _learn(self, call: Call, written: tuple[str, str] | None) -> None:
        """Let the state take over what a call shows."""
        for of, key, value in shown_of(call, self._subjects, self._types):
            if key is None:
                continue
            document = self._types.document(value, of)
            place = (of.name, key)
            if place != written:
                self._told(place, document)
            stored = self._state.get(*place)
            known = stored if isinstance(stored, dict) else {}
            if any(name not in known or known[name] != part for name, part in document.items()) or not known:
                self._state.put(*place, {**known, **document})

    def _told(self, place: tuple[str, str], document: dict[str, JsonValue]) -> None:
        """A later answer completes what is known of the last write."""
        if place in self._pending:
            for name, part in document.items():
                self._pending[place].known.setdefault(name, part)
        if place in self._last:
            self._found.kept[self._last.pop(place)] += 1

    def _vote(self, call: Call) -> None:
        """What is asked for and not there any more was removed by what was told to."""
        subject = self._subjects.get((call.kind, call.name))
        if subject is not None and subject.key is not None and call.value is None and call.error is None:
            place = (subject.of.name, text_of(get(call.arguments, subject.key)) or "")
            last = self._last.pop(place, None)
            if last is not None:
                self._found.removed[last] += 1
                self._state.delete(*place)

    def _nested(self, call: Call, value: Value, of: Class | None, asked: str | None = None) -> None:
        if isinstance(value, list):
            for each in value:
                self._nested(call, each, of)
        elif isinstance(value, Object) and (of := self._types.concrete(of, value)) is not None:
            document: dict[str, JsonValue] = {}
            if of.key is not None:
                stored = self._state.get(of.name, self._types.key(value, of) or asked or "")
                document = {**(stored if isinstance(stored, dict) else {}), **self._types.document(value, of)}
            for sight in value.sights:
                lower = self._types.below(of, sight.name)
                told = sight.arguments or (lower and (lower.key or lower.wrapper))
                if of.key is not None and told and self._wants(of.name, sight.name):
                    rows = self._found.reads[of.name, sight.name]
                    self._keep(rows, call, sight.arguments, sight.value, document)
                self._nested(call, sight.value, lower)

    def _wants(self, owner: str, name: str) -> bool:
        return len(self._found.reads.get((owner, name), ())) < MAX_ROWS

    def _keep(
        self,
        rows: list[Given],
        call: Call,
        arguments: dict[str, JsonValue],
        value: Value,
        entity: Found = MISSING,
    ) -> Given:
        given = Given(self._row(call, arguments, entity), value, error=call.error)
        if len(rows) < MAX_ROWS and not is_of_the_schema(call.error):
            rows.append(given)
        return given

    def _row(self, call: Call, arguments: dict[str, JsonValue], entity: Found) -> Row:
        captured = Captured()
        captured.entities = self._state.copies()
        subject = self._subjects.get((call.kind, call.name))
        if subject is not None and call.kind == "mutation":
            captured.next_ever = self._state.next_key(subject.of.name, ever=True)
            captured.next_present = self._state.next_key(subject.of.name, ever=False)
        seen = call.seen
        status = seen.status if call.error is None else 400
        made = Seen(
            seen.session,
            seen.index,
            seen.at_ms,
            seen.duration_ms,
            seen.request,
            seen.segments,
            status,
            seen.headers,
            b"",
        )
        env = Environment(seen.request, {}, captured, Ids(""), seen.at_ms)
        env.take_body(arguments)
        env.entity = entity
        if entity is MISSING and subject is not None and not subject.makes:
            key = asking(env) if subject.asking else get(arguments, subject.key or ())
            env.entity = captured.get(subject.of.name, text_of(key) or "")
        return Row(Observation(made, env, captured))

    # --- writing ---

    def _write(self, call: Call) -> None:
        subject = self._subjects.get((call.kind, call.name))
        if subject is None:
            self._keep(self._found.writes[call.name], call, call.arguments, call.value)
        elif subject.bulk is not None:
            self._write_each(call, subject)
        else:
            value = below(call.value, subject.at) if subject.shown else call.value
            self._write_one(call, call.arguments, value, subject, key_of(call, subject, self._types))
        self._learn_beside(call, subject)
        grant = self._grants.get(call.name)
        told = grant.told(call, self._types) if grant is not None else None
        if told is not None:
            self._state.put(HOLDERS, told[0], {HOLDER: told[1]})
        made = next(iter(self._found.writes[call.name][-1:]), None)
        key = self._asked_key(call) or (made.key if made is not None else None)
        self._nested(call, call.value, self._types.at.get((ROOTS[call.kind], call.name)), key)

    def _write_each(self, call: Call, subject: Subject) -> None:
        values = below(call.value, subject.at)
        elements = call.arguments.get(subject.bulk or "")
        if isinstance(values, list) and isinstance(elements, list):
            for arguments, value in zip(elements, values, strict=False):
                if isinstance(arguments, dict) and isinstance(value, Object):
                    self._write_one(
                        call, arguments, value, subject, self._types.key(value, subject.of), value
                    )

    def _write_one(
        self,
        call: Call,
        arguments: dict[str, JsonValue],
        value: Value,
        subject: Subject,
        key: str | None,
        whole: Value = None,
    ) -> None:
        given = self._keep(
            self._found.writes[call.name], call, arguments, call.value if whole is None else whole
        )
        if value is None:
            self._vote(call)
        if call.error is not None or value is None:
            return
        of = subject.of
        if subject.refused(call.value):
            self._learn(call, None)
            return
        if subject.makes:  # what it makes may have a key that was given before
            self._last = {place: name for place, name in self._last.items() if place[0] != of.name}
        shown = self._types.document(value, of) if isinstance(value, Object) else {}
        before = given.env.entity
        after = self._after(call.name, given, subject, before)
        if key is None:
            key = text_of(after.get(of.key or "", MISSING))
        given.known, given.key = dict(shown), key
        if key is None:
            return
        place = (of.name, key)
        if not subject.makes:
            self._last[place] = call.name
        if self._is_removal(call.name, subject):
            self._state.delete(*place)
            self._pending.pop(place, None)
        else:
            self._state.put(*place, {**after, **shown})
            self._pending[place] = given

    def _is_removal(self, name: str, subject: Subject) -> bool:
        return subject.removes if self._removals is None else self._removals.get(name, subject.removes)

    def _after(self, name: str, given: Given, subject: Subject, before: Found) -> dict[str, JsonValue]:
        """Return the entity after a write, as far as it is known without the answer."""
        if self._program is not None:
            made = self._program(name, given.env)
            if isinstance(made, dict):
                return made
        done = dict(before) if isinstance(before, dict) else {}
        for path, value in given.leaves:
            if path and path[-1] in subject.of.fields and isinstance(path[-1], str):
                done[path[-1]] = self._types.stored(subject.of, path[-1], value)
        return done

    def _learn_beside(self, call: Call, subject: Subject | None) -> None:
        """Take over the entities that the answer to a write shows beside the one that it wrote."""
        written: set[str] = set()
        if subject is not None:
            value = below(call.value, subject.at)
            written = {
                key
                for each in (value if isinstance(value, list) else [value])
                if isinstance(each, Object) and (key := self._types.key(each, subject.of)) is not None
            }
        for of, key, shown in shown_of(call, self._subjects, self._types):
            if key is not None and not (subject is not None and of is subject.of and key in written):
                stored = self._state.get(of.name, key)
                known = stored if isinstance(stored, dict) else {}
                if known:
                    self._state.put(of.name, key, {**known, **self._types.document(shown, of)})
