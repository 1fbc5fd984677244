"""Texts of one build, such as pages and event streams: literal runs, and gaps that have sources.

The texts are aligned token by token with one of them. What all share stays literal; each gap between is a
column of values that is explained like any other. Gaps that lie close are tried together first, because a
time or an identifier may share some of its characters by chance.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from wraith.runtime import cut_text
from wraith.synth._evidence.rows import Values
from wraith.wir import Expr, Literal, Text

MAX_CHARACTERS = 20_000
"""Longer texts are files, not answers that are made from values."""

MAX_TOKENS = 60_000
"""Tokens of all texts together that are aligned: enough for forty pages of moderate length."""

MAX_GAPS = 40
"""More places that differ are data without a pattern that expressions could tell."""

CLOSE = 3
"""Characters between gaps that may belong to one value: ``-`` of an identifier, ``, `` between words."""

MERGED = 6
"""Gaps that may be one value: a UUID has five pieces."""

_TOKEN = re.compile(
    r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|[+-]\d{4})"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"
    r"|\w+\s?|\s|[^\w\s]",
    re.ASCII,
)
"""An instant is one token, a word takes the space behind it along: a space alone is common to all texts."""

_TAIL = re.compile(r"[\w.:+/@%-]*\Z")
_HEAD = re.compile(r"[\w.:+/@%-]*")

Explain = Callable[[list[str]], Expr | None]
"""What gives a column of values, one for each text, or None. The first of several that explains any way to
cut a gap is taken: what is made fresh comes last, because it explains nearly everything."""


@dataclass(frozen=True, slots=True)
class Runs:
    """The text that explains texts; ``whole`` is false where some gap is only guessed."""

    source: Text
    whole: bool


def runs_source(
    values: Values, explain: Sequence[Explain], guess: Callable[[list[str]], Expr]
) -> Runs | None:
    """Return the text of runs and gaps, None where the texts share too little or no gap is explained."""
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) < len(values) or max(map(len, texts)) > MAX_CHARACTERS:
        return None
    runs = _common_runs(texts)
    if runs is None or not 2 <= len(runs) <= MAX_GAPS + 1 or not any(_says_something(run) for run in runs):
        return None
    gaps = _gaps(texts, runs)
    if gaps is None:
        return None
    parts = _explained(runs, gaps, explain, guess)
    return Runs(Text(parts[0]), parts[1] == 0) if parts[2] else None


def _says_something(run: str) -> bool:
    return sum(character.isalpha() for character in run) >= 3


def _common_runs(texts: Sequence[str]) -> list[str] | None:
    """Return the runs of tokens that all texts share in this order, first and last perhaps empty; None where
    there are too many tokens to align."""
    tokens = [_TOKEN.findall(text) for text in dict.fromkeys(texts)]
    if sum(map(len, tokens)) > MAX_TOKENS:
        return None
    pivot = min(tokens, key=lambda each: (len(each), each))
    matched = [True] * (len(pivot) + 1)  # the last stands for the end
    joined = [True] * (len(pivot) + 1)  # to what stands before, in every text
    for other in tokens:
        places: list[int | None] = [-1, *_places(pivot, other), len(other)]
        for at, (before, place) in enumerate(pairwise(places)):
            matched[at] &= place is not None
            joined[at] &= place is not None and before is not None and place == before + 1
    runs = [""]
    for at, token in enumerate([*pivot, ""]):
        if joined[at]:
            runs[-1] += token
        elif matched[at]:
            runs.append(token)
    return runs


def _places(pivot: list[str], other: list[str]) -> list[int | None]:
    """Return for each token of the pivot the place of its counterpart."""
    places: list[int | None] = [None] * len(pivot)
    start = 0
    while start < min(len(pivot), len(other)) and pivot[start] == other[start]:
        places[start] = start
        start += 1
    end = 0
    while end < min(len(pivot), len(other)) - start and pivot[-1 - end] == other[-1 - end]:
        places[len(pivot) - 1 - end] = len(other) - 1 - end
        end += 1
    inner, outer = pivot[start : len(pivot) - end], other[start : len(other) - end]
    matcher = SequenceMatcher(None, inner, outer, autojunk=False)
    for a, b, size in matcher.get_matching_blocks():
        for step in range(size):
            places[start + a + step] = start + b + step
    return places


def _gaps(texts: Sequence[str], runs: list[str]) -> list[list[str]] | None:
    """Return for each gap its value in every text, or None where the runs do not cut a text as expected.
    Space that ends every value goes to the run behind."""
    cuts = [gaps for text in texts if (gaps := cut_text(text, runs)) is not None]
    if len(cuts) < len(texts):
        return None
    columns = [list(column) for column in zip(*cuts, strict=True)]
    for at, column in enumerate(columns):
        while all(value[-1:].isspace() for value in column) and len({value[-1] for value in column}) == 1:
            runs[at + 1] = column[0][-1] + runs[at + 1]
            column[:] = [value[:-1] for value in column]
    return columns


def _explained(
    runs: list[str], gaps: list[list[str]], explain: Sequence[Explain], guess: Callable[[list[str]], Expr]
) -> tuple[tuple[Expr, ...], int, int]:
    """Return the parts of the text, how many gaps are guessed, and how many are explained."""
    parts: list[Expr] = []
    guessed = told = at = 0
    before = runs[0]
    while at < len(gaps):
        tried = (_widest(runs, gaps, at, before, each) for each in explain)
        found = next((each for each in tried if each is not None), None)
        if found is None:
            parts += [Literal(before), guess(gaps[at])]
            guessed += 1
            at, before = at + 1, runs[at + 1]
            continue
        expr, left, last, taken = found
        parts += [Literal(before[: len(before) - left]), expr]
        told += 1
        at, before = last + 1, runs[last + 1][taken:]
    parts.append(Literal(before))
    return tuple(part for part in parts if part != Literal("")), guessed, told


def _widest(
    runs: list[str], gaps: list[list[str]], at: int, before: str, explain: Explain
) -> tuple[Expr, int, int, int] | None:
    """Return what explains most of the gaps from one on as one value, with how many characters it takes of
    the run before, the last gap, and how many characters it takes of the run behind."""
    last = at
    while last + 1 < len(gaps) and last + 1 < at + MERGED and _is_close(runs[last + 1]):
        last += 1
    head = _TAIL.search(before)
    left = head[0] if head else ""
    for end in range(last, at - 1, -1):
        inner = [
            "".join(gaps[i][row] + (runs[i + 1] if i < end else "") for i in range(at, end + 1))
            for row in range(len(gaps[at]))
        ]
        tail = _HEAD.match(runs[end + 1])
        right = tail[0] if tail else ""
        for one, other in dict.fromkeys([(left, right), (left, ""), ("", right), ("", "")]):
            column = [f"{one}{value}{other}" for value in inner]
            expr = explain(column)
            if expr is not None:
                return expr, len(one), end, len(other)
    return None


def _is_close(run: str) -> bool:
    return len(run) <= CLOSE and "\n" not in run and not set(run) & set("<>\"'{}")
