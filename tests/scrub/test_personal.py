"""What is taken for personal, and how surely."""

from __future__ import annotations

import pytest

from wraith.scrub import suspicions


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("to DE89 3704 0044 0532 0130 00", ("IBAN", "high"), id="IBAN"),
        pytest.param('{"mail":"ann.lee@posteo.de"}', ("e-mail address", "medium"), id="mail"),
        pytest.param("ssn 123-45-6789", ("social security number", "medium"), id="social security"),
        pytest.param("call +49 170 1234567", ("telephone number", "low"), id="telephone"),
        pytest.param("from 8.8.8.8", ("internet address", "low"), id="address"),
        pytest.param("k=Zx8Qw2Lp9Tn4Vb7Rc1Md6Kf3Hj5Gs0Ya", ("text made by chance", "low"), id="chance"),
    ],
)
def test_what_may_be_somebodys_is_found(text: str, found: tuple[str, str]) -> None:
    """The kind and the confidence are told, and no more than four characters of the value."""
    (suspicion,) = suspicions(text)
    assert (suspicion.kind, suspicion.confidence) == found
    assert suspicion.value in text
    assert len(suspicion.shown) <= 5


@pytest.mark.parametrize(
    "text",
    [
        "ann@example.com",
        "bob@mail.test",
        "192.168.1.1 and 127.0.0.1 and 203.0.113.9",
        "DE00 3704 0044 0532 0130 00",
        "version 1.2.3.4000",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "the/path/of/a/file/that/is/quite/long/indeed",
        "2027-01-31T10:00:00Z",
    ],
)
def test_what_is_nobodys_is_left_alone(text: str) -> None:
    """Reserved domains and networks, wrong checks, digests and paths are no findings."""
    assert list(suspicions(text)) == []
