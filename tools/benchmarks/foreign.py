"""Recordings of other tools, taken through the whole pipeline: imported, learned, checked."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from benchmarks.processes import WRAITH

FORMAT: Final = "wraith.corpora/1"
FOLDS: Final = 5
IN_SAMPLE: Final = "in-sample"
HELD_OUT: Final = f"{FOLDS} folds"
SCORES: Final = (IN_SAMPLE, HELD_OUT)
"""The scores of a twin, each a column of the table. The second is that of corpora with enough sessions."""
ABOUT: Final = ("README.md", "SOURCES.tsv")
REASONS: Final = 3
"""So many of the reasons for divergence are named, the most frequent ones."""

_ANSWERS: Final = (0, 2)
"""Exit statuses of a check that was made: conformant, or not."""
_HOST: Final = re.compile(r"(\S+) \(\d+\)")
_INDEX: Final = re.compile(r"\[\d+\]")

Answer: TypeAlias = Mapping[str, Any]
"""The JSON document that a command prints."""


@dataclass(frozen=True)
class Twin:
    """What one file came to, or the exchanges of one host in it."""

    file: str
    host: str
    sessions: int
    exchanges: int
    left_out: int
    scores_bp: dict[str, int]
    reasons: tuple[tuple[str, int], ...] = ()
    """Category and place of the divergences, held out where that was measured, with their numbers."""
    failure: str = ""
    """The command that failed and what it said; empty where none did."""


def recordings(corpus: Path) -> list[Path]:
    """Return the files of a corpus."""
    return sorted(path for path in corpus.rglob("*.*") if path.is_file() and path.name not in ABOUT)


def take_through(file: Path, corpus: Path, project: Path) -> Iterator[Twin]:
    """Yield a twin per host of the file."""
    project.mkdir(parents=True)
    (project / "wraith-project.toml").touch()
    named = str(file.relative_to(corpus))
    status, answer = wraith(project, "import", "twin", str(file))
    error = answer.get("error", {}).get("message", "")
    if status == 0:
        yield learned(project, "twin", named, answer)
        return
    # Which hosts there are is what the error is about.
    hosts = _HOST.findall(error) if "several hosts" in error else []
    if not hosts:
        yield Twin(named, "", 0, 0, 0, {}, failure=f"import: {error}")
    for number, host in enumerate(hosts):
        name = f"twin-{number}"
        status, answer = wraith(project, "import", name, str(file), "--host", host)
        if status == 0:
            yield learned(project, name, named, answer)
        else:
            yield Twin(named, host, 0, 0, 0, {}, failure=f"import: {answer['error']['message']}")


def learned(project: Path, name: str, file: str, imported: Answer) -> Twin:
    """Return what synthesis and check make of what was imported."""
    other_hosts = sum(entry["reason"].startswith("it was sent to") for entry in _left_out(imported))
    status, answer = wraith(project, "synth", name)
    failure = "" if status == 0 else f"synth: {answer['error']['message']}"
    scores: dict[str, int] = {}
    reasons: Counter[str] = Counter()
    if not failure:
        holdout = ("--holdout", str(FOLDS)) if imported["sessions"] >= FOLDS else ()
        status, answer = wraith(project, "check", name, *holdout)
        if status in _ANSWERS and "exact_bp" in answer:
            scores[IN_SAMPLE] = answer["exact_bp"]
            told = answer.get("generalization") or answer
            if told is not answer:
                scores[HELD_OUT] = told["generalization_bp"]
            reasons = Counter(_reason(divergence) for divergence in told["divergences"])
        else:
            failure = f"check: {answer['error']['message']}"
    return Twin(
        file,
        imported["base_url"].partition("://")[2],
        imported["sessions"],
        imported["exchanges"],
        len(_left_out(imported)) - other_hosts,
        scores,
        tuple(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))[:REASONS]),
        failure,
    )


def wraith(project: Path, *arguments: str) -> tuple[int, Answer]:
    """Run a command in a project; return its exit status and its answer."""
    command = [*WRAITH, *arguments, "--json"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        answer = {"error": {"message": (done.stderr or done.stdout)[-2000:]}}
    return done.returncode, answer


def table(twins: Sequence[Twin]) -> str:
    """Return the twins as a Markdown table."""
    headings = ("corpus", "host", "sessions", "exchanges", "left out", *SCORES, "most frequent divergences")
    lines = ["| " + " | ".join(headings) + " |", "| " + " | ".join("---" for _ in headings) + " |"]
    for twin in twins:
        scores = (_percent(twin.scores_bp.get(way)) for way in SCORES)
        numbers = (f"{twin.sessions:,}", f"{twin.exchanges:,}", f"{twin.left_out:,}")
        reasons = ", ".join(f"{reason} ({count:,})" for reason, count in twin.reasons)
        lines.append(
            "| "
            + " | ".join((f"`{twin.file}`", f"`{twin.host}`", *numbers, *scores, twin.failure or reasons))
            + " |"
        )
    return "\n".join(lines)


def document(twins: Sequence[Twin]) -> dict[str, object]:
    """Return the twins as a JSON document."""
    return {"format": FORMAT, "twins": [asdict(twin) for twin in twins]}


def _percent(score_bp: int | None) -> str:
    return "" if score_bp is None else f"{score_bp / 100:.2f} %"


def _left_out(imported: Answer) -> list[Answer]:
    return [entry for file in imported["files"] for entry in file["left_out"]]


def _reason(divergence: Answer) -> str:
    """Return what went wrong where, with places in lists made one."""
    return f"{divergence['category']} at {_INDEX.sub('[]', divergence['path']) or 'the whole body'}"
