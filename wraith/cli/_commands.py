"""The commands: names, what each does in one line, and the module behind each.

This table is all that ``wraith --help`` reads. A command's module, and with it everything heavy, is imported
when that command is chosen.
"""

from __future__ import annotations

import argparse
import importlib
import keyword
from typing import TYPE_CHECKING, Final, NoReturn, Protocol, cast

from wraith.errors import InputError

if TYPE_CHECKING:
    from wraith.cli._output import Format, Output

COMMANDS: Final[dict[str, str]] = {
    "init": "make the workspace of a new twin",
    "record": "record the real API through a proxy",
    "import": "import recordings that other tools made",
    "export": "write recordings for other tools",
    "synth": "learn the twin's model from its recordings",
    "compose": "link overlays to a base",
    "rebase-check": "judge an overlay on a newer base",
    "rebase": "move the pin of an overlay to another base",
    "promote": "judge whether the base may take an overlay over",
    "check": "replay the recordings on the model and score it",
    "patch": "keep edits of the model as patches, or discard them",
    "serve": "serve the twin over HTTP",
    "pack": "pack the twin into one file",
    "verify": "say whether a packed twin is whole, and who signed it",
    "install": "unpack a packed twin into this project",
    "key": "make a pair of keys to sign packed twins with",
    "inspect": "show sessions, exchanges and routes",
    "explain": "show how a route answers, and what that explains",
    "build": "bring everything up to date, and nothing else",
    "graph": "show the build graph, and what is up to date",
    "cache": "show, trim, verify or empty the action cache",
    "lint": "list what is wrong with a twin's model",
    "doctor": "list what is wrong with a twin and what to do",
}

OF_FILES: Final = frozenset({"import", "export", "graph"})
"""The commands whose ``--format`` is that of the files which they read or write; they take ``--json``
alone."""

FORMATS: Final[tuple[Format, ...]] = ("pretty", "text", "json")


class CommandModule(Protocol):
    """What a command's module provides."""

    __doc__: str | None

    def configure(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, args: argparse.Namespace, out: Output) -> int: ...


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are ours: argparse's exit status 2 means "the answer is no" here."""

    def error(self, message: str) -> NoReturn:
        raise InputError(message, hint=f"{self.prog} --help")


def main_parser(version: str) -> Parser:
    """Return the parser of what stands before the command; the command's own arguments stay as they are."""
    width = max(map(len, COMMANDS))
    listing = "\n".join(f"  {name:<{width}}  {line}" for name, line in COMMANDS.items())
    parser = Parser(
        prog="wraith",
        usage="wraith COMMAND [ARGUMENTS…]",
        description="Record, learn, check, pack and serve a deterministic local copy of an HTTP API.",
        epilog=f"commands:\n{listing}\n\nwraith COMMAND --help says more about each.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"wraith {version}")
    parser.add_argument("command", nargs="?", help=argparse.SUPPRESS)
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser


def load_command(name: str) -> CommandModule:
    """Return the module of a command. Raises InputError for a name that is not in the table."""
    if name not in COMMANDS:
        raise InputError(
            f"there is no command {name!r}{_nearest(name)}", hint="wraith --help lists the commands"
        )
    return cast(CommandModule, importlib.import_module(f"wraith.cli.{module_name(name)}"))


def module_name(name: str) -> str:
    """Return the name of a command's module: its own, with an underscore after a word of Python (PEP 8)."""
    return f"{name}_" if keyword.iskeyword(name) else name.replace("-", "_")


def command_parser(name: str, module: CommandModule) -> Parser:
    """Return the parser of one command, with the options that every command has."""
    parser = Parser(
        prog=f"wraith {name}",
        description=module.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    module.configure(parser)
    shared = parser.add_argument_group("output")
    if name in OF_FILES:
        shared.add_argument(
            "--json",
            dest="answer_format",
            action="store_const",
            const="json",
            help="answer with one JSON document",
        )
        return parser
    shared.add_argument(
        "--format",
        dest="answer_format",
        choices=FORMATS,
        help="pretty: tables with colour (default on a terminal); text: plain lines; json: one JSON document",
    )
    shared.add_argument(
        "--json", dest="answer_format", action="store_const", const="json", help="short for --format json"
    )
    return parser


def _nearest(name: str) -> str:
    import difflib

    near = difflib.get_close_matches(name, COMMANDS, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
