"""What is worked out from the rest of an answer, from what is stored, or case by case.

The parts of an answer that no place explains stay open until all others are explained. Then each is tried
again and again: what was found in one round may be an operand in the next, as a tax is of a total.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from wraith.paths import MISSING, Found, Path, get, leaves
from wraith.synth._answers.beside import as_made, count_source, element_source
from wraith.synth._answers.obeyed import Obeyed
from wraith.synth._evidence.aggregates import Aggregates
from wraith.synth._evidence.made import clock_source, made_source
from wraith.synth._evidence.places import norm
from wraith.synth._evidence.rows import Row, Values, constant, plain_number, type_of
from wraith.synth._evidence.scenes import Scene
from wraith.synth._guards.conditions import conditional_source, counted_text
from wraith.synth._guards.context import Context, Open
from wraith.synth._guards.laws import OWN
from wraith.synth._values.arithmetic import Arithmetic, Part
from wraith.synth._values.groups import Groups
from wraith.synth._values.maps import Learn
from wraith.synth._values.sources import from_places, hole_class, named_place, text_source
from wraith.synth._values.texts import part_function_source, part_measure_source
from wraith.wir import Call, Expr, Hole, Literal, Ref

MAX_PART_DEPTH = 3
"""How deep in an answer the numbers stand that others are worked out from."""

ENOUGH = 3
"""Equal values that are taken for a constant, where a place of the same name has them as well."""


class Rest:
    """The open parts of the answers of some rows."""

    def __init__(self, rows: Sequence[Row], values: Values, context: Context, obeyed: Obeyed) -> None:
        self.rows = rows
        self.values = values
        self.context = context
        self.obeyed = obeyed
        self.open: list[Open] = []
        self.made: list[Part] = []
        """Parts that hold an identifier which the answer makes in some cases."""
        self._known = context.known(rows)
        self._arithmetic = self._known.once("arithmetic", lambda: Arithmetic(rows))
        self._aggregates = self._known.once(f"aggregates of {context.found!r}", self._new_aggregates)
        self._groups = self._known.once(f"groups of {context.found!r}", lambda: Groups(rows, context.found))
        self._vain: set[str] = set()
        self._undivided: set[str] = set()

    def _new_aggregates(self) -> Aggregates:
        scenes = [self.context.known((row,)).once("scene", partial(Scene, row)) for row in self.rows]
        return Aggregates(self.rows, scenes, self.context.found)

    def tallied(self, values: Values, at: Path) -> Expr | None:
        """Return what counts the documents that were found by what they have in a field, or None."""
        return None if self.context.element else self._groups.tallied(values, at)

    def grouped(self, values: Values, at: Path, learn: Learn) -> Expr | None:
        """Return what lists the groups of the documents that were found, or None."""
        return None if self.context.element else self._groups.listed(values, at, learn)

    def settle(self, holes: dict[str, Hole]) -> None:
        """Fill the holes of what is worked out from the rest; leave in ``open`` what nothing explains."""
        while self.open and (self._worked_out(holes) or self._case_by_case(holes)):
            pass

    def _worked_out(self, holes: dict[str, Hole]) -> bool:
        """Fill the holes of what is worked out, or repeats what else the answer says; return whether there
        are any."""
        parts = list(self._parts())
        done = False
        for each in list(self.open):
            anew = each.hole not in self._vain  # what else was searched once is not again: only parts grow
            self._vain.add(each.hole)
            source = (
                (self.obeyed.law(each.values, each.at) if anew else None)
                or self._arithmetic.source(each.values, self._free(parts, each.at))
                or (self._arithmetic.sometimes(each.values, self._free(parts, each.at)) if anew else None)
                or (self._of_the_stored(each) if anew else None)
                or count_source(each.values, (*self.context.own, *each.at), parts)
                or element_source(each.values, parts)
                or counted_text(each.values, list(self._counts()))
                or part_function_source(self.rows, self.values, each.values, self._texts())
                or part_measure_source(self.rows, self.values, each.values, self._measured())
                or as_made(each.values, self.made)
            )
            if source is not None:
                self._fill(each, source, holes)
                done = True
        return done

    def _of_the_stored(self, each: Open) -> Expr | None:
        """Return what is added up, or listed, over what is stored."""
        if self.context.element and self.rows[0].env.item is not MISSING:  # elements add nothing up
            return None
        return self._aggregates.source(each.values, each.at) or self._aggregates.listed(each.values)

    def _case_by_case(self, holes: dict[str, Hole]) -> bool:
        """Fill the holes of what differs from case to case, a last resort; return whether there are any."""
        done = False
        for each in [each for each in self.open if each.hole not in self._undivided]:
            self._undivided.add(each.hole)
            source = as_made(each.values, self.made) or self._known.once(
                "case by case", partial(self._conditional, each), each.at
            )
            if source is not None:
                self._fill(each, source, holes)
                done = True
        return done

    def _fill(self, each: Open, source: Expr, holes: dict[str, Hole]) -> None:
        made = hole_class(source)
        kind = made if made in ("generated", "timestamp") else "derived"
        self.open.remove(each)
        self.obeyed.used.setdefault(each.at, source)
        if kind == "generated" and not self.context.element:
            self.made.append((Ref((*self.context.own, *each.at)), list(each.values)))
        holes[each.hole] = Hole(hole_class=kind, type=type_of(each.values), source=source)

    def _free(self, parts: Sequence[Part], at: Path) -> Sequence[Part]:
        """Return the parts that are not worked out from the one at a place."""
        if not self.obeyed.used:
            return parts
        return [
            (expr, values)
            for expr, values in parts
            if not isinstance(expr, Ref) or expr.path[:2] != OWN or not self.obeyed.needs(expr.path[2:], at)
        ]

    def _parts(self) -> Iterator[Part]:
        """Yield the numbers and lists of the answers that are explained, with their values on the rows."""
        yield from self.context.list_values
        if self.context.element:
            return
        closed = [each.at for each in self.open]
        for path in _numbers_and_lists(self.values):
            if not any(path == at[: len(path)] or at == path[: len(at)] for at in closed):
                yield Ref((*self.context.own, *path)), [get(value, path) for value in self.values]

    def _texts(self) -> Iterator[Part]:
        """Yield the texts of the answers that are explained, with their values on the rows."""
        closed = {each.at for each in self.open}
        first = self.values[0]
        if self.context.element or not isinstance(first, dict):
            return
        for path, leaf in leaves(first):
            if isinstance(leaf, str) and len(path) <= MAX_PART_DEPTH and path not in closed:
                yield Ref(("response", "body", *path)), [get(value, path) for value in self.values]

    def _measured(self) -> Iterator[Part]:
        """Yield the members of the answers that are explained and may be measured: texts, lists, objects."""
        first = next((value for value in self.values if isinstance(value, dict)), None)
        if self.context.element or first is None:
            return
        for path in ((name,) for name in first):
            if not any(each.at[:1] == path for each in self.open):
                column = [get(value, path) for value in self.values]
                if all(isinstance(value, str | list | dict) for value in column):
                    yield Ref((*self.context.own, *path)), column

    def _counts(self) -> Iterator[Part]:
        """Yield how many members the explained objects of the answers have, where that differs."""
        if self.context.element:
            return
        for path in _objects(self.values):
            if not any(each.at[: len(path)] == path for each in self.open):
                column = [get(value, path) for value in self.values]
                counts: list[Found] = [len(value) if isinstance(value, dict) else 0 for value in column]
                if constant(counts) is MISSING:
                    yield Call("count", (Ref((*self.context.own, *path)),)), counts

    def _conditional(self, each: Open) -> Expr | None:
        if self.context.questions is None:
            return None
        name = str(each.at[-1]) if each.at else ""

        def search(rows: Sequence[Row], values: Values) -> Expr | None:
            if not rows:
                return None
            found = from_places(rows, values, name)
            if isinstance(found, Literal) and len(rows) < ENOUGH:
                found = named_place(rows, values, name) or found
            if found is None and len(rows) > 1:
                found = clock_source(rows, values) or text_source(rows, values, ()) or _made(rows, values)
            return found

        return conditional_source(self.rows, each.values, self.context.questions, self.context.others, search)


def _made(rows: Sequence[Row], values: Values) -> Expr | None:
    """Return what makes identifiers of values that are nowhere yet, or None."""
    new = all(norm(value) not in row.index for row, value in zip(rows, values, strict=True))
    return made_source(rows, values, False) if new else None


def _numbers_and_lists(values: Values, at: Path = ()) -> Iterator[Path]:
    """Yield the paths at which some answer holds a number, or a list."""
    names: dict[str, None] = {}
    for value in values:
        for name in value if isinstance(value, dict) else ():
            names.setdefault(name)
    for name in names:
        column = [get(value, (name,)) for value in values]
        if any(isinstance(value, list) or plain_number(value) is not None for value in column):
            yield (*at, name)
        elif len(at) < MAX_PART_DEPTH:
            yield from _numbers_and_lists(column, (*at, name))


def _objects(values: Values, at: Path = ()) -> Iterator[Path]:
    """Yield the paths at which answers hold objects."""
    names: dict[str, None] = {}
    for value in values:
        for name, member in value.items() if isinstance(value, dict) else ():
            if isinstance(member, dict):
                names.setdefault(name)
    for name in names:
        yield (*at, name)
        if len(at) < MAX_PART_DEPTH:
            yield from _objects([get(value, (name,)) for value in values], (*at, name))
