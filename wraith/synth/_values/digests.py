"""Digests of bodies, fields and stored values: which function, in which encoding, cut off where, with what
around it.

The digest is found in the value by its own beginning, so that a guess of the function is all that the search
needs. Around it stand literals, or the length of what it is of in decimal or hexadecimal digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wraith.paths import Found
from wraith.runtime import Environment, compile_expr
from wraith.synth._evidence.places import rank
from wraith.synth._evidence.rows import Row
from wraith.wir import Call, Expr, Literal, Lookup, Ref, Text

MIN_DIGEST = 8
"""Characters of a digest that are no coincidence: the length of a CRC-32."""

MAX_SUBJECTS = 40
"""Texts of an exchange that are looked at, simplest first: a digest is of something that was sent or kept."""

_DIGEST = re.compile(
    r"(?:W/)?\"?(?:(?:md5|sha1|sha256|crc32)[:=-])?"
    r"(?:[0-9a-f]{8,64}|[0-9A-F]{8,64}|[A-Za-z0-9+/_-]{22}(==)?|[A-Za-z0-9+/_-]{27}=?|[A-Za-z0-9+/_-]{43}=?)\"?"
)
"""Hexadecimal digits, perhaps cut off; MD5, SHA-1 and SHA-256 in base64; alone, or as an entity tag."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a digest may be of: a text, or bytes as base64."""

    of: Expr
    is_base64: bool = False

    def digest(self, name: str, *more: str) -> Expr:
        """Return a digest of it; ``more`` is the encoding, which CRC-32 has none of."""
        if self.is_base64:
            more = ("base64",) if name == "crc32" else (*(more or ("hex",)), "base64")
        return Call(name, (self.of, *map(Literal, more)))

    @property
    def length(self) -> Expr:
        return Call("byte_length", (self.of, Literal("base64")) if self.is_base64 else (self.of,))


BODY = Subject(Ref(("response", "text")))
"""The body of the answer, as it is written."""

SENT = Subject(Ref(("request", "raw")), is_base64=True)
"""The body of the request, as it came."""


def digest_source(
    values: Sequence[str], envs: Sequence[Environment], subjects: Sequence[Subject] = (BODY,)
) -> Expr | None:
    """Return the text with a digest that gives every value, or None."""
    for subject in subjects:
        for digest in _digests(subject):
            found = _with_surroundings(values, envs, digest, subject)
            if found is not None:
                return found
    return None


def _with_surroundings(
    values: Sequence[str], envs: Sequence[Environment], digest: Expr, subject: Subject
) -> Expr | None:
    compute = compile_expr(digest)
    first = compute(envs[0])
    if not isinstance(first, str) or _shared(values[0], first) < MIN_DIGEST:
        return None
    made = [str(compute(env)) for env in envs]
    shared = _shared(values[0], made[0])
    if not all(each[:shared] in value for each, value in zip(made, values, strict=True)):
        return None
    cut = [value.partition(each[:shared]) for each, value in zip(made, values, strict=True)]
    before, behind = (_around([parts[side] for parts in cut], envs, subject.length) for side in (0, 2))
    if before is None or behind is None:
        return None
    middle = digest if shared == len(made[0]) else Call("slice", (digest, Literal(0), Literal(shared)))
    return Text((*before, middle, *behind))


def looks_made(text: str) -> bool:
    """Whether a text may hold a digest: it has digits enough in one piece."""
    return _DIGEST.fullmatch(text) is not None


def digest_of_place(rows: Sequence[Row], values: Sequence[Found]) -> Expr | None:
    """Return the digest of the request's body, or of a text sent or stored, that gives every value."""
    texts = [value for value in values if isinstance(value, str) and looks_made(value)]
    if len(texts) < len(values) or (len(set(texts)) == 1 and len(texts) > 1):
        return None
    found = digest_source(texts, [row.env for row in rows], subjects(rows[0]))
    match found:
        case Text((only,)):
            return only
    return found


def size_of_place(rows: Sequence[Row], values: Sequence[Found]) -> Expr | None:
    """Return the number of bytes of the request's body, or None."""
    length = SENT.length
    compute = compile_expr(length)
    if len(set(map(str, values))) < min(len(values), 2):
        return None
    right = all(compute(row.env) == value and value for row, value in zip(rows, values, strict=True))
    return length if right else None


def subjects(row: Row) -> list[Subject]:
    """Return what a digest in an answer may be of, simplest first."""
    places = sorted(
        (
            expr
            for key, exprs in row.index.items()
            if isinstance(key, str)
            for expr in exprs
            if isinstance(expr, Ref | Lookup)
        ),
        key=rank,
    )
    found = [SENT] if row.env.request.body else []
    for place in places[:MAX_SUBJECTS]:
        found.append(Subject(place))
        if isinstance(compile_expr(Subject(place, is_base64=True).length)(row.env), int):
            found.append(Subject(place, is_base64=True))
    return found


def likely_digest(values: Sequence[str]) -> Expr:
    """Return the text that changes with the body and looks like the values: the form of a digest that the
    search does not know."""
    first = values[0]
    inner = first.removeprefix("W/").strip('"')
    before, _, behind = first.partition(inner) if inner else (first, "", "")
    digest = Call("slice", (BODY.digest("sha256"), Literal(0), Literal(max(len(inner), 1))))
    return Text((Literal(before), digest, Literal(behind)))


def _digests(subject: Subject) -> Iterator[Expr]:
    for name in ("sha1", "md5", "sha256"):
        of_hex, of_base64 = subject.digest(name), subject.digest(name, "base64")
        yield of_hex
        yield of_base64
        yield Call("upper", (of_hex,))
        yield Call(
            "replace", (Call("replace", (of_base64, Literal("+"), Literal("-"))), Literal("/"), Literal("_"))
        )
    yield subject.digest("crc32")
    yield Call("upper", (subject.digest("crc32"),))


def _shared(value: str, digest: str) -> int:
    """Return how many characters of the digest stand in the value, from its first one."""
    at = value.find(digest[:MIN_DIGEST])
    if at < 0:
        return 0
    length = MIN_DIGEST
    while length < len(digest) and value[at : at + length + 1] == digest[: length + 1]:
        length += 1
    return length


def _around(texts: Sequence[str], envs: Sequence[Environment], of_length: Expr) -> tuple[Expr, ...] | None:
    """Return what stands before or behind a digest: a literal, or one with a length in it."""
    for length in (of_length, Call("hex", (of_length,))):
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
