"""What a field that only reads gives: an entity, a list of them, a value, or an object that holds such."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path
from wraith.runtime import compile_expr
from wraith.synth._answers.induce import induce
from wraith.synth._evidence.rows import equal
from wraith.synth._graphql.documents import Object, Value, plain
from wraith.synth._graphql.folding import Folded
from wraith.synth._graphql.folding import Given as Asked
from wraith.synth._graphql.lists import Vocabulary, alike, cases_of, learn_query
from wraith.synth._graphql.types import Class, Types
from wraith.synth._graphql.words import stem
from wraith.synth._guards.context import Context
from wraith.synth._routes.sampling import thinned
from wraith.wir import Call, Expr, Hole, HoleClass, Literal, Lookup, Query, Ref, Where

SAMPLE = 200
"""Rows of one field that hypotheses are judged on."""


@dataclass(slots=True)
class Made:
    """A template with its holes, and what in it nothing explains."""

    template: JsonValue = None
    holes: dict[str, Hole] = field(default_factory=dict)
    unexplained: list[str] = field(default_factory=list)

    def hole(self, kind: HoleClass, type_name: str, source: Expr) -> str:
        """Add a hole; return what stands for it in a template."""
        name = f"hole_{len(self.holes) + 1}"
        self.holes[name] = Hole(hole_class=kind, type=type_name, source=source)
        return f"${name}"

    def take(self, template: JsonValue, holes: dict[str, Hole]) -> JsonValue:
        """Take over a template that was learned by itself, its holes under new names."""
        names = {
            f"${name}": self.hole(each.hole_class, each.type, each.source) for name, each in holes.items()
        }
        return _renamed(template, names)


def _renamed(template: JsonValue, names: dict[str, str]) -> JsonValue:
    if isinstance(template, str):
        return names.get(template, template)
    if isinstance(template, list):
        return [_renamed(each, names) for each in template]
    if isinstance(template, dict):
        return {key: _renamed(each, names) for key, each in template.items()}
    return template


class Reader:
    """Learns fields that read, with what all fields of a service share."""

    def __init__(self, types: Types, vocabulary: Vocabulary) -> None:
        self._types = types
        self._vocabulary = vocabulary

    def learn(self, name: str, rows: Sequence[Asked], of: Class | None, owner: Class | None) -> Made | None:
        """Return what a field gives, None where nothing says it. ``of`` is the class it leads to, ``owner``
        the one that it belongs to."""
        answered = [row for row in rows if row.error is None and row.value is not MISSING]
        chosen = thinned(answered, SAMPLE)
        if not chosen:
            return None
        made = Made()
        values = [row.value for row in chosen]
        made.template = self._value(made, name, chosen, values, of, owner, ())
        return made

    def _value(
        self,
        made: Made,
        name: str,
        rows: Sequence[Asked],
        values: Sequence[Value],
        of: Class | None,
        owner: Class | None,
        at: Path,
    ) -> JsonValue:
        if of is not None and of.key is not None:
            found = (
                self._many(rows, values, of, owner) if _lists(values) else self.one(rows, values, of, owner)
            )
            if found is None:
                made.unexplained.append(".".join(map(str, at)) or name)
                return None
            return made.hole("state", "array" if _lists(values) else "object", found)
        if of is not None and of.wrapper and not _lists(values):
            return self._wrapper(made, name, rows, values, of, owner, at)
        return self._plain(made, name, rows, values, owner, at)

    def _wrapper(
        self,
        made: Made,
        name: str,
        rows: Sequence[Asked],
        values: Sequence[Value],
        of: Class,
        owner: Class | None,
        at: Path,
    ) -> JsonValue:
        """Return the template of an object that holds others, member by member."""
        done: dict[str, JsonValue] = {}
        for member in of.fields:
            pairs = [
                (row, sight.value)
                for row, value in zip(rows, values, strict=True)
                if isinstance(value, Object)
                for sight in value.sights
                if sight.name == member
            ]
            if pairs:
                below = self._types.below(of, member)
                some, parts = [row for row, _ in pairs], [part for _, part in pairs]
                done[member] = self._value(made, name, some, parts, below, owner, (*at, member))
        return done

    # --- one entity ---

    def one(
        self, rows: Sequence[Asked], values: Sequence[Value], of: Class, owner: Class | None
    ) -> Expr | None:
        """Return the expression for an entity: under a key, or the first that has a value."""
        best: tuple[int, int, Expr] | None = None
        for number, source in enumerate(_sources(rows, owner)):
            options: list[Expr] = [Lookup(of.name, source)]
            if not (owner is None and number > 8):
                where = [(name,) for name in of.kept() if name != of.key]
                options += [
                    Call("element", (Query(of.name, (Where(path, "equals", source, False),)), Literal(0)))
                    for path in where
                ]
            for option in options:
                score = self._hits(option, source, rows, values, of)
                if score is not None and (best is None or score > best[0]):
                    best = score, number, option
        if best is not None:
            return best[2]
        return self._always(values, of) if owner is None else None

    def _hits(
        self, option: Expr, source: Expr, rows: Sequence[Asked], values: Sequence[Value], of: Class
    ) -> int | None:
        """Return how many rows an expression explains, None where it is wrong more often than is
        tolerated."""
        compute, told = compile_expr(option), compile_expr(source)
        hits = wrong = 0
        for row, value in zip(rows, values, strict=True):
            made = compute(row.env)
            if told(row.env) is MISSING:
                continue  # what the entity would have been found by is not known
            if not isinstance(value, Object):
                hits += made is MISSING
                wrong += made is not MISSING
            elif alike(made, self._types.key(value, of), self._types.document(value, of), of):
                hits += 1
            else:
                wrong += 1
        found = any(isinstance(value, Object) for value in values)
        return hits if found and wrong * 5 <= len(rows) and hits else None

    def _always(self, values: Sequence[Value], of: Class) -> Expr | None:
        keys = {self._types.key(value, of) for value in values if isinstance(value, Object)} - {None}
        return Lookup(of.name, Literal(keys.pop())) if len(keys) == 1 else None

    # --- lists ---

    def _many(
        self, rows: Sequence[Asked], values: Sequence[Value], of: Class, owner: Class | None
    ) -> Expr | None:
        cases = cases_of(rows, values, of, self._types)
        paths = {path for case in cases for path in case.given}
        conditions = self._vocabulary.conditions(paths, of)
        if owner is None:
            found = learn_query(cases, of, conditions)
            return found[0] if found is not None else None
        best: tuple[Query, int] | None = None
        source = Ref(("entity", owner.key)) if owner.key is not None else None
        for name in of.kept():
            if source is not None and name != of.key:
                relation = Where((name,), "equals", source, False)
                made = learn_query(cases, of, conditions, (relation,))
                if made is not None and (best is None or made[1] > best[1]):
                    best = made
        return best[0] if best is not None else None

    # --- values ---

    def _plain(
        self,
        made: Made,
        name: str,
        rows: Sequence[Asked],
        values: Sequence[Value],
        owner: Class | None,
        at: Path,
    ) -> JsonValue:
        columns = [plain(value) for value in values]
        counted = self._count(name, rows, columns, owner)
        if counted is not None:
            return made.hole("derived", "integer", counted)
        found = induce([row.row for row in rows], columns, Context())
        made.unexplained += [".".join(map(str, at)) or name for _ in found.unexplained]
        return made.take(found.template, found.holes)

    def _count(
        self, name: str, rows: Sequence[Asked], columns: Sequence[Found], owner: Class | None
    ) -> Expr | None:
        """Return the number of the entities that the arguments choose, where the values are such numbers."""
        if not all(isinstance(value, int) and not isinstance(value, bool) for value in columns):
            return None
        paths = {path for row in rows for path, each in row.leaves if path and each is not None}
        best: tuple[int, bool, Expr] | None = None
        for of in self._types.classes:
            if of.key is None:
                continue
            relations: list[tuple[Where, ...]] = [()]
            if owner is not None and owner.key is not None:
                source = Ref(("entity", owner.key))
                relations = [
                    (Where((each,), "equals", source, False),) for each in of.kept() if each != of.key
                ]
            for relation in relations:
                chosen = (*relation, *(each.where() for each in self._vocabulary.conditions(paths, of)))
                option = Call("count", (Query(of.name, chosen),))
                compute = compile_expr(option)
                hits = sum(equal(compute(row.env), value) for row, value in zip(rows, columns, strict=True))
                named = stem(of.name) in f"{name} {stem(name)}".lower()
                if hits * 5 >= len(rows) * 3 and (best is None or (hits, named) > best[:2]):
                    best = hits, named, option
        enough = best is not None and (best[1] or len({repr(value) for value in columns}) > 2)
        return best[2] if best is not None and enough else None


def find_references(types: Types, folded: Folded) -> bool:
    """Note the fields that lead to an entity which no plain field of theirs tells; return whether there are
    any."""
    reader, found = Reader(types, Vocabulary()), False
    classes = {each.name: each for each in types.classes}
    for (owner, name), rows in sorted(folded.reads.items()):
        of = types.below(classes[owner], name) if owner in classes else None
        known = classes[owner].fields[name] if of is not None else None
        if of is None or known is None or of.key is None or known.listed or known.asked:
            continue
        chosen = thinned([row for row in rows if row.value is not MISSING], SAMPLE)
        if reader.one(chosen, [row.value for row in chosen], of, classes[owner]) is None:
            known.refers = found = True
    return found


def _lists(values: Iterable[Value]) -> bool:
    return any(isinstance(value, list) for value in values)


def _sources(rows: Sequence[Asked], owner: Class | None) -> list[Expr]:
    """Return where the key of an entity may stand: in the arguments, or in the entity that refers to it."""
    found: dict[Path, None] = {}
    for row in rows:
        for path, _ in row.leaves:
            if path:
                found.setdefault(("request", "body", *path))
    if owner is not None:
        for name in owner.kept():
            found.setdefault(("entity", name))
    return [Ref(path) for path in found]
