"""Make a pair of Ed25519 keys to sign packed twins with: the private key, which only its owner may read,
and beside it the public key (.pub), which belongs into the trust stores of those who verify. Keys that
exist are never replaced."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from wraith.cli._args import find_project
from wraith.cli._output import Line, Output

NAME: Final = "signing.key"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("gen",), metavar="gen", help="make a new pair of keys")
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help=f"the private key; default .wraith/{NAME} of the project"
    )


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.artifact import make_keys

    made = make_keys(args.output or find_project().state_path / NAME)
    out.answer(
        {
            "schema": "wraith.key/1",
            "private_key": str(made.private_path),
            "public_key": str(made.public_path),
            "key_id": made.key_id,
        },
        Line(f"wrote {made.private_path} and {made.public_path}", "good"),
        Line(f"  {made.key_id}"),
        Line(f"sign with it: wraith pack NAME --sign {made.private_path}", "dim"),
    )
    return 0
