"""The import statements of ``wraith``, held to the table of ``docs/architecture.md``."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "wraith"
ARCHITECTURE = ROOT / "docs" / "architecture.md"

PURE_ROOMS = ("wir", "synth", "runtime", "conformance", "overlay")
"""What they compute depends on their arguments alone."""

_IMPURE_MODULES = """
os sys io socket ssl select selectors time random secrets uuid logging subprocess tempfile shutil glob fcntl
signal threading multiprocessing concurrent asyncio http ftplib smtplib urllib.request sqlite3 platform
getpass locale warnings wraith.files wraith.workspace
"""
IMPURE_MODULES = frozenset(_IMPURE_MODULES.split())
"""Modules that reach for files, sockets, clocks, chance, processes, the environment or a logger."""

IMPURE_CALLS = frozenset({"open", "print", "input", "exec", "eval", "breakpoint", "__import__"})

_IMPURE_METHODS = """
now utcnow today read_text read_bytes write_text write_bytes iterdir unlink mkdir touch stat exists is_file
is_dir resolve cwd home
"""
IMPURE_METHODS = frozenset(_IMPURE_METHODS.split())
"""Methods of ``datetime`` and ``Path`` that ask the world, whatever object they are called on."""

LIBRARIES = {
    "foundation": frozenset({"orjson", "blake3"}),
    "nouns": frozenset({"orjson", "blake3", "pydantic"}),
    "engines": frozenset({"orjson", "blake3", "pydantic", "graphql"}),
}
"""What the inner layers may import from outside; the outer layers import what pyproject.toml declares."""


@dataclass(frozen=True)
class Import:
    """One import statement: where it stands, and what it names."""

    path: Path
    line: int
    module: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line} imports {self.module}"


def table() -> dict[str, tuple[str, ...]]:
    """Return the rooms of each layer, in the order of the table: foundation first."""
    section = ARCHITECTURE.read_text(encoding="utf-8").partition("## Layers")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\w+) \| ([^|]+) \|", section, re.MULTILINE)
    return {layer: tuple(re.findall(r"`(\w+)`", rooms)) for layer, rooms in rows if layer != "Layer"}


LAYERS = table()
LAYER_OF = {room: layer for layer, rooms in LAYERS.items() for room in rooms}
RANK = {layer: rank for rank, layer in enumerate(LAYERS)}


def modules(room: str) -> tuple[Path, ...]:
    folder = PACKAGE / room
    return tuple(sorted(folder.rglob("*.py"))) if folder.is_dir() else (PACKAGE / f"{room}.py",)


@cache
def rooms() -> tuple[str, ...]:
    """Return the rooms that exist: packages, and modules beside them; the package's own version is none."""
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    return tuple(sorted(folders | {path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__"}))


def imports(path: Path) -> Iterator[Import]:
    """Yield every import of a module, those inside functions as well."""
    for node in ast.walk(ast.parse(path.read_bytes(), str(path))):
        if isinstance(node, ast.Import):
            yield from (Import(path, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import; name the package in full"
            module = node.module or ""
            is_package = (ROOT / module.replace(".", "/")).is_dir()
            names = [f"{module}.{alias.name}" for alias in node.names] if is_package else [module]
            yield from (Import(path, node.lineno, name) for name in names)


def other_room(found: Import, room: str) -> str | None:
    """Return the room that an import enters, if it is another; names of the package itself are none."""
    parts = found.module.split(".")
    return (
        parts[1]
        if parts[0] == "wraith" and len(parts) > 1 and parts[1] in rooms() and parts[1] != room
        else None
    )


def library(found: Import) -> str | None:
    """Return the outside library that an import enters."""
    top = found.module.partition(".")[0]
    return None if top == "wraith" or top in sys.stdlib_module_names else top


def test_every_room_stands_in_the_table_once() -> None:
    """The table of docs/architecture.md names each room of the package once, and no other."""
    named = [room for layer_rooms in LAYERS.values() for room in layer_rooms]
    assert sorted(named) == sorted(set(named))
    assert set(named) == set(rooms())


@pytest.mark.parametrize("room", rooms())
def test_imports_go_up_the_table(room: str) -> None:
    """A room imports rooms of the layers above its own in the table, or beside it, never below."""
    rank = RANK[LAYER_OF.get(room, "front")]
    wrong = [
        str(found)
        for path in modules(room)
        for found in imports(path)
        if (target := other_room(found, room)) and RANK[LAYER_OF.get(target, "front")] > rank
    ]
    assert wrong == []


def test_rooms_do_not_import_in_circles() -> None:
    """Rooms can be read in one order from bottom to top."""
    graph = {
        room: {
            target for path in modules(room) for found in imports(path) if (target := other_room(found, room))
        }
        for room in rooms()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"rooms import each other: {' → '.join(error.args[1])}")


BESIDE = frozenset(
    {
        ("synth", "runtime"),
        ("conformance", "runtime"),
        ("conformance", "synth"),
        ("overlay", "runtime"),
        ("overlay", "conformance"),
    }
)
"""Which engine uses which: all evaluate with the interpreter, the hold-out learns, overlays are replayed."""


def test_engines_import_only_what_the_table_says_beside_them() -> None:
    """Of the engines, the interpreter is used by the others, and synthesis by the hold-out."""
    engines = LAYERS["engines"]
    wrong = [
        str(found)
        for room in engines
        for path in modules(room)
        for found in imports(path)
        if (target := other_room(found, room)) in engines and (room, target) not in BESIDE
    ]
    assert wrong == []


@pytest.mark.parametrize("room", [room for layer in LIBRARIES for room in LAYERS[layer]])
def test_inner_layers_import_few_libraries(room: str) -> None:
    """Foundation, nouns and engines import the libraries that the table allows, and the standard library."""
    allowed = LIBRARIES[LAYER_OF[room]]
    wrong = [
        str(found)
        for path in modules(room)
        for found in imports(path)
        if (name := library(found)) and name not in allowed
    ]
    assert wrong == []


@pytest.mark.parametrize("room", [room for room in rooms() if LAYER_OF.get(room) not in {"graph", "front"}])
def test_only_the_graph_and_the_front_know_doit(room: str) -> None:
    """Rooms below the graph do not know that there is one."""
    assert [str(found) for path in modules(room) for found in imports(path) if library(found) == "doit"] == []


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_pure_rooms_import_nothing_impure(room: str) -> None:
    """The language and the engines import no files, sockets, clocks, chance, processes or loggers."""
    wrong = [
        str(found)
        for path in modules(room)
        for found in imports(path)
        if {found.module, found.module.partition(".")[0], ".".join(found.module.split(".")[:2])}
        & IMPURE_MODULES
    ]
    assert wrong == []


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_pure_rooms_call_nothing_impure(room: str) -> None:
    """The language and the engines ask no clock, open no file and print nothing."""
    wrong = []
    for path in modules(room):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if not isinstance(node, ast.Call):
                continue
            match node.func:
                case ast.Name(id=name) if name in IMPURE_CALLS:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} calls {name}")
                case ast.Attribute(attr=name) if name in IMPURE_METHODS:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} calls .{name}")
    assert wrong == []


@pytest.mark.parametrize("room", rooms())
def test_rooms_are_entered_by_their_doors(room: str) -> None:
    """No room imports a private module of another."""
    wrong = [
        str(found)
        for path in modules(room)
        for found in imports(path)
        if other_room(found, room) and any(part.startswith("_") for part in found.module.split(".")[2:])
    ]
    assert wrong == []


def packages_of_synthesis() -> dict[str, set[str]]:
    """Return the packages within synthesis, in the order of their table, each with the modules it names."""
    text = ARCHITECTURE.read_text(encoding="utf-8")
    section = text.partition("**Synthesis is induction")[2].partition("\n**")[0]
    rows = re.findall(r"^\| `(_\w+)` \| .* \| ([^|]+) \|$", section, re.MULTILINE)
    return {package: set(re.findall(r"`(\w+)`", names)) for package, names in rows}


def test_the_packages_of_synthesis_read_from_top_to_bottom() -> None:
    """Within synthesis a package imports only packages that stand above it in the table."""
    rank = {package: row for row, package in enumerate(packages_of_synthesis())}
    wrong = [
        str(found)
        for package in rank
        for path in (PACKAGE / "synth" / package).glob("*.py")
        for found in imports(path)
        if found.module.startswith("wraith.synth.") and rank[found.module.split(".")[2]] > rank[package]
    ]
    assert wrong == []


def test_every_module_of_synthesis_stands_in_the_table() -> None:
    """The table names the packages within synthesis and the modules of each, all of them and no others."""
    there: dict[str, set[str]] = {}
    for path in (PACKAGE / "synth").glob("*/*.py"):
        there.setdefault(path.parent.name, set()).update({path.stem} - {"__init__"})
    assert packages_of_synthesis() == there
    assert list((PACKAGE / "synth").glob("_*.py")) == [PACKAGE / "synth" / "__init__.py"]
