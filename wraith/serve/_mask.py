"""Secrets on their way through the twin: out of the request, and back into the response where they are
echoed.

Recordings hold no secrets, so the interpreter must not see any either: it would not recognise what it learned
from. What the twin itself made up, such as the token that its log-in answers, is no secret to it: those
values are remembered with the client's state, and left alone when the client sends them back.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from typing import Protocol, TypeAlias, TypeVar

from wraith.exchange import Request, Response

Unmask: TypeAlias = Callable[[Response], Response]
Mask: TypeAlias = Callable[[Request, set[str]], tuple[Request, Unmask]]
"""From a request, and what the twin has issued to its client, to what recordings would hold of it. What comes
with it puts the secrets back into the response, and adds to what has been issued."""

S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)


class Scrubbed(Protocol[S_co]):
    """A request without its secrets, and the secrets."""

    @property
    def request(self) -> Request: ...

    @property
    def secrets(self) -> S_co:
        """Empty where there are none."""


class Scrub(Protocol[S_co]):
    """``wraith.scrub.Scrubber.request``."""

    def __call__(self, request: Request, /, *, issued: Container[str]) -> Scrubbed[S_co]: ...


def masking(
    scrub: Scrub[S],
    restore: Callable[[Response, S], Response],
    secrets: Callable[[Response], Iterable[str]] = lambda _: (),
) -> Mask:
    """Return the mask that ``Scrubber.request``, ``wraith.scrub.restore`` and ``Scrubber.secrets`` make.

    Without the last, nothing counts as issued by the twin.
    """

    def mask(request: Request, issued: set[str]) -> tuple[Request, Unmask]:
        scrubbed = scrub(request, issued=issued)

        def unmask(response: Response) -> Response:
            issued.update(secrets(response))
            return restore(response, scrubbed.secrets) if scrubbed.secrets else response

        return scrubbed.request, unmask

    return mask
