"""Who may use the control plane: whoever runs the server, and no web page that happens to be open beside it.

A page of another site can make a browser send requests to loopback. Browsers say so (``Sec-Fetch-Site``,
``Origin``), and a page that reaches us through a name of its own (DNS rebinding) shows in ``Host``. Off
loopback there is no telling who calls, so a token is needed.
"""

from __future__ import annotations

import base64
import hmac
import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from wraith.asgi._answers import failure
from wraith.canonical import JsonValue
from wraith.errors import PolicyError, WraithError

if TYPE_CHECKING:
    from quart import Quart

CONTROL_PREFIX: Final = "/__wraith"
TOKEN_VARIABLE: Final = "WRAITH_CONTROL_TOKEN"

_OWN_SITE = frozenset({"same-origin", "none"})


def control_guard(host: str, environ: Mapping[str, str]) -> Guard:
    """Return the guard of a server that binds ``host``. Raises PolicyError off loopback without a token."""
    if is_loopback(host):
        return Guard(None)
    token = environ.get(TOKEN_VARIABLE, "")
    if not token:
        raise PolicyError(
            f"{host} can be reached from other machines, and nothing protects the control plane",
            where=TOKEN_VARIABLE,
            hint=f"set {TOKEN_VARIABLE} to a secret of your own, or leave the host at 127.0.0.1",
        )
    return Guard(token)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is refused; ``needs_token``: because it has no token, or a wrong one."""

    message: str
    needs_token: bool = False


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuses requests for the control plane. Without a token it is that of a server on loopback."""

    token: str | None

    def refusal(self, headers: Iterable[tuple[bytes, bytes]]) -> Refusal | None:
        """Return why the request is refused, None where it is not."""
        given = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}
        host = given.get("host", "")
        if given.get("sec-fetch-site", "none") not in _OWN_SITE:
            return Refusal("the request comes from a page of another site")
        if "origin" in given and _netloc(given["origin"]) != host:
            return Refusal("the request comes from a page of another origin")
        if self.token is None:
            return (
                None
                if not host or is_loopback(_hostname(host))
                else Refusal(f"{host} is no name of this machine's own")
            )
        if not hmac.compare_digest(_token(given.get("authorization", "")).encode(), self.token.encode()):
            return Refusal(
                f"off loopback it needs the header Authorization: Bearer and the value of {TOKEN_VARIABLE}",
                needs_token=True,
            )
        return None


def _token(authorization: str) -> str:
    """Return the token in the header: that of ``Bearer``, or the password of ``Basic`` (RFC 7617), which
    browsers ask their users for."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach the address or name."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _netloc(origin: str) -> str | None:
    """Return host and port of an origin; None for what is none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _shown(rule: str) -> str:
    """Return a rule of Quart's as the documentation writes it: without the kinds of its parameters."""
    return re.sub(r"<\w+:", "<", rule)


def new_control_app(name: str) -> Quart:
    """Return a Quart application whose errors are JSON, for the routes of a control plane."""
    from quart import Quart
    from werkzeug.exceptions import HTTPException, MethodNotAllowed

    app = Quart(name, static_folder=None)

    async def refused(error: HTTPException) -> tuple[dict[str, str], int, dict[str, str]]:
        message, headers = f"{error.code} {error.name}", {}
        if error.code == 404:
            rules = sorted({_shown(rule.rule) for rule in app.url_map.iter_rules()})
            message = f"there is no such part of the control plane; there are {', '.join(rules)}"
        elif isinstance(error, MethodNotAllowed):
            allowed = ", ".join(sorted(error.valid_methods or ()))
            message, headers = f"this part of the control plane takes {allowed}", {"Allow": allowed}
        return {"error": "control", "message": message}, error.code or 500, headers

    async def failed(error: WraithError) -> tuple[dict[str, JsonValue], int]:
        answer = failure(500, error.code, str(error), hint=error.hint)
        return answer.document, answer.status

    app.register_error_handler(HTTPException, refused)
    app.register_error_handler(WraithError, failed)
    return app
