"""Signatures: four answers, keys as OpenSSL writes them, and trust that comes from a folder alone."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from wraith.artifact import judge, make_keys, pack, trusted_keys, verify
from wraith.artifact._manifest import Manifest, Signature
from wraith.errors import InputError


@pytest.fixture
def signed(make_twin, tmp_path: Path) -> Path:
    """A signed artifact, and beside it the signer's keys, of which the public one is in ``trust``."""
    pair = make_keys(tmp_path / "team.key")
    (tmp_path / "trust").mkdir()
    shutil.copy(pair.public_path, tmp_path / "trust" / "billing-team.pub")
    pack(make_twin(tmp_path), tmp_path / "x.wraith", sign=pair.private_path)
    return tmp_path / "x.wraith"


def with_signature(manifest: Manifest, **changes: str) -> Manifest:
    """The manifest with another signature."""
    signature = manifest.provenance.signature
    assert signature is not None
    changed = Signature(**{**signature.model_dump(), **changes})
    return manifest.model_copy(
        update={"provenance": manifest.provenance.model_copy(update={"signature": changed})}
    )


def test_a_trusted_signature_is_ok(signed: Path) -> None:
    """It names the signer as the file in the trust store is called."""
    verdict = verify(signed, signed.parent / "trust").signature
    assert (verdict.answer, verdict.signer) == ("ok", "billing-team")
    assert verdict.key_id is not None


def test_a_signature_that_nobody_trusts_is_unverifiable(signed: Path, tmp_path: Path) -> None:
    """Without a trust store, and with one that has other keys, it holds and proves nothing."""
    (tmp_path / "others").mkdir()
    make_keys(tmp_path / "others" / "else.key")
    assert verify(signed).signature.answer == "unverifiable"
    assert verify(signed, tmp_path / "others").signature.answer == "unverifiable"


def test_no_signature_is_unsigned(make_twin, tmp_path: Path) -> None:
    """An artifact that nobody signed says so."""
    pack(make_twin(tmp_path), tmp_path / "x.wraith")
    assert verify(tmp_path / "x.wraith").signature.answer == "unsigned"


@pytest.mark.parametrize("change", ["twin", "wraith_version", "content_digest"])
def test_a_signature_covers_every_word_of_the_manifest(signed: Path, change: str) -> None:
    """A manifest that says anything else than was signed has a signature that failed."""
    manifest = verify(signed).manifest
    other = manifest.model_copy(update={change: "other"})
    assert judge(other, trusted_keys(signed.parent / "trust")).answer == "failed"


BROKEN = {
    "another kind": ({"algorithm": "rsa"}, "unverifiable"),
    "no base64": ({"value": "?"}, "failed"),
    "a signature of another length": ({"value": "AAAA"}, "failed"),
    "a key of another length": ({"public_key": "AAAA"}, "failed"),
    "a key that is no text of ASCII": ({"public_key": "é"}, "failed"),
    "somebody else's key": ({"public_key": "A" * 43 + "="}, "failed"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_signature_is_an_answer(signed: Path, case: str) -> None:
    """Whatever stands there, it is one of the four answers, never an error."""
    changes, answer = BROKEN[case]
    assert judge(with_signature(verify(signed).manifest, **changes), {}).answer == answer


def test_openssl_reads_the_keys_and_its_keys_are_read(signed: Path, tmp_path: Path) -> None:
    """A pair made by OpenSSL signs and is trusted, and OpenSSL reads ours."""
    if shutil.which("openssl") is None:
        pytest.skip("needs the program openssl")
    private, public = tmp_path / "theirs.key", tmp_path / "trust" / "theirs.pub"
    for command in (
        ["openssl", "genpkey", "-algorithm", "ed25519", "-out", private],
        ["openssl", "pkey", "-in", private, "-pubout", "-out", public],
        ["openssl", "pkey", "-in", tmp_path / "team.key", "-noout"],
        ["openssl", "pkey", "-pubin", "-in", tmp_path / "team.pub", "-noout"],
    ):
        subprocess.run(command, check=True, capture_output=True)
    from wraith.workspace import Project

    pack(Project(tmp_path).twin("billing"), tmp_path / "y.wraith", sign=private)
    assert verify(tmp_path / "y.wraith", tmp_path / "trust").signature.signer == "theirs"


def test_a_private_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    """It cannot be read by others, and neither key of a pair replaces one that is there."""
    pair = make_keys(tmp_path / "keys" / "team")
    assert pair.public_path == tmp_path / "keys" / "team.pub"
    assert pair.private_path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(InputError, match="exists already"):
        make_keys(pair.private_path)
    pair.private_path.unlink()
    with pytest.raises(InputError, match="exists already"):
        make_keys(pair.private_path)


NO_KEYS = {
    "nothing": (None, "no such file"),
    "noise": (b"noise", "no Ed25519 private key"),
    "a public key": ("team.pub", "no Ed25519 private key"),
}


@pytest.mark.parametrize("case", NO_KEYS)
def test_what_is_no_key_signs_nothing(make_twin, tmp_path: Path, case: str) -> None:
    """It ends with 1, and no artifact is written."""
    make_keys(tmp_path / "team.key")
    content, message = NO_KEYS[case]
    path = tmp_path / content if isinstance(content, str) else tmp_path / "other.key"
    if isinstance(content, bytes):
        path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        pack(make_twin(tmp_path), tmp_path / "x.wraith", sign=path)
    assert not (tmp_path / "x.wraith").exists()


def test_a_key_of_another_kind_or_with_a_passphrase_is_refused(make_twin, tmp_path: Path) -> None:
    """Nothing asks for a passphrase, and nothing but Ed25519 signs."""
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    locked = ed25519.Ed25519PrivateKey.generate().private_bytes(
        form.Encoding.PEM, form.PrivateFormat.PKCS8, form.BestAvailableEncryption(b"x")
    )
    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()
    )
    for key, message in ((locked, "encrypted"), (other, "no Ed25519 private key")):
        (tmp_path / "k.key").write_bytes(key)
        with pytest.raises(InputError, match=message):
            pack(make_twin(tmp_path), tmp_path / "x.wraith", sign=tmp_path / "k.key")


def test_a_broken_trust_store_is_an_error(signed: Path, tmp_path: Path) -> None:
    """A store that is not there, and a file in it that is no key, are named; other files do not count."""
    with pytest.raises(InputError, match="no such trust store"):
        verify(signed, tmp_path / "none")
    (tmp_path / "trust" / "README").write_text("ours")
    assert verify(signed, tmp_path / "trust").signature.answer == "ok"
    (tmp_path / "trust" / "broken.pub").write_text("x")
    with pytest.raises(InputError, match="no Ed25519 public key"):
        verify(signed, tmp_path / "trust")
