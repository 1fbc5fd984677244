"""Digests over the body: which function, in which encoding, cut off where, with what around it.

The digest is found in the header by its own beginning, so that a guess of the function is all that the search
needs. Around it stand literals, or the length of the body in decimal or hexadecimal digits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wraith.runtime import Environment, compile_expr
from wraith.wir import Call, Expr, Literal, Ref, Text

BODY = Ref(("response", "text"))

MIN_DIGEST = 8
"""Characters of a digest that are no coincidence: the length of a CRC-32."""

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


def _digests() -> Iterator[Expr]:
    for name in ("sha1", "md5", "sha256"):
        of_hex, of_base64 = Call(name, (BODY,)), Call(name, (BODY, Literal("base64")))
        yield of_hex
        yield of_base64
        yield Call("upper", (of_hex,))
        yield Call(
            "replace", (Call("replace", (of_base64, Literal("+"), Literal("-"))), Literal("/"), Literal("_"))
        )
    yield Call("crc32", (BODY,))
    yield Call("upper", (Call("crc32", (BODY,)),))


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
