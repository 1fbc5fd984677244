"""Recorded requests on their way to the real service: what stands in for secrets, and secrets in its place.

A recording holds no secrets. What it holds in their place is of no use to the service, but where it was the
service that gave the secret out, in this very replay, and it is known what the stand-in stands for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from wraith.exchange import Request, decode_body, header, parse_form
from wraith.paths import leaves
from wraith.scrub._message import fit
from wraith.scrub._restore import rewriter
from wraith.scrub._standins import REDACTED
from wraith.scrub._token import SHORTEST, is_token

_RUN = re.compile(rf"[A-Za-z0-9\-_.~+/=:]{{{SHORTEST},}}")


def reveal(request: Request, secrets: Mapping[str, str]) -> Request:
    """Return the request with each stand-in that is known replaced by its secret."""
    rewrite = rewriter(secrets)
    if rewrite is None:
        return request
    headers = tuple([(name, rewrite.text(value)) for name, value in request.headers])
    body = rewrite.body(request.headers, request.body)
    return request._replace(
        target=rewrite.text(request.target),
        headers=fit(headers, request.body, body),
        body=body,
    )


def lacks_a_secret(request: Request) -> bool:
    """Whether target or body of a request hold what stands in for a secret. A pseudonym is no such thing: it
    reads like what it stands for, and is as good."""
    return any(map(stands_in, _texts(request)))


def stands_in(text: str) -> bool:
    """Whether a value is, or holds, what the scrubber puts in the place of a secret."""
    if text == REDACTED or (text and not text.strip("*")):
        return True
    return any(is_token(run) for run in _RUN.findall(text))


def _texts(request: Request) -> Iterator[str]:
    yield from map(unquote, request.path.split("/"))
    try:
        query = parse_form(request.query)
    except ValueError:  # more fields than any query has
        query = {}
    body = decode_body(header(request.headers, "content-type"), request.body)
    text = request.body.decode("latin-1") if body.kind == "binary" else body.document
    for document in (query, text):
        yield from (value for _, value in leaves(document) if isinstance(value, str))
