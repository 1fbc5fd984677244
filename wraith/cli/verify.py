"""Say whether a packed twin is whole and unchanged, and who signed it. Every digest is compared. Of the
signature there are four answers: ok (by a key of the trust store), failed (it is not of this artifact),
unverifiable (it holds, by a key that nobody here trusts) and unsigned.

Ends with 1 for what is no artifact, and with 3 where it is not what it says, where the signature failed,
and with --strict for every answer but ok."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wraith.cli._args import add_artifact_path, find_project
from wraith.cli._output import Line, Output, count
from wraith.errors import InputError, PolicyError

if TYPE_CHECKING:
    from wraith.artifact import Verification
    from wraith.canonical import JsonValue
    from wraith.cli._output import Kind

LOOKS: Final[dict[str, Kind]] = {"ok": "good", "failed": "bad", "unverifiable": "warn", "unsigned": "warn"}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FILE", help="a file that wraith pack wrote; NAME: that in dist/; NAME@sha256:…"
    )
    add_artifact_path(parser)
    parser.add_argument("--strict", action="store_true", help="accept nothing but a signature that is ok")
    parser.add_argument(
        "--trust-store", type=Path, metavar="DIR", help="a folder with the public keys to trust (.pub)"
    )


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.artifact import verify
    from wraith.cli._recordings_view import size_text

    file = _file(args.file, args.artifact_paths)
    found = verify(file, args.trust_store)
    manifest, signature = found.manifest, found.signature
    accepted = signature.answer == "ok" if args.strict else signature.answer != "failed"
    out.answer(
        _document(file, found) | {"accepted": accepted},
        Line(f"{manifest.twin} ({manifest.artifact_kind}): every digest is as the manifest says", "good"),
        Line(f"  {count(len(manifest.entries), 'file')}, {size_text(found.size_bytes)}, {found.digest}"),
        Line(f"signature {signature.answer}: {signature.reason}", LOOKS[signature.answer]),
    )
    return 0 if accepted else PolicyError.exit_code


def _file(text: str, search: Sequence[Path]) -> Path:
    """Return the file that a path, a name or a name with a digest means."""
    from wraith.artifact import Reference, locate

    if Path(text).is_file() or "/" in text:
        return Path(text)
    project, reference = find_project(), Reference.parse(text)
    if reference.path is not None:
        return reference.path
    if reference.digest is None:
        return project.twin(reference.name or "").artifact_path
    found = locate(project, reference, search)
    if not isinstance(found, Path):
        raise InputError(
            f"{found.name} has that digest, and is not packed",
            where=found.root,
            hint=f"wraith pack {found.name}",
        )
    return found


def _document(file: Path, found: Verification) -> dict[str, JsonValue]:
    manifest, signature = found.manifest, found.signature
    facts: dict[str, JsonValue] = manifest.model_dump(mode="json", exclude={"format", "files", "provenance"})
    return {
        "schema": "wraith.verify/1",
        "file": str(file),
        **facts,
        "files": len(manifest.entries),
        "recordings": manifest.has_recordings,
        "size_bytes": found.size_bytes,
        "signature": {
            "answer": signature.answer,
            "reason": signature.reason,
            "key_id": signature.key_id,
            "signer": signature.signer,
        },
    }
