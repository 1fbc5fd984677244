"""``docs/reference/artifacts.md`` against the code: the files that are packed, the manifest, the answers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from wraith.artifact import Manifest
from wraith.artifact._layout import part_of
from wraith.artifact._signature import Answer

REFERENCE = (Path(__file__).parents[2] / "docs" / "reference" / "artifacts.md").read_text(encoding="utf-8")
PARTS = re.findall(
    r"^\| (content|provenance|recordings|diagnostics)[^|]*\| (.+) \|$", REFERENCE, re.MULTILINE
)


@pytest.mark.parametrize(("part", "files"), PARTS, ids=[part for part, _ in PARTS])
def test_the_files_of_the_table_are_those_that_are_packed(part: str, files: str) -> None:
    """Each pattern of the table stands for files of its part, at any depth where it says so."""
    patterns = [name for name in re.findall(r"`([^`]+)`", files) if "/" in name or name.endswith(".toml")]
    assert patterns
    for pattern in patterns:
        for inside in ("a", "b/a") if "**" in pattern else ("a",):
            path = pattern.replace("**", inside).replace("*", "a")
            assert part_of(path) == part or path == "manifest.json", path


def test_the_manifest_has_the_keys_of_the_example() -> None:
    """The example names every key of the manifest, and of its parts."""
    example = re.search(r"^```json\n(.*?)^```$", REFERENCE, re.MULTILINE | re.DOTALL)
    assert example is not None
    document = json.loads(example[1])
    assert sorted(document) == list(document) == sorted(Manifest.model_fields)
    assert set(document["provenance"]) == set(Manifest.model_fields["provenance"].annotation.model_fields)


def test_the_answers_are_those_of_the_table() -> None:
    """The table of answers has each of them once."""
    rows = re.findall(r"^\| `(\w+)` \| .+ \| [03] \| [03] \|$", REFERENCE, re.MULTILINE)
    assert sorted(rows) == sorted(get_args(Answer))
