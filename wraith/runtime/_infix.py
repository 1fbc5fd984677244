"""Conditions spelled out in a text: ``size gt 3 and name eq "a"``, ``status:open label:bug``, ``price>=10``.

The grammar is the same for all such languages: conditions of a field, an operator and a value, joined by
words or signs, with parentheses; an operator or a join that ends with ``(`` is written as a function. What
the operators and the joins *are* is a table of words that comes in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from wraith.canonical import JsonValue
from wraith.wir import JOINS

MAX_TEXT: Final = 4_000
"""Characters of a text that is read; nobody writes longer ones."""

MAX_DEPTH: Final = 32
"""Parentheses within parentheses."""

FIELD = re.compile(r"[A-Za-z_@$][\w.@$-]*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.|\'\')*)\'')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_ESCAPED = re.compile(r"\\(.)|''")


@dataclass(frozen=True, slots=True)
class Term:
    """A condition: a field, the word between it and the value, the value. A value that stands alone has
    neither field nor word."""

    field: str
    word: str
    value: JsonValue


@dataclass(frozen=True, slots=True)
class Joined:
    """Conditions of which ``all``, ``any`` or ``none`` have to hold."""

    how: str
    parts: tuple[Tree, ...]


Tree: TypeAlias = Term | Joined


def read_text(text: str, words: Mapping[str, str]) -> Tree | None:
    """Return the conditions in a text, None where it is not all of this language. ``words`` says of each
    what it means: an operator, or ``all``, ``any`` or ``none``, and of ``""`` what it means that nothing
    stands between two conditions."""
    if len(text) > MAX_TEXT:
        return None
    reader = _Reader(text, words)
    try:
        tree = reader.some(0)
    except _NotThisLanguageError:
        return None
    return tree if reader.at_end() else None


class _NotThisLanguageError(Exception):
    """The text goes on as no text of this language does."""


class _Reader:
    """Reads one text from left to right."""

    def __init__(self, text: str, words: Mapping[str, str]) -> None:
        self.text = text
        self.at = 0
        self.beside = words.get("")
        ranked = sorted((word for word in words if word), key=lambda word: (-len(word), word))
        self.operators = [word for word in ranked if words[word] not in JOINS and word[-1] != "("]
        self.calls = [(word, words[word]) for word in ranked if word[-1] == "("]
        self.joins = {how: [w for w in ranked if words[w] == how and w[-1] != "("] for how in JOINS}
        signs = [w for how in ("all", "any") for w in self.joins[how] if not _is_word(w)]
        stops = "".join(map(re.escape, sorted({sign[0] for sign in signs})))
        self.bare = re.compile(rf"[^\s(){stops}]+")
        self.bare_argument = re.compile(r"[^\s(),]+")

    def at_end(self) -> bool:
        self._skip()
        return self.at >= len(self.text)

    def some(self, depth: int) -> Tree:
        """Read conditions of which any has to hold, each of several that all have to."""
        if depth > MAX_DEPTH:
            raise _NotThisLanguageError
        parts = [self._every(depth)]
        while self._join("any") or (self.beside == "any" and self._goes_on()):
            parts.append(self._every(depth))
        return parts[0] if len(parts) == 1 else Joined("any", tuple(parts))

    def _every(self, depth: int) -> Tree:
        parts = [self._one(depth)]
        while self._join("all") or (self.beside == "all" and self._goes_on()):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else Joined("all", tuple(parts))

    def _goes_on(self) -> bool:
        """Whether another condition stands right beside the last."""
        return not self.at_end() and self.text[self.at] != ")" and not self._is_next(self.joins["any"])

    def _one(self, depth: int) -> Tree:
        if self._join("none"):
            return Joined("none", (self._one(depth + 1),))
        for word, meaning in self.calls:
            if self._word(word):
                return self._call(word, meaning, depth)
        if self._sign("("):
            tree = self.some(depth + 1)
            if not self._sign(")"):
                raise _NotThisLanguageError
            return tree
        return self._condition() or Term("", "", self._value(self.bare))

    def _call(self, word: str, meaning: str, depth: int) -> Tree:
        if depth > MAX_DEPTH:
            raise _NotThisLanguageError
        if meaning in JOINS:
            parts = [self.some(depth + 1)]
            while self._sign(","):
                parts.append(self.some(depth + 1))
            made: Tree = Joined(meaning, tuple(parts))
        else:
            self._skip()
            named = FIELD.match(self.text, self.at)
            if named is None:
                raise _NotThisLanguageError
            self.at = named.end()
            values: list[JsonValue] = []
            while self._sign(","):
                values.append(
                    self._listed() if self._is_next(("(", "[")) else self._value(self.bare_argument)
                )
            made = Term(named[0], word, True if not values else values[0] if len(values) == 1 else values)
        if not self._sign(")"):
            raise _NotThisLanguageError
        return made

    def _condition(self) -> Term | None:
        """Read a field with an operator; return None where none stands here."""
        self._skip()
        began, named = self.at, FIELD.match(self.text, self.at)
        if named is None:
            return None
        self.at = named.end()
        for word in self.operators:
            if self._word(word):
                return Term(named[0], word, self._operand())
        self.at = began
        return None

    def _operand(self) -> JsonValue:
        if (
            self.at_end()
            or self.text[self.at] == ")"
            or self._is_next((*self.joins["all"], *self.joins["any"]))
        ):
            return True  # an operator that asks whether something is there
        if self._is_next(("(", "[")):
            return self._listed()
        return self._value(self.bare)

    def _listed(self) -> JsonValue:
        """Read alternatives in parentheses or brackets."""
        close = ")" if self._sign("(") else "]" if self._sign("[") else ""
        values: list[JsonValue] = []
        pattern = re.compile(r"[^\s(),\[\]]+")
        while not self._sign(close):
            values.append(self._value(pattern))
            self._sign(",")
        return values

    def _value(self, bare: re.Pattern[str]) -> JsonValue:
        self._skip()
        if (quoted := _QUOTED.match(self.text, self.at)) is not None:
            self.at = quoted.end()
            return _ESCAPED.sub(
                lambda found: found[1] or "'", quoted[1] if quoted[1] is not None else quoted[2]
            )
        found = bare.match(self.text, self.at)
        if found is None:
            raise _NotThisLanguageError
        self.at = found.end()
        return _scalar(found[0])

    # --- what stands here ---

    def _skip(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def _is_next(self, words: Iterable[str]) -> bool:
        began = self.at
        found = any(self._word(word) for word in words)
        self.at = began
        return found

    def _join(self, how: str) -> bool:
        return any(self._word(word) for word in self.joins[how])

    def _sign(self, sign: str) -> bool:
        self._skip()
        found = self.text.startswith(sign, self.at)
        self.at += len(sign) if found else 0
        return found

    def _word(self, word: str) -> bool:
        """Take a word or a sign where it stands next; a word of letters ends where its letters end."""
        began = self.at
        self._skip()
        end = self.at + len(word)
        there = self.text[self.at : end].lower() == word.lower()
        if there and word[-1].isalnum() and end < len(self.text):
            there = self.text[end].isspace() or self.text[end] in "()[\"'"
        if there and word[0].isalpha() and self.at:
            there = self.text[self.at - 1].isspace() or self.text[self.at - 1] in "(),"
        self.at = end if there else began
        return there


def _is_word(word: str) -> bool:
    return word[:1].isalpha()


def _scalar(text: str) -> JsonValue:
    """Return what a value without quotes is: a truth, nothing, a number, or else a text."""
    constants: dict[str, JsonValue] = {"true": True, "false": False, "null": None}
    if text.lower() in constants:
        return constants[text.lower()]
    if len(text) < 20 and _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text
