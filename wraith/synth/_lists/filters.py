"""Filters: which parameters of lists are conditions, on which field, by which operator.

The name of such a parameter holds the name of a field; what stands around it is the *mark* of an operator. A
mark is judged on every list of the service in which it stands. Where it was seen on several fields, it works
on any field; otherwise it is a condition on the one field.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal as OneOf

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Path, get
from wraith.runtime import alternatives, field_path, holds, meets
from wraith.synth._evidence.list_cases import (
    Case,
    field_names,
    parameter_names,
    parameter_path,
    root_of,
    value_of,
)
from wraith.synth._shared.priors import (
    CRITERIA_WORDS,
    EVERY,
    FILTER_WORDS,
    PAGING,
    SEARCHES,
    WRAPPERS,
    plain_word,
)
from wraith.wir import Call, Expr, Filters, Literal, Mark, NotOneOf, Ref, When, Where, WhereOp

Reading = tuple[WhereOp, str, bool]
"""An operator, what parts alternatives, and whether what has no such field passes."""

_BY_WORD = {word: options for words, options in FILTER_WORDS.items() for word in words.split()} | {
    "": FILTER_WORDS[""]
}

OPEN_FIELDS = 2
"""Fields on which a mark was seen to work before it is taken to work on any."""

SEARCHED = 8
"""Searches whose stored entities are looked at for fields that hold texts."""

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
    every: set[str] = field(default_factory=set)
    """Words with which more was shown than has them: they stand for every value."""
    told_by: set[str] = field(default_factory=set)
    uses: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    """Lists and contradictions by the name of the parameter."""

    @property
    def ignored(self) -> set[str]:
        """Parameters that name a field, and do not filter by it."""
        return {name for name, count in self.failed.items() if count * WRONG > self.uses[name]}

    @property
    def is_good(self) -> bool:
        """Whether the operator tells something, and more parameters agree with it than do not."""
        return bool(self.told) and (
            self.wrong * WRONG <= self.total or len(self.told_by - self.ignored) > len(self.ignored)
        )


@dataclass(frozen=True, slots=True)
class Learned:
    """The filters that work on any field, the conditions of single parameters, and the names of all these."""

    filters: Filters | None
    single: dict[str, Where]
    readable: frozenset[str]


def learn_filters(cases: Sequence[Case], meant: frozenset[str]) -> Learned:
    """Return what the parameters of lists filter by. ``meant`` are those with another meaning."""
    fields = sorted(field_names(cases), key=lambda each: (-len(each), each))
    paging = PAGING - {*fields}  # a field of such a name is asked for like others
    names = [name for name in parameter_names(cases) if name not in meant | paging]
    tallies: dict[tuple[str, str, str], dict[Reading, _Tally]] = defaultdict(lambda: defaultdict(_Tally))
    users: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for name in names:
        for before, named, after in _readings(name, fields):
            given = [case for case in cases if name in case.parameters and _has(case, named)]
            if given:
                users[before, after][name] = named
            for lead, some in _by_lead(given, name, before + after).items():
                for reading in _led_options(lead) if lead else _options(before, after):
                    for case in some:
                        _count(tallies[before, after, lead][reading], case, name, named, reading, lead)
    marks: dict[Mark, _Tally] = {}
    for (before, after, lead), by_op in tallies.items():
        best = _best(by_op)
        if best is not None:
            marks[Mark(before, after, *best, lead)] = by_op[best]
    return _learned(cases, names, marks, users, meant)


def _learned(
    cases: Sequence[Case],
    names: Sequence[str],
    marks: dict[Mark, _Tally],
    users: dict[tuple[str, str], dict[str, str]],
    meant: frozenset[str],
) -> Learned:
    plain = next((t for mark, t in marks.items() if not (mark.before or mark.after or mark.lead)), None)
    by_name = root_of(cases) == "query"
    open_plain = (plain is not None and len(plain.told) >= OPEN_FIELDS) or any(mark.lead for mark in marks)
    opened = [
        mark for mark, tally in marks.items() if by_name and (open_plain or len(tally.told) >= OPEN_FIELDS)
    ]
    single: dict[str, Where] = {}
    for mark in marks:
        if mark not in opened:
            for name, named in users[mark.before, mark.after].items():
                value = _alternatives(name, mark.split, root_of(cases))
                if words := sorted(marks[mark].every):
                    asked = Ref(parameter_path(name, root_of(cases)))
                    value = When(NotOneOf(asked, tuple(words)), value)
                path = _path(cases, named)
                single.setdefault(name, Where(path, mark.op, value, absent=mark.absent))
    readable = {name for mark in marks for name in users[mark.before, mark.after]}
    searches = {name: found for name in names if name not in readable and (found := _search(name, cases))}
    single |= searches
    if not opened:
        return Learned(None, single, frozenset(readable | {*searches}))
    failed = {name for mark in opened for name in marks[mark].ignored}
    unread = [name for name in names if name not in readable and name not in searches]
    without = ((PAGING - readable) | meant | {*failed, *single}) & {*parameter_names(cases)}
    unknown: OneOf["ignored", "nothing"] = "nothing" if _empties(unread, cases) else "ignored"
    every = {word for mark in opened for word in marks[mark].every}
    filters = Filters(tuple(sorted(opened, key=repr)), tuple(sorted(without)), unknown, tuple(sorted(every)))
    return Learned(filters, single, frozenset(readable | {*searches}))


def _by_lead(given: Sequence[Case], name: str, around: str) -> dict[str, list[Case]]:
    """Return the lists by the operator that leads the value of a parameter, which is nothing in most."""
    found: dict[str, list[Case]] = defaultdict(list)
    for case in given:
        value = case.parameters[name]
        led = _LED.match(value) if isinstance(value, str) and not around and case.root == "query" else None
        known = led is not None and plain_word(led[0].rstrip(".:")) in CRITERIA_WORDS
        found[led[0] if led is not None and known else ""].append(case)
    return found


_LED = re.compile(r"(?:>=|<=|!=|<>|==|[=<>!~]|[a-z]{2,12}[:.])(?=.)")


def _led_options(lead: str) -> Iterator[Reading]:
    """Yield what an operator before a value may mean: what it commonly does, of one value or of several."""
    op = CRITERIA_WORDS[plain_word(lead.rstrip(".:"))]
    one: WhereOp = "equals" if op == "has" else op
    yield one, "", False
    yield one, ",", False


def _readings(name: str, fields: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the ways to read a name as that of a field with a mark around it."""
    for named in fields:
        before, found, after = name.partition(named)
        if found and _is_mark(before, after):
            yield before, named, after
            return


