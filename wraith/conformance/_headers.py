"""Headers: those that HTTP clients act on, those that the model fills, and those that the user names.

The rest is listed as not compared, but for what belongs to the connection and not to the answer.
"""

from __future__ import annotations

from wraith.conformance._differences import Comparison, Difference, Reason
from wraith.conformance._identity import Identities
from wraith.exchange import Response, header, media_type
from wraith.wir import Clock, Expr, FreshId, Variant

ALWAYS = ("content-type", "www-authenticate", "proxy-authenticate")
FRAMING = frozenset(
    ("connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade")
)
"""RFC 9110, 7.6.1, and the length: about the connection and the bytes on it, made by each server anew."""


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
        done.compared_leaves += 1
        done.header_leaves += 1
        if expected != actual and not (expected and actual and identities.same(expected, actual)):
            done.differences.append(Difference(f"header.{name}", "header_mismatch", expected, actual))
    for name, _ in recorded.headers:
        lower = name.lower()
        if lower not in compared and lower not in FRAMING:
            done.suppressed.append(("header_allowlist", ("header", lower)))


def _is_of_body(source: Expr | None) -> bool:
    """Whether a header is worked out from the bytes of the body."""
    return source is not None and "response', 'text'" in repr(source)
