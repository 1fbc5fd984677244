"""The examples of ``docs/how-to/ci.md``: the workflow, the settings, the server, the commands."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.nginx import nginx_with
from wraith.cache import Remote, credentials
from wraith.cli import main
from wraith.config import ProjectConfig
from wraith.workspace import Project

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "how-to" / "ci.md").read_text(encoding="utf-8")
DIGEST = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
"""Of the content abc: FIPS 180-2, appendix B."""


def block(language: str) -> str:
    """Return the only block of a language."""
    [found] = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(found)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with one twin of a few sessions, as CI checks it out."""
    made = Project(tmp_path / "checkout")
    twin = made.twin("posts")
    recorded = sorted((ROOT / "twins" / "posts-api" / "recordings" / "sessions").iterdir())[:4]
    for session in recorded:
        shutil.copytree(session, twin.sessions_path / session.name)
    twin.config_path.write_text('[upstream]\nbase_url = "http://127.0.0.1:9"\n[diff]\nrequired_score = 0.0\n')
    twin.scrub_path.write_text("")
    (made.root / "wraith-project.toml").write_text("")
    monkeypatch.chdir(made.root)
    monkeypatch.setenv("CI", "true")
    return made


def test_the_workflow_builds_and_keeps_what_it_names(project: Project) -> None:
    """Its commands of wraith succeed in their order, and leave the files that it caches and uploads."""
    steps: list[dict[str, Any]] = yaml.safe_load(block("yaml"))["jobs"]["build"]["steps"]
    commands = [shlex.split(step["run"]) for step in steps if "run" in step]
    assert [command[0] for command in commands] == ["pip", "wraith", "wraith"]
    for command in commands[1:]:
        script = "import sys; from wraith.cli import main; sys.exit(main(sys.argv[1:]))"
        done = subprocess.run([sys.executable, "-c", script, *command[1:]], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    paths = [line for step in steps for line in str(step.get("with", {}).get("path", "")).split()]
    assert paths
    for path in paths:
        assert list(project.root.glob(path)), path


def test_the_settings_are_valid() -> None:
    """The table of the page is one that a project file may hold."""
    settings = ProjectConfig.model_validate(tomllib.loads(block("toml")))
    assert settings.cache.remote == "https://cache.example.com/wraith"


def test_the_commands_in_the_text_run(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """What the page says to type is understood, and succeeds in a project."""
    commands = dict.fromkeys(re.findall(r"`(wraith [^`]+)`", PAGE))
    assert len(commands) >= 4
    for command in commands:
        assert main(shlex.split(command)[1:]) == 0, command


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[str]:
    """The address of the server of the page, on a free port and without its certificate."""
    (tmp_path / "cache").mkdir()
    (tmp_path / "builds.htpasswd").write_text("ci:{PLAIN}let me in\n")

    def server(port: int) -> str:
        text = re.sub(r" +ssl_certificate.*\n", "", block("nginx"))
        for old, new in (
            ("listen 443 ssl", f"listen 127.0.0.1:{port}"),
            ("/var/cache", f"{tmp_path}/cache"),
            ("/etc/nginx", str(tmp_path)),
        ):
            assert old in text
            text = text.replace(old, new)
        return text

    with nginx_with(tmp_path, server) as address:
        yield f"{address}/wraith"


def test_the_server_lets_everybody_take_and_some_give(nginx: str, tmp_path: Path) -> None:
    """A job with credentials gives; one without is refused, is told once, and goes on taking."""
    notes: list[str] = []
    with Remote(nginx, say=notes.append) as stranger:
        stranger.put_content(DIGEST, b"abc")
        stranger.put_content(DIGEST, b"abc")
        assert stranger.content(DIGEST) is None
        with Remote(
            nginx, headers=credentials({"WRAITH_CACHE_USER": "ci", "WRAITH_CACHE_PASSWORD": "let me in"})
        ) as trusted:
            trusted.put_content(DIGEST, b"abc")
        assert stranger.content(DIGEST) == b"abc"
    [note] = notes
    assert "takes nothing: 401" in note
    assert (tmp_path / "cache" / "wraith" / "cas" / DIGEST).read_bytes() == b"abc"
