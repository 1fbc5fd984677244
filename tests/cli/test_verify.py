"""``wraith verify`` and ``wraith key gen``: four answers, and what each ends with."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from wraith.artifact import open_artifact
from wraith.artifact._archive import archive
from wraith.artifact._manifest import MANIFEST, dump_manifest
from wraith.workspace import Workspace


@pytest.fixture
def artifacts(run, recorded: Workspace) -> Path:
    """A folder with a signed and an unsigned artifact, the signer's key in ``trust``, another in
    ``others``."""
    root = recorded.project.root
    run("synth", "shop")
    run("key", "gen")
    run("key", "gen", "--output", "others/else.key")
    (root / "trust").mkdir()
    shutil.copy(root / ".wraith" / "signing.pub", root / "trust" / "shop-team.pub")
    run("pack", "shop", "--output", "signed.wraith", "--sign", ".wraith/signing.key")
    run("pack", "shop", "--output", "unsigned.wraith")
    return root


ANSWERS = {
    "ok": (("signed.wraith", "--trust-store", "trust"), 0, 0),
    "unverifiable": (("signed.wraith", "--trust-store", "others"), 0, 3),
    "unsigned": (("unsigned.wraith", "--trust-store", "trust"), 0, 3),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_the_answer_decides_the_exit_status(run, artifacts: Path, answer: str) -> None:
    """With ``--strict`` nothing but ``ok`` is accepted."""
    arguments, code, strict_code = ANSWERS[answer]
    ran = run("verify", *arguments, "--json")
    assert (ran.code, ran.document["signature"]["answer"], ran.document["accepted"]) == (code, answer, True)
    strict = run("verify", *arguments, "--strict", "--json")
    assert (strict.code, strict.document["accepted"]) == (strict_code, strict_code == 0)
    assert f"signature {answer}: " in run("verify", *arguments).out


def test_verify_says_what_the_artifact_is(run, artifacts: Path) -> None:
    """Everything that others need to pin it is in the answer."""
    document = run("verify", "signed.wraith", "--trust-store", "trust", "--json").document
    packed = run("pack", "shop", "--json").document
    for key in ("twin", "artifact_kind", "content_digest", "scrub_policy_hash", "files"):
        assert document[key] == packed[key]
    assert document["signature"]["signer"] == "shop-team"
    assert (document["recordings"], document["base"], document["requires"]) == (False, None, [])


def test_what_is_no_artifact_and_no_trust_store_is_the_users_mistake(run, artifacts: Path) -> None:
    """A file that is cut short, and a folder that is not there, end with 1."""
    data = Path("signed.wraith").read_bytes()
    Path("cut.wraith").write_bytes(data[:-1])
    assert run("verify", "cut.wraith").code == 1
    assert run("verify", "signed.wraith", "--trust-store", "none").code == 1


def test_a_pair_of_keys_is_made_once(run, folder: Path) -> None:
    """Both files are said, the private one is its owner's alone, and a second time ends with 1."""
    document = run("key", "gen", "--json").document
    private, public = Path(document["private_key"]), Path(document["public_key"])
    assert (private.name, public.name) == ("signing.key", "signing.pub")
    assert private.stat().st_mode & 0o777 == 0o600
    assert document["key_id"].startswith("sha256:")
    again = run("key", "gen")
    assert again.code == 1
    assert "never replaced" in again.err


def test_a_failed_signature_and_changed_bytes_are_against_policy(run, artifacts: Path) -> None:
    """A manifest that was changed after it was signed, and another file than it lists, end with 3."""
    artifact = open_artifact(Path("signed.wraith"))
    other = dump_manifest(artifact.manifest.model_copy(update={"wraith_version": "9.9.9"}))
    Path("forged.wraith").write_bytes(archive([(MANIFEST, other), *sorted(artifact.files.items())]))
    changed = {**artifact.files, "scrub.toml": artifact.files["scrub.toml"].replace(b"#", b"%", 1)}
    same = dump_manifest(artifact.manifest)
    Path("changed.wraith").write_bytes(archive([(MANIFEST, same), *sorted(changed.items())]))
    forged = run("verify", "forged.wraith", "--json")
    assert (forged.code, forged.document["signature"]["answer"]) == (3, "failed")
    assert run("install", "forged.wraith", "--name", "forged").code == 3
    refused = run("verify", "changed.wraith")
    assert refused.code == 3
    assert "scrub.toml is not what manifest.json says" in refused.err


def test_an_artifact_is_named_in_several_ways(run, artifacts: Path) -> None:
    """A name is that in ``dist/``, a digest is found, and what is not there is said."""
    digest = run("verify", "signed.wraith", "--json").document["content_digest"]
    run("pack", "shop")
    for written in ("shop", f"shop@{digest}"):
        assert run("verify", written, "--json").document["content_digest"] == digest
    assert run("verify", "nothing").code == 1
    assert run("verify", f"shop@sha256:{'0' * 64}").code == 3
