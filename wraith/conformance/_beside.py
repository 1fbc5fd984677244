"""Two documents beside each other: line by line, with what differs marked.

What stands on one line stands for each other, as the comparison sees it: members by name, entities by key.
The result is bounded, whatever the documents are: values are cut, equal lines far from any difference are
counted, and so are differing lines beyond the bound.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal, TypeAlias

from wraith.canonical import JsonValue
from wraith.conformance._arrays import match
from wraith.conformance._identity import Identities
from wraith.paths import MISSING, Found, Path, parse_path

Mark: TypeAlias = Literal["same", "free", "differs", "missing", "extra", "gap"]
"""``free``: different, and that is no difference, such as an identifier made anew. ``gap``: ``count`` lines
that are left out, all of them the same on both sides or, with a note, not."""

MAX_LINES = 160
"""More than fit on three screens; what a person reads to the end."""
MAX_RUN = 24
"""Lines that only one of two documents has are all of a kind after so many."""
MAX_TEXT = 240
MAX_DEPTH = 24
CONTEXT = 3
MAX_TEXT_LINES = 300
"""The lines of plain texts that are looked at: finding what two texts share is quadratic in them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of both documents: None where a document has none. ``path`` is of the value that it begins."""

    mark: Mark
    depth: int
    left: str | None
    right: str | None
    note: str = ""
    count: int = 0


@dataclass(slots=True)
class Beside:
    """Puts documents beside each other. ``marks`` are the differences' categories by path; ``all_count`` says
    that whatever else differs follows from a difference, as where the status is another one."""

    marks: InitVar[Mapping[str, str]]
    identities: Identities
    keys: Sequence[str]
    all_count: bool = False
    _rows: list[Row] = field(default_factory=list)
    _marks: dict[Path, str] = field(default_factory=dict)

    def __post_init__(self, marks: Mapping[str, str]) -> None:
        self._marks = {parse_path(path): category for path, category in marks.items()}

    def documents(self, one: Found, other: Found) -> tuple[Row, ...]:
        """Return the lines of two JSON values."""
        self._value("", one, other, (), 0, self.all_count)
        return shortened(self._rows)

    def _value(self, label: str, one: Found, other: Found, at: Path, depth: int, counts: bool) -> None:
        """Add the lines of two values; ``counts`` says that what differs in them is a difference anyway."""
        note = self._marks.get(at, "")
        counts = counts or bool(note)
        if one is MISSING or other is MISSING:
            self._alone(label, one, other, depth, note, counts)
        elif depth >= MAX_DEPTH:
            self._leaf(label, one, other, depth, note, counts)
        elif isinstance(one, dict) and isinstance(other, dict) and (one or other):
            self._open(label, "{", depth, note)
            for key in (*one, *(key for key in other if key not in one)):
                mine, theirs = one.get(key, MISSING), other.get(key, MISSING)
                self._value(f"{_text(key)}: ", mine, theirs, (*at, key), depth + 1, self.all_count)
            self._rows.append(Row("same", depth, "}", "}"))
        elif isinstance(one, list) and isinstance(other, list) and (one or other):
            self._open(label, "[", depth, note)
            for mine, theirs, index in self._elements(one, other):
                lacks = counts and (mine is MISSING or theirs is MISSING)
                self._value("", mine, theirs, (*at, index), depth + 1, lacks or self.all_count)
            self._rows.append(Row("same", depth, "]", "]"))
        else:
            self._leaf(label, one, other, depth, note, counts)

    def _open(self, label: str, bracket: str, depth: int, note: str) -> None:
        text = label + bracket
        self._rows.append(Row("differs" if note else "same", depth, text, text, note))

    def _elements(
        self, one: Sequence[JsonValue], other: Sequence[JsonValue]
    ) -> Iterator[tuple[Found, Found, int]]:
        """Yield the elements that stand for each other, and the position that paths name them by."""
        found = match(one, other, self.identities, self.keys)
        if found is None:
            for index, (mine, theirs) in enumerate(zip_longest(one, other, fillvalue=MISSING)):
                yield mine, theirs, index
            return
        pairs: list[tuple[int, int | None]] = [*found.pairs]
        left = list(found.only_replayed)
        for index in found.only_recorded:
            pairs.append((index, left.pop(0) if left and len(one) == len(other) else None))
        for index, position in sorted(pairs):
            yield one[index], MISSING if position is None else other[position], index
        for position in left:
            yield MISSING, other[position], position

    def _alone(self, label: str, one: Found, other: Found, depth: int, note: str, counts: bool) -> None:
        gone = other is MISSING
        mark: Mark = "free" if not counts else "missing" if gone else "extra"
        for indent, text in _lines(label, one if gone else other, depth):
            self._rows.append(Row(mark, indent, text if gone else None, None if gone else text, note))
            note = ""

    def _leaf(self, label: str, one: Found, other: Found, depth: int, note: str, counts: bool) -> None:
        if one == other and type(one) is type(other) and not note:
            text = label + _text(one)
            self._rows.append(Row("same", depth, text, text))
            return
        mark: Mark = "differs" if counts else "free"
        left, right = list(_lines(label, one, depth)), list(_lines(label, other, depth))
        if len(left) == len(right) == 1:
            mine, theirs = cut_alike(_dumped(one), _dumped(other))
            self._rows.append(Row(mark, depth, label + mine, label + theirs, note))
            return
        for mine_line, theirs_line in zip_longest(left, right):
            indent = (mine_line or theirs_line or (depth, ""))[0]
            texts = (mine_line[1] if mine_line else None, theirs_line[1] if theirs_line else None)
            self._rows.append(Row(mark, indent, *texts, note))
            note = ""


def texts_beside(one: str, other: str, note: str = "", *, counts: bool = False) -> tuple[Row, ...]:
    """Return the lines of two texts that are no JSON; ``counts`` says whether what differs is a difference,
    and ``note`` what it is called."""
    mine, theirs = one.splitlines(), other.splitlines()
    rows: list[Row] = []
    matcher = SequenceMatcher(None, mine[:MAX_TEXT_LINES], theirs[:MAX_TEXT_LINES], autojunk=False)
    for tag, low, high, start, end in matcher.get_opcodes():
        if tag == "equal":
            rows += [Row("same", 0, cut(line), cut(line)) for line in mine[low:high]]
            continue
        for left, right in zip_longest(mine[low:high], theirs[start:end]):
            if left is not None and right is not None:
                left, right = cut_alike(left, right)
            mark: Mark = (
                "free"
                if not counts
                else "missing"
                if right is None
                else "extra"
                if left is None
                else "differs"
            )
            rows.append(Row(mark, 0, _maybe_cut(left), _maybe_cut(right), note))
    beyond = max(len(mine), len(theirs)) - MAX_TEXT_LINES
    if beyond > 0:
        rows.append(Row("gap", 0, None, None, "not shown", beyond))
    return shortened(rows)


def shortened(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return the rows that are about differences, and gaps where others are left out; of few rows, all."""
    shown = set(range(len(rows))) if len(rows) <= MAX_LINES else _about_differences(rows)
    shown -= _long_runs(rows)
    done: list[Row] = []
    gap = 0
    for at, row in enumerate(rows):
        if at in shown and len(done) < MAX_LINES:
            if gap:
                done.append(_gap(rows[at - gap : at]))
            gap = 0
            done.append(row)
        else:
            gap += 1
    if gap:
        done.append(_gap(rows[len(rows) - gap :]))
    return tuple(done)


