"""The page of ``wraith check --html FILE``: collected while there are replays, written in the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from wraith.cli._output import Block, Line
from wraith.errors import InputError

if TYPE_CHECKING:
    from wraith.conformance import Gallery, Generalization, Report, Wire
    from wraith.pages import Replay, Subject


class Page:
    """What stands on the page besides the report. Without a file nothing is collected, and nothing written.

    Raises InputError where the file is a folder.
    """

    def __init__(self, path: Path | None) -> None:
        if path is not None and path.is_dir():
            raise InputError(
                f"{path} is a folder", where="--html", hint="name the file to write, such as report.html"
            )
        self._path = path
        self._replays: list[Replay] = []

    def gallery(self) -> Gallery | None:
        """Return what a replay puts exchanges into that are to be looked at; None where there is no page."""
        from wraith.conformance import Gallery

        return Gallery() if self._path is not None else None

    def add(self, wire: Wire, gallery: Gallery | None) -> None:
        """Let a replay over HTTP stand beside the one in memory."""
        from wraith.pages import wire_replay

        if gallery is not None:
            self._replays.append(wire_replay(wire, gallery))

    def write(
        self,
        report: Report,
        gallery: Gallery,
        generalization: Generalization | None,
        *,
        whole_sessions: bool,
        subject: Subject | None = None,
    ) -> Iterator[Block]:
        """Write the page, by default of the twin, and yield where it is. Raises OperationError where it
        cannot be written."""
        from wraith.files import write_whole
        from wraith.pages import TWIN, report_page

        assert self._path is not None, "Invariant: there is a gallery only where there is a page"
        page = report_page(
            report,
            gallery,
            generalization=generalization,
            subject=subject or TWIN,
            replays=self._replays,
            whole_sessions=whole_sessions,
        )
        write_whole(self._path, page)
        yield Line(f"the page is {self._path}", "dim")
