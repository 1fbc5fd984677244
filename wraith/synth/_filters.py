"""Filters: which parameters of lists are conditions, on which field, by which operator.

The name of such a parameter holds the name of a field; what stands around it is the *mark* of an operator. A
mark is judged on every list of the service in which it stands. Where it was seen on several fields, it works
on any field; otherwise it is a condition on the one field.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal as OneOf

from wraith.paths import MISSING, Found, Path, get, leaves
from wraith.runtime import alternatives, compile_expr, field_path, holds
from wraith.synth._list_cases import (
    PAGING,
    SEARCHES,
    Case,
    field_names,
    parameter_names,
    parameter_path,
    value_of,
)
from wraith.wir import Call, Expr, Filters, Literal, Mark, Ref, Where, WhereOp

WORDS: dict[str, tuple[tuple[WhereOp, str], ...]] = {
    "": (("equals", ""), ("equals", ","), ("contains", ""), ("starts", "")),
    "gte ge min from since": (("at_least", ""),),
    "gt over": (("above", ""), ("at_least", "")),
    "lte le max to until": (("at_most", ""),),
    "lt under before": (("below", ""), ("at_most", "")),
    "after": (("above", ""), ("at_least", "")),
    "ne neq not isnot": (("differs", ""), ("other", "")),
    "exclude nin notin": (("differs", ","), ("other", ",")),
    "in any oneof is eq exact": (("equals", ","), ("equals", "")),
    "like match regex search contains icontains": (
        ("contains", ""),
        ("matches", ""),
        ("starts", ""),
        ("equals", ""),
    ),
    "has exists isset": (("exists", ""),),
    "startswith prefix starts begins": (("starts", ""),),
    "endswith suffix ends": (("ends", ""),),
    "filter where f": (("equals", ""), ("equals", ","), ("contains", "")),
}
"""Words beside the name of a field, and what they commonly mean, with what parts alternatives: a prior. The
operator that the lists agree with is taken."""

_BY_WORD = {word: options for words, options in WORDS.items() for word in words.split()} | {"": WORDS[""]}

OPEN_FIELDS = 2
"""Fields on which a mark was seen to work before it is taken to work on any."""

WRONG = 3
"""One list in so many may contradict a condition: what a cascade has changed is seen late."""


@dataclass(slots=True)
class _Tally:
    """How an operator does on the lists in which its mark stands."""

    told: set[tuple[str, str]] = field(default_factory=set)
    """Collections and fields on which it dropped something, and what was shown agrees."""
    exact: int = 0
    wrong: int = 0
    total: int = 0
    failed: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Contradictions by the name of the parameter."""


@dataclass(frozen=True, slots=True)
class Learned:
    """The filters that work on any field, the conditions of single parameters, and the names of all these."""

    filters: Filters | None
    single: dict[str, Where]
    readable: frozenset[str]


def learn_filters(cases: Sequence[Case], meant: frozenset[str]) -> Learned:
    """Return what the parameters of lists filter by. ``meant`` are those with another meaning."""
    names = [name for name in parameter_names(cases) if name not in meant | PAGING]
    tallies: dict[tuple[str, str], dict[tuple[WhereOp, str], _Tally]] = defaultdict(
        lambda: defaultdict(_Tally)
    )
    users: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    fields = sorted(field_names(cases), key=lambda each: (-len(each), each))
    for name in names:
        for before, named, after in _readings(name, fields):
            given = [case for case in cases if name in case.parameters and _has(case, named)]
            if given:
                users[before, after][name] = named
            for op, split in _options(before, after):
                for case in given:
                    _count(tallies[before, after][op, split], case, name, named, op, split)
    marks: dict[Mark, _Tally] = {}
    for (before, after), by_op in tallies.items():
        best = _best(by_op)
        if best is not None:
            marks[Mark(before, after, *best)] = by_op[best]
    return _learned(cases, names, marks, users, meant)


def _learned(
    cases: Sequence[Case],
    names: Sequence[str],
    marks: dict[Mark, _Tally],
    users: dict[tuple[str, str], dict[str, str]],
    meant: frozenset[str],
) -> Learned:
    plain = next((tally for mark, tally in marks.items() if not mark.before and not mark.after), None)
    open_plain = plain is not None and len(plain.told) >= OPEN_FIELDS
    opened = [mark for mark, tally in marks.items() if open_plain or len(tally.told) >= OPEN_FIELDS]
    single: dict[str, Where] = {}
    for mark in marks:
        if mark not in opened:
            for name, named in users[mark.before, mark.after].items():
                path = _path(cases, named)
                single.setdefault(name, Where(path, mark.op, _alternatives(name, mark.split)))
    readable = {name for mark in marks for name in users[mark.before, mark.after]}
    searches = {name: found for name in names if name not in readable and (found := _search(name, cases))}
    single |= searches
    if not opened:
        return Learned(None, single, frozenset(readable | {*searches}))
    failed = {
        name
        for mark in opened
        for name, count in marks[mark].failed.items()
        if count * 2 > _uses(cases, name)
    }
    unread = [name for name in names if name not in readable and name not in searches]
    without = (PAGING | meant | {*failed, *single}) & {*parameter_names(cases)}
    unknown: OneOf["ignored", "nothing"] = "nothing" if _empties(unread, cases) else "ignored"
    filters = Filters(tuple(sorted(opened, key=repr)), tuple(sorted(without)), unknown)
    return Learned(filters, single, frozenset(readable | {*searches}))


def _uses(cases: Sequence[Case], name: str) -> int:
    return sum(name in case.parameters for case in cases)


