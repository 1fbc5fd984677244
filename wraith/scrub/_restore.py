"""The way back: an answer that echoes stand-ins, with the secrets that the client sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from wraith.exchange import Headers, Response, decode_body, header
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
    rewrite = rewriter(secrets)
    if rewrite is None:
        return response
    in_head = rewrite.known.maybe(head_bytes(response))
    in_body = rewrite.known.maybe(plain(response.body))
    if not in_head and not in_body:
        return response
    headers = response.headers
    if in_head:
        headers = tuple([(name, rewrite.text(value)) for name, value in headers])
    body = rewrite.body(response.headers, response.body) if in_body else response.body
    return response._replace(headers=fit(headers, response.body, body), body=body)


def rewriter(secrets: Mapping[str, str]) -> Rewriter | None:
    """Return what puts secrets in the place of their stand-ins; None where there are none to be put."""
    told = {
        standin: secret for standin, secret in secrets.items() if standin != REDACTED and standin.strip("*")
    }
    return Rewriter(told, Known(told, distinctive=_is_no_word)) if told else None


@dataclass(frozen=True, slots=True)
class Rewriter:
    """Puts the secrets that are ``told`` in the place of their stand-ins."""

    told: Mapping[str, str]
    known: Known

    def text(self, text: str) -> str:
        """Return the text restored. As the value of a parameter in an address, a secret is
        percent-encoded."""

        def parameter(found: re.Match[str]) -> str:
            secret = self.told.get(unquote(found[2]))
            return found[0] if secret is None else found[1] + quote(secret, safe="")

        return self.known.rewrite(_PARAMETER.sub(parameter, text))

    def body(self, headers: Headers, body: bytes) -> bytes:
        """Return the body of a message restored."""
        kind = decode_body(header(headers, "content-type"), body).kind
        if kind in ("json", "ndjson"):
            return rewrite_json(body, lambda _, value: self.text(value), many=kind == "ndjson")
        return self.text(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def _is_no_word(standin: str) -> bool:
    """A token made of letters alone is known by its check, so it is found inside longer texts as well."""
    return is_token(standin) or is_distinctive(standin)
