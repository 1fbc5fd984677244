"""Pack the twin into one file: configuration, scrub rules, model, evidence, patches, state, handlers,
faults, and a manifest of SHA-256 digests. The same twin gives the same bytes on every machine. Everything
is scrubbed again first; where that finds a secret, nothing is written (exit status 3). Recordings stay at
home unless asked for, and the commands of [record] always do. The project's store keeps a copy."""

from __future__ import annotations

import argparse
from pathlib import Path

from wraith.cli._args import add_twin, find_twin
from wraith.cli._output import Line, Output, count


def configure(parser: argparse.ArgumentParser) -> None:
    add_twin(parser)
    parser.add_argument("--output", type=Path, metavar="FILE", help="default dist/NAME.wraith of the project")
    parser.add_argument(
        "--include-recordings", action="store_true", help="also pack the sessions, so that it can be checked"
    )
    parser.add_argument(
        "--include-diagnostics", action="store_true", help="also pack the reports of the last steps"
    )
    parser.add_argument(
        "--sign", type=Path, metavar="KEY", help="sign it with this private key; wraith key gen makes one"
    )


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.build import steps
    from wraith.cli._recordings_view import size_text

    packed = steps.pack(
        find_twin(args),
        output=args.output,
        recordings=args.include_recordings,
        diagnostics=args.include_diagnostics,
        sign=args.sign,
    ).packed
    manifest = packed.manifest
    out.answer(
        {
            "schema": "wraith.pack/1",
            "twin": manifest.twin,
            "artifact_kind": manifest.artifact_kind,
            "file": str(packed.path),
            "content_digest": packed.digest,
            "scrub_policy_hash": manifest.scrub_policy_hash,
            "signed": manifest.provenance.signature is not None,
            "files": packed.files,
            "size_bytes": packed.size_bytes,
        },
        Line(f"packed {manifest.twin} into {packed.path}", "good"),
        Line(f"  {count(packed.files, 'file')}, {size_text(packed.size_bytes)}, {packed.digest}"),
    )
    return 0
