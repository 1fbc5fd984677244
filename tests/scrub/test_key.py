"""The key: given, kept or made, and never made twice."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from wraith.errors import InputError, OperationError
from wraith.scrub import Key, draft_key, find_key, keep_key
from wraith.workspace import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_the_environment_comes_first(project: Project) -> None:
    """WRAITH_HMAC_KEY is the key where it is set, and nothing is written."""
    key = find_key(project, create=True, environ={"WRAITH_HMAC_KEY": "ab"})
    assert key is not None
    assert (key.secret, key.origin, key.made) == (b"ab", "environment", False)
    assert not project.key_path.exists()


def test_a_key_is_made_once_and_kept(project: Project) -> None:
    """Without a key one is made, told to be made, kept for its owner alone, and found the next time."""
    made = find_key(project, create=True, environ={})
    assert made is not None
    assert made.made
    assert made.path == project.key_path
    assert stat.S_IMODE(project.key_path.stat().st_mode) == 0o600
    assert [path.name for path in project.state_path.iterdir()] == ["hmac.key"]
    kept = find_key(project, create=True, environ={"CI": "true"})
    assert kept is not None
    assert (kept.secret, kept.origin) == (made.secret, "file")


@pytest.mark.parametrize(
    ("create", "environ"),
    [(True, {"CI": "true"}), (False, {}), (True, {"CI": "true", "WRAITH_HMAC_KEY": ""})],
    ids=["in CI", "not asked for", "empty in CI"],
)
def test_no_key_is_made_where_none_may_be(project: Project, create: bool, environ: dict[str, str]) -> None:
    """In CI, or where nobody asked for one, no key is None and no file."""
    assert find_key(project, create=create, environ=environ) is None
    assert not project.state_path.exists()


def test_keys_differ(tmp_path: Path) -> None:
    """Two projects make two keys, and a key does not show itself when it is printed."""
    first = find_key(Project(tmp_path / "a"), create=True, environ={})
    second = find_key(Project(tmp_path / "b"), create=True, environ={})
    assert first is not None
    assert second is not None
    assert first.secret != second.secret
    assert first.secret.decode() not in repr(first)


def test_an_empty_key_file_is_an_error(project: Project) -> None:
    """A key file without a key is an InputError that says what to do, and not a new key."""
    project.state_path.mkdir()
    project.key_path.write_text("\n")
    with pytest.raises(InputError, match="holds no key") as caught:
        find_key(project, create=True, environ={})
    assert caught.value.where == str(project.key_path)


def test_a_folder_that_cannot_be_written_is_an_error(project: Project) -> None:
    """Where the key cannot be kept there is no key, but an OperationError."""
    project.state_path.write_text("a file where the folder should be")
    with pytest.raises((OperationError, InputError)):
        find_key(project, create=True, environ={})


def test_a_draft_is_nothing_until_it_is_kept(project: Project) -> None:
    """A command that may end with nothing written has a key to scrub with, and keeps it when it succeeds."""
    draft = draft_key(project, environ={})
    assert draft is not None
    assert not project.state_path.exists()
    assert keep_key(project, draft) == draft
    assert find_key(project, create=False, environ={}) == Key(draft.secret, "file", project.key_path)
    assert draft_key(project, environ={"CI": "1"}) is None


def test_the_first_key_of_a_project_stays(project: Project) -> None:
    """Of two processes that make a key at once, one keeps its own and the other is given that."""
    first, second = draft_key(project, environ={}), draft_key(project, environ={})
    assert first is not None
    assert second is not None
    keep_key(project, first)
    assert keep_key(project, second) == Key(first.secret, "file", project.key_path)
