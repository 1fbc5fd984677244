"""``docs/reference/model.md`` names the whole language."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from wraith.wir import FUNCTIONS, QUERY_PARTS, HoleClass
from wraith.wir._codec import _READERS, _TAGS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "model.md").read_text(encoding="utf-8")
WORDS = {
    "expressions": tuple(_READERS),
    "guards": tuple(_TAGS),
    "functions": tuple(FUNCTIONS),
    "parts of a query": QUERY_PARTS,
    "classes of holes": get_args(HoleClass),
}


@pytest.mark.parametrize("kind", WORDS)
def test_every_word_of_the_language_is_documented(kind: str) -> None:
    """What the reader of a model accepts stands in the reference."""
    named = set(re.findall(r"[`\"](\w+)[`\"]", PAGE))
    assert set(WORDS[kind]) - named == set()
