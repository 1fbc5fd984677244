"""Signing keys: Ed25519 in PEM files, as OpenSSL writes them.

A private key is PKCS #8, readable by its owner alone; the public key beside it is what a trust store
holds: a folder of ``.pub`` files, whose names are those of the signers. Sources: RFC 8032, RFC 8410.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wraith.canonical import sha256
from wraith.errors import InputError
from wraith.files import read_bytes, write_whole

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PRIVATE_SUFFIX: Final = ".key"
PUBLIC_SUFFIX: Final = ".pub"


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Where a pair of keys is."""

    private_path: Path
    public_path: Path
    key_id: str
    """SHA-256 of the raw public key."""


def make_keys(path: Path) -> KeyPair:
    """Write a new private key and, beside it, its public key.

    Raises InputError where one of the two exists: a key is never replaced.
    """
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    base = path.with_suffix("") if path.suffix == PRIVATE_SUFFIX else path
    public_path = base.with_name(base.name + PUBLIC_SUFFIX)
    for taken in (path, public_path):
        if os.path.lexists(taken):
            raise InputError(
                "exists already; a key is never replaced",
                where=taken,
                hint="choose another file: --output FILE",
            )
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    public = key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    write_whole(path, private, mode=0o600)
    write_whole(public_path, public)
    return KeyPair(path, public_path, sha256(key.public_key().public_bytes_raw()))


def read_signing_key(path: Path) -> Ed25519PrivateKey:
    """Return the private key in a file. Raises InputError where there is none that can be used."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    data = _read(path)
    try:
        key = load_pem_private_key(data, password=None)
    except TypeError:
        raise InputError("the key is encrypted, and nothing here asks for a passphrase", where=path) from None
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError("is no Ed25519 private key in PEM", where=path, hint="wraith key gen writes one")
    return key


def trusted_keys(folder: Path) -> dict[bytes, str]:
    """Return the public keys of a trust store: raw key to the name of its file without the suffix.

    Raises InputError where there is no such folder, or one of its files holds no key.
    """
    if not folder.is_dir():
        raise InputError(
            "there is no such trust store",
            where=folder,
            hint="give a folder of .pub files, which wraith key gen writes",
        )
    return {_public_key(path): path.stem for path in sorted(folder.glob(f"*{PUBLIC_SUFFIX}"))}


def _public_key(path: Path) -> bytes:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    data = _read(path)
    try:
        key = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise InputError("is no Ed25519 public key in PEM", where=path, hint="remove it from the trust store")
    return key.public_bytes_raw()


def _read(path: Path) -> bytes:
    try:
        return read_bytes(path)
    except FileNotFoundError:
        raise InputError("no such file", where=path, hint="wraith key gen writes a pair of keys") from None
