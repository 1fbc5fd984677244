"""The way back: an answer that echoes stand-ins, with the secrets that the client sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from wraith.exchange import Response, decode_body, header
from wraith.scrub._json import plain, rewrite_json
from wraith.scrub._known import Known
from wraith.scrub._message import fit, head_bytes
from wraith.scrub._standins import REDACTED

if TYPE_CHECKING:
    from wraith.paths import Step


def restore(response: Response, secrets: Mapping[str, str]) -> Response:
    """Return the response with each stand-in of ``Scrubbed.secrets`` replaced by its secret.

    A mask or ``[redacted]`` may stand for anything, and stays.
    """
    told = {
        standin: secret for standin, secret in secrets.items() if standin != REDACTED and standin.strip("*")
    }
    if not told:
        return response
    known = Known(told)
    in_head = known.maybe(head_bytes(response))
    in_body = known.maybe(plain(response.body))
    if not in_head and not in_body:
        return response
    headers = response.headers
    if in_head:
        headers = tuple([(name, known.rewrite(value)) for name, value in headers])
    body = _body(response, known) if in_body else response.body
    return replace(response, headers=fit(headers, response.body, body), body=body)


def _body(response: Response, known: Known) -> bytes:
    if decode_body(header(response.headers, "content-type"), response.body).kind == "json":
        return rewrite_json(response.body, partial(_leaf, known))
    text = response.body.decode("utf-8", "surrogateescape")
    return known.rewrite(text).encode("utf-8", "surrogateescape")


def _leaf(known: Known, path: list[Step], value: str) -> str:
    return known.rewrite(value)
