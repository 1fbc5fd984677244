"""Patterns as languages: is there a text that matches some of them, and does not match others?

A pattern becomes a nondeterministic automaton (Thompson, 1968), and the automata are walked in step, each
made deterministic on the way (Rabin and Scott, 1959), so that "does not match" costs no more than "matches".
The first text that all of them accept, in order of length, is the answer.

Which side errs: what this reader of patterns does not know (anchors, references back, looking around, flags)
and what takes too long gives None, which proves nothing. ``\\d``, ``\\w`` and ``\\s`` are read as too much:
all that is not ASCII belongs to them. So they may stand in what shall match, never in what shall not.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, TypeAlias

Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""Code points, as ranges with both ends in them, sorted."""

MAX_STATES = 2_000
"""States of one automaton: identifiers of some hundred characters."""

MAX_STEPS = 5_000
"""Sets of states that are looked at: far more than formats of identifiers need, some 50 ms."""

_LAST = 0x10FFFF
_ASCII_END = 0x80
_ANY: Ranges = ((0, 9), (11, _LAST))
"""``.`` without ``DOTALL``: all but the newline."""

_CLASSES: dict[str, Ranges] = {
    "d": ((48, 57), (_ASCII_END, _LAST)),
    "w": ((48, 57), (65, 90), (95, 95), (97, 122), (_ASCII_END, _LAST)),
    "s": ((9, 13), (28, 32), (_ASCII_END, _LAST)),
}
_CONTROLS = {"n": 10, "t": 9, "r": 13, "f": 12, "v": 11, "a": 7}
_REPEAT = re.compile(r"\{([0-9]{0,4})(,?)([0-9]{0,4})\}")


class _Unknown(Exception):
    """A pattern that this module does not read."""


@lru_cache(maxsize=65536)
def common_text(matches: tuple[str, ...], refused: tuple[str, ...] = ()) -> str | Literal[False] | None:
    """Return a shortest text that matches each of the first patterns as a whole and none of the others; False
    where there provably is none, None where that cannot be said."""
    if len(matches) == 2 and _begin_apart(_prefix(matches[0]), _prefix(matches[1])):
        return False  # formats of identifiers mostly differ so, and comparing prefixes is cheap
    try:
        automata = [*map(_automaton, matches), *map(_automaton, refused)]
    except _Unknown:
        return None
    if any(automaton.wider for automaton in automata[len(matches) :]):
        return None
    found = _walk(automata, len(matches))
    # what is read as too much may accept what the pattern does not
    if isinstance(found, str) and not all(re.fullmatch(pattern, found) for pattern in matches):
        return None
    return found


_PREFIX = re.compile(r"(?:[A-Za-z0-9_/-](?![*+?{]))*")


@lru_cache(maxsize=65536)
def _prefix(pattern: str) -> str:
    """Return the plain text that everything begins with that the pattern matches."""
    found = _PREFIX.match(pattern)
    return found[0] if found is not None and "|" not in pattern else ""


def _begin_apart(one: str, other: str) -> bool:
    return not one.startswith(other) and not other.startswith(one)


def _walk(automata: list[_Automaton], wanted: int) -> str | Literal[False] | None:
    start = tuple(automaton.closure((0,)) for automaton in automata)
    seen, waiting = {start}, deque([(start, "")])
    while waiting:
        at, text = waiting.popleft()
        ends = [automaton.end in states for automaton, states in zip(automata, at, strict=True)]
        if all(ends[:wanted]) and not any(ends[wanted:]):
            return text
        for code in _representatives(automata, at):
            step = tuple(automaton.step(states, code) for automaton, states in zip(automata, at, strict=True))
            if all(step[:wanted]) and step not in seen:
                if len(seen) >= MAX_STEPS:
                    return None
                seen.add(step)
                waiting.append((step, text + chr(code)))
    return False


def _representatives(automata: list[_Automaton], at: tuple[frozenset[int], ...]) -> list[int]:
    """Return one code point of each class that no edge tells apart, letters and digits first."""
    cuts = {0}
    for automaton, states in zip(automata, at, strict=True):
        for state in states:
            for ranges, _ in automaton.edges[state]:
                for low, high in ranges:
                    cuts |= {low, high + 1}
    cuts |= {48, 58, 65, 91, 97, 123}  # so that the text found is one that a person would write
    return sorted((cut for cut in cuts if cut <= _LAST), key=lambda code: (not chr(code).isalnum(), code))


@dataclass(slots=True)
class _Automaton:
    """States by number, 0 the first; edges that read a character, and steps that read nothing."""

    edges: list[list[tuple[Ranges, int]]] = field(default_factory=lambda: [[]])
    free: list[list[int]] = field(default_factory=lambda: [[]])
    end: int = 0
    wider: bool = False
    """It accepts more than the pattern does."""

    def state(self) -> int:
        if len(self.edges) >= MAX_STATES:
            raise _Unknown
        self.edges.append([])
        self.free.append([])
        return len(self.edges) - 1

    def closure(self, states: Iterable[int]) -> frozenset[int]:
        found = set(states)
        waiting = list(found)
        while waiting:
            for state in self.free[waiting.pop()]:
                if state not in found:
                    found.add(state)
                    waiting.append(state)
        return frozenset(found)

    def step(self, states: frozenset[int], code: int) -> frozenset[int]:
        return self.closure(
            to
            for state in states
            for ranges, to in self.edges[state]
            if any(low <= code <= high for low, high in ranges)
        )


