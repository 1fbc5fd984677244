"""The way back: an answer that echoes stand-ins, with the secrets that the client sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from urllib.parse import quote, unquote

from wraith.exchange import Response, decode_body, header
from wraith.scrub._json import plain, rewrite_json
from wraith.scrub._known import Known
from wraith.scrub._message import fit, head_bytes
from wraith.scrub._replacer import is_distinctive
from wraith.scrub._standins import REDACTED
from wraith.scrub._token import is_token

_PARAMETER = re.compile(r"([?&][^\s?&#=]+=)([^\s?&#\"'<>\\]+)")


def restore(response: Response, secrets: Mapping[str, str]) -> Response:
    """Return the response with each stand-in of ``Scrubbed.secrets`` replaced by its secret.

    A mask or ``[redacted]`` may stand for anything, and stays.
    """
    told = {
        standin: secret for standin, secret in secrets.items() if standin != REDACTED and standin.strip("*")
    }
    if not told:
        return response
    known = Known(told, distinctive=_is_no_word)
    in_head = known.maybe(head_bytes(response))
    in_body = known.maybe(plain(response.body))
    if not in_head and not in_body:
        return response
    headers = response.headers
    if in_head:
        headers = tuple([(name, _text(known, told, value)) for name, value in headers])
    body = _body(response, partial(_text, known, told)) if in_body else response.body
    return replace(response, headers=fit(headers, response.body, body), body=body)


def _is_no_word(standin: str) -> bool:
    """A token made of letters alone is known by its check, so it is found inside longer texts as well."""
    return is_token(standin) or is_distinctive(standin)


def _body(response: Response, rewrite: Callable[[str], str]) -> bytes:
    if decode_body(header(response.headers, "content-type"), response.body).kind == "json":
        return rewrite_json(response.body, lambda _, value: rewrite(value))
    return rewrite(response.body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def _text(known: Known, told: Mapping[str, str], text: str) -> str:
    """Return the text restored. As the value of a parameter in an address, a secret is percent-encoded."""

    def parameter(found: re.Match[str]) -> str:
        secret = told.get(unquote(found[2]))
        return found[0] if secret is None else found[1] + quote(secret, safe="")

    return known.rewrite(_PARAMETER.sub(parameter, text))
