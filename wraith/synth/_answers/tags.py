"""Entity tags as the rest of the service makes them.

Where a route shows no rule for its tags, one is guessed that changes with the body. Services make the tags
of all their answers alike, so the digest that other routes were seen to use is the better guess, if it is as
long.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from wraith.synth._exchanges.learned import LearnedRoute
from wraith.synth._values.digests import BODY
from wraith.wir import Call, Expr, Literal, Text, Variant

LENGTHS = {"md5": 32, "sha1": 40, "sha256": 64}
"""Hexadecimal digits of the digests."""

GUESSED = BODY.digest("sha256")


def with_shared_tags(learned: Mapping[int, LearnedRoute]) -> dict[int, LearnedRoute]:
    """Return the routes with the digests of most tags in the place of those that were guessed."""
    known = Counter(
        digest for made in learned.values() for variant in made.variants for digest in _digests(variant)
    )
    best = {
        LENGTHS[digest.function]: digest
        for digest, _ in sorted(known.items(), key=lambda each: (each[1], each[0].function))
    }
    return {
        route: replace(made, variants=tuple(_tagged(variant, best) for variant in made.variants))
        for route, made in learned.items()
    }


def _digests(variant: Variant) -> Iterator[Call]:
    """Yield the whole digests of the body in the tag of a variant."""
    for name, expr in variant.headers:
        for part in expr.parts if name == "etag" and isinstance(expr, Text) else ():
            if isinstance(part, Call) and part.function in LENGTHS and part == BODY.digest(part.function):
                yield part


def _tagged(variant: Variant, best: Mapping[int, Call]) -> Variant:
    def better(part: Expr) -> Expr:
        match part:
            case Call("slice", (of, Literal(0), Literal(int(length)))) if of == GUESSED and length in best:
                return best[length]
        return part

    headers = tuple(
        (name, Text(tuple(map(better, expr.parts))) if name == "etag" and isinstance(expr, Text) else expr)
        for name, expr in variant.headers
    )
    return variant if headers == variant.headers else variant.model_copy(update={"headers": headers})