def _is_mark(before: str, after: str) -> bool:
    """Whether what stands around a name is words of their own that mean an operator."""
    first, last = word_of(before), word_of(after)
    if (before and before[-1].isalnum()) or (after and after[0].islower()):
        return False
    return first in _BY_WORD and last in _BY_WORD and (not first or not last or first in WRAPPERS)


def word_of(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())


def _options(before: str, after: str) -> Iterator[Reading]:
    first, last = word_of(before), word_of(after)
    options = _BY_WORD[last] if last and (not first or first in WRAPPERS) else _BY_WORD[first]
    for absent in (False, True):
        for op, split in options:
            if not absent or op in COMPARING:
                yield op, split, absent


COMPARING = frozenset(("at_least", "at_most", "above", "below"))
"""Operators by which services tell differently whether nothing is more or less than something."""


def _has(case: Case, named: str) -> bool:
    return any(field_path(named, document) is not None for _, document in case.stored[:20])


def _path(cases: Sequence[Case], named: str) -> Path:
    found = (field_path(named, document) for case in cases for _, document in case.stored[:20])
    return next(path for path in found if path is not None)


def _count(tally: _Tally, case: Case, name: str, named: str, reading: Reading, lead: str) -> None:
    op, split, absent = reading
    value = case.parameters[name]
    wanted = alternatives(value.removeprefix(lead) if isinstance(value, str) else value, split)
    path = next(
        (path for _, document in case.stored if (path := field_path(named, document)) is not None), (named,)
    )
    kept = {key for key, document in case.stored if meets(op, get(document, path), wanted, absent)}
    if wanted in EVERY and not {key for key in case.shown if key in dict(case.stored)} <= kept:
        tally.every.add(str(wanted))
        return
    tally.total += 1
    tally.uses[name] += 1
    known = {key for key, _ in case.stored}
    shown = {key for key in case.shown if key in known}
    if not shown <= kept or (not shown and kept and len(case.parameters) == 1):
        tally.wrong += 1
        tally.failed[name] += 1
        return
    tally.exact += shown == kept
    if shown and len(kept) < len(known):
        tally.told.add((case.name, named))
        tally.told_by.add(name)


def _best(by_op: dict[Reading, _Tally]) -> Reading | None:
    good = {op: tally for op, tally in by_op.items() if tally.is_good}
    order = list(by_op)
    return min(good, key=lambda op: (good[op].wrong, -good[op].exact, order.index(op)), default=None)


def _alternatives(name: str, split: str, root: str) -> Expr:
    value = Ref(parameter_path(name, root))
    return Call("split", (value, Literal(split))) if split else value


def _search(name: str, cases: Sequence[Case]) -> Where | None:
    """Return the condition of a parameter that is looked for in every text of an entity, or in one of its
    fields where that tells better what is shown."""
    if name not in SEARCHES:
        return None
    asked = [(case, value) for case in cases if (value := value_of(case, name)) is not MISSING]
    scores = {path: score for path in _searched(asked) if (score := _found(path, asked)) is not None}
    best = max(scores, key=lambda path: scores[path], default=None)  # of equals the first
    return Where(best, "contains", Ref(parameter_path(name, root_of(cases)))) if best is not None else None


def _searched(asked: Sequence[tuple[Case, JsonValue]]) -> Iterator[Path]:
    """Yield where a search may look: at the whole of entities first, then at each field that holds a text."""
    yield ()
    names = {
        key
        for case, _ in asked[:SEARCHED]
        for _, document in case.stored[:20]
        if isinstance(document, dict)
        for key, value in document.items()
        if isinstance(value, str)
    }
    yield from ((key,) for key in sorted(names))


def _found(path: Path, asked: Sequence[tuple[Case, JsonValue]]) -> tuple[int, int] | None:
    """Return how many searches show nothing but what has the words there, and how many all of that on one
    page; None where too many contradict, or nothing tells."""
    told = wrong = whole = 0
    for case, wanted in asked:
        kept = [key for key, document in case.stored if holds("contains", get(document, path), wanted)]
        if not all(holds("contains", get(document, path), wanted) for _, document in case.placed):
            wrong += 1
        else:
            told += bool(case.placed) and len(kept) < len(case.stored)
            whole += set(kept) == {*case.shown}
    return (-wrong, whole) if told and wrong * WRONG <= len(asked) else None


def _empties(unread: Sequence[str], cases: Sequence[Case]) -> bool:
    """Whether a parameter that names no field finds nothing, rather than being ignored."""
    told = {True: 0, False: 0}
    for case in cases:
        if case.stored and any(name in case.parameters for name in unread):
            told[not case.shown] += 1
    return told[True] > told[False]
