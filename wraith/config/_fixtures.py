"""Fixtures: entities that a session begins with, ``state/fixtures/TYPE.json`` and named sets of them.

A file is a JSON object from keys to entities. Those right in ``state/fixtures`` are there in every session,
those below ``state/fixtures/SET/`` in sessions that select the set, in the place of default ones with the
same key. For users: ``docs/reference/fixtures.md``.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, RootModel, StringConstraints, ValidationError
from pydantic import JsonValue as Json

from wraith.canonical import JsonValue, is_nested_beyond, parse
from wraith.config._read import describe
from wraith.errors import InputError
from wraith.files import read_bytes
from wraith.paths import Path, format_path, get
from wraith.workspace import check_name

DEFAULT_SET = ""
"""The fixtures of every session; people write ``default`` where they select no other."""
DEFAULT_NAME = "default"

Entities: TypeAlias = Mapping[str, JsonValue]
"""By key."""
FixtureSet: TypeAlias = Mapping[str, Entities]
"""By type."""
FixtureSets: TypeAlias = Mapping[str, FixtureSet]
"""By the name of the set."""

MAX_LEVELS = 100
"""Deeper than any representation that a service answers."""

NOTHING: FixtureSet = MappingProxyType({})
HINT = 'write {"KEY": {…}, …}; docs/reference/fixtures.md of wraith shows one'


def _entity(value: JsonValue) -> JsonValue:
    if value is None:
        raise ValueError("null is no entity")
    return value


Key = Annotated[str, StringConstraints(min_length=1)]


class FixtureFile(RootModel[dict[Key, Annotated[Json, AfterValidator(_entity)]]]):
    """``TYPE.json``: the entities of one type, by key."""


def read_fixtures(folder: FilePath, keys: Mapping[str, Path] | None = None) -> FixtureSets:
    """Return the fixtures in a folder; none where there is no such folder. Raises as ``parse_fixtures``."""
    if not folder.is_dir():
        return {}
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    inside = {path.relative_to(folder).as_posix(): read_bytes(path) for path in found}
    visible = {name: data for name, data in inside.items() if not _is_hidden(name)}
    return parse_fixtures(visible, folder, keys)


def parse_fixtures(
    files: Mapping[str, bytes], where: FilePath | str, keys: Mapping[str, Path] | None = None
) -> FixtureSets:
    """Return the fixtures in files that are named by their path below ``state/fixtures``.

    ``keys`` says, by type, where an entity holds its key: it has to be the one that it is filed under. Raises
    InputError with file and line for what is no fixture.
    """
    sets: dict[str, dict[str, Entities]] = {}
    for name in sorted(files):
        place = f"{where}/{name}"
        chosen, kind = _address(name, place)
        text = files[name]
        entities = _entities(text, place)
        for key, wrong in _misfiled(entities, (keys or {}).get(kind)):
            raise InputError(wrong, where=_at(place, text, key), hint="make the two the same")
        sets.setdefault(chosen, {})[kind] = entities
    return sets


def selected(sets: FixtureSets, name: str | None) -> FixtureSet:
    """Return what a session begins with that selects a set: the default fixtures, and those of the set in
    front. Raises InputError for a name that there is none of."""
    general = sets.get(DEFAULT_SET, NOTHING)
    if not name or name == DEFAULT_NAME:
        return general
    if name not in sets:
        known = ", ".join(fixture_names(sets))
        raise InputError(
            f"there is no fixture set {name!r} (sets: {known})",
            where="state/fixtures",
            hint=f"make state/fixtures/{name}/TYPE.json, or select one that exists",
        )
    chosen = sets[name]
    kinds = [*general, *(kind for kind in chosen if kind not in general)]
    return {kind: {**general.get(kind, {}), **chosen.get(kind, {})} for kind in kinds}


def fixture_names(sets: FixtureSets) -> tuple[str, ...]:
    """Return the names that a session may select, ``default`` first."""
    return (DEFAULT_NAME, *sorted(name for name in sets if name != DEFAULT_SET))


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") for part in name.split("/"))


def _address(name: str, place: str) -> tuple[str, str]:
    """Return set and type of a file."""
    path = PurePosixPath(name)
    if path.suffix != ".json" or len(path.parts) > 2 or not path.stem:
        raise InputError(
            "is no fixture: expected TYPE.json or SET/TYPE.json",
            where=place,
            hint="move the file out of state/fixtures, or give it such a name",
        )
    if len(path.parts) == 1:
        return DEFAULT_SET, path.stem
    chosen = check_name(path.parts[0], "fixture set")
    if chosen == DEFAULT_NAME:
        raise InputError(
            "a set cannot be called default: that is what sessions begin with that select none",
            where=place,
            hint="move its files one folder up, or give the set another name",
        )
    return chosen, path.stem


def _entities(text: bytes, place: str) -> Entities:
    try:
        document = parse(text)
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        raise InputError(f"not JSON: {error}", where=f"{place}:{line}", hint=HINT) from None
    if is_nested_beyond(document, MAX_LEVELS):
        raise InputError(f"nested more than {MAX_LEVELS} levels deep", where=place, hint=HINT)
    if not isinstance(document, dict):
        raise InputError("expected an object from keys to entities", where=f"{place}:1", hint=HINT)
    if (twice := repeated_key(text)) is not None:
        raise InputError(f"the key {twice!r} stands there twice", where=_at(place, text, twice, last=True))
    try:
        return FixtureFile.model_validate(document).root
    except ValidationError as error:
        key = str(error.errors(include_url=False)[0]["loc"][0])
        raise InputError(describe(error), where=_at(place, text, key), hint=HINT) from None


def repeated_key(text: bytes) -> str | None:
    """Return a name that one object of a JSON text has twice, of which a reader would see one alone. Raises
    ValueError for what is no JSON, or nested too deeply."""
    twice: list[str] = []

    def look(pairs: list[tuple[str, object]]) -> None:
        counts = Counter(name for name, _ in pairs)
        twice.extend(name for name, count in counts.items() if count > 1)

    try:
        json.loads(text, object_pairs_hook=look)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return twice[0] if twice else None


def _misfiled(entities: Entities, key_path: Path | None) -> Iterator[tuple[str, str]]:
    """Yield the keys whose entity says another one. Below a parent, the last part of a key is its own."""
    if key_path is None:
        return
    for key, entity in entities.items():
        own = get(entity, key_path)
        if isinstance(own, str | int) and not isinstance(own, bool) and str(own) not in (key, _last(key)):
            yield key, f"{key!r}: its {format_path(key_path)} is {own!r}"


def _last(key: str) -> str:
    return key.rpartition("/")[2]


def _at(place: str, text: bytes, key: str, *, last: bool = False) -> str:
    """Return file and line of a key."""
    name = re.compile(re.escape(json.dumps(key, ensure_ascii=False)) + r"\s*:")
    found = list(name.finditer(text.decode("utf-8", "replace")))
    if not found:
        return place
    start = found[-1 if last else 0].start()
    line = text.decode("utf-8", "replace").count("\n", 0, start) + 1
    return f"{place}:{line}"
