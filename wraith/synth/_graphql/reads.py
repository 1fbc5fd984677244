"""What a field that only reads gives: an entity, a list of them, a value, or an object that holds such."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path
from wraith.runtime import compile_expr
from wraith.synth._answers.induce import induce
from wraith.synth._evidence.rows import equal
from wraith.synth._graphql.connections import Cursor, Listing, connect
from wraith.synth._graphql.documents import Object, Value, plain
from wraith.synth._graphql.finders import conditions, first_of, sources_of
from wraith.synth._graphql.folding import Folded
from wraith.synth._graphql.folding import Given as Asked
from wraith.synth._graphql.lists import Behind, Vocabulary, alike, cases_of, learn_query, searches
from wraith.synth._graphql.made import Made
from wraith.synth._graphql.types import Class, Types
from wraith.synth._graphql.words import stem
from wraith.synth._guards.context import Context
from wraith.synth._routes.sampling import thinned
from wraith.wir import Call, Exists, Expr, First, Literal, Lookup, Query, Ref, Where

FOUND = 1.0
"""What it costs in bits to ask whether there is the entity that was asked for."""

MAX_ASKED = 9
"""Arguments of which each alone may find an entity."""

SAMPLE = 200
"""Rows of one field that hypotheses are judged on."""


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
            if not _lists(values):
                made.questions.append((FOUND, Exists(found)))
            return made.hole("state", "array" if _lists(values) else "object", found)
        if of is not None and of.members:
            found = self._any(rows, values, of, owner)
            if found is None:
                made.unexplained.append(".".join(map(str, at)) or name)
                return None
            if not _lists(values):
                made.questions.append((FOUND, Exists(found)))
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
        done = connect(made, rows, values, of, self._types, self._listing(owner))
        for member in [each for each in of.fields if each not in done]:
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
        options = list(self._options(rows, values, of, owner))
        for number, (option, source) in enumerate(options):
            score = self._hits(option, source, rows, values, of)
            if score is not None and (best is None or score > best[0]):
                best = score, number, option
        if best is not None:
            return best[2]
        return self._always(values, of) if owner is None else None

    def _options(
        self, rows: Sequence[Asked], values: Sequence[Value], of: Class, owner: Class | None
    ) -> Iterator[tuple[Expr, Expr]]:
        """Yield what may find an entity, with what it is found by, the likeliest first: its key, all that
        arguments say of it, one field. What an owner says besides may be chance: it comes last."""
        sources = sources_of(rows, owner)
        for source in sources:
            yield Lookup(of.name, source), source
        documents = [self._document(row, value, of) for row, value in zip(rows, values, strict=True)]
        several = conditions(rows, documents, of, owner, self._types)
        together = [(first_of(of, several), several[0].value)] if several else []
        if owner is None:
            yield from together
        for source in sources[: MAX_ASKED if owner is None else None]:
            for name in of.kept():
                if name != of.key:
                    yield first_of(of, (Where((name,), "equals", source, False),)), source
        if owner is not None:
            yield from together

    def _document(self, row: Asked, value: Value, of: Class) -> Found:
        """Return what is known of an entity that was shown, MISSING where none was."""
        if not isinstance(value, Object):
            return MISSING
        shown = self._types.document(value, of)
        key = self._types.key(value, of)
        stored = row.env.state.get(of.name, key) if key is not None else MISSING
        return {**stored, **shown} if isinstance(stored, dict) else shown

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

    # --- entities of several classes ---

    def _any(
        self, rows: Sequence[Asked], values: Sequence[Value], of: Class, owner: Class | None
    ) -> Expr | None:
        """Return the expression for an entity of one of several classes, or for a list of such."""
        if _lists(values):
            parts = [self._part(rows, values, of, each) for each in self._in_order(values, of)]
            known = [each for each in parts if each is not None]
            return Call("concat", tuple(known)) if known else None
        keyed = [each for each in of.members if each.key is not None]
        best: tuple[int, Expr] | None = None
        for source in sources_of(rows, owner):
            option = First(tuple(Lookup(each.name, source) for each in keyed))
            hits = sum(
                self._is(compile_expr(option)(row.env), value, of)
                for row, value in zip(rows, values, strict=True)
            )
            if hits * 5 >= len(rows) * 4 and (best is None or hits > best[0]):
                best = hits, option
        return best[1] if best is not None else None

    def _in_order(self, values: Sequence[Value], of: Class) -> list[Class]:
        """Return the classes of lists of several, in the order in which their entities follow each other."""
        before: Counter[str] = Counter()
        for value in values:
            shown = [each for each in value if isinstance(each, Object)] if isinstance(value, list) else []
            own = [known.name for each in shown if (known := self._types.concrete(of, each)) is not None]
            for rank, name in enumerate(dict.fromkeys(own)):
                before[name] += len(set(own)) - 1 - 2 * rank
        return sorted(of.members, key=lambda each: (-before[each.name], each.name))

    def _is(self, made: Found, value: Value, of: Class) -> bool:
        if not isinstance(value, Object):
            return made is MISSING
        own = self._types.concrete(of, value)
        if own is None:
            return made is not MISSING
        return alike(made, self._types.key(value, own), self._types.document(value, own), own)

    def _part(self, rows: Sequence[Asked], values: Sequence[Value], of: Class, member: Class) -> Expr | None:
        """Return the query for the elements of one class in lists of several."""
        parts = [self._of_class(value, of, member) for value in values]
        cases = cases_of(rows, parts, member, self._types)
        paths = sorted({path for case in cases for path in case.given}, key=str)
        best: tuple[Query, int] | None = None
        for conditions_ in ([], *([each] for path in paths for each in searches(path, member))):
            made = learn_query(cases, member, conditions_)
            if made is not None and (best is None or made[1] > best[1]):
                best = made
        return best[0] if best is not None else None

    def _of_class(self, value: Value, of: Class, member: Class) -> Value:
        if not isinstance(value, list):
            return value
        shown: list[Value] = [each for each in value if isinstance(each, Object)]
        return [each for each in shown if self._types.concrete(of, each) is member]  # type: ignore[arg-type]  # objects, as chosen above

    # --- lists ---

    def _listing(self, owner: Class | None) -> Listing:
        def learn(
            rows: Sequence[Asked], values: Sequence[Value], of: Class, cursor: Cursor | None
        ) -> Expr | None:
            return self._many(rows, values, of, owner, cursor.read if cursor is not None else None)

        return learn

    def _many(
        self,
        rows: Sequence[Asked],
        values: Sequence[Value],
        of: Class,
        owner: Class | None,
        behind: Behind | None = None,
    ) -> Expr | None:
        cases = cases_of(rows, values, of, self._types)
        paths = {path for case in cases for path in case.given}
        conditions = self._vocabulary.conditions(paths, of)
        if owner is None:
            found = learn_query(cases, of, conditions, (), behind)
            return found[0] if found is not None else None
        best: tuple[Query, int] | None = None
        source = Ref(("entity", owner.key)) if owner.key is not None else None
        for name in of.kept():
            if source is not None and name != of.key:
                relation = Where((name,), "equals", source, False)
                made = learn_query(cases, of, conditions, (relation,), behind)
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
