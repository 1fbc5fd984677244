"""Requests that are sent twice under one key are done once: the IETF draft "The Idempotency-Key HTTP Header
Field", sections 2.2 to 2.7."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from wraith.config import Idempotency
from wraith.exchange import Request, header
from wraith.runtime import Answer
from wraith.serve._replay import digest


class Reused(Exception):
    """The key was used for another request."""


@dataclass(slots=True)
class Kept:
    """The answers that one session keeps, by key; the oldest go first."""

    answers: OrderedDict[str, tuple[bytes, Answer]] = field(default_factory=OrderedDict)


class Keys:
    """Finds and keeps answers as ``[serve.idempotency]`` says."""

    def __init__(self, settings: Idempotency) -> None:
        self._header = settings.header.lower()
        self._methods = frozenset(settings.methods)
        self._most = settings.max_keys

    def key(self, request: Request) -> str | None:
        """Return the key of a request, None where it has none that counts."""
        if not self._header or request.method not in self._methods:
            return None
        return header(request.headers, self._header)

    def find(self, key: str, request: Request, kept: Kept) -> Answer | None:
        """Return the answer that the key has had. Raises Reused where that was to another request."""
        found = kept.answers.get(key)
        if found is None:
            return None
        if found[0] != digest(request):
            raise Reused
        return found[1]

    def keep(self, key: str, request: Request, answer: Answer, kept: Kept) -> None:
        """Keep an answer; one that says that the server failed is tried again instead."""
        if answer.response.status >= 500:
            return
        kept.answers[key] = digest(request), answer
        if len(kept.answers) > self._most:
            kept.answers.popitem(last=False)
