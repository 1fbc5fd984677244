"""``wraith install``: into another project, under another name, in another folder, in the place of
another."""

from __future__ import annotations

from pathlib import Path

import pytest

from wraith.workspace import Project


@pytest.fixture
def elsewhere(
    packed: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """An empty folder to install the artifact from, as the current one."""
    folder = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(folder)
    return folder


def test_install_makes_a_twin_that_can_be_inspected(run, packed: Path, elsewhere: Path) -> None:
    """In another project the twin stands as it was packed, and a second install touches nothing."""
    ran = run("install", str(packed), "--json")
    assert (ran.code, ran.document["twin"], ran.document["artifact_kind"]) == (0, "shop", "root")
    assert Project.find(elsewhere).twin("shop").exists()
    assert "2 routes" in run("inspect", "shop").out
    again = run("install", str(packed))
    assert again.code == 1
    assert "already" in again.err
    assert run("install", str(packed), "--force").code == 0


def test_an_installed_twin_is_healthy(run, packed: Path, elsewhere: Path) -> None:
    """Doctor asks an installed twin for no recordings, and notices a file that is not as it was packed."""
    run("install", str(packed))
    healthy = run("doctor", "shop", "--json").document
    assert (healthy["errors"], healthy["warnings"]) == (0, 0), healthy
    path = Project.find(elsewhere).twin("shop").scrub_path
    path.write_text(path.read_text() + "# changed\n")
    assert "other than in the artifact that it came in: scrub.toml" in run("doctor", "shop").out


def test_name_and_folder_are_chosen(run, packed: Path, elsewhere: Path) -> None:
    """The next command that is suggested finds the twin where it was put."""
    assert "next: wraith serve copy" in run("install", str(packed), "--name", "copy").out
    ran = run("install", str(packed), "--into", "there")
    assert ran.out.splitlines()[-1].endswith("there/shop")
    assert "2 routes" in run("inspect", "there/shop").out


@pytest.mark.parametrize("content", [None, b"", b"not an archive"], ids=["missing", "empty", "noise"])
def test_what_is_no_artifact_is_refused(run, folder: Path, content: bytes | None) -> None:
    """A file that is none ends with 1, is named, and installs nothing."""
    if content is not None:
        (folder / "x.wraith").write_bytes(content)
    ran = run("install", "x.wraith")
    assert ran.code == 1
    assert "  where: x.wraith" in ran.err
    assert not (folder / "twins").exists()
