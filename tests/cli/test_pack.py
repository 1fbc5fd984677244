"""``wraith pack``: what it says, what it takes along, and what it refuses."""

from __future__ import annotations

from pathlib import Path

from wraith.workspace import Workspace


def test_pack_says_what_it_wrote(run, packed: Path) -> None:
    """File, digest and size are in the answer; packing again gives the same bytes."""
    before = packed.read_bytes()
    document = run("pack", "shop", "--output", str(packed), "--json").document
    assert document["file"] == str(packed)
    assert document["size_bytes"] == len(before)
    assert document["content_digest"].startswith("sha256:")
    assert (document["artifact_kind"], document["signed"]) == ("root", False)
    assert packed.read_bytes() == before


def test_pack_has_a_place_of_its_own(run, packed: Path) -> None:
    """Without ``--output`` the artifact is dist/NAME.wraith."""
    run("pack", "shop")
    assert (packed.parent / "dist" / "shop.wraith").read_bytes() == packed.read_bytes()


def test_recordings_reports_and_a_signature_are_asked_for(run, packed: Path) -> None:
    """They add files, and leave the content digest as it is."""
    run("check", "shop")
    run("key", "gen", "--output", "team.key")
    plain = run("pack", "shop", "--json").document
    more = ("--include-recordings", "--include-diagnostics", "--sign", "team.key")
    full = run("pack", "shop", *more, "--json").document
    assert full["content_digest"] == plain["content_digest"]
    assert full["files"] == plain["files"] + 1 + 2 * 4 + 2  # index, two sessions of three, two reports
    assert full["signed"]


def test_pack_needs_a_model(run, shop: Workspace) -> None:
    """A twin that was never learned cannot be packed: exit status 1."""
    assert run("pack", "shop", "--output", "x.wraith").code == 1
    assert not Path("x.wraith").exists()


def test_a_secret_is_not_packed(run, packed: Path, recorded: Workspace) -> None:
    """What was put into the twin by hand is scrubbed again: exit status 3, and no file."""
    (recorded.state_path / "fixtures" / "user.json").write_text('{"u": {"password": "correct horse"}}')
    ran = run("pack", "shop", "--output", "x.wraith")
    assert ran.code == 3
    assert "state/fixtures/user.json, at u.password" in ran.err
    assert "correct horse" not in ran.err
    assert not Path("x.wraith").exists()
