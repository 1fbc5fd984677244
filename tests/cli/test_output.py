"""``wraith.cli._output``: blocks as text and as tables, colour where it belongs, hostile text escaped."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.cli._output import Line, Output, Table, plain_lines


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


TABLE = Table(("NAME", ">COUNT"), [("a", "1"), (Line("bcdef", "bad"), "1000")])


def test_columns_are_aligned_without_trailing_spaces() -> None:
    """Text columns align left, columns marked ``>`` right."""
    assert plain_lines([Line("title", "title"), TABLE]) == [
        "title",
        "NAME   COUNT",
        "a          1",
        "bcdef   1000",
    ]


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_a_table_has_one_line_per_row_whatever_is_in_it(rows: list[tuple[str, str]]) -> None:
    """No cell breaks its row: the lines are the rows and their heading."""
    assert len(plain_lines([Table(("A", "B"), rows)])) == len(rows) + 1


@given(st.text())
def test_no_text_drives_the_terminal(text: str) -> None:
    """Control characters and marks that turn the reading order are escaped."""
    shown = "".join(plain_lines([Line(text)]))
    assert not any((ord(char) < 32 and char != "\t") or 127 <= ord(char) < 160 for char in shown)
    assert "\u202e" not in shown


def _shown(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO) -> str:
    monkeypatch.setattr("sys.stdout", stream)
    Output().answer({"schema": "wraith.test/1"}, TABLE, Line("fine", "good"))
    return stream.getvalue()


def test_a_terminal_gets_tables_with_colour(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The default on a terminal is pretty."""
    monkeypatch.setenv("TERM", "xterm-256color")
    shown = _shown(monkeypatch, Terminal())
    assert "\x1b[32mfine" in shown
    assert "\x1b[1;4mNAME" in shown


def test_no_color_is_honoured(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR a terminal gets tables without colour."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")
    shown = _shown(monkeypatch, Terminal())
    assert "\x1b[1;4mNAME" in shown
    assert "\x1b[32m" not in shown


def test_force_color_is_honoured(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With FORCE_COLOR a pipe gets what a terminal would."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[32mfine" in _shown(monkeypatch, io.StringIO())


def test_a_pipe_gets_text(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The default in a pipe is plain text."""
    assert _shown(monkeypatch, io.StringIO()) == "NAME   COUNT\na          1\nbcdef   1000\nfine\n"


def test_json_keeps_integers_of_any_size(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number beyond 64 bits reaches the reader digit by digit, with the schema first."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stdout", stream)
    Output("json").answer({"schema": "wraith.test/1", "big": 2**70}, Line("not shown"))
    assert stream.getvalue() == '{\n  "schema": "wraith.test/1",\n  "big": 1180591620717411303424\n}\n'


def test_notes_go_to_standard_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A note never mixes with the answer."""
    Output("text").note("working", "dim")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "working\n")
