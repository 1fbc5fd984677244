"""One walk over a message: target, headers and body, each taken apart as far as it has structure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from wraith.exchange import Headers, Request, Response, decode_body, header, media_type
from wraith.paths import Step
from wraith.scrub._detect import Detector, active, rewrite_text
from wraith.scrub._fields import LEAST_DIGITS, is_secret_field, is_secret_header, is_secret_parameter
from wraith.scrub._finders import Cards, named
from wraith.scrub._json import last_key, plain, rewrite_json
from wraith.scrub._message import fit, head_bytes
from wraith.scrub._pairs import (
    covers,
    rewrite_cookies,
    rewrite_pairs,
    rewrite_path,
    rewrite_set_cookie,
    steps_of,
    unquoted,
)
from wraith.scrub._replacer import Replacer
from wraith.scrub._rules import Rules

_STRUCTURE = frozenset(("content-type", "content-length", "content-encoding", "transfer-encoding"))
"""Headers that say how to read the message: no secret, whatever a pattern finds in them."""

_FORM = re.compile(rb"[\w.%\[\]-]++=[^\s&]*+(?:&[\w.%\[\]-]++=[^\s&]*+)*+")


class Walk:
    """One walk over the parts of a message."""

    def __init__(self, detectors: Sequence[Detector], rules: Rules, replacer: Replacer) -> None:
        self._detectors = detectors
        self._rules = rules
        self._replacer = replacer

    def request(self, request: Request) -> Request:
        detectors = active(self._detectors, head_bytes(request, self._rules.is_named_header))
        target = self._target(request.target, detectors)
        headers = self._headers(request.headers, detectors)
        body = self._body(request.headers, request.body)
        if target == request.target and headers is request.headers and body == request.body:
            return request
        return request._replace(target=target, headers=fit(headers, request.body, body), body=body)

    def response(self, response: Response) -> Response:
        detectors = active(self._detectors, head_bytes(response, self._rules.is_named_header))
        headers = self._headers(response.headers, detectors)
        body = self._body(response.headers, response.body)
        if headers is response.headers and body == response.body:
            return response
        return response._replace(headers=fit(headers, response.body, body), body=body)

    def _target(self, target: str, detectors: Sequence[Detector]) -> str:
        path, mark, query = target.partition("?")
        if detectors:
            path = rewrite_path(path, partial(rewrite_text, detectors=detectors, replacer=self._replacer))
        return path + mark + rewrite_pairs(query, partial(self._parameter, detectors))

    def _headers(self, headers: Headers, detectors: Sequence[Detector]) -> Headers:
        if not detectors and not any(self._rules.is_named_header(name) for name, _ in headers):
            return headers
        done = tuple([(name, self._header(name, value, detectors)) for name, value in headers])
        return headers if done == headers else done

    def _header(self, name: str, value: str, detectors: Sequence[Detector]) -> str:
        lower = name.lower()
        action = self._rules.headers.get(lower)
        if action is not None and action != "tokenize":
            return self._replacer.replace(value, action)
        if lower == "cookie":
            return rewrite_cookies(value, self._cookie)
        if lower == "set-cookie":
            return rewrite_set_cookie(value, self._cookie)
        if lower in _STRUCTURE:
            return value
        if action is not None or is_secret_header(name):
            return self._replacer.credential(value, any_scheme=lower.endswith("authorization"))
        return rewrite_text(value, detectors, self._replacer)

    def _cookie(self, name: str, value: str) -> str:
        action = self._rules.cookies.get(name, "tokenize")
        return self._replacer.replace(value, action, spread=False)

    def _parameter(self, detectors: Sequence[Detector], name: str, _: int, value: str) -> str:
        action = self._rules.parameters.get(name)
        if action is not None:
            return self._replacer.replace(value, action)
        if is_secret_parameter(name):
            return named(self._replacer, name, value)
        return rewrite_text(value, detectors, self._replacer)

    def _body(self, headers: Headers, body: bytes) -> bytes:
        if not body:
            return body
        content_type = header(headers, "content-type")
        if is_form(content_type, body):
            detectors = active(self._detectors, unquoted(body))
            text = body.decode("utf-8", "surrogateescape")
            return rewrite_pairs(text, partial(self._field, detectors)).encode("utf-8", "surrogateescape")
        detectors = active(self._detectors, plain(body))
        if not detectors and not self._rules.paths:
            return body
        kind = decode_body(content_type, body).kind
        if kind in ("json", "ndjson"):
            return rewrite_json(body, partial(self._leaf, detectors), many=kind == "ndjson")
        if kind == "binary":  # digits in a picture are no card
            detectors = [detector for detector in detectors if not isinstance(detector, Cards)]
        text = body.decode("utf-8", "surrogateescape")
        return rewrite_text(text, detectors, self._replacer).encode("utf-8", "surrogateescape")

    def _field(self, detectors: Sequence[Detector], name: str, occurrence: int, value: str) -> str:
        for path, action in self._rules.paths:
            if covers(path, steps_of(name, occurrence)):
                return self._replacer.replace(value, action)
        if is_secret_parameter(name):
            return named(self._replacer, name, value)
        return rewrite_text(value, detectors, self._replacer)

    def _leaf(self, detectors: Sequence[Detector], path: list[Step], value: str) -> str:
        for rule, action in self._rules.paths:
            if covers(rule, path):
                return self._replacer.replace(value, action)
        name = last_key(path)
        if name is not None and is_secret_field(name) and not _counts(value):
            return named(self._replacer, name, value)
        return rewrite_text(value, detectors, self._replacer)


def _counts(value: str) -> bool:
    """Tell whether the text is a number too short for a secret."""
    return len(value) < LEAST_DIGITS and value.isdigit()


def is_form(content_type: str | None, body: bytes) -> bool:
    """Tell whether the body is a form, also one whose client did not say so."""
    media = media_type(content_type)
    if media in ("", "text/plain"):
        return _FORM.fullmatch(body) is not None
    return media == "application/x-www-form-urlencoded"