def _about_differences(rows: Sequence[Row]) -> set[int]:
    told = [at for at, row in enumerate(rows) if _counts(row)][:MAX_LINES]
    near = {at + by for at in told for by in range(-CONTEXT, CONTEXT + 1)}
    return near or set(range(MAX_LINES))


def _long_runs(rows: Sequence[Row]) -> set[int]:
    """Return the positions in runs of lines that one document alone has, but for those that begin them."""
    beyond: set[int] = set()
    run = 0
    for at, row in enumerate(rows):
        run = run + 1 if row.mark in ("missing", "extra") else 0
        if run > MAX_RUN:
            beyond.add(at)
    return beyond


def _counts(row: Row) -> bool:
    return row.mark not in ("same", "free")


def _gap(rows: Sequence[Row]) -> Row:
    differing = sum(map(_counts, rows))
    return Row("gap", 0, None, None, f"{differing} of them differ" if differing else "", len(rows))


def cut(text: str) -> str:
    """Return a text of bounded length."""
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"


def _maybe_cut(text: str | None) -> str | None:
    return cut(text) if text is not None else None


def cut_alike(one: str, other: str) -> tuple[str, str]:
    """Return two texts of bounded length, cut so that the first place where they differ is to be seen."""
    if max(len(one), len(other)) <= MAX_TEXT:
        return one, other
    first = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    start = max(0, first - MAX_TEXT // 4)
    before = "…" if start else ""
    return cut(before + one[start : start + MAX_TEXT * 2]), cut(before + other[start : start + MAX_TEXT * 2])


def _lines(label: str, value: Found, depth: int) -> Iterator[tuple[int, str]]:
    """Yield the lines of one value, each with its depth."""
    if depth >= MAX_DEPTH or not isinstance(value, dict | list) or not value:
        yield depth, label + _text(value)
    elif isinstance(value, dict):
        yield depth, label + "{"
        for key, part in value.items():
            yield from _lines(f"{_text(key)}: ", part, depth + 1)
        yield depth, "}"
    else:
        yield depth, label + "["
        for part in value:
            yield from _lines("", part, depth + 1)
        yield depth, "]"


def json_lines(value: JsonValue) -> tuple[Row, ...]:
    """Return the lines of one JSON value, as rows that are the same on both sides."""
    return shortened([Row("same", depth, text, text) for depth, text in _lines("", value, 0)])


def _text(value: Found) -> str:
    return cut(_dumped(value))


def _dumped(value: Found) -> str:
    return json.dumps(None if value is MISSING else value, ensure_ascii=False)
