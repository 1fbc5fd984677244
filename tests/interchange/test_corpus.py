"""Whole files of every format, imported, and counted again by other means.

The files are those of ``samples/``, which are ours, and those of a corpus of real recordings where there is
one: a folder that ``WRAITH_CORPUS`` names, or ``shared/corpus`` beside the checkout. That one is not ours,
and no part of the repository.

The counts below know nothing of the readers: each takes the shortest way to the addresses in a file.
"""

from __future__ import annotations

import importlib.util
import io
import json
import os
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
import zstandard

from wraith.interchange._import import import_files
from wraith.interchange._report import ImportedFile
from wraith.recording import sealed_sessions
from wraith.workspace import Project

SAMPLES = Path(__file__).parent / "samples"
CORPUS = Path(os.environ.get("WRAITH_CORPUS") or Path(__file__).parents[3] / "shared" / "corpus")
ABOUT = ("README.md", "SOURCES.tsv")
BASE_URL = "https://api.library.example"
HAS_MITMPROXY = importlib.util.find_spec("mitmproxy") is not None
OTHER_HOST = re.compile(r"it was sent to \S+")


class _AnyTag(yaml.CSafeLoader):
    """YAML with every tag read as the data under it."""


def _under(loader: yaml.Loader, _: str, node: yaml.Node) -> object:
    match node:
        case yaml.MappingNode():
            return loader.construct_mapping(node, deep=True)
        case yaml.SequenceNode():
            return loader.construct_sequence(node, deep=True)
    assert isinstance(node, yaml.ScalarNode)
    return loader.construct_scalar(node)


_AnyTag.add_multi_constructor("", _under)


def in_har(data: bytes) -> list[str]:
    return [entry["request"]["url"] for entry in json.loads(data)["log"]["entries"]]


def in_yaml(data: bytes) -> list[str]:
    document = yaml.load(data, _AnyTag)
    items = document.get("http_interactions", document.get("interactions"))
    return [item["request"].get("uri") or item["request"]["url"] for item in items]


def in_json_cassette(data: bytes) -> list[str]:
    return [item["request"]["uri"] for item in json.loads(data)["http_interactions"]]


def in_mappings(data: bytes) -> list[str]:
    document = json.loads(data)
    return [BASE_URL for _ in document.get("mappings", [document])]


def in_simulation(data: bytes) -> list[str]:
    return [BASE_URL for _ in json.loads(data)["data"]["pairs"]]


def in_lines(data: bytes) -> list[str]:
    found = [
        re.search(rb'"url": ?"([^"]*)"', line) for line in data.split(b"\n") if line.strip()
    ]  # a broken line may hold none
    return [hit[1].decode() if hit else BASE_URL for hit in found]


def in_packed_lines(data: bytes) -> list[str]:
    return in_lines(zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data)).read())


def in_flows(data: bytes) -> list[str]:
    found, place = [], 0
    while place < len(data):
        length = data[place : data.index(b":", place)]
        place += len(length) + 1 + int(length) + 1
        found.append("http://library.example")
    return found


def counter_of(path: Path) -> Callable[[bytes], list[str]]:
    """Return how the addresses in a file are found: by its name, or by the first word that tells."""
    by_suffix = {
        ".har": in_har,
        ".yml": in_yaml,
        ".yaml": in_yaml,
        ".jsonl": in_lines,
        ".zst": in_packed_lines,
        ".flows": in_flows,
    }
    if path.suffix in by_suffix:
        return by_suffix[path.suffix]
    head = path.read_bytes()[:4096]
    words = {b'"http_interactions"': in_json_cassette, b'"pairs"': in_simulation, b'"request"': in_mappings}
    return next(count for word, count in words.items() if word in head)


def recordings() -> list[Path]:
    """Return the files that can be imported here."""
    ours = [path for path in sorted(SAMPLES.rglob("*.*")) if "__files" not in path.parts]
    theirs = sorted(CORPUS.rglob("*.*")) if CORPUS.is_dir() else []
    usable = [path for path in ours if path.suffix != ".flows" or HAS_MITMPROXY]
    return usable + [path for path in theirs if path.name not in ABOUT]


def named(path: Path) -> str:
    root = SAMPLES if SAMPLES in path.parents else CORPUS
    return str(path.relative_to(root))


def hosts(urls: list[str]) -> list[str]:
    """Return the hosts, the one with most exchanges first."""
    counts = Counter(urlsplit(url).netloc.removesuffix(":443") for url in urls)
    return [host for host, _ in counts.most_common() if host]


def imported(path: Path, folder: Path, host: str) -> tuple[ImportedFile, int]:
    """Import the exchanges of one host into a project of its own; return the report, and what is on disk."""
    (folder / "wraith-project.toml").parent.mkdir(parents=True)
    (folder / "wraith-project.toml").touch()
    workspace = Project.find(folder).twin("service")
    report = import_files(workspace, [path], base_url=f"https://{host}", environ={})
    stored = sum(len(list(session.read())) for session in sealed_sessions(workspace))
    return report.files[0], stored


@dataclass(frozen=True)
class Account:
    """What became of a file: what an independent count finds, what is stored, what is left out and why."""

    counted: int
    stored: int
    left_out: dict[str, str]


def account(path: Path, folder: Path) -> Account:
    urls = counter_of(path)(path.read_bytes())
    stored = 0
    left_out: dict[str, str] = {}
    for number, host in enumerate(hosts(urls)):
        file, on_disk = imported(path, folder / str(number), host)
        assert on_disk == file.exchanges
        stored += on_disk
        left_out |= {
            entry.where: entry.reason for entry in file.left_out if not OTHER_HOST.fullmatch(entry.reason)
        }
    return Account(len(urls), stored, left_out)


@pytest.fixture(scope="module")
def account_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Account]:
    """Import a file once, whoever asks."""
    return cache(lambda path: account(path, tmp_path_factory.mktemp("import")))


@pytest.mark.parametrize("path", recordings(), ids=named)
def test_what_is_counted_is_stored_or_left_out_by_name(
    path: Path, account_of: Callable[[Path], Account]
) -> None:
    """The exchanges on disk and the entries that are left out are together what the file holds."""
    found = account_of(path)
    assert found.counted > 0
    assert found.stored + len(found.left_out) == found.counted, found.left_out


def test_little_of_what_is_not_damaged_on_purpose_is_left_out(account_of: Callable[[Path], Account]) -> None:
    """Of all entries of sound samples and real recordings, at most two in a hundred are left out."""
    found = [account_of(path) for path in recordings() if not path.name.startswith("damaged")]
    assert sum(len(each.left_out) for each in found) * 50 <= sum(each.counted for each in found)
