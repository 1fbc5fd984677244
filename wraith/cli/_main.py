"""``main``: from arguments to an exit status."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from wraith import __version__
from wraith.cli._commands import FORMATS, command_parser, load_command, main_parser
from wraith.cli._output import Output, flush

if TYPE_CHECKING:
    from wraith.cli._output import Format


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status. Prints; never raises, and never asks."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        _never_fail_to_encode(stream)
    try:
        return _run(arguments)
    except SystemExit as done:  # argparse, after --help and --version
        return done.code if isinstance(done.code, int) else 0
    except (Exception, KeyboardInterrupt) as error:
        return _report(error, Output(_asked_format(arguments)))
    finally:
        flush(sys.stdout)


def _run(arguments: list[str]) -> int:
    parser = main_parser(__version__)
    chosen = parser.parse_args(arguments)
    if chosen.command is None:
        parser.print_help()
        return 0
    module = load_command(chosen.command)
    args = command_parser(chosen.command, module).parse_args(chosen.arguments)
    out = Output(args.answer_format)
    try:
        return module.run(args, out)
    except (Exception, KeyboardInterrupt) as error:
        return _report(error, out)


def _report(error: BaseException, out: Output) -> int:
    """Say what went wrong, and return the exit status."""
    from wraith.cli._errors import debug_text, failure_of

    failure = failure_of(error)
    if out.format == "json" and not out.answered:
        out.answer(failure.document())
    if (trace := debug_text(error)) is not None:
        out.note(trace)
    first, *rest = failure.lines()
    out.note(first, "bad")
    for line in rest:
        out.note(line)
    return failure.exit_code


def _asked_format(arguments: Sequence[str]) -> Format | None:
    """Return the format that arguments ask for which could not be parsed."""
    asked: Format | None = None
    for before, word in zip(["", *arguments], arguments, strict=False):
        given = word.removeprefix("--format=") if before != "--format" else word
        for name in FORMATS:
            if given == name and (given != word or before == "--format"):
                asked = name
        if word == "--json":
            asked = "json"
    return asked


def _never_fail_to_encode(stream: object) -> None:
    """Have what a narrow terminal encoding cannot show escaped; a recorded name must not crash a listing."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
