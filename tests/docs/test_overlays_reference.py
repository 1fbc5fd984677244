"""``docs/reference/overlays.md``: the pairs of guards, and the examples of its formats."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from wraith.config import FaultProfile, Policy
from wraith.overlay import Finding, Schema
from wraith.wir import Atom, atom_from_json, disjoint

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "overlays.md"
TEXT = PAGE.read_text(encoding="utf-8")
ROW = re.compile(
    r"^\| ([^|]+) \| `(\[.*?\])` \| `(\[.*?\])` \| (accepted|rejected|not provable) \|$", re.MULTILINE
)
PAIRS = {name.strip(): (first, second, answer) for name, first, second, answer in ROW.findall(TEXT)}


def test_there_are_forty_pairs() -> None:
    """The page has the pairs that it promises: some of each answer."""
    assert len(PAIRS) == 40
    assert {answer for _, _, answer in PAIRS.values()} == {"accepted", "rejected", "not provable"}


@pytest.mark.parametrize(("first", "second", "answer"), PAIRS.values(), ids=PAIRS)
def test_a_pair_is_judged_as_documented(first: str, second: str, answer: str) -> None:
    """What is accepted is proved disjoint, in either order; everything else is not."""
    one, other = _atoms(first), _atoms(second)
    assert disjoint(one, other) == disjoint(other, one) == (answer == "accepted")


def _atoms(text: str) -> list[Atom]:
    return [atom_from_json(each) for each in json.loads(text)]


EXAMPLES: list[tuple[str, str, type[BaseModel]]] = [
    ("toml", "wraith.policy/1", Policy),
    ("toml", "wraith.faults/1", FaultProfile),
    ("json", "wraith.schema/1", Schema),
]


@pytest.mark.parametrize(("language", "name", "model"), EXAMPLES, ids=[each[1] for each in EXAMPLES])
def test_an_example_is_valid(language: str, name: str, model: type[BaseModel]) -> None:
    """The documented files are what the formats allow."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    [block] = [block for block in blocks if name in block]
    model.model_validate(tomllib.loads(block) if language == "toml" else json.loads(block))


def test_every_capability_is_documented() -> None:
    """The table of policy has each capability that a finding may be about."""
    section = TEXT.partition("## Policy")[2].partition("\n## ")[0]
    documented = {
        name
        for row in re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }
    [known] = re.findall(
        r"'enum': (\[[^\]]*\])", str(Finding.model_json_schema()["properties"]["capability"])
    )
    assert documented == set(json.loads(known.replace("'", '"')))
