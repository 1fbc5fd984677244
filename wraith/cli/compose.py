"""Link overlays to a base, in the order given, into a workspace or a packed twin that serves, checks, packs
and installs like any other. Every variant that an overlay adds must be provably disjoint from those of the
base and of the other overlays.

Ends with 0 where it composes, 1 for a mistake, 2 where variants overlap, 3 where policy forbids it; the
report says all of it, also then. With --no-strict an overlap is a warning, and the base's variant wins."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wraith.cli._args import add_artifact_path, find_project
from wraith.cli._output import Line, Output
from wraith.cli._serving import require_built
from wraith.errors import InputError

if TYPE_CHECKING:
    from wraith.canonical import JsonValue
    from wraith.overlay import Composition

SUFFIX: Final = ".wraith"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--base", required=True, metavar="REF", help="a twin, a .wraith file, NAME@sha256:…")
    parser.add_argument(
        "--overlay",
        dest="overlays",
        required=True,
        action="append",
        metavar="REF",
        help="may be given again; what one requires stands before it",
    )
    parser.add_argument(
        "--output", required=True, type=Path, metavar="DIR|FILE.wraith", help="where the composite goes"
    )
    parser.add_argument("--no-strict", action="store_true", help="let overlaps pass; the base's variant wins")
    parser.add_argument("--policy", type=Path, metavar="FILE", help="what overlays may do at all, as TOML")
    parser.add_argument(
        "--trust-store",
        type=Path,
        metavar="DIR",
        help="public keys to trust, where the policy wants signatures",
    )
    add_artifact_path(parser)


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.build import steps
    from wraith.cli._overlay_view import compose_blocks
    from wraith.config import Policy, read_toml
    from wraith.files import write_json
    from wraith.overlay import compose

    project = find_project()
    for reference in (args.base, *args.overlays):
        require_built(project, reference)
    policy = read_toml(args.policy, Policy) if args.policy is not None else None
    layers = [
        steps.trusted_layer(project, reference, args.artifact_paths, args.trust_store)
        for reference in (args.base, *args.overlays)
    ]
    name = _name(args.output)
    composition = compose(layers[0], layers[1:], name=name, strict=not args.no_strict, policy=policy)
    report = composition.report
    if args.output.suffix != SUFFIX:
        _refuse_foreign(args.output)
    write_json(_report_path(args.output), report.model_dump(mode="json"))
    written = _written(composition, args.output, name) if report.verdict == "composed" else None
    document: dict[str, JsonValue] = {"schema": "wraith.compose/1"}
    document |= {
        **report.model_dump(mode="json", exclude={"format"}),
        "report": str(_report_path(args.output)),
        "output": str(args.output) if written else None,
        "content_digest": written,
    }
    out.answer(document, *compose_blocks(report), *_said(args.output, written))
    return steps.exit_code_of(report)


def _name(output: Path) -> str:
    from wraith.workspace import check_name

    return check_name(output.name.removesuffix(SUFFIX), "composite")


def _report_path(output: Path) -> Path:
    """Return where the report goes: into the workspace, or beside the artifact."""
    if output.suffix == SUFFIX:
        return output.with_suffix(".compose-report.json")
    return output / "build" / "compose-report.json"


def _refuse_foreign(output: Path) -> None:
    """Raise InputError where something stands there that no composing wrote."""
    ours = (output / "provenance" / "origins.json").is_file() or {path.name for path in output.glob("*")} == {
        "build"
    }
    if output.exists() and not ours and (not output.is_dir() or any(output.iterdir())):
        raise InputError(
            "exists already, and is no composite; a workspace that exists is never touched",
            where=output,
            hint="name a folder that does not exist yet",
        )


def _written(composition: Composition, output: Path, name: str) -> str:
    """Write the composite as a workspace or as an artifact, and return its content digest."""
    from wraith.artifact import make_artifact, write_artifact
    from wraith.files import write_whole

    artifact = make_artifact(name, composition.files)
    if output.suffix == SUFFIX:
        write_artifact(artifact, output)
        return artifact.content_digest
    for path, data in composition.files.items():
        write_whole(output / path, data)
    return artifact.content_digest


def _said(output: Path, digest: str | None) -> list[Line]:
    return [Line(f"wrote {output}", "good"), Line(f"  {digest}", "dim")] if digest else []
