"""Signatures: who vouches for an artifact, and the four answers to that question.

What is signed is the canonical manifest without its signature, behind the name of its format; the
manifest names the digest of every file, so the signature covers every byte of the twin and what is said
of it. The public key comes along, but proves only that whoever made the artifact had some key: whether it
is one to trust, a trust store says.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from wraith.artifact._keys import read_signing_key
from wraith.artifact._manifest import FORMAT, MANIFEST, REFUSED, Manifest, Signature
from wraith.canonical import compact, sha256
from wraith.errors import PolicyError

Answer: TypeAlias = Literal["ok", "failed", "unverifiable", "unsigned"]

ED25519: Final = "ed25519"
KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a signature holds, and whose it is.

    ``ok``: by a trusted key. ``failed``: the signature is of other bytes, or by another key than it says.
    ``unverifiable``: it holds by the key that came along, which nobody here trusts, or it is of a kind
    that is not known here. ``unsigned``: there is none.
    """

    answer: Answer
    reason: str
    key_id: str | None = None
    """SHA-256 of the raw public key."""
    signer: str | None = None
    """The name of the key in the trust store."""


def signed(manifest: Manifest, key_path: Path) -> Manifest:
    """Return the manifest signed by the private key in a file. Ed25519 is deterministic: same key, same
    bytes.

    Raises InputError where there is no such key.
    """
    key = read_signing_key(key_path)
    signature = Signature(
        algorithm=ED25519,
        public_key=_text(key.public_key().public_bytes_raw()),
        value=_text(key.sign(_message(manifest))),
    )
    provenance = manifest.provenance.model_copy(update={"signature": signature})
    return manifest.model_copy(update={"provenance": provenance})


def judge(manifest: Manifest, trusted: Mapping[bytes, str]) -> Verdict:
    """Return what there is to say about the signature of a manifest, given the keys that are trusted."""
    signature = manifest.provenance.signature
    if signature is None:
        return Verdict("unsigned", "nobody signed it")
    if signature.algorithm != ED25519:
        return Verdict("unverifiable", f"signed by {signature.algorithm!r}, which is not known here")
    key, value = _bytes(signature.public_key), _bytes(signature.value)
    if key is None or len(key) != KEY_BYTES or value is None or not _holds(key, value, _message(manifest)):
        return Verdict("failed", "the signature is not of this artifact")
    key_id = sha256(key)
    signer = trusted.get(key)
    if signer is None:
        return Verdict("unverifiable", f"signed by a key that is not trusted here, {key_id}", key_id)
    return Verdict("ok", f"signed by {signer}", key_id, signer)


def refuse_forged(manifest: Manifest, where: Path) -> None:
    """Raise PolicyError where the artifact has a signature that does not hold, whoever is trusted."""
    verdict = judge(manifest, {})
    if verdict.answer == "failed":
        raise PolicyError(f"{MANIFEST}: {verdict.reason}", where=where, hint=REFUSED)


def _message(manifest: Manifest) -> bytes:
    document = manifest.model_dump(mode="json", exclude={"provenance": {"signature"}})
    return f"{FORMAT} signature\n".encode() + compact(document)


def _holds(key: bytes, value: bytes, message: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key).verify(value, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
