"""Bodies that say they are JSON and are not."""

from __future__ import annotations

import pytest

from wraith.exchange import Request
from wraith.serve._malformed import is_malformed

BODIES = {
    "JSON": ("application/json", b'{"a": 1}', False),
    "no JSON": ("application/json", b'{"a": ', True),
    "nothing": ("application/json", b"", False),
    "lines": ("application/x-ndjson", b'{"a": 1}\n{"a": 2}\n', False),
    "lines sent as JSON": ("application/json", b'{"a": 1}\n{"a": 2}\n', False),
    "a line that is no JSON": ("application/x-ndjson", b'{"a": 1}\n{"a": \n', True),
    "text": ("text/plain", b'{"a": ', False),
}


@pytest.mark.parametrize(("kind", "body", "expected"), BODIES.values(), ids=BODIES)
def test_a_body_is_malformed_where_it_lies(kind: str, body: bytes, *, expected: bool) -> None:
    """Many documents, a line each, are no lie."""
    assert is_malformed(Request("POST", "/", (("content-type", kind),), body)) is expected
