"""Arguments that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path

from wraith.errors import InputError
from wraith.workspace import Project, Workspace


def add_twin(parser: argparse.ArgumentParser) -> None:
    """Add the positional argument NAME."""
    parser.add_argument("name", metavar="NAME", help="the twin, a folder below twins/")


def add_tags(parser: argparse.ArgumentParser, help_text: str) -> None:
    """Add ``--tag T``, which may be given again."""
    parser.add_argument("--tag", dest="tags", metavar="T", action="append", default=[], help=help_text)


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """Add ``--jobs N``."""
    parser.add_argument(
        "--jobs",
        type=number,
        default=1,
        metavar="N",
        help="processes that share the work; the result is the same",
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
    """Return the workspace that NAME means. Raises InputError where there is none."""
    return find_project().twin(args.name).require()