@lru_cache(maxsize=4096)
def _automaton(pattern: str) -> _Automaton:
    """Return the automaton of a pattern. Raises _Unknown for one that is not read here."""
    try:
        re.compile(pattern)
    except re.error:
        raise _Unknown from None
    reader = _Reader(pattern)
    node = reader.alternatives()
    if reader.at != len(pattern):
        raise _Unknown
    automaton = _Automaton(wider=reader.wider)
    automaton.end = _build(automaton, node, 0)
    return automaton


# --- reading ------------------------------------------------------------------------------------------------

_Node: TypeAlias = "tuple[str, Ranges] | tuple[str, list[_Node]] | tuple[str, _Node, int, int | None]"


class _Reader:
    """Reads the common subset of regular expressions."""

    def __init__(self, pattern: str) -> None:
        self.pattern, self.at, self.wider = pattern, 0, False

    def peek(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def take(self) -> str:
        char = self.peek()
        if not char:
            raise _Unknown
        self.at += 1
        return char

    def alternatives(self) -> _Node:
        options = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            options.append(self.sequence())
        return options[0] if len(options) == 1 else ("or", options)

    def sequence(self) -> _Node:
        parts: list[_Node] = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.repeated(self.item()))
        return ("and", parts)

    def item(self) -> _Node:
        char = self.take()
        if char == "(":
            return self.group()
        if char == "[":
            return ("set", self.members())
        if char == ".":
            return ("set", _ANY)
        if char in "^$*+?{":
            raise _Unknown
        return ("set", self.escaped() if char == "\\" else ((ord(char), ord(char)),))

    def group(self) -> _Node:
        if self.peek() == "?":
            if self.pattern[self.at : self.at + 2] != "?:":
                raise _Unknown
            self.at += 2
        inner = self.alternatives()
        if self.take() != ")":
            raise _Unknown
        return inner

    def repeated(self, node: _Node) -> _Node:
        low, high = 1, 1
        char = self.peek()
        if char and char in "*+?":
            self.at += 1
            low, high = (0 if char in "*?" else 1), (1 if char == "?" else None)  # type: ignore[assignment]  # no end
        elif char == "{":
            found = _REPEAT.match(self.pattern, self.at)
            if found is None or not (found[1] or found[3]):
                raise _Unknown
            self.at = found.end()
            low = int(found[1] or 0)
            high = int(found[3]) if found[3] else None if found[2] else low  # type: ignore[assignment]  # no end
        else:
            return node
        if self.peek() == "+":  # possessive: another language
            raise _Unknown
        if self.peek() == "?":  # lazy: the same language
            self.at += 1
        if self.peek() in tuple("*+?{"):
            raise _Unknown
        return ("repeat", node, low, high)

    def escaped(self) -> Ranges:
        char = self.take()
        if char in _CLASSES:
            self.wider = True
            return _CLASSES[char]
        if char in _CONTROLS:
            return ((_CONTROLS[char], _CONTROLS[char]),)
        if char.isalnum():
            raise _Unknown
        return ((ord(char), ord(char)),)

    def members(self) -> Ranges:
        negated = self.peek() == "^"
        self.at += negated
        found: list[tuple[int, int]] = []
        while self.peek() != "]" or not found:
            ranges = self.member()
            if self.peek() == "-" and self.pattern[self.at + 1 : self.at + 2] != "]":
                self.at += 1
                last = self.member()
                if len(ranges) != 1 or len(last) != 1:
                    raise _Unknown
                ranges = ((ranges[0][0], last[0][1]),)
            found += ranges
        self.at += 1
        if negated and self.wider:
            raise _Unknown
        return tuple(_complement(sorted(found))) if negated else tuple(sorted(found))

    def member(self) -> Ranges:
        char = self.take()
        return self.escaped() if char == "\\" else ((ord(char), ord(char)),)


def _complement(ranges: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    at = 0
    for low, high in ranges:
        if at < low:
            yield at, low - 1
        at = max(at, high + 1)
    if at <= _LAST:
        yield at, _LAST


# --- building -----------------------------------------------------------------------------------------------


def _build(automaton: _Automaton, node: _Node, start: int) -> int:
    """Add a node's states after ``start``, and return where they end."""
    match node:
        case ("set", ranges):
            end = automaton.state()
            automaton.edges[start].append((ranges, end))  # type: ignore[arg-type]  # ranges, by the tag
            return end
        case ("and", parts):
            for part in parts:
                start = _build(automaton, part, start)  # type: ignore[arg-type]  # a node, by the tag
            return start
        case ("or", options):
            end = automaton.state()
            for option in options:
                begin = automaton.state()
                automaton.free[start].append(begin)
                automaton.free[_build(automaton, option, begin)].append(end)  # type: ignore[arg-type]  # a node, by the tag
            return end
        case ("repeat", inner, low, high):
            return _repeat(automaton, inner, low, high, start)
    raise AssertionError(f"Invariant: a node of another kind: {node!r:.60}")


def _repeat(automaton: _Automaton, inner: _Node, low: int, high: int | None, start: int) -> int:
    for _ in range(low):
        start = _build(automaton, inner, start)
    if high is None:
        loop, end = automaton.state(), automaton.state()
        automaton.free[start] += [loop, end]
        automaton.free[_build(automaton, inner, loop)] += [loop, end]
        return end
    ends = [start]
    for _ in range(high - low):
        begin = automaton.state()
        automaton.free[start].append(begin)
        start = _build(automaton, inner, begin)
        ends.append(start)
    end = automaton.state()
    for each in ends:
        automaton.free[each].append(end)
    return end
