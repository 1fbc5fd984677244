"""Objects that were shown without their key, and are known by what else was shown of them."""

from __future__ import annotations

import pytest

from tests.synth.graphql.small import calls_of
from wraith.canonical import JsonValue
from wraith.synth._graphql.documents import Call, Object
from wraith.synth._graphql.gathering import gather
from wraith.synth._graphql.identities import tell_keys
from wraith.synth._graphql.types import Types

ACCOUNTS: list[dict[str, JsonValue]] = [
    {"id": f"a{number}", "handle": handle, "town": "Rome" if number % 2 else f"town {number}", "seal": seal}
    for number, (handle, seal) in enumerate(
        zip(
            ("ada", "bea", "cleo", "dora", "eva", "fay", "gail", "hope", "ines", "joan", "twin", "twin"),
            ("red", "red", "red", "red", "red", "red", "blue", "blue", "blue", "blue", "blue", "green"),
            strict=True,
        )
    )
]
"""Handles tell accounts apart, but for one in ten; towns and seals do not."""

SHOWN: dict[str, tuple[dict[str, JsonValue], str | None]] = {
    "the only one with its handle": ({"handle": "bea"}, "a1"),
    "agrees in all that is shown": ({"handle": "bea", "town": "Rome"}, "a1"),
    "agrees in a part": ({"handle": "bea", "town": "town 2"}, None),
    "two have this handle": ({"handle": "twin"}, None),
    "one of the two has the rest": ({"handle": "twin", "seal": "green"}, "a11"),
    "a field that does not tell": ({"seal": "green"}, None),
    "never shown": ({"handle": "zoe"}, None),
    "shown with its key": ({"id": "a3", "handle": "bea"}, "a3"),
}


def world(shown: dict[str, JsonValue]) -> tuple[list[Call], Types]:
    """Return a session that lists all accounts, and shows one of them below a note."""
    calls = calls_of(
        ("{ accounts { id handle town seal } }", {"accounts": [*ACCOUNTS]}),
        (f"{{ note {{ id account {{ {' '.join(shown)} }} }} }}", {"note": {"id": "n1", "account": shown}}),
    )
    return calls, gather(calls, {})


def below(calls: list[Call], types: Types) -> str | None:
    """Return the key of the account below the note."""
    value = calls[1].value
    assert isinstance(value, Object)
    found = value.sights[1].value
    assert isinstance(found, Object)
    return types.key(found, types.at["Query", "note", "account"])


@pytest.mark.parametrize(("shown", "key"), SHOWN.values(), ids=SHOWN)
def test_one_that_agrees_in_all_is_meant(shown: dict[str, JsonValue], key: str | None) -> None:
    """A field that tells must be among what is shown, and one entity of the session must agree with all."""
    calls, types = world(shown)
    tell_keys([calls], types)
    assert below(calls, types) == key


def test_handles_tell_and_towns_do_not() -> None:
    """A field tells entities apart where nine of ten of its values are those of one entity."""
    calls, types = world({"handle": "bea"})
    tell_keys([calls], types)
    assert types.at["Query", "accounts"].telling == {"handle"}


def test_another_world_tells_nothing() -> None:
    """The account with this handle in another session is another account."""
    (here, types), (there, _) = world({"handle": "bea"}), world({"handle": "bea"})
    tell_keys([here[:1], there[1:]], types)
    assert below([here[0], there[1]], types) is None
