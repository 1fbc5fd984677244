"""References: what each spelling means, where an artifact is found, and what is said where it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from wraith.artifact import (
    Reference,
    artifact_of,
    install,
    locate,
    open_artifact,
    pack,
    resolve,
    workspace_at,
)
from wraith.errors import InputError, PolicyError
from wraith.workspace import Project

DIGEST = f"sha256:{'ab' * 32}"

SPELLINGS = {
    "billing": Reference(name="billing"),
    f"billing@{DIGEST}": Reference(name="billing", digest=DIGEST),
    "dist/billing.wraith": Reference(path=Path("dist/billing.wraith")),
    "billing.wraith": Reference(path=Path("billing.wraith")),
    f"x.wraith@{DIGEST}": Reference(path=Path("x.wraith"), digest=DIGEST),
    "./billing": Reference(path=Path("billing")),
    "twins/billing/": Reference(path=Path("twins/billing")),
    ".": Reference(path=Path(".")),
}


@pytest.mark.parametrize("text", SPELLINGS)
def test_a_reference_says_what_it_means(text: str) -> None:
    """What ends in .wraith is a file, what has a slash a path, everything else a name."""
    assert Reference.parse(text) == SPELLINGS[text]


@pytest.mark.parametrize("text", ["", "a b", "billing@sha256:ab", f"billing@{DIGEST}0", "..wraith-", "@"])
def test_what_is_no_reference_is_refused(text: str) -> None:
    """A name that no twin may have, and a digest that is none, are errors."""
    with pytest.raises(InputError):
        Reference.parse(text)


def test_a_name_is_the_twin_as_it_stands(make_twin, tmp_path: Path) -> None:
    """Of a twin and its packed file, the twin counts; without a twin the packed file does."""
    twin = make_twin(tmp_path)
    pack(twin, twin.artifact_path)
    (twin.lua_path / "handlers" / "pay.lua").write_bytes(b"return nil\n")
    assert resolve(twin.project, "billing") == artifact_of(twin)
    twin.config_path.unlink()
    assert resolve(twin.project, "billing") == open_artifact(twin.artifact_path)


def test_a_path_is_a_workspace_or_a_file(make_twin, tmp_path: Path) -> None:
    """A workspace is packed in memory, a file is opened."""
    twin = make_twin(tmp_path)
    pack(twin, tmp_path / "x.wraith")
    for text in (str(twin.root), f"{twin.root}/", str(tmp_path / "x.wraith")):
        assert resolve(Project(tmp_path / "other"), text) == artifact_of(twin)


def test_a_path_below_twins_is_the_twin_of_that_name(make_twin, tmp_path: Path) -> None:
    """It is of the project that it lies in; a folder elsewhere is of the given project."""
    (tmp_path / "dodo.py").write_text("")
    twin = make_twin(tmp_path)
    other = Project(tmp_path / "other")
    assert workspace_at(other, Reference(path=twin.root)) == twin
    (tmp_path / "lone").mkdir()
    lone = workspace_at(other, Reference(path=tmp_path / "lone"))
    assert (lone.project.root, lone.root) == (tmp_path, tmp_path / "lone")


PLACES = {
    "dist": "dist/billing.wraith",
    "dist under another name": "dist/billing-2.wraith",
    "a folder of artifacts": "shelf/old.wraith",
    "a folder of digests": "shelf/{digest}.wraith",
    "the store": ".wraith/artifacts/{digest}.wraith",
}


@pytest.mark.parametrize("place", PLACES)
def test_a_digest_is_found_wherever_artifacts_are(make_twin, tmp_path: Path, place: str) -> None:
    """In dist/, the store and the folders that are named, by what the file holds or by its digest."""
    twin = make_twin(tmp_path / "home")
    digest = artifact_of(twin).content_digest
    project = Project(tmp_path / "away")
    path = project.root / PLACES[place].format(digest=digest.removeprefix("sha256:"))
    pack(twin, path)
    found = resolve(project, f"billing@{digest}", [project.root / "shelf"])
    assert found == open_artifact(path)


def test_a_digest_is_found_in_the_twin_itself(make_twin, tmp_path: Path) -> None:
    """A twin that was never packed meets the reference to what it holds."""
    twin = make_twin(tmp_path)
    digest = artifact_of(twin).content_digest
    assert locate(twin.project, Reference(name="billing", digest=digest)) == twin


def test_a_twin_that_cannot_be_packed_meets_no_reference(make_twin, tmp_path: Path) -> None:
    """Where the twin of that name is not learned yet, the reference is unmet."""
    twin = make_twin(tmp_path)
    twin.symbols_path.unlink()
    with pytest.raises(InputError, match="there is no artifact billing@"):
        resolve(twin.project, f"billing@{DIGEST}")


def test_an_unmet_reference_names_the_digest(tmp_path: Path) -> None:
    """It ends with 1."""
    with pytest.raises(InputError, match=f"there is no artifact billing@{DIGEST}"):
        resolve(Project(tmp_path), f"billing@{DIGEST}")
    with pytest.raises(InputError, match="there is no twin 'billing' here"):
        resolve(Project(tmp_path), "billing")
    with pytest.raises(InputError, match="there is no twin in this folder"):
        resolve(Project(tmp_path), f"{tmp_path}/else")


def test_a_name_with_other_content_is_against_policy(make_twin, tmp_path: Path) -> None:
    """What bears the name and is not what is pinned ends with 3: a twin, a packed file, a file by its
    path."""
    twin = make_twin(tmp_path / "home")
    away = Project(tmp_path / "away")
    pack(twin, away.dist_path / "billing.wraith")
    for project, text in ((twin.project, "billing"), (away, "billing"), (away, str(twin.root))):
        with pytest.raises(PolicyError, match=f"expected {DIGEST}, found sha256:"):
            resolve(project, f"{text}@{DIGEST}")
    with pytest.raises(PolicyError, match=f"expected {DIGEST}, found sha256:"):
        resolve(away, f"{away.dist_path}/billing.wraith@{DIGEST}")


def test_a_file_that_lies_about_its_digest_is_against_policy(make_twin, tmp_path: Path) -> None:
    """A file in the store under a digest that it does not have is not taken for it."""
    project = Project(tmp_path / "away")
    pack(make_twin(tmp_path / "home"), project.store_path / f"{'ab' * 32}.wraith")
    with pytest.raises(PolicyError, match=f"expected {DIGEST}, found sha256:"):
        resolve(project, f"billing@{DIGEST}")


def test_broken_files_beside_it_do_not_stand_in_the_way(make_twin, tmp_path: Path) -> None:
    """Only a broken file that bears the very name is an error."""
    project = Project(tmp_path / "away")
    digest = pack(make_twin(tmp_path / "home"), project.dist_path / "copy.wraith").digest
    (project.dist_path / "broken.wraith").write_bytes(b"x")
    assert resolve(project, f"billing@{digest}").content_digest == digest
    (project.dist_path / "billing.wraith").write_bytes(b"x")
    with pytest.raises(InputError, match="not an artifact"):
        resolve(project, f"billing@{digest}")


def test_the_newest_of_a_name_does_not_hide_the_pinned_one(make_twin, tmp_path: Path) -> None:
    """Where dist/ has a newer one, the pinned one is found in the store."""
    old, new = make_twin(tmp_path / "1"), make_twin(tmp_path / "2", **{"lua/lib/x.lua": b""})
    project = Project(tmp_path / "away")
    pack(old, tmp_path / "old.wraith")
    digest = install(tmp_path / "old.wraith", project).manifest.content_digest
    pack(new, project.dist_path / "billing.wraith")
    assert resolve(project, f"billing@{digest}").content_digest == digest
