"""Betamax cassettes: JSON, in the spelling of Ruby VCR."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from wraith.interchange._cassette import json_items
from wraith.interchange._entry import Item
from wraith.interchange._json import is_json
from wraith.interchange._source import Source

_END_BYTES: Final = 1 << 12
_WRITER: Final = re.compile(rb'"recorded_with"\s*:\s*"betamax')


def looks_like(source: Source) -> bool:
    """Whether Betamax names itself as the writer, at either end of the file."""
    ends = source.data[:_END_BYTES], source.data[-_END_BYTES:]
    return is_json(source.data) and any(_WRITER.search(end) for end in ends)


def read(source: Source) -> Iterator[Item]:
    """Yield the interactions. Raises InputError for a file that is no JSON, or holds none."""
    return json_items(source)
