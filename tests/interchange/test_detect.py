"""Which format a file is in."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.errors import InputError
from wraith.interchange._detect import _ORDER, FORMATS, detect, reader_of
from wraith.interchange._source import Source


def test_every_format_is_asked() -> None:
    """Whatever can be named is looked for as well."""
    assert sorted(_ORDER) == sorted(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
@given(
    data=st.binary(max_size=40),
    suffix=st.sampled_from(["", ".json", ".yaml", ".har", ".jsonl", ".jsonl.zst"]),
)
def test_looking_never_fails(name: str, data: bytes, suffix: str) -> None:
    """A reader says yes or no to any bytes."""
    assert reader_of(name).looks_like(Source(Path(f"a{suffix}"), data)) in (True, False)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b" \n", "is empty", id="blank"),
        pytest.param(b"PNG\x89", "no format that is known", id="bytes"),
        pytest.param(b"hello: world\n", "no format that is known", id="text"),
    ],
)
def test_what_is_in_no_format_is_refused(data: bytes, message: str) -> None:
    """The error names the file, and the formats."""
    with pytest.raises(InputError, match=message) as error:
        detect(Source(Path("a.bin"), data))
    assert (error.value.where, "--format har|vcr" in str(error.value.hint)) == ("a.bin", True)


def test_a_format_that_is_none_is_refused() -> None:
    """The error lists the formats."""
    with pytest.raises(InputError, match="no format 'xml'") as error:
        reader_of("xml")
    assert "har, vcr" in str(error.value.hint)
