"""What a command says, and how it looks.

A command gives its answer once: a JSON document, and blocks that say the same to people. Standard output
carries the answer and nothing else; notes and progress go to standard error. Blocks say what *kind* a text is
(good, bad, dim); only this module decides how a kind looks. Text from recordings is hostile: what could drive
a terminal is escaped here, in the one place where everything passes.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TextIO, TypeAlias

if TYPE_CHECKING:
    from rich.console import Console

    from wraith.canonical import JsonValue

Format: TypeAlias = Literal["pretty", "text", "json"]
Kind: TypeAlias = Literal["plain", "title", "good", "warn", "bad", "dim"]

STYLES: Final[dict[Kind, str]] = {
    "plain": "",
    "title": "bold",
    "good": "green",
    "warn": "yellow",
    "bad": "bold red",
    "dim": "dim",
}
PIPED_WIDTH: Final = 160
"""How wide ``--format pretty`` draws where no terminal says: no narrower than most tables need."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text of one kind."""

    text: str
    kind: Kind = "plain"


Cell: TypeAlias = str | Line


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings. A heading that begins with ``>`` has its column aligned right."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]


Block: TypeAlias = Line | Table


class Output:
    """Where a command's answer, notes and errors go."""

    def __init__(self, chosen: Format | None = None) -> None:
        self.format: Format = chosen or _default_format(sys.stdout)
        self.answered = False

    def answer(self, document: dict[str, JsonValue], *blocks: Block) -> None:
        """Print the answer, as the document or as the blocks. A command answers once."""
        assert not self.answered, "Invariant: one answer per command, or --format json prints two documents"
        self.answered = True
        if self.format == "json":
            from wraith.canonical import pretty

            _write(sys.stdout, pretty(document, sort=False).decode("utf-8", "backslashreplace"))
        elif self.format == "pretty":
            _write(sys.stdout, _drawn(blocks, sys.stdout))
        else:
            _write(sys.stdout, "".join(f"{line}\n" for line in plain_lines(blocks)))

    def note(self, text: str, kind: Kind = "plain") -> None:
        """Say something on standard error."""
        if self.format == "pretty" and kind != "plain":
            _write(sys.stderr, _drawn((Line(text, kind),), sys.stderr))
        else:
            _write(sys.stderr, f"{_safe(text)}\n")

    @contextmanager
    def working(self, text: str) -> Iterator[None]:
        """Show, where a person looks on, that work is going on, for as long as the block lasts."""
        if self.format == "json" or not sys.stderr.isatty():
            yield
            return
        from rich.console import Console

        with Console(stderr=True).status(_safe(text)):
            yield


def _default_format(stream: TextIO) -> Format:
    forced = os.environ.get("FORCE_COLOR", "") not in ("", "0")
    return "pretty" if forced or stream.isatty() else "text"


def _write(stream: TextIO, text: str) -> None:
    with suppress(BrokenPipeError):  # flush meets it again, and says what it means
        stream.write(text)
    flush(stream)


def flush(stream: TextIO) -> None:
    """Flush. A reader that has gone away wants no more: that is no error of the command."""
    try:
        stream.flush()
    except BrokenPipeError:
        # what is left in the buffer would raise again when the interpreter closes the stream
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _safe(text: str) -> str:
    """Return the text with characters that drive terminals or turn the reading order escaped."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode(), text)


def count(number: int, noun: str) -> str:
    """Return a number with its unit: ``1 session``, ``3 sessions``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def plain_lines(blocks: Sequence[Block]) -> list[str]:
    """Return the blocks as plain lines: columns two spaces apart, no colour, no trailing spaces."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Line):
            lines.extend(_safe(block.text).split("\n"))
        else:
            lines.extend(_aligned(block))
    return lines


def _aligned(table: Table) -> list[str]:
    right = [column.startswith(">") for column in table.columns]
    rows = [[column.removeprefix(">") for column in table.columns]]
    rows += [[_one_line(_text(cell)) for cell in row] for row in table.rows]
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in rows
    ]


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell.text


def _one_line(text: str) -> str:
    return _safe(text).replace("\n", "\\n").replace("\t", "\\t")


def _drawn(blocks: Sequence[Block], stream: TextIO) -> str:
    """Return the blocks as rich draws them for a stream; rich itself honours NO_COLOR and FORCE_COLOR."""
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False, soft_wrap=False)
    if not console.is_terminal:
        console.width = int(os.environ.get("COLUMNS") or PIPED_WIDTH)
    with console.capture() as capture:
        for block in blocks:
            if isinstance(block, Line):
                console.print(Text(_safe(block.text), style=STYLES[block.kind]), soft_wrap=True)
            else:
                _draw_table(console, block)
    return capture.get()


def _draw_table(console: Console, table: Table) -> None:
    from rich.table import Table as RichTable
    from rich.text import Text

    drawn = RichTable(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold underline")
    for column in table.columns:
        drawn.add_column(
            Text(column.removeprefix(">")),
            justify="right" if column.startswith(">") else "left",
            overflow="fold",
        )
    for row in table.rows:
        drawn.add_row(
            *(
                Text(_one_line(_text(cell)), style="" if isinstance(cell, str) else STYLES[cell.kind])
                for cell in row
            )
        )
    console.print(drawn)
