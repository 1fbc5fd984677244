"""Pytest fixtures of artifacts: twins with every kind of file, and what stands in a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from wraith.config import ScrubConfig, read_toml
from wraith.exchange import Exchange, Request, Response
from wraith.recording import SessionWriter, make_run_id, write_index
from wraith.scrub import policy_digest
from wraith.wir import dump_model, model_from_json
from wraith.workspace import Project, Workspace

CONFIG = b"""# a comment
format = "wraith.twin/1"
[upstream]
base_url = "https://api.example.com"
[record]
start = ["server", "--port", "{port}"]
exercise = ["{python}", "drive.py"]
inputs = ["drive.py"]
ready = "/up"
[diff]
required_score = 0.75
compare_headers = ["etag", "x-\\u00e9\\u007f"]
"""
MODEL = dump_model(
    model_from_json({"format": "wraith.model/1", "entities": [], "fixtures": {}, "routes": []})
)
EVIDENCE = b'{"format": "wraith.evidence/1", "exchanges": 0, "sessions": 0, "runs": [], "routes": []}\n'
AT_MS = 1_700_000_000_000

Twin = Callable[..., Workspace]


def write(root: Path, files: dict[str, bytes]) -> None:
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


@pytest.fixture
def make_twin() -> Twin:
    """A function that makes a twin below a project's folder, with some files that are packed and some
    that are not; more files by their path."""

    def made(root: Path, name: str = "billing", **more: bytes) -> Workspace:
        workspace = Project(root).twin(name)
        files = {
            "wraith.toml": CONFIG,
            "scrub.toml": b'# rules\nformat = "wraith.scrub/1"\n',
            "model/symbols.json": MODEL,
            "model/evidence.json": EVIDENCE,
            "model/digests.json": b"{}\n",
            "model/patches/get-a.json": b"{}\n",
            "lua/handlers/pay.lua": b"return {}\n",
            "lua/handlers/notes.txt": b"a draft\n",
            "state/fixtures/customers.json": b'{"cus_1": {"name": "Ada", "id": "cus_1"}}',
            "state/fixtures/.gitkeep": b"",
            "faults/slow.toml": b"# slow\nlatency_ms = 5\n",
            "reports/check.json": b"{}\n",
            "build/symbols.written.json": MODEL,
            **more,
        }
        write(workspace.root, files)
        return workspace

    return made


@pytest.fixture
def record() -> Callable[..., str]:
    """A function that seals a session of one exchange in a workspace, whose answer is the given text."""

    def recorded(workspace: Workspace, answer: str = "ok") -> str:
        writer = SessionWriter(
            workspace,
            run=make_run_id(AT_MS),
            source={"kind": "proxy", "upstream": "https://api.example.com"},
            policy_digest=policy_digest(read_toml(workspace.scrub_path, ScrubConfig)),
            started_at_ms=AT_MS,
        )
        writer.add(Exchange(Request("GET", "/a", (), b""), Response(200, (), answer.encode()), AT_MS, 7))
        writer.seal(AT_MS + 1000)
        write_index(workspace, None)
        return writer.id

    return recorded


@pytest.fixture
def tree() -> Callable[[Path], dict[str, bytes]]:
    """A function that returns every file below a folder by its path."""

    def files(root: Path) -> dict[str, bytes]:
        return {
            path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
        }

    return files
