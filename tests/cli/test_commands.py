"""``wraith.cli._commands``: every command has help, a section of the reference, and the shared options."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from wraith.cli._commands import COMMANDS, OF_FILES, command_parser, load_command, module_name

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "commands.md"
MODULES = Path(__file__).parents[2] / "wraith" / "cli"


def _sections() -> dict[str, str]:
    """The sections of the reference by the command they describe."""
    parts = re.split(r"^## wraith (\S+)\n", REFERENCE.read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _options(parser: argparse.ArgumentParser) -> set[str]:
    """The long options that a command has of its own: all but help and those of its output."""
    shared = {"-h", "--help"}
    for group in parser._action_groups:
        if group.title == "output":
            shared |= {option for action in group._group_actions for option in action.option_strings}
    options = {option for action in parser._actions for option in action.option_strings}
    return {option for option in options if option.startswith("--")} - shared


def test_the_table_lists_the_modules() -> None:
    """Each module of the package without an underscore is a command, and each command has one."""
    assert {path.stem for path in MODULES.glob("[!_]*.py")} == set(map(module_name, COMMANDS))


def test_the_reference_lists_the_commands() -> None:
    """The reference has one section per command, in the order of the table, and none besides."""
    assert list(_sections()) == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(run, name: str) -> None:
    """``wraith COMMAND --help`` says what the command does, and offers the shared options."""
    ran = run(name, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"usage: wraith {name}")
    assert load_command(name).__doc__ in ran.out
    assert "--json" in ran.out
    assert ("--format {pretty,text,json}" in ran.out) == (name not in OF_FILES)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_documented(name: str) -> None:
    """Each option of a command stands in the table of its section, and no other does."""
    documented = set(re.findall(r"^\| `(--[a-z-]+)", _sections()[name], flags=re.MULTILINE))
    assert documented == _options(command_parser(name, load_command(name)))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_answers_mistakes_in_json(run, folder: Path, name: str) -> None:
    """Every command takes ``--json``: where its arguments are wrong, the error is the document."""
    ran = run(name, "--json", "--no-such-option")
    assert (ran.code, ran.document["schema"]) == (1, "wraith.error/1")
