"""Digests over the body, or over one text that is sent or stored: which function, in which encoding, cut off
where, with what around it.

The digest is found in the header by its own beginning, so that a guess of the function is all that the search
needs. Around it stand literals, or the length of the body in decimal or hexadecimal digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from functools import cache

from wraith.paths import Found
from wraith.runtime import Environment, compile_expr
from wraith.synth._places import rank
from wraith.synth._rows import Row, Values, distinct_texts, fit
from wraith.wir import Call, Expr, Literal, Lookup, Ref, Text

BODY = Ref(("response", "text"))

MIN_DIGEST = 8
"""Characters of a digest that are no coincidence: the length of a CRC-32."""

MAX_TEXTS = 60
"""Texts of an exchange whose digests are looked at, simplest first."""

DISTINCT = 2
"""Different digests of a text that must have been met."""

_DIGEST = re.compile(
    r"[0-9a-f]{8,64}|[0-9A-F]{8,64}|[A-Za-z0-9+/_-]{22}(==)?|[A-Za-z0-9+/_-]{27}=?|[A-Za-z0-9+/_-]{43}=?"
)
"""Hexadecimal digits, perhaps cut off; MD5, SHA-1 and SHA-256 in base64."""

_LENGTH = Call("byte_length", (BODY,))


def digest_source(values: Sequence[str], envs: Sequence[Environment]) -> Expr | None:
    """Return the text with a digest of the body that gives every value, or None."""
    for digest in _digests():
        made = [str(compile_expr(digest)(env)) for env in envs]
        shared = _shared(values[0], made[0])
        if shared < MIN_DIGEST or not all(
            each[:shared] in value for each, value in zip(made, values, strict=True)
        ):
            continue
        cut = [value.partition(each[:shared]) for each, value in zip(made, values, strict=True)]
        before, behind = (_around([parts[side] for parts in cut], envs) for side in (0, 2))
        if before is not None and behind is not None:
            whole = shared == len(made[0])
            middle = digest if whole else Call("slice", (digest, Literal(0), Literal(shared)))
            return Text((*before, middle, *behind))
    return None


def likely_digest(values: Sequence[str]) -> Expr:
    """Return the text that changes with the body and looks like the values: the form of a digest that the
    search does not know."""
    first = values[0]
    inner = first.removeprefix("W/").strip('"')
    before, _, behind = first.partition(inner) if inner else (first, "", "")
    digest = Call("slice", (Call("sha256", (BODY,)), Literal(0), Literal(max(len(inner), 1))))
    return Text((Literal(before), digest, Literal(behind)))


def fingerprint_source(rows: Sequence[Row], values: Values) -> Expr | None:
    """Return the digest of one text of the exchange, whole or its beginning, that gives every value, or
    None."""
    if not all(isinstance(value, str) and _DIGEST.fullmatch(value) for value in values):
        return None
    if len({len(str(value)) for value in values}) > 1 or distinct_texts(values) < DISTINCT:
        return None
    target = str(values[0])
    env = copy(rows[0].env)
    for text, place in _texts(rows[0])[:MAX_TEXTS]:
        env.item = text
        for digest, compute in zip(_digests(place), _compiled(), strict=True):
            made = str(compute(env))
            if made.startswith(target):
                cut = Call("slice", (digest, Literal(0), Literal(len(target))))
                found = fit(digest if made == target else cut, rows, values)
                if found is not None and found.whole:
                    return found.expr
    return None


def _texts(row: Row) -> list[tuple[str, Expr]]:
    """Return the texts of an exchange, each with the simplest place that it stands at, simplest first."""
    found: list[tuple[str, Expr]] = []
    for key, exprs in row.index.items():
        places = [expr for expr in exprs if isinstance(expr, Ref | Lookup)] if isinstance(key, str) else []
        if places:
            found.append((str(key), min(places, key=rank)))
    return sorted(found, key=lambda each: rank(each[1]))


@cache
def _compiled() -> list[Callable[[Environment], Found]]:
    """Return the digests of the item."""
    return [compile_expr(digest) for digest in _digests(Ref(("item",)))]


def _digests(of: Expr = BODY) -> Iterator[Expr]:
    for name in ("sha1", "md5", "sha256"):
        of_hex, of_base64 = Call(name, (of,)), Call(name, (of, Literal("base64")))
        yield of_hex
        yield of_base64
        yield Call("upper", (of_hex,))
        yield Call(
            "replace", (Call("replace", (of_base64, Literal("+"), Literal("-"))), Literal("/"), Literal("_"))
        )
    yield Call("crc32", (of,))
    yield Call("upper", (Call("crc32", (of,)),))


def _shared(value: str, digest: str) -> int:
    """Return how many characters of the digest stand in the value, from its first one."""
    at = value.find(digest[:MIN_DIGEST])
    if at < 0:
        return 0
    length = MIN_DIGEST
    while length < len(digest) and value[at : at + length + 1] == digest[: length + 1]:
        length += 1
    return length


def _around(texts: Sequence[str], envs: Sequence[Environment]) -> tuple[Expr, ...] | None:
    """Return what stands before or behind a digest: a literal, or one with the length of the body in it."""
    for length in (_LENGTH, Call("hex", (_LENGTH,))):
        numbers = [str(compile_expr(length)(env)) for env in envs]
        if len(set(texts)) > 1 or (len(texts) == 1 and numbers[0] in texts[0]):
            cut = [text.partition(number) for text, number in zip(texts, numbers, strict=True)]
            if len({(before, behind) for before, _, behind in cut}) == 1 and all(
                found for _, found, _ in cut
            ):
                before, _, behind = cut[0]
                return tuple(
                    part for part in (Literal(before), length, Literal(behind)) if part != Literal("")
                )
    if len(set(texts)) == 1:
        return (Literal(texts[0]),) if texts[0] else ()
    return None
