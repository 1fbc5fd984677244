"""What ``wraith lint`` looks at: the files of a twin's program, and the program itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wraith.build.steps import fixtures_of, layers_below, read_model
from wraith.errors import WraithError
from wraith.files import read_bytes
from wraith.scrub import is_token
from wraith.wir import LintFinding, dump_model, dump_patch, lint, load_model, load_patch

if TYPE_CHECKING:
    from wraith.workspace import Workspace

_STANDS_IN: Final = re.compile(
    r"\{\{[^{}]*\}\}|\$\{[^{}]*\}|<[a-z_ -]*placeholder[a-z_ -]*>|\[redacted\]|\*{3,}|TODO|FIXME|CHANGE_?ME",
    re.IGNORECASE,
)
"""Gaps of templates that nobody filled, what people write for later, what scrubbing leaves of a secret."""


def is_placeholder(text: str) -> bool:
    """Return whether the whole text stands in for another."""
    return _STANDS_IN.fullmatch(text) is not None or (len(text) >= 16 and is_token(text))


def findings_of(workspace: Workspace, search: Sequence[Path] = ()) -> list[LintFinding]:
    """Return what is wrong with the program of a twin, files first. Raises InputError where there is none, or
    where what an overlay stands on is in no folder, of those to search neither."""
    model = read_model(workspace)
    fixtures_of(workspace, model)
    below = [layer.model for layer in layers_below(workspace, search)]
    return [*_files(workspace), *lint(model, is_placeholder, below)]


def _files(workspace: Workspace) -> Iterator[LintFinding]:
    """Yield files that are not written as wraith writes them: another tool's touch changes their digests."""
    canonical: dict[Path, Callable[[bytes], bytes]] = {
        workspace.symbols_path: lambda data: dump_model(load_model(data, workspace.symbols_path))
    }
    for path in sorted(workspace.patches_path.glob("*.json")):
        canonical[path] = lambda data, path=path: dump_patch(load_patch(data, path))  # type: ignore[misc]
    for path, written in canonical.items():
        data = read_bytes(path)
        try:
            same = written(data) == data
        except WraithError as error:
            yield LintFinding("broken-file", str(path), error.message, error.hint or "mend it")
            continue
        if not same:
            yield LintFinding(
                "not-canonical",
                str(path),
                "the file is not written as wraith writes it: its digest tells of spaces and order",
                f"keep what was changed, written anew: wraith patch {workspace.name}",
            )
