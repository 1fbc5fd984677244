"""Fault profiles as files: what is refused before anything is served."""

from __future__ import annotations

from pathlib import Path

import pytest

from wraith.config import FaultProfile, read_toml
from wraith.errors import InputError

ERROR = '[[faults]]\nkind = "error"\nstatus = 503\n'


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ('X-Wraith-Route = "x"', "the header 'X-Wraith-Route' is written by the server"),
        ('Content-Length = "3"', "the header 'Content-Length' is written by the server"),
        (r'A = "x\r\nB: y"', "the header 'A' cannot be sent"),
        ('"A B" = "x"', "the header 'A B' cannot be sent"),
    ],
    ids=["ours", "framing", "two-lines", "no-name"],
)
def test_a_header_that_cannot_be_sent_is_refused(tmp_path: Path, header: str, said: str) -> None:
    """By its name, with file and line, and the page that lists the keys."""
    file = tmp_path / "f.toml"
    file.write_text(f"{ERROR}headers = {{ {header} }}\n")
    with pytest.raises(InputError, match=said) as caught:
        read_toml(file, FaultProfile)
    assert str(caught.value.where) == f"{file}:4"
    assert "docs/reference/overlays.md" in str(caught.value.hint)


def test_headers_of_the_service_may_be_any(tmp_path: Path) -> None:
    """Names of letters, digits and dashes; values with tabs and umlauts."""
    file = tmp_path / "f.toml"
    file.write_text(f'{ERROR}headers = {{ Retry-After = "7", X-Why = "a\\tü" }}\n')
    assert read_toml(file, FaultProfile).faults[0].headers == {"Retry-After": "7", "X-Why": "a\tü"}
