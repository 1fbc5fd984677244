"""Updates by operations: what each word of a request does to the document that it changes.

The operations are found by their form (objects that say what, where and with what; words that hold members;
words that stand beside the names of members), what a word does by what became of its place: a word is tried
with what it commonly means first, and does what all exchanges agree with in which it was alone at its place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, get_args

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, get
from wraith.runtime import Operation, changed, compile_expr, named_with, operations, steps_of
from wraith.synth._evidence.rows import Row, Values, equal
from wraith.synth._shared.priors import OPERATION_MEMBERS, UPDATE_WORDS, plain_word
from wraith.wir import Doing, Expr, Ref, Update

MAX_WORDS = 20
"""Words of the operations of one route; what has more is data."""

MAX_PLACES = 8
"""Members of a body that may hold operations."""

ENOUGH = 2
"""Documents that have to be changed so: one may be a coincidence."""

LOOKED_AT = 4
"""Requests that have to have a body, so that all are looked at."""

KIN: dict[Doing, tuple[Doing, ...]] = {
    "set": ("set", "merge", "push", "append"),
    "insert": ("insert", "append", "include", "push", "increase", "set", "prepend", "merge"),
    "unset": ("unset", "clear", "exclude"),
    "exclude": ("exclude", "unset", "clear", "decrease"),
    "append": ("append", "push", "include", "prepend"),
    "push": ("push", "append", "include", "prepend", "insert"),
    "include": ("include", "append", "push"),
}
"""What a word may do that commonly does something: that first, then what services call so as well."""


@dataclass(frozen=True, slots=True)
class _Form:
    """Where a body holds operations, and how they are written."""

    place: Ref
    members: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Case:
    """One operation, with the documents before and after all of its request."""

    operation: Operation
    before: JsonValue
    after: JsonValue


_Pair: TypeAlias = tuple[Row, dict[str, JsonValue], dict[str, JsonValue]]
"""A request, and the document before and after it."""


def update_sources(rows: Sequence[Row], values: Values, base: Expr) -> Iterator[Expr]:
    """Yield what makes the documents of their state before, by the operations of their requests."""
    if not all(isinstance(row.env.body, dict | list) for row in rows[:LOOKED_AT]):
        return
    compute = compile_expr(base)
    pairs: list[_Pair] = []
    for row, new in zip(rows, values, strict=True):
        old = compute(row.env)
        if isinstance(old, dict) and isinstance(new, dict):
            pairs.append((row, old, new))
    if len(pairs) < ENOUGH:
        return
    names = {name for _, old, _ in pairs for name in old}
    for form in _forms([row.env.body for row, *_ in pairs], names):
        words = _words(form, pairs)
        if words is not None:
            yield Update(base, form.place, tuple(sorted(words.items())), form.members)


def _forms(bodies: Sequence[Found], names: set[str]) -> Iterator[_Form]:
    """Yield the ways in which bodies may hold operations."""
    place = Ref(("request", "body"))
    yield from _listed(place, bodies)
    yield from _by_word(place, bodies, names)
    inside: Counter[str] = Counter()
    for body in bodies:
        if isinstance(body, dict):
            inside.update(name for name, part in body.items() if isinstance(part, dict | list))
    for name, _ in inside.most_common(MAX_PLACES):
        place, parts = Ref(("request", "body", name)), [get(body, (name,)) for body in bodies]
        yield from _listed(place, parts)
        if name not in names:
            yield from _by_word(place, parts, names)


def _listed(place: Ref, parts: Sequence[Found]) -> Iterator[_Form]:
    """Yield the form of operations that are objects, where most parts hold such."""
    several = [part if isinstance(part, list) else [part] for part in parts if part is not MISSING]
    objects = [each for some in several for each in some if isinstance(each, dict)]
    word, at, operand = (_member(objects, names) for names in OPERATION_MEMBERS)
    if not word or not (at or operand):
        return
    words = dict.fromkeys(text for each in objects if isinstance(text := each.get(word), str))
    if len(words) <= MAX_WORDS:
        yield _Form(
            place, (word, at or OPERATION_MEMBERS[1][0], operand or OPERATION_MEMBERS[2][0]), tuple(words)
        )


def _member(objects: Sequence[Mapping[str, JsonValue]], names: Sequence[str]) -> str:
    """Return the first of some names that most objects have, in whatever spelling, or an empty text."""
    counts = Counter(key for each in objects for key in each)
    known = {key.lower().replace("_", ""): key for key in counts}
    found = (known[name] for name in names if name in known and counts[known[name]] * 2 > len(objects))
    return next(found, "")


def _by_word(place: Ref, parts: Sequence[Found], names: set[str]) -> Iterator[_Form]:
    """Yield the form of operations in an object, where some word stands by itself, in a member's object, or
    beside its name."""
    words: dict[str, None] = {}
    for part in parts:
        for key, inner in part.items() if isinstance(part, dict) else ():
            words.update(dict.fromkeys(_words_at(key, inner, names)))
    if set(words) - {""} and len(words) <= MAX_WORDS:
        yield _Form(place, (), tuple(words))


def _words_at(key: str, inner: JsonValue, names: set[str]) -> Iterator[str]:
    """Yield the words that a member holds or is; nothing is the word of one that says its new value."""
    if key in names:
        inside = list(inner) if isinstance(inner, dict) else []
        yield from inside if inside and all(plain_word(name) in UPDATE_WORDS for name in inside) else ("",)
    elif isinstance(inner, dict) and inner:
        if all(steps_of(name)[:1] and steps_of(name)[0] in names for name in inner):
            yield key
    elif isinstance(inner, list | str) and plain_word(key) in UPDATE_WORDS and _are_names(inner, names):
        yield key
    elif (mark := _mark(key, names)) is not None:
        yield mark


def _are_names(part: list[JsonValue] | str, names: set[str]) -> bool:
    several = part if isinstance(part, list) else [part]
    return bool(several) and all(isinstance(each, str) and each in names for each in several)


def _mark(key: str, names: set[str]) -> str | None:
    """Return the word that stands beside the name of a member, with what parts the two."""
    for name in sorted(names, key=lambda each: (-len(each), each)):
        title = name[:1].upper() + name[1:]
        for mark in (key.removesuffix(name), key.removesuffix(title), key.removeprefix(name)):
            if mark not in ("", key) and plain_word(mark) in UPDATE_WORDS and named_with(mark, key) == name:
                return mark
    return None


# --- what the words do --------------------------------------------------------------------------------------


def _words(form: _Form, pairs: Sequence[_Pair]) -> dict[str, Doing] | None:
    """Return what each word does, None where no word was seen to do anything as a rule."""
    some: dict[str, Doing] = {word: _meanings(word)[0] for word in form.words}
    compute = compile_expr(form.place)
    alone: dict[str, list[_Case]] = {word: [] for word in form.words}
    for row, old, new in pairs:
        found = operations(compute(row.env), some, form.members)
        tops = Counter(top for each in found for top in _tops(each))
        for each in found:
            if each.word in alone and all(tops[top] == 1 for top in _tops(each)):
                alone[each.word].append(_Case(each, old, new))
    told = False
    for word, cases in alone.items():
        right = {doing: _right(cases, word, doing) for doing in _meanings(word)} if cases else {}
        best = next((doing for doing, (hits, _) in right.items() if hits == len(cases)), None)
        if best is None and cases:
            return None
        if best is not None:
            some[word] = best
            told |= right[best][1] > 0 and (word != "" or len(form.words) == 1)
    return some if told else None


def _right(cases: Sequence[_Case], word: str, doing: Doing) -> tuple[int, int]:
    """Return in how many cases a word that does this explains what became of its place, and in how many of
    them something did."""
    hits = told = 0
    for each in cases:
        made = changed(each.before, [each.operation], {word: doing})
        same = all(_same(get(made, (name,)), get(each.after, (name,))) for name in _tops(each.operation))
        hits += same
        told += same and not equal(made, each.before)
    return hits, told


def _tops(operation: Operation) -> list[str]:
    """Return the members of the document that an operation may change."""
    steps = steps_of(operation.at)
    if steps:
        return [str(steps[0])]
    named = operation.operand if isinstance(operation.operand, dict) else {}
    return [str(steps_of(name)[0]) for name in named if steps_of(name)]


def _same(made: Found, after: Found) -> bool:
    return made is after or equal(made, after)


def _meanings(word: str) -> tuple[Doing, ...]:
    """Return what a word may do, what it commonly does first."""
    if not word:
        return ("set",)
    known = UPDATE_WORDS.get(plain_word(word))
    if known is None:
        return get_args(Doing)
    return KIN.get(known, (known,))
