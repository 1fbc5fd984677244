"""Refusals with the status of a success: APIs that answer 200 and say in the body that nothing was done.

What they say so with is a prior, as common in APIs as the status codes of HTTP are: a flag that is false
beside what went wrong, or an error and nothing but what is said about it.
"""

from __future__ import annotations

import re

from wraith.paths import Found

FLAGS = frozenset("ok success successful succeeded".split())  # noqa: SIM905  # words read better so
"""Members that are false where a request was refused."""

ERRORS = frozenset("error errors fault exception".split())  # noqa: SIM905
"""Members that say what went wrong."""

AROUND = FLAGS | ERRORS
AROUND |= frozenset(
    "error_code error_message error_description errorcode errormessage code message messages msg reason "  # noqa: SIM905
    "detail details status statuscode status_code type title result data id jsonrpc warning warnings "
    "request_id requestid trace_id timestamp needed provided response_metadata".split()
)
"""Members of an answer that says nothing but that a request was refused."""

_HINT = re.compile(
    rb'"(?:' + b"|".join(sorted(name.encode() for name in FLAGS)) + rb')"\s*:\s*false'
    rb'|"(?:' + b"|".join(sorted(name.encode() for name in ERRORS)) + rb')"\s*:'
)


def may_refuse(raw: bytes) -> bool:
    """Whether a body has to be decoded to tell; false for most, without decoding them."""
    return raw[:1] == b"{" and _HINT.search(raw) is not None


def refuses(document: Found) -> bool:
    """Whether an answer says that the request was refused, whatever its status is."""
    if not isinstance(document, dict):
        return False
    members = {name.lower(): value for name, value in document.items()}
    if not members.keys() <= AROUND or any(members.get(name) for name in ("result", "data")):
        return False
    flagged = any(members.get(name) is False for name in FLAGS)
    return flagged or any(members.get(name) for name in ERRORS)
