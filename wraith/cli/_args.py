"""Arguments that several commands share."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wraith.errors import InputError
from wraith.workspace import Project, Workspace


def add_twin(parser: argparse.ArgumentParser) -> None:
    """Add the positional argument NAME, for a command that needs a workspace."""
    parser.add_argument("name", metavar="NAME", help="the twin, a folder below twins/, or the path of one")


def add_reading_twin(parser: argparse.ArgumentParser) -> None:
    """Add the positional argument NAME, for a command that only reads; see ``reading_twin``."""
    parser.add_argument(
        "name", metavar="NAME", help="the twin: a name, a path, a .wraith file, NAME@sha256:…"
    )
    add_artifact_path(parser)


def add_artifact_path(parser: argparse.ArgumentParser) -> None:
    """Add ``--artifact-path DIR``, which may be given again."""
    parser.add_argument(
        "--artifact-path",
        dest="artifact_paths",
        type=Path,
        metavar="DIR",
        action="append",
        default=[],
        help="also look for packed twins in DIR; may be given again",
    )


def add_tags(parser: argparse.ArgumentParser, help_text: str) -> None:
    """Add ``--tag T``, which may be given again."""
    parser.add_argument("--tag", dest="tags", metavar="T", action="append", default=[], help=help_text)


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """Add ``--jobs N`` and ``--cluster ADDRESS``: who does the work."""
    who = parser.add_mutually_exclusive_group()
    who.add_argument(
        "--jobs",
        type=number,
        metavar="N",
        help="processes that share the work; the result is the same",
    )
    who.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="a Dask cluster that shares the work, tcp://HOST:8786; the result is the same",
    )


def number(text: str) -> int:
    """Return a number of processes. Raises ArgumentTypeError for what is none."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 256):
        raise argparse.ArgumentTypeError(f"expected a number from 1 to 256, found {text!r}")
    return int(text)


def port(text: str) -> int:
    """Return a port number, 0 for a free one. Raises ArgumentTypeError for what is none."""
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"expected a port from 0 to 65535, found {text!r}")
    return int(text)


def instant(text: str) -> str:
    """Return an instant as it was written. Raises ArgumentTypeError for what has no date and zone."""
    from wraith.config import epoch_ms

    try:
        epoch_ms(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error}, found {text!r}") from None
    return text


def exchange_index(text: str) -> int:
    """Return the index of an exchange. Raises InputError for what is none."""
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise InputError(
            f"not the index of an exchange: {text!r}", hint="write SESSION/INDEX, with an index from 1"
        )
    return int(text)


def find_project() -> Project:
    """Return the project of the current folder."""
    try:
        return Project.find(Path.cwd())
    except FileNotFoundError:
        raise InputError(
            "the current folder does not exist any more", hint="change to the project's folder"
        ) from None


def find_twin(args: argparse.Namespace) -> Workspace:
    """Return the workspace that NAME means, by name or by path. Raises InputError where there is none."""
    return find_workspace(args).require()


def find_workspace(args: argparse.Namespace) -> Workspace:
    """Return the workspace that NAME means; a twin that is named, not a path, need not exist.

    Raises InputError for a packed twin, which is none.
    """
    return workspace_of(args.name)


def workspace_of(text: str) -> Workspace:
    """Return the workspace that a name or a path means, as ``find_workspace`` does."""
    from wraith.artifact import Reference, workspace_at

    reference = Reference.parse(text)
    if reference.is_packed:
        raise InputError(
            "this is a packed twin, and the command needs a workspace",
            where=text,
            hint="wraith install FILE makes one",
        )
    workspace = workspace_at(find_project(), reference)
    return workspace if workspace.place is None else workspace.require()


@contextmanager
def reading_twin(args: argparse.Namespace, *, recordings: bool = False) -> Iterator[Workspace]:
    """Yield the workspace that NAME means, of a packed twin one that lasts as long as the command.

    ``recordings`` says that the command is nothing without them. Raises InputError where there is no such
    twin, or it was packed without the recordings that are needed; PolicyError for an artifact that is not
    what it says.
    """
    from wraith.artifact import Reference, locate, unpacked

    project = find_project()
    found = locate(project, Reference.parse(args.name), args.artifact_paths)
    if isinstance(found, Workspace):
        yield found
        return
    with unpacked(found, project, recordings=recordings) as workspace:
        yield workspace
