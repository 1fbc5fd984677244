"""Whether an expression explains a recorded value: exactly, or by kind where the service makes it anew.

What is made fresh is never met again, so it is judged by what can be told: an identifier by its pattern, a
time by its form and by how near it is to the exchange. Everything else has to be equal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import TypeAlias

from wraith.paths import MISSING, Found
from wraith.runtime import Environment, compile_atom, compile_expr, text_of
from wraith.synth._evidence.made import is_near
from wraith.synth._evidence.rows import equal, kind
from wraith.wir import Ask, Cast, Clock, Expr, First, FreshId, Given, NextKey, Ref, Text, When

Judge: TypeAlias = Callable[[Environment, Found], bool]
"""Whether the value is explained where the environment is what its exchange could see."""


TOKEN = Ref(("page", "next_token"))


def is_made(expr: Expr) -> bool:
    """Whether a value that the service makes itself, and no replay meets again, goes into an expression. What
    a twin answers to its own question may hold such values."""
    return any(
        isinstance(each, FreshId | Clock | Ask) or (isinstance(each, NextKey) and each.gaps) or each == TOKEN
        for each in _within(expr)
    )


def is_of_body(expr: Expr) -> bool:
    """Whether an expression looks at the answer's body."""
    return any(isinstance(each, Ref) and each.path[:1] == ("response",) for each in _within(expr))


def _within(part: object) -> Iterator[object]:
    if isinstance(part, tuple):
        for each in part:
            yield from _within(each)
    elif is_dataclass(part):
        yield part
        for each in fields(part):
            yield from _within(getattr(part, each.name))


def compile_judge(expr: Expr) -> Judge:
    """Return the function that judges recorded values by an expression."""
    compute = compile_expr(expr)
    if not is_made(expr):
        return lambda env, value: equal(compute(env), value)
    match expr:
        case FreshId(pattern):
            return _by_pattern(pattern)
        case Clock():
            return lambda env, value: is_near(expr, value, env.now_ms)
        case NextKey():
            return lambda env, value: _is_grown(value, compute(env))
        case First(options):
            return _first(options)
        case Text(parts):
            return _text(parts)
        case Cast(FreshId(pattern), "integer"):
            drawn = _by_pattern(pattern)
            return lambda env, value: isinstance(value, int) and drawn(env, str(value))
        case Given(value) | Cast(value, _):
            return compile_judge(value)
        case When(test, then, otherwise):
            holds, yes, no = compile_atom(test), compile_judge(then), compile_judge(otherwise or First(()))
            return lambda env, value: yes(env, value) if holds(env) else no(env, value)
    return lambda env, value: kind(compute(env)) == kind(value)


def _by_pattern(pattern: str) -> Judge:
    matches = _pattern(pattern)
    return lambda env, value: isinstance(value, str) and matches(value) is not None


def _pattern(pattern: str) -> Callable[[str], re.Match[str] | None]:
    """Return what matches identifiers: their patterns are regular expressions, but for operators that stand
    for themselves in one that was written by hand."""
    try:
        return re.compile(pattern).fullmatch
    except re.error:
        return re.compile(".*", re.DOTALL).fullmatch


def _is_grown(value: Found, least: Found) -> bool:
    return (
        isinstance(value, int) and isinstance(least, int) and not isinstance(value, bool) and value >= least
    )


def _first(options: tuple[Expr, ...]) -> Judge:
    """Judge by the first option that gives a value; what is made always gives one."""
    compiled = [(compile_expr(option), compile_judge(option)) for option in options]

    def judge(env: Environment, value: Found) -> bool:
        for compute, judged in compiled:
            if compute(env) is not MISSING:
                return judged(env, value)
        return value is MISSING

    return judge


def _text(parts: tuple[Expr, ...]) -> Judge:
    """Judge by a pattern: the parts as they are, fresh ones by their own patterns."""
    pieces: list[Callable[[Environment], str | None]] = []
    for part in parts:
        if isinstance(part, FreshId):
            pieces.append(lambda env, pattern=part.pattern: f"(?:{pattern})")  # type: ignore[misc]
        elif is_made(part):
            pieces.append(lambda env: ".+")
        else:
            pieces.append(_escaped(part))

    def judge(env: Environment, value: Found) -> bool:
        found = [piece(env) for piece in pieces]
        if not isinstance(value, str):
            return value is MISSING and None in found
        pattern = "".join(each for each in found if each is not None)
        return None not in found and _pattern(pattern)(value) is not None

    return judge


def _escaped(part: Expr) -> Callable[[Environment], str | None]:
    compute = compile_expr(part)

    def escaped(env: Environment) -> str | None:
        text = text_of(compute(env))
        return None if text is None else re.escape(text)

    return escaped
