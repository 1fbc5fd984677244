"""Does every step declare what it reads? Each runs once more, in a folder with its declared inputs.

Declared are files, the exchanges that a manifest seals, and tables of ``wraith.toml``. A step that fails
there, or writes other bytes than in the project, reads something that it does not declare: then it could be
fresh when it is not, and restored from what was made of something else.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wraith.build._action import SOURCE
from wraith.build._perform import run_here
from wraith.build._plan import Declaration, declarations
from wraith.errors import WraithError
from wraith.files import read_bytes, write_whole
from wraith.workspace import PROJECT_FILE, Project, Workspace

_TABLE: Final = re.compile(r"(?:(?P<twin>\S+): )?\[(?P<table>[^\]]+)\].* in wraith\.toml")
"""How the tasks call a table that is an input of theirs."""

ELSEWHERE: Final = "http://127.0.0.1:9"
"""An address in place of the one that a step does not declare; no file is valid without one."""


@dataclass(frozen=True, slots=True)
class Undeclared:
    """A step that does not come to the same without what it does not declare."""

    task: str
    why: str


def undeclared(project: Project, namespace: dict[str, object], tasks: Sequence[str]) -> Iterator[Undeclared]:
    """Yield what is wrong with each of the tasks, which must be up to date; ``record`` is none of them."""
    for task in declarations(namespace):
        if task.name in tasks and task.step != SOURCE:
            with tempfile.TemporaryDirectory(prefix="wraith-") as folder:
                why = _difference(project, task, Project(Path(folder).resolve()))
            if why:
                yield Undeclared(task.name, why)


def _difference(project: Project, task: Declaration, sandbox: Project) -> str:
    _fill(project, task, sandbox)
    try:
        run_here(task.step, _moved(task.workspace, sandbox))
    except (WraithError, OSError) as error:
        return f"fails with nothing but its declared inputs: {error}".replace(f"{sandbox.root}/", "")
    outputs = task.freshness.outputs(task)
    differing = [name for name in outputs if _read(sandbox.root / name) != _read(project.root / name)]
    return f"writes another {differing[0]} with nothing but its declared inputs" if differing else ""


def _moved(workspace: Workspace, sandbox: Project) -> Workspace:
    place = workspace.place
    inside = None if place is None else sandbox.root / place.relative_to(workspace.project.root)
    return Workspace(sandbox, workspace.name, inside)


def _fill(project: Project, task: Declaration, sandbox: Project) -> None:
    """Put the declared inputs of a task into a folder."""
    for name in task.freshness.inputs(task):
        source, target = project.root / name, sandbox.root / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.name == "manifest.json":  # it stands for the exchanges that it seals
                shutil.copytree(source.parent, target.parent, dirs_exist_ok=True)
            else:
                shutil.copyfile(source, target)
    if (project.root / PROJECT_FILE).is_file():
        shutil.copyfile(project.root / PROJECT_FILE, sandbox.root / PROJECT_FILE)
    whole, tables = _declared_tables(task)
    for twin in project.twins():
        if twin.name == task.twin or twin.name in tables:
            path = sandbox.twin(twin.name).config_path
            text = read_bytes(twin.config_path)
            alone = whole and twin.name == task.twin
            write_whole(path, text if alone else _only(text, tables.get(twin.name, frozenset())))


def _declared_tables(task: Declaration) -> tuple[bool, dict[str, frozenset[str]]]:
    """Return whether the whole configuration is declared, and by twin the tables that are."""
    tables: dict[str, frozenset[str]] = {}
    for name in task.freshness.parameters:
        if (found := _TABLE.fullmatch(name)) is not None:
            twin = found["twin"] or task.twin
            tables[twin] = tables.get(twin, frozenset()) | {found["table"]}
    return "wraith.toml" in task.freshness.parameters, tables


def _only(text: bytes, tables: frozenset[str]) -> bytes:
    """Return a ``wraith.toml`` without the tables that are not declared."""
    import tomlkit

    document = tomlkit.parse(text.decode())
    for name in list(document):
        if name not in tables and name not in ("format", "base", "overlay"):  # with these it is an overlay
            del document[name]
    if "upstream" not in tables:
        document["upstream"] = {"base_url": ELSEWHERE}
    return tomlkit.dumps(document).encode()


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
