"""Headers: those that HTTP clients act on, those that the model fills, and those that the user names.

The rest is listed as not compared, but for what belongs to the connection and not to the answer.
"""

from __future__ import annotations

from wraith.conformance._differences import Comparison, Difference, Reason
from wraith.conformance._identity import Identities
from wraith.exchange import Response, header, media_type
from wraith.wir import Clock, Expr, FreshId, Literal, Ref, Variant

ALWAYS = ("content-type", "www-authenticate", "proxy-authenticate")
FRAMING = frozenset(
    ("connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade")
)
"""RFC 9110, 7.6.1, and the length: about the connection and the bytes on it, made by each server anew."""
SETS = frozenset(("allow", "vary", "access-control-allow-headers", "access-control-allow-methods"))
"""Headers that name things in any order: RFC 9110, 10.2.1 and 12.5.5, and the Fetch standard, 3.2.3."""


def compare_headers(
    recorded: Response,
    replayed: Response,
    variant: Variant,
    identities: Identities,
    done: Comparison,
    more: tuple[str, ...],
) -> None:
    """Compare the headers of two responses, and count those that are not compared."""
    sources = dict(variant.headers)
    compared = dict.fromkeys((*ALWAYS, *sources, *more))
    for name in compared:
        expected, actual = header(recorded.headers, name), header(replayed.headers, name)
        if name == "content-type":
            expected, actual = media_type(expected) or None, media_type(actual) or None
        if expected is None and actual is None:
            continue
        source = sources.get(name)
        if isinstance(source, FreshId | Clock) and expected is not None and actual is not None:
            reason: Reason = "generated" if isinstance(source, FreshId) else "timestamp"
            done.suppressed.append((reason, ("header", name)))
            continue
        if _is_of_body(source) and recorded.body != replayed.body and expected and actual:
            # the bodies were compared, and other identifiers have other digests
            done.suppressed.append(("generated", ("header", name)))
            continue
        if gives_token(source) and expected and actual and identities.bind_tokens(expected, actual):
            done.suppressed.append(("generated", ("header", name)))
            continue
        done.compared_leaves += 1
        done.header_leaves += 1
        if expected != actual and not (expected and actual and _same(name, expected, actual, identities)):
            done.differences.append(Difference(f"header.{name}", "header_mismatch", expected, actual))
    for name, _ in recorded.headers:
        lower = name.lower()
        if lower not in compared and lower not in FRAMING:
            done.suppressed.append(("header_allowlist", ("header", lower)))


def _same(name: str, expected: str, actual: str, identities: Identities) -> bool:
    """Whether two values that are written otherwise say the same."""
    if name in SETS and _members(expected) == _members(actual):
        return True
    return identities.same(expected, actual)


def _members(value: str) -> set[str]:
    return {member.strip().lower() for member in value.split(",")}


def _is_of_body(source: Expr | None) -> bool:
    """Whether a header is worked out from the bytes of the body."""
    return _reads(source, ("response", "text"))


def gives_token(source: Expr | None) -> bool:
    """Whether a text without a meaning to clients, for a place in a list, goes into a value."""
    return _reads(source, ("page", "next_token"))


def _reads(source: Expr | None, path: tuple[str, str]) -> bool:
    """Whether an expression reads what stands at a path, anywhere in it."""
    match source:
        case None | Literal() | FreshId() | Clock():
            return False
        case Ref(read):
            return read[:2] == path
    return f"'{path[0]}', '{path[1]}'" in repr(source)
