"""The tree of errors: exit status, code, place and hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from wraith.errors import AnswerIsNo, InputError, OperationError, PolicyError, WraithError

KINDS: dict[type[WraithError], tuple[int, str, type[Exception]]] = {
    InputError: (1, "input", ValueError),
    AnswerIsNo: (2, "no", WraithError),
    PolicyError: (3, "policy", WraithError),
    OperationError: (4, "operation", RuntimeError),
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_kind_has_its_exit_status_code_and_builtin(kind: type[WraithError]) -> None:
    """Whose fault it is decides the exit status; callers may catch the builtin."""
    status, code, builtin = KINDS[kind]
    assert (kind.exit_code, kind.code) == (status, code)
    assert issubclass(kind, WraithError)
    assert issubclass(kind, builtin)


def test_a_policy_error_is_no_error_of_the_disk() -> None:
    """Code that expects the disk to fail must not catch it."""
    assert not issubclass(PolicyError, OSError)


def test_every_kind_is_in_the_table() -> None:
    """A new kind of error needs an exit status of its own."""
    assert set(WraithError.__subclasses__()) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_error_says_what_where_and_what_to_do(kind: type[WraithError]) -> None:
    """Message, place and hint are kept apart; the text has place and message."""
    error = kind("is broken", where=Path("a/b.toml"), hint="mend it")
    assert (error.message, error.where, error.hint) == ("is broken", "a/b.toml", "mend it")
    assert str(error) == "a/b.toml: is broken"


def test_an_error_without_a_place_is_its_message() -> None:
    """Nothing stands before the message where there is no place."""
    assert str(InputError("is broken")) == "is broken"
