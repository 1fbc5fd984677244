"""The examples of the documentation, run as they stand.

The shell blocks of a page are one script, run from the checkout with an empty home. A block that is not run
says why in a comment before it (``<!-- not run: reason -->``); a block that is a file says which (``<!--
file: path -->``).
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TIMEOUT_S = 120

REFERENCE = ROOT / "docs" / "reference"
"""Pages that are held to the code by tests of the rooms that they describe."""

PAGES = [
    ROOT / "README.md",
    *sorted(path for path in (ROOT / "docs").rglob("*.md") if REFERENCE not in path.parents),
]
BLOCK = re.compile(
    r"(?:^<!-- (?P<mark>[^>]*) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
PORTS = ("8080", "8081", "9000")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def blocks(page: Path) -> list[tuple[str, str, str]]:
    """Return the mark, the language and the text of each fenced block."""
    found = BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [(block["mark"] or "", block["language"], block["text"]) for block in found]


def script(page: Path) -> str:
    """Return the page as a script of bash: its files written, its commands run, in their order."""
    parts = []
    for mark, language, text in blocks(page):
        kind, _, rest = mark.partition(": ")
        if kind == "file":
            parts.append(f"cat > {shlex.quote(rest)} <<'END-OF-FILE'\n{text}END-OF-FILE\n")
        elif language == "shell" and kind != "not run":
            parts.append(text)
    return "".join(parts)


def free_ports(count: int) -> list[str]:
    """Return ports that are free now; all are held until all are found."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [str(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


@pytest.mark.parametrize("page", [page for page in PAGES if script(page)], ids=named)
def test_the_commands_of_a_page_run(page: Path, tmp_path: Path) -> None:
    """The commands of a page succeed in the order in which they stand, on a machine that has only wraith."""
    text = script(page)
    for port, free in zip(PORTS, free_ports(len(PORTS)), strict=True):
        text = re.sub(rf"\b{port}\b", free, text)
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    process = subprocess.Popen(
        ["bash", "-euo", "pipefail", "-c", text],
        cwd=ROOT,
        env={"PATH": path, "HOME": str(tmp_path), "LANG": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=TIMEOUT_S)
    finally:
        end_group(process.pid)
    assert process.returncode == 0, said


def end_group(leader: int) -> None:
    """End what the script may have left running; the group is ours, for the script leads its own session."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_blocks_that_are_not_run_say_why(page: Path) -> None:
    """Every example of shell or Python is run, or says in a comment why it is not."""
    for mark, language, text in blocks(page):
        kind, _, rest = mark.partition(": ")
        if language in ("python", "sh", "bash", "console"):
            assert kind in ("file", "not run"), (
                f"a block of {language} is not run, and does not say why:\n{text}"
            )
        if kind == "not run":
            assert rest.strip(), f"no reason is given:\n{text}"
