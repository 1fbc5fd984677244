"""What the interpreter says to a request, and how it would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from wraith.exchange import Response
from wraith.paths import MISSING, Found
from wraith.runtime._environment import Environment
from wraith.wir import Route


class Answer(NamedTuple):
    """A response and where it came from. A tuple, for one is made for each request, and a frozen dataclass
    takes four times as long.

    ``variant`` is the position in the route; ``extrapolated`` says that no variant was ever seen with such a
    request; ``near`` are routes like the one asked for, where none matched. ``document`` is the body before
    it was encoded, for those who compare. ``key`` is that of the entity which the request addressed, and
    ``stored`` whether there was one before. ``handler`` is the handler that was asked, and ``failure`` why it
    did not answer. ``by`` says who answered: the variant's template, the handler (also that it failed, where
    nobody answers in its place), or nobody, for there was nothing to answer with.
    """

    response: Response
    route: Route | None = None
    variant: int | None = None
    extrapolated: bool = False
    near: tuple[str, ...] = ()
    document: Found = MISSING
    key: str | None = None
    stored: bool = False
    handler: str | None = None
    failure: str | None = None
    by: Literal["template", "handler", "miss"] = "template"
    unsent: bytes = b""
    """Of an answer to HEAD: the body that GET would have been answered with."""
    written_bytes: int = 0
    """What a handler stored, as JSON."""
    asked: tuple[Answer, ...] = ()
    """What the twin answered to the requests that this one holds, in their order."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which variant is to answer a request, and what it can see: before anything has happened.

    ``variant`` is None where no guards are true; ``key`` is that of the entity which the request addresses.
    """

    route: Route
    variant: int | None
    extrapolated: bool
    env: Environment
    key: str | None
