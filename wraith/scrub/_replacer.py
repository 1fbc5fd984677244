"""One exchange's secrets: what each is replaced by, and where else it has to be looked for."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Container
from typing import TYPE_CHECKING, TypeAlias

from wraith.scrub._fields import AUTH_SCHEMES
from wraith.scrub._prefixes import has_vendor_prefix
from wraith.scrub._rules import Rules
from wraith.scrub._standins import is_standin

if TYPE_CHECKING:
    from wraith.config import Action

Make: TypeAlias = "Callable[[str, Action], str]"

_CREDENTIAL = re.compile(r"([A-Za-z][A-Za-z0-9-]*)( +)(\S[\s\S]*)")
_LEAST_WHOLE = 6
_LEAST_PART = 8
_LONG = 16


class Replacer:
    """Replaces secrets and remembers them. One for each exchange or request."""

    def __init__(self, make: Make, rules: Rules, issued: Container[str] = ()) -> None:
        self._make = make
        self._rules = rules
        self._issued = issued
        self.replaced: dict[str, str] = {}
        """Every secret with its stand-in."""
        self.wanted: dict[str, str] = {}
        """Those to be looked for in the rest of the exchange."""

    def keeps(self, value: str) -> bool:
        """Tell whether the value stays as it is: a stand-in, public, or made up by the twin."""
        return not value or is_standin(value) or value in self._issued or self._rules.is_clear(value)

    def replace(self, secret: str, action: Action = "tokenize", *, spread: bool = True) -> str:
        """Return what takes the secret's place; itself where it is a stand-in already, or public.

        ``spread`` is false for what may be no secret at all, such as a cookie: then it is looked for
        elsewhere only where it could not be an ordinary word.
        """
        if self.keeps(secret):
            return secret
        standin = self._make(secret, action)
        self.replaced.setdefault(secret, standin)
        if (spread and len(secret) >= _LEAST_WHOLE) or is_distinctive(secret):
            self.wanted.setdefault(secret, standin)
        return standin

    def credential(self, value: str, *, any_scheme: bool = False) -> str:
        """Return a credential with its secret replaced: ``Bearer x`` keeps its scheme, ``Basic`` its form."""
        found = _CREDENTIAL.fullmatch(value)
        if found is None or not (any_scheme or found[1].lower() in AUTH_SCHEMES):
            return self.replace(value)
        secret = found[3]
        return (
            found[1]
            + found[2]
            + (self._basic(secret) if found[1].lower() == "basic" else self.replace(secret))
        )

    def _basic(self, encoded: str) -> str:
        """Replace the secrets in ``user:password``: the password, and a user name that is a key.

        It is one where it begins as vendor keys do, or where the password says nothing.
        """
        try:
            user, colon, password = base64.b64decode(encoded, validate=True).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return self.replace(encoded)
        if not colon:
            return self.replace(encoded)
        user_is_key = has_vendor_prefix(user) or len(password) < 2
        plain = f"{self.replace(user) if user_is_key else user}:{self.replace(password)}"
        if plain == f"{user}:{password}":
            return encoded
        standin = base64.b64encode(plain.encode()).decode()
        self.replaced[encoded] = self.wanted[encoded] = standin
        return standin


def is_distinctive(secret: str) -> bool:
    """Tell whether the secret could be nothing else, so that it is replaced even inside longer texts."""
    if len(secret) < _LEAST_PART:
        return False
    return len(secret) >= _LONG or not secret.isalpha()
