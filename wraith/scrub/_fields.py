"""The names that alone make a value a secret. ``docs/reference/scrubbing.md`` prints this list; a test
compares.

A name counts in any of its spellings: ``access_token``, ``access-token``, ``accessToken``, ``AccessToken``.
No other name counts, however much it looks like one of these: ``next_page_token`` is a cursor, ``token_type``
a word, ``idempotency_key`` and ``public_key`` no secrets. A card's ``cvc`` is left alone as well: without the
number, which is replaced, it opens nothing, and services answer by it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

SECRET_FIELDS: Final = (
    "password", "passwd", "pwd", "passphrase", "new password", "old password", "current password",
    "password confirmation", "confirm password",
    "secret", "client secret", "app secret", "api secret", "consumer secret", "shared secret",
    "signing secret", "webhook secret", "secret key", "secret access key", "secret token", "totp secret",
    "token", "access token", "refresh token", "id token", "auth token", "session token", "bearer token",
    "api token", "security token", "csrf token", "xsrf token", "authenticity token", "oauth token",
    "personal access token", "jwt",
    "api key", "access key", "private key", "auth key", "account key", "encryption key",
    "authorization", "client assertion",
)  # fmt: skip
"""Fields of JSON and form bodies, and query parameters."""

SECRET_PARAMETERS: Final = ("sig", "x amz signature", "x amz security token", "x goog signature")
"""Query parameters besides: the signatures of addresses that open something by themselves."""

SECRET_HEADERS: Final = (
    "authorization", "proxy authorization",
    "api key", "x api key", "x api token", "x api secret", "x app key", "x auth token", "x auth key",
    "x access token", "x refresh token", "x session token", "x csrf token", "x xsrf token", "csrf token",
    "x client secret", "x amz security token", "x goog api key", "x functions key", "x vault token",
    "private token", "job token", "x gitlab token", "x shopify access token", "x secret", "x secret key",
    "x token", "x password", "ocp apim subscription key",
)  # fmt: skip
"""Headers besides ``cookie`` and ``set-cookie``, whose every value is a secret."""

_REFERENCE = re.compile(r"b?tokn?_[A-Za-z0-9_]+")

STEMS: Final = (b"pass", b"pwd", b"secret", b"token", b"jwt", b"key", b"auth", b"assertion", b"sig")
"""Every name holds one of these, so bytes without any hold no name."""

LEAST_DIGITS: Final = 4
"""A number of fewer digits is no secret, whatever its name: ``{"token": 3}`` counts something."""

AUTH_SCHEMES: Final = frozenset(("basic", "bearer", "token", "jwt", "apikey"))
"""The first word of a credential, outside of the authorization headers, where any word is a scheme."""


def _squeeze(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "").replace(" ", "")


_FIELDS = frozenset(map(_squeeze, SECRET_FIELDS))
_PARAMETERS = _FIELDS | frozenset(map(_squeeze, SECRET_PARAMETERS))
_HEADERS = frozenset(map(_squeeze, SECRET_HEADERS))


@lru_cache(maxsize=16384)
def is_secret_field(name: str) -> bool:
    """Tell whether a field of that name in a body holds a secret."""
    return _squeeze(name) in _FIELDS


@lru_cache(maxsize=16384)
def is_secret_parameter(name: str) -> bool:
    """Tell whether a query parameter of that name (``user[password]``: the last part) holds a secret."""
    return _squeeze(last_part(name)) in _PARAMETERS


@lru_cache(maxsize=16384)
def is_secret_header(name: str) -> bool:
    """Tell whether a header of that name holds a secret."""
    return _squeeze(name) in _HEADERS


def is_reference(name: str, value: str) -> bool:
    """Tell whether the value of a field named ``token`` is the id of something stored (``tok_…``).

    Later requests use such an id, as they use any other; it is no secret.
    """
    return last_part(name).lower() == "token" and _REFERENCE.fullmatch(value) is not None


def last_part(name: str) -> str:
    """Return ``password`` of ``user[password]``, ``users[][password]`` and ``user.password``."""
    while name.endswith("[]"):
        name = name[:-2]
    return name.removesuffix("]").rpartition("[")[2].rpartition(".")[2]


def names_pattern(names: tuple[str, ...]) -> str:
    """Return a regular expression, in lower case, of the names in all their spellings."""
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return "(?:" + "|".join(name.replace(" ", "[-_]?") for name in longest_first) + ")"
