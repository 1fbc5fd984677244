"""``wraith serve --watch``, as a process: files change, and the twin answers anew on the same socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from wraith.exchange import Request
from wraith.runtime import Twin
from wraith.serve import Loaded, Unmask, Watch
from wraith.wir import load_model

EMPTY = {"format": "wraith.model/1"}


def saying(text: str) -> bytes:
    """Return a model whose one route answers with a text."""
    variant = {"status": 200, "body_template": {"say": text}}
    route = {"method": "GET", "path_pattern": "/say", "variants": [variant]}
    return json.dumps({**EMPTY, "routes": [route]}).encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace's folder with a model."""
    for name in ("lua", "model", "recordings", "state"):
        (tmp_path / name).mkdir()
    (tmp_path / "model/symbols.json").write_bytes(saying("one"))
    return tmp_path


async def after(changes: AsyncIterator[Loaded], *writes: tuple[Path, bytes]) -> Loaded:
    """Return what comes once files are written, which happens when they are watched."""
    coming = asyncio.ensure_future(anext(changes))
    await asyncio.sleep(0)
    for path, data in writes:
        path.write_bytes(data)
    async with asyncio.timeout(20):
        return await coming


def unmasked(request: Request, _: set[str]) -> tuple[Request, Unmask]:
    return request, lambda response: response


def watch(folder: Path, told: list[str]) -> Watch:
    def load() -> Loaded:
        return Loaded(Twin(load_model((folder / "model/symbols.json").read_bytes())), "", unmasked)

    return Watch(folder, load, told.append)


def test_a_change_of_the_model_brings_another_twin(folder: Path) -> None:
    """What is yielded is the twin of the files as they are then, and it is said which changed."""
    told: list[str] = []

    async def main() -> Loaded:
        return await after(watch(folder, told).changes(), (folder / "model/symbols.json", saying("two")))

    variant = asyncio.run(main()).twin.model.routes[0].variants[0]
    assert variant.body_template == {"say": "two"}
    assert told == ["model/symbols.json: loaded"]


def test_files_that_no_answer_depends_on_bring_nothing(folder: Path) -> None:
    """Recordings, reports, hidden files and what stands beside may change as they like."""
    told: list[str] = []

    async def main() -> None:
        await after(
            watch(folder, told).changes(),
            (folder / "recordings/index.json", b"{}"),
            (folder / "model/.symbols.json", b"{}"),
            (folder / "lua/get_say.txt", b""),
            (folder / "drift.toml", b""),
            (folder / "state/fixture.json", b"{}"),
        )

    asyncio.run(main())
    assert told == ["state/fixture.json: loaded"]


@pytest.mark.parametrize("name", ["wraith.toml", "scrub.toml", "faults/slow.toml", "lua/lib/x.lua"])
def test_whatever_decides_an_answer_is_watched(folder: Path, name: str) -> None:
    """Configuration, scrub rules, faults and libraries."""
    told: list[str] = []
    (folder / name).parent.mkdir(exist_ok=True)

    async def main() -> None:
        await after(watch(folder, told).changes(), (folder / name, b""))

    asyncio.run(main())
    assert told == [f"{name}: loaded"]


def test_what_does_not_load_is_said_and_the_twin_goes_on(folder: Path) -> None:
    """A file that is saved half done brings no twin; the next change does."""
    told: list[str] = []

    async def main() -> Loaded:
        failed = asyncio.Event()
        watching = watch(folder, told)

        def tell(text: str) -> None:
            told.append(text)
            failed.set()

        loop = asyncio.get_running_loop()
        changes = Watch(folder, watching.load, lambda text: loop.call_soon(tell, text) and None).changes()
        coming = asyncio.ensure_future(after(changes, (folder / "model/symbols.json", b"{")))
        async with asyncio.timeout(20):
            await failed.wait()
        (folder / "model/symbols.json").write_bytes(saying("three"))
        return await coming

    assert asyncio.run(main()).twin.model.routes[0].variants[0].body_template == {"say": "three"}
    assert "the twin answers as before" in told[0]
