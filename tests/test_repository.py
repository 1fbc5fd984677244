"""Promises about the repository itself: what its files may hold, and that what they name exists."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LINE_LIMIT = 500

# Put together from parts, so that this file does not hold what it looks for.
REGISTRY_HOSTS = tuple(
    ".".join(parts) for parts in (("pypi", "org"), ("python" + "hosted", "org"), ("registry", "npmjs"))
)
_ROOTS = b"|".join((b"work", b"root", b"Users", rb"home(?!/me/)"))  # examples may stand in the home of "me"
MACHINE_PATH = re.compile(rb"(?<![\w.])/(?:" + _ROOTS + rb")/[\w.-]")


@cache
def files() -> tuple[Path, ...]:
    """Return what is in git, and what would be: untracked files that are not ignored."""
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    paths = (ROOT / name for name in listed.split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file() and not path.is_symlink()))


def markdown() -> list[Path]:
    return [path for path in files() if path.suffix == ".md"]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, spelled as forges spell them."""
    headings = re.findall(r"^#+ (.+?)\s*$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_no_file_names_a_package_registry() -> None:
    """Where packages come from is the user's setting, not the project's."""
    hosts = [host.encode() for host in REGISTRY_HOSTS]
    assert [named(path) for path in files() if any(host in path.read_bytes() for host in hosts)] == []


def test_no_file_names_a_path_of_a_machine() -> None:
    """Nothing depends on where somebody's checkout or home stands."""
    found = [
        f"{named(path)}: {hit.group()!r}"
        for path in files()
        if (hit := MACHINE_PATH.search(path.read_bytes()))
    ]
    assert found == []


def test_no_module_is_longer_than_the_limit() -> None:
    """A module that passes 500 lines usually holds two ideas."""
    lengths = {named(path): path.read_bytes().count(b"\n") for path in files() if path.suffix == ".py"}
    assert {name: length for name, length in lengths.items() if length > LINE_LIMIT} == {}


@pytest.mark.parametrize("page", markdown(), ids=named)
def test_links_of_a_page_resolve(page: Path) -> None:
    """A link between pages leads to a file that exists, and to a heading that it has."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        leads_to = (page.parent / name) if name else page
        if not leads_to.exists() or (anchor and anchor not in anchors(leads_to)):
            broken.append(target)
    assert broken == []


def test_the_index_of_the_docs_leads_to_every_page() -> None:
    """docs/README.md links each page of the documentation."""
    index = ROOT / "docs" / "README.md"
    linked = {(index.parent / name).resolve() for name in re.findall(r"\]\(([^)#]+)\)", index.read_text())}
    pages = {page for page in markdown() if index.parent in page.parents} - {index}
    assert sorted(named(page) for page in pages - linked) == []


def test_scripts_that_the_readme_names_exist() -> None:
    """Every file that the README tells to run or to read is there."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    mentioned = re.findall(r"(?:tools|docs|twins|wraith|\.ci)/[\w./-]*\w", text)
    assert "tools/quickstart.py" in mentioned
    assert "tools/test.py" in mentioned
    assert [name for name in mentioned if not (ROOT / name).exists()] == []


def test_the_changelog_tells_of_this_version() -> None:
    """The version of pyproject.toml has its heading in CHANGELOG.md."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## {re.escape(PROJECT['project']['version'])}\b", text, re.MULTILINE)


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {normal(name): version for name, version in pairs}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_constraints_are_plain_pins() -> None:
    """constraints.txt holds names and versions, no addresses, no options."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    wrong = [line for line in lines if not re.fullmatch(r"#.*|[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)]
    assert wrong == []
    assert "://" not in "\n".join(lines)


OWN_ENVIRONMENT = {"mitmproxy"}
"""Extras that are installed into an environment of their own, because their own pins contradict ours."""


def test_constraints_pin_every_direct_dependency() -> None:
    """What pyproject.toml asks for, extras and the build included, has a pin; extras that need an environment
    of their own have none."""
    project = PROJECT["project"]
    asked = [*project["dependencies"], *PROJECT["build-system"]["requires"]]
    asked += [
        entry
        for name, extra in project["optional-dependencies"].items()
        if name not in OWN_ENVIRONMENT
        for entry in extra
    ]
    names = {normal(re.match(r"[\w.-]+", entry).group()) for entry in asked}  # type: ignore[union-attr] # always
    assert names - pins().keys() == set()


def test_the_ci_script_can_be_run() -> None:
    """.ci/run is executable."""
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
