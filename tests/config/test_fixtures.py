"""Fixture files: what a session begins with, and what is refused, with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.canonical import JsonValue, compact
from wraith.config import FixtureSet, fixture_names, parse_fixtures, read_fixtures, selected
from wraith.errors import InputError

FILES = {
    "cups.json": b'{"a": {"id": "a", "full": true}, "b": {"id": "b"}}',
    "plates.json": b"{}",
    "party/cups.json": b'{"b": {"id": "b", "full": true}, "c": {"id": "c"}}',
    "party/guests.json": b'{"1": {"name": "Ann"}}',
}
KEYS = {"cups": ("id",), "guests": ("id",)}


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def test_a_set_stands_in_front_of_the_default_fixtures(tmp_path: Path) -> None:
    """Its entities come in the place of those with the same key, and behind the others."""
    sets = read_fixtures(write(tmp_path, FILES), KEYS)
    assert fixture_names(sets) == ("default", "party")
    assert selected(sets, None) == selected(sets, "default") == sets[""]
    party = selected(sets, "party")
    assert party == {
        "cups": {"a": {"id": "a", "full": True}, "b": {"id": "b", "full": True}, "c": {"id": "c"}},
        "plates": {},
        "guests": {"1": {"name": "Ann"}},
    }
    assert list(party["cups"]) == ["a", "b", "c"]


def test_no_folder_is_no_fixtures(tmp_path: Path) -> None:
    """And hidden files, which keep folders in git, are none either."""
    assert read_fixtures(tmp_path / "none") == {}
    assert read_fixtures(write(tmp_path, {".gitkeep": b"", "party/.gitkeep": b""})) == {}
    assert selected({}, None) == {}


def test_an_unknown_set_is_refused_with_those_that_exist(tmp_path: Path) -> None:
    """``default`` is always among them."""
    sets = read_fixtures(write(tmp_path, FILES))
    with pytest.raises(InputError, match=r"no fixture set 'wake' \(sets: default, party\)"):
        selected(sets, "wake")


BROKEN: dict[str, tuple[str, bytes, str, str]] = {
    "no JSON": ("cups.json", b'{"a": {},\n"b": }', "not JSON", "/cups.json:2"),
    "a list": ("cups.json", b"[]", "expected an object", "/cups.json:1"),
    "no entity": ("cups.json", b'{\n"a": {},\n"b": null\n}', "null is no entity", "/cups.json:3"),
    "no key": ("cups.json", b'{"": {}}', "at least 1 character", "/cups.json:1"),
    "twice": ("cups.json", b'{\n"a": {},\n"a": {"id": "a"}}', "'a' stands there twice", "/cups.json:3"),
    "misfiled": ("cups.json", b'{\n"a":\n{"id": "b"}}', "'a': its id is 'b'", "/cups.json:2"),
    "misfiled number": ("cups.json", b'{"1": {"id": 2}}', "'1': its id is 2", "/cups.json:1"),
    "another format": ("cups.yaml", b"", "expected TYPE.json or SET/TYPE.json", "/cups.yaml"),
    "too deep": ("a/b/cups.json", b"{}", "expected TYPE.json or SET/TYPE.json", "/a/b/cups.json"),
    "default": ("default/cups.json", b"{}", "cannot be called default", "/default/cups.json"),
    "no name": ("a b/cups.json", b"{}", "not a name for a fixture set", ""),
    "deep": ("cups.json", b'{"a": ' + b"[" * 1000 + b"]" * 1000 + b"}", "nested more than", "/cups.json"),
    "too deep for JSON": (
        "cups.json",
        b'{"a": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        "not JSON",
        "/cups.json:1",
    ),
    "not UTF-8": ("cups.json", b'{"\xff": {}}', "not JSON", "/cups.json:1"),
}


@pytest.mark.parametrize(("name", "data", "said", "where"), BROKEN.values(), ids=BROKEN)
def test_what_is_no_fixture_is_refused(name: str, data: bytes, said: str, where: str) -> None:
    """With file and line, and what was expected."""
    with pytest.raises(InputError) as refused:
        parse_fixtures({name: data}, "state/fixtures", KEYS)
    assert said in refused.value.message
    assert (refused.value.where or "").endswith(where)


@pytest.mark.parametrize(
    "entity", [{"id": "7"}, {"id": 7}, {"name": "no key in it"}, "just text", {"id": None}]
)
def test_an_entity_is_filed_under_its_own_key(entity: JsonValue) -> None:
    """As text or number, or it says none; below a parent, the last part of the key is its own."""
    data = compact({"7": entity, "table/7": entity})
    assert parse_fixtures({"cups.json": data}, "x", KEYS)[""]["cups"] == {"7": entity, "table/7": entity}


documents = st.recursive(
    st.text(max_size=3) | st.integers(-9, 9) | st.booleans(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)
entities = st.dictionaries(st.text(min_size=1, max_size=3), documents, max_size=3)


@given(st.dictionaries(st.sampled_from(["cups", "plates"]), entities, max_size=2))
def test_what_is_written_is_what_is_read(fixtures: FixtureSet) -> None:
    """Any entities of any type come back as they are."""
    files = {f"{kind}.json": compact(dict(found)) for kind, found in fixtures.items()}
    assert parse_fixtures(files, "x").get("", {}) == fixtures
