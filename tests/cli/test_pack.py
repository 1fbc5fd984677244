"""``wraith pack`` and ``wraith install``: out of one project, into another."""

from __future__ import annotations

from pathlib import Path

import pytest

from wraith.workspace import Project, Workspace


@pytest.fixture
def packed(run, recorded: Workspace) -> Path:
    """The artifact of the recorded twin, in the project's folder."""
    run("synth", "shop")
    path = recorded.project.root / "shop.wraith"
    assert run("pack", "shop", "--output", str(path)).code == 0
    return path


def test_pack_says_what_it_wrote(run, packed: Path) -> None:
    """File, digest and size are in the answer; packing again gives the same bytes."""
    before = packed.read_bytes()
    document = run("pack", "shop", "--output", str(packed), "--json").document
    assert document["file"] == str(packed)
    assert document["size_bytes"] == len(before)
    assert document["content_digest"].startswith("sha256:")
    assert packed.read_bytes() == before


def test_pack_has_a_place_of_its_own(run, packed: Path) -> None:
    """Without ``--output`` the artifact is dist/NAME.wraith."""
    run("pack", "shop")
    assert (packed.parent / "dist" / "shop.wraith").read_bytes() == packed.read_bytes()


def test_pack_needs_a_model(run, shop: Workspace) -> None:
    """A twin that was never learned cannot be packed: exit status 1."""
    assert run("pack", "shop", "--output", "x.wraith").code == 1
    assert not Path("x.wraith").exists()


def test_install_makes_a_twin_that_can_be_inspected(
    run, packed: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In another project the twin stands as it was packed, and a second install touches nothing."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(elsewhere)
    ran = run("install", str(packed), "--json")
    assert (ran.code, ran.document["twin"]) == (0, "shop")
    assert Project.find(elsewhere).twin("shop").exists()
    assert "2 routes" in run("inspect", "shop").out
    again = run("install", str(packed))
    assert again.code == 1
    assert "already" in again.err


def test_an_installed_twin_is_healthy(
    run, packed: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Doctor asks an installed twin for no recordings, and notices a file that is not as it was packed."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(elsewhere)
    run("install", str(packed))
    healthy = run("doctor", "shop", "--json").document
    assert (healthy["errors"], healthy["warnings"]) == (0, 0), healthy
    path = Project.find(elsewhere).twin("shop").scrub_path
    path.write_text(path.read_text() + "# changed\n")
    assert "other than in the artifact that it came in: scrub.toml" in run("doctor", "shop").out


@pytest.mark.parametrize("content", [None, b"", b"not an archive"], ids=["missing", "empty", "noise"])
def test_what_is_no_artifact_is_refused(run, folder: Path, content: bytes | None) -> None:
    """A file that is none ends with 1, is named, and installs nothing."""
    if content is not None:
        (folder / "x.wraith").write_bytes(content)
    ran = run("install", "x.wraith")
    assert ran.code == 1
    assert "  where: x.wraith" in ran.err
    assert not (folder / "twins").exists()
