"""``wraith init``: a workspace whole or not at all, valid as it stands and as its comments say."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from wraith.config import ProjectConfig, Record, ScrubConfig, TwinConfig, read_toml, validate
from wraith.workspace import Project, Workspace

KEY_IN_COMMENT = re.compile(r"# (\[\[?[a-z.]+[^\]]*\]\]?$|[a-z_]+ = )")


def _uncommented(text: str) -> str:
    """The file with every key set that stands in a comment."""
    return "".join(
        line[2:] if KEY_IN_COMMENT.match(line) else line for line in text.splitlines(keepends=True)
    )


def test_the_files_are_valid(shop: Workspace) -> None:
    """What init writes is what the configuration models read."""
    config = read_toml(shop.config_path, TwinConfig)
    assert config == TwinConfig.model_validate({"upstream": {"base_url": "https://api.example.com"}})
    assert read_toml(shop.scrub_path, ScrubConfig) == ScrubConfig()
    assert read_toml(shop.project.root / "wraith-project.toml", ProjectConfig) == ProjectConfig()


def test_every_comment_shows_the_default(shop: Workspace) -> None:
    """A key in a comment is set to its default, but for the examples of [record], [diff] and [serve]."""
    table = tomllib.loads(_uncommented(shop.config_path.read_text()))
    config = validate(table, TwinConfig, "wraith.toml")
    examples = config.record.model_copy(update={"start": (), "exercise": (), "inputs": ()})
    assert config.record.start
    assert config.record.exercise
    assert config.record.inputs
    assert config.diff.fields
    assert config.diff.overrides
    assert len(config.diff.suppress) == 1
    rules = config.diff.model_copy(update={"fields": {}, "overrides": {}, "suppress": ()})
    latency = config.serve.latency.model_copy(update={"routes": ()})
    serve = config.serve.model_copy(update={"latency": latency, "rate_limits": ()})
    assert config.model_copy(update={"record": examples, "diff": rules, "serve": serve}) == read_toml(
        shop.config_path, TwinConfig
    )
    assert set(table["record"]) == set(Record.model_fields)


def test_every_example_of_a_scrub_rule_is_valid(shop: Workspace) -> None:
    """The rules in the comments of scrub.toml are rules."""
    config = validate(tomllib.loads(_uncommented(shop.scrub_path.read_text())), ScrubConfig, "scrub.toml")
    assert len(config.rules) == len(config.allow) == 1


@pytest.mark.parametrize(
    "base_url",
    [
        "http://127.0.0.1:8420",
        "https://api.example.com/v1",
        "http://[::1]:99",
        'https://x.example/"quoted"\\',
    ],
)
def test_the_address_is_kept(run, folder: Path, base_url: str) -> None:
    """Whatever may stand in an address survives the way into TOML."""
    assert run("init", "shop", "--base-url", base_url).code == 0
    config = read_toml(Project.find(folder).twin("shop").config_path, TwinConfig)
    assert config.upstream.base_url == base_url


@pytest.mark.parametrize(
    "base_url",
    [
        pytest.param("api.example.com", id="no-scheme"),
        pytest.param("ftp://api.example.com", id="other-scheme"),
        pytest.param("http://", id="no-host"),
        pytest.param("http://x:99999", id="no-port"),
        pytest.param("http://x/\n[record]", id="line-feed"),
        pytest.param("http://x/?key=1", id="query"),
        pytest.param("http://user:pass@x/", id="credentials"),
    ],
)
def test_what_is_no_address_is_refused(run, folder: Path, base_url: str) -> None:
    """A wrong address ends with 1, names the option, and nothing is made."""
    ran = run("init", "shop", "--base-url", base_url)
    assert ran.code == 1
    assert "  where: --base-url\n" in ran.err
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["a/b", "..", ".hidden", "", "clean", "a b"])
def test_what_is_no_name_is_refused(run, folder: Path, name: str) -> None:
    """A name that could leave the folder, or that doit takes for a command, makes nothing."""
    assert run("init", name, "--base-url", "http://x").code == 1
    assert list(folder.iterdir()) == []


def test_an_existing_workspace_is_not_touched(run, shop: Workspace) -> None:
    """A second init ends with 1 and changes no byte."""
    before = {path: path.read_bytes() for path in shop.project.root.rglob("*") if path.is_file()}
    ran = run("init", "shop", "--base-url", "http://other")
    assert ran.code == 1
    assert "exists already" in ran.err
    assert {path: path.read_bytes() for path in shop.project.root.rglob("*") if path.is_file()} == before


def test_a_folder_with_something_in_it_is_not_touched(run, folder: Path) -> None:
    """A folder of that name that is no workspace is refused as well."""
    (folder / "twins" / "shop").mkdir(parents=True)
    (folder / "twins" / "shop" / "notes.txt").write_text("mine")
    assert run("init", "shop", "--base-url", "http://x").code == 1
    assert [path.name for path in folder.rglob("*")] == ["twins", "shop", "notes.txt"]


def test_files_of_the_project_are_left_alone(run, folder: Path) -> None:
    """A dodo.py that exists stays as it is; what is missing beside it is made."""
    (folder / "dodo.py").write_text("# mine\n")
    ran = run("init", "shop", "--base-url", "http://x", "--json")
    assert (folder / "dodo.py").read_text() == "# mine\n"
    assert "dodo.py" not in ran.document["created"]
    assert "wraith-project.toml" in ran.document["created"]


def test_a_second_twin_joins_the_project(run, shop: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below a project, init makes the twin in it, not a project of its own."""
    monkeypatch.chdir(shop.root)
    assert run("init", "other", "--base-url", "http://x").code == 0
    assert [twin.name for twin in shop.project.twins()] == ["other", "shop"]


def test_the_key_is_never_committed(shop: Workspace) -> None:
    """The folder of the scrub key ignores itself, whatever the project's own .gitignore says."""
    assert "*" in (shop.project.state_path / ".gitignore").read_text().splitlines()


def test_what_the_disk_refuses_ends_with_4(run, folder: Path) -> None:
    """Where nothing can be written, nothing is, and the exit status is 4."""
    (folder / "twins").write_text("in the way")
    ran = run("init", "shop", "--base-url", "http://x")
    assert ran.code == 4
    assert "  where: twins\n" in ran.err
    assert [path.name for path in folder.rglob("*")] == ["twins"]


def test_doit_works_at_once(shop: Workspace) -> None:
    """In an empty folder, init and ``doit synth:NAME`` succeed: the model of no recordings is empty."""
    done = subprocess.run(
        [sys.executable, "-m", "doit", "synth:shop"],
        cwd=shop.project.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert shop.symbols_path.is_file()
