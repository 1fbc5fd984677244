"""Every input and every output of a twin, deleted, edited, truncated and touched: what must run, and what
not."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from wraith.errors import InputError
from wraith.workspace import Project

Build = Callable[..., "Run"]  # noqa: F821  # of conftest.py, which pytest gives by name


def delete(path: Path) -> None:
    path.unlink()


def edit(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b" ")


def truncate(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def touch(path: Path) -> None:
    os.utime(path, (1, 1))


HARMS: Final = (delete, edit, truncate, touch)
SESSION: Final = "recordings/sessions/*"

# What becomes of record (r), synth (s), check (c) and pack (p): capitals are built, small letters restored,
# "!" is an error of that step, alone of the configuration; "." says that it looked, and all was well.
OUTCOMES: Final[dict[str, tuple[str, str, str, str]]] = {
    # outputs: the step that wrote them, and nothing after it, for its bytes are what they were
    "recordings/index.json": ("R", "R", "r!", ""),
    "model/symbols.json": ("s", "s!", "s!", ""),
    "model/evidence.json": ("s", "s", "s", ""),
    "model/digests.json": ("s", "s", "s", ""),
    "build/symbols.written.json": ("s", "s", "s", ""),
    "build/patch-findings.json": ("s", "s", "s", ""),
    "reports/check.json": ("c", "c", "c", ""),
    "../../dist/alpha.wraith": ("p", "p", "p", ""),
    # inputs: what reads them, and what depends on what came of it
    f"{SESSION}/000001.wrec": ("r!", "r!", "r!", "r."),
    f"{SESSION}/manifest.json": ("RSCP", "r!", "r!", ""),
    "drift.toml": ("CP", "CP", "c!", ""),
    "lua/lib/x.lua": ("CP", "CP", "CP", ""),
    "state/fixtures/late/item.json": ("CP", "CP", "c!", ""),
    "scrub.toml": ("p!", "P", "p!", ""),
    "wraith.toml": ("", "", "!", ""),
    "../../wraith-project.toml": ("", "", "!", ""),
}
STEPS: Final = {"r": "record", "s": "synth", "c": "check", "p": "pack"}


def outcomes(text: str) -> dict[str, str]:
    """Return what a cell of the table stands for."""
    expected: dict[str, str] = {}
    for letter in text:
        if letter in "!.":
            task = list(expected)[-1]
            expected[task] = "failed" if letter == "!" else "checked"
        else:
            kind = "restored" if letter.islower() else "built"
            expected[f"{STEPS[letter.lower()]}:alpha"] = kind
    return expected


@pytest.fixture
def full(project: Project, build: Build) -> Project:
    """The built project, with every kind of file that a twin may have."""
    twin = project.twin("alpha")
    twin.scrub_path.write_text('format = "wraith.scrub/1"\n')
    (project.root / "wraith-project.toml").write_text('format = "wraith.project/1"\n')
    for name, text in (
        ("state/fixtures/late/item.json", "{}"),
        ("lua/lib/x.lua", "return 1"),
        ("drift.toml", 'format = "wraith.drift/1"\n'),
    ):
        (twin.root / name).parent.mkdir(parents=True, exist_ok=True)
        (twin.root / name).write_text(text)
    assert build(project).exit_code == 0
    return project


@pytest.mark.parametrize("name", OUTCOMES)
def test_harm_to_a_file_runs_what_must_run(full: Project, build: Build, name: str) -> None:
    """What a cell of the table says happens; a second build finds everything fresh, or the same error."""
    [path] = full.twin("alpha").root.glob(name) if "../" not in name else [full.root / name[6:]]
    whole = path.read_bytes()
    for harm, cell in zip(HARMS, OUTCOMES[name], strict=True):
        harm(path)
        if cell == "!":
            with pytest.raises(InputError):
                build(full)
        else:
            for expected in (outcomes(cell), outcomes(cell) if "!" in cell else {}):
                found = build(full).outcomes
                assert {task: kind for task, kind in found.items() if kind != "blocked"} == expected, harm
        path.write_bytes(whole)
        assert build(full).exit_code == 0
