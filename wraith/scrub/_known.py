"""Secrets that are known by value: found in one place of an exchange, and looked for in all others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from urllib.parse import quote, quote_plus, unquote

import orjson

from wraith.scrub._detect import Span, splice
from wraith.scrub._replacer import Replacer, is_distinctive


class Known:
    """A detector of known values, in the forms that encodings give them.

    A value that could be an ordinary word, as ``distinctive`` sees it, counts only where it is the whole of a
    text.
    """

    def __init__(
        self, standins: Mapping[str, str], *, distinctive: Callable[[str], bool] = is_distinctive
    ) -> None:
        self._whole = dict(standins)
        self._parts: dict[str, str] = {}
        for secret in sorted(filter(distinctive, standins), key=lambda secret: (-len(secret), secret)):
            for encode in _forms(secret):
                self._parts.setdefault(encode(secret), encode(standins[secret]))
        forms = {encode(secret) for secret in standins for encode in _forms(secret)}
        self._raw = [form.encode("utf-8", "surrogatepass") for form in sorted(forms)]
        self._may_be_escaped = not all(secret.isascii() for secret in standins)

    def maybe(self, raw: bytes) -> bool:
        return any(form in raw for form in self._raw) or (self._may_be_escaped and b"\\u" in raw)

    def spans(self, text: str, replacer: Replacer) -> Iterator[Span]:
        yield from self._find(text)

    def rewrite(self, text: str) -> str:
        """Return the text with the known values replaced, and nothing else."""
        return splice(text, list(self._find(text)))

    def _find(self, text: str) -> Iterator[Span]:
        if text in self._whole:
            yield 0, len(text), self._whole.__getitem__
            return
        for form, standin in self._parts.items():
            at = text.find(form)
            while at >= 0:
                yield at, at + len(form), partial(_constant, standin)
                at = text.find(form, at + len(form))


@lru_cache(maxsize=1024)
def known(standins: tuple[tuple[str, str], ...]) -> Known | None:
    """Return the detector of these values, one for the many exchanges that hold the same; None for none."""
    return Known(dict(standins)) if standins else None


def _forms(secret: str) -> tuple[Callable[[str], str], ...]:
    """Return the encodings that may look different from one another."""
    return _PLAIN_FORMS if _UNRESERVED.fullmatch(secret) else _FORMS


def _constant(standin: str, _: str) -> str:
    return standin


def _quote_all(text: str) -> str:
    return quote(text, safe="", errors="surrogatepass")


def _quote_lower(text: str) -> str:
    return re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), _quote_all(text))


def _quote_plus(text: str) -> str:
    return quote_plus(text, errors="surrogatepass")


def _quote_path(text: str) -> str:
    return quote(text, errors="surrogatepass")


def _json_text(text: str) -> str:
    try:
        return orjson.dumps(text).decode()[1:-1]
    except TypeError:  # half of a surrogate pair, which has no UTF-8
        return text


_UNRESERVED = re.compile(r"[A-Za-z0-9_.~-]+")
_PLAIN_FORMS: tuple[Callable[[str], str], ...] = (str,)
_FORMS: tuple[Callable[[str], str], ...] = (
    str,
    unquote,
    _quote_all,
    _quote_path,
    _quote_plus,
    _quote_lower,
    _json_text,
)
