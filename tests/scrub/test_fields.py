"""The names that make a secret: documented, in every spelling, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from wraith.scrub._fields import (
    SECRET_FIELDS,
    SECRET_HEADERS,
    SECRET_PARAMETERS,
    STEMS,
    is_reference,
    is_secret_field,
    is_secret_header,
    is_secret_parameter,
    last_part,
)

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "scrubbing.md"


@pytest.mark.parametrize(
    "names", [SECRET_FIELDS, SECRET_PARAMETERS, SECRET_HEADERS], ids=["fields", "parameters", "headers"]
)
def test_the_page_lists_the_names(names: tuple[str, ...]) -> None:
    """Every name that makes a secret stands in the documentation, one list each, in the order of the code."""
    separator = "-" if names is SECRET_HEADERS else "_"
    listed = ", ".join(f"`{name.replace(' ', separator)}`" for name in names)
    assert listed in " ".join(PAGE.read_text(encoding="utf-8").split())


@pytest.mark.parametrize("name", SECRET_FIELDS + SECRET_PARAMETERS)
def test_every_name_has_a_stem(name: str) -> None:
    """The fast search for stems overlooks no name."""
    assert any(stem in name.replace(" ", "").encode() for stem in STEMS)


@pytest.mark.parametrize(
    "spelling", ["access_token", "access-token", "accessToken", "AccessToken", "ACCESS_TOKEN"]
)
def test_spellings(spelling: str) -> None:
    """Case and separators make no difference."""
    assert is_secret_field(spelling)
    assert is_secret_parameter(f"user[{spelling}]")


def test_other_names_are_none() -> None:
    """A name that only contains one of these is another name."""
    for name in ("next_page_token", "token_type", "tokens", "secretary", "key", "id", "passwords_count", ""):
        assert not is_secret_field(name)
    assert not is_secret_header("x-request-id")
    assert not is_secret_field("sig")
    assert is_secret_parameter("sig")


def test_the_last_part_of_a_name() -> None:
    """Brackets and dots lead to the field they end in."""
    for name in ("password", "a[password]", "a[][password]", "a.password", "a[b][password][]"):
        assert last_part(name) == "password"


def test_references_are_ids() -> None:
    """Only under the name token, and only with its prefix, a value is the id of something stored."""
    assert is_reference("token", "tok_visa")
    assert is_reference("card[token]", "btok_1abc")
    assert not is_reference("token", "tokabc")
    assert not is_reference("password", "tok_visa")