def _readings(name: str, fields: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the ways to read a name as that of a field with a mark around it."""
    for named in fields:
        before, found, after = name.partition(named)
        if found and _is_mark(before, after):
            yield before, named, after
            return


def _is_mark(before: str, after: str) -> bool:
    """Whether what stands around a name is words of their own that mean an operator."""
    first, last = _word(before), _word(after)
    if (before and before[-1].isalnum()) or (after and after[0].islower()):
        return False
    return first in _BY_WORD and last in _BY_WORD and (not first or not last or first in WRAPPERS)


WRAPPERS = frozenset(("filter", "where", "f"))


def _word(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())


def _options(before: str, after: str) -> tuple[tuple[WhereOp, str], ...]:
    first, last = _word(before), _word(after)
    return _BY_WORD[last] if last and (not first or first in WRAPPERS) else _BY_WORD[first]


def _has(case: Case, named: str) -> bool:
    return any(field_path(named, document) is not None for _, document in case.stored[:20])


def _path(cases: Sequence[Case], named: str) -> Path:
    found = (field_path(named, document) for case in cases for _, document in case.stored[:20])
    return next(path for path in found if path is not None)


def _count(tally: _Tally, case: Case, name: str, named: str, op: WhereOp, split: str) -> None:
    wanted = alternatives(case.parameters[name], split)
    path = next(
        (path for _, document in case.stored if (path := field_path(named, document)) is not None), (named,)
    )
    kept = {key for key, document in case.stored if holds(op, get(document, path), wanted)}
    tally.total += 1
    known = {key for key, _ in case.stored}
    shown = {key for key in case.shown if key in known}
    if not shown <= kept or (not shown and kept and len(case.parameters) == 1):
        tally.wrong += 1
        tally.failed[name] += 1
        return
    tally.exact += shown == kept
    if shown and len(kept) < len(known):
        tally.told.add((case.name, named))


def _best(by_op: dict[tuple[WhereOp, str], _Tally]) -> tuple[WhereOp, str] | None:
    good = {op: tally for op, tally in by_op.items() if tally.told and tally.wrong * WRONG <= tally.total}
    order = list(by_op)
    return min(good, key=lambda op: (good[op].wrong, -good[op].exact, order.index(op)), default=None)


def _alternatives(name: str, split: str) -> Expr:
    value = Ref(parameter_path(name))
    return Call("split", (value, Literal(split))) if split else value


def _search(name: str, cases: Sequence[Case]) -> Where | None:
    """Return the condition of a parameter that is looked for in every text of an entity."""
    if name not in SEARCHES:
        return None
    told = wrong = total = 0
    for case in cases:
        wanted = value_of(case, name)
        if wanted is MISSING:
            continue
        total += 1
        kept = [document for _, document in case.stored if holds("contains", document, wanted)]
        if not all(holds("contains", document, wanted) for _, document in case.placed):
            wrong += 1
        elif case.placed and len(kept) < len(case.stored):
            told += 1
    return Where((), "contains", Ref(parameter_path(name))) if told and wrong * WRONG <= total else None


def _empties(unread: Sequence[str], cases: Sequence[Case]) -> bool:
    """Whether a parameter that names no field finds nothing, rather than being ignored."""
    told = {True: 0, False: 0}
    for case in cases:
        if case.stored and any(name in case.parameters for name in unread):
            told[not case.shown] += 1
    return told[True] > told[False]


# --- parameters whose names are no fields -------------------------------------------------------------------


def other_filters(cases: Sequence[Case], meant: frozenset[str]) -> list[Where]:
    """Return a condition for each further parameter of path or query that keeps everything shown, and would
    drop something that is stored."""
    paths = dict.fromkeys(name for case in cases for name in case.row.env.path)
    names = [name for name in parameter_names(cases) if name not in meant | PAGING]
    found: list[Where] = []
    for ref in [Ref(("request", "path", each)) for each in paths] + [
        Ref(parameter_path(each)) for each in names
    ]:
        compute = compile_expr(ref)
        given = [(case, value) for case in cases if (value := compute(case.row.env)) is not MISSING]
        path = _field_of(str(ref.path[-1]), given)
        if path is not None:
            found.append(Where(path, "equals", ref))
    return found


def _field_of(name: str, given: Sequence[tuple[Case, Found]]) -> Path | None:
    fields: dict[Path, None] = {}
    for case, _ in given[:8]:
        for _, document in case.stored[:20]:
            for path, _ in leaves(document):
                if len(path) <= 3:
                    fields.setdefault(path)
    ranked = sorted(fields, key=lambda path: (_unlike(path, name), len(path), str(path)))
    return next((path for path in ranked if _keeps(path, given)), None)


def _unlike(path: Path, name: str) -> int:
    last = str(path[-1]) if path else ""
    if last == name:
        return 0
    return (
        1
        if last.lower().strip("_s") in name.lower() or name.lower().removesuffix("_id") == last.lower()
        else 2
    )


def _keeps(path: Path, given: Sequence[tuple[Case, Found]]) -> bool:
    """Whether equality holds for what is shown, and tells something."""
    told = wrong = 0
    for case, wanted in given:
        kept = [holds("equals", get(each, path), wanted) for _, each in case.stored]
        shown = all(holds("equals", get(document, path), wanted) for _, document in case.placed)
        if not shown or (not case.placed and any(kept)):
            wrong += 1
        else:
            told += bool(case.placed) and not all(kept)  # an empty list agrees with any condition
    return told > 0 and wrong * WRONG <= len(given)
