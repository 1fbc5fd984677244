"""Targets, forms and cookies: values between marks. What holds no secret stays as it was written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import quote, unquote, unquote_plus, unquote_to_bytes

from wraith.paths import EACH, Path, Step

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_COOKIE_SAFE = "!#$&'()*+-./:<=>?@[]^_`{|}~"
"""What RFC 6265 lets stand in a cookie; everything else is escaped, as servers do."""

_BRACKET = re.compile(r"\[([^\[\]]*)\]")


def rewrite_pairs(text: str, rewrite: Callable[[str, int, str], str]) -> str:
    """Return a query or form with values replaced by what ``rewrite`` makes of name, occurrence and value.

    The occurrence counts pairs of one name from 0; it is -1 where the name stands alone.
    """
    if not text:
        return text
    pairs = text.split("&")
    names = [pair.partition("=")[0] for pair in pairs]
    repeated = Counter(names) if len(set(names)) < len(names) else None
    seen: Counter[str] = Counter()
    for position, (name, pair) in enumerate(zip(names, pairs, strict=True)):
        raw = pair[len(name) + 1 :]
        occurrence = -1
        if repeated is not None and repeated[name] > 1:
            occurrence = seen[name]
            seen[name] += 1
        value = _unquote(raw)
        changed = rewrite(_unquote(name), occurrence, value) if raw else value
        if changed != value:
            pairs[position] = f"{name}={quote(changed, safe='*', errors='surrogateescape')}"
    return "&".join(pairs)


def rewrite_path(path: str, rewrite: Callable[[str], str]) -> str:
    """Return a path rewritten: as a whole, or segment by segment where it holds escapes."""
    if "%" not in path:
        return rewrite(path)
    return "/".join([_segment(segment, rewrite) for segment in path.split("/")])


def _segment(segment: str, rewrite: Callable[[str], str]) -> str:
    value = unquote(segment, errors="surrogateescape")
    changed = rewrite(value)
    return segment if changed == value else quote(changed, safe="*", errors="surrogateescape")


def unquoted(text: bytes) -> bytes:
    """Return the bytes with escapes undone: what detectors search."""
    return unquote_to_bytes(text.replace(b"+", b" ")) if b"%" in text or b"+" in text else text


def rewrite_cookies(text: str, rewrite: Callable[[str, str], str]) -> str:
    """Return a ``Cookie`` header with each value replaced; quotes around a value stay."""
    return ";".join([_cookie(pair, rewrite) for pair in text.split(";")])


def rewrite_set_cookie(text: str, rewrite: Callable[[str, str], str]) -> str:
    """Return a ``Set-Cookie`` header with its value replaced, and its attributes as they are."""
    pair, semicolon, attributes = text.partition(";")
    return _cookie(pair, rewrite) + semicolon + attributes


@lru_cache(maxsize=4096)
def steps_of(name: str, occurrence: int) -> tuple[Step, ...]:
    """Return the path of a form field: ``card[number]`` is ``card.number``; ``[]`` is every element."""
    found = _NAME.fullmatch(name)
    steps: list[Step] = [found[1]] if found else [name]
    for part in _BRACKET.findall(found[2]) if found else ():
        steps.append(EACH if part == "" else int(part) if part.isdecimal() and part.isascii() else part)
    if occurrence >= 0 and EACH not in steps:
        steps.append(occurrence)
    return tuple(steps)


def covers(rule: Path, steps: tuple[Step, ...] | list[Step]) -> bool:
    """Tell whether the rule's path is the value's, or that of an object or list around it."""
    if len(rule) > len(steps):
        return False
    return all(
        want == step
        or (want is EACH and not isinstance(step, str))
        or (step is EACH and isinstance(want, int))
        for want, step in zip(rule, steps, strict=False)
    )


def _cookie(pair: str, rewrite: Callable[[str, str], str]) -> str:
    name, equals, value = pair.partition("=")
    inner = value.strip()
    if len(inner) >= 2 and inner[0] == inner[-1] == '"':
        inner = inner[1:-1]
    if not inner:
        return pair
    plain = unquote(inner, errors="surrogateescape")
    changed = rewrite(name.strip(), plain)
    return (
        pair
        if changed == plain
        else name + equals + value.replace(inner, quote(changed, safe=_COOKIE_SAFE), 1)
    )


def _unquote(text: str) -> str:
    return unquote_plus(text, errors="surrogateescape") if "%" in text or "+" in text else text
