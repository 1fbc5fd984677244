"""The reference page of the formats, held to what the readers do."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from wraith.interchange import _json, _jsonl
from wraith.interchange._detect import FORMATS
from wraith.interchange._entry import Entry
from wraith.interchange._jsonl import read
from wraith.interchange._source import MAX_DEPTH, MAX_FILE_BYTES, Source

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "import-formats.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"<!-- file: recordings.jsonl -->\n```json\n(.*?)```", PAGE, re.DOTALL)
LINE = {"method": "GET", "url": "/a", "status": 200}


def rows(heading: str) -> dict[str, str]:
    """Return the first table behind a heading: its first column to the rest."""
    table = PAGE.partition(heading)[2].partition("\n\n| ")[2].partition("\n\n")[0]
    found = [row.strip("| ").split(" | ", 1) for row in table.splitlines()[2:]]
    return {row[0]: row[-1] for row in found}


def entries(text: str) -> list[Entry]:
    found = list(read(Source(Path("recordings.jsonl"), text.encode())))
    assert all(isinstance(item, Entry) and not item.mended for item in found)
    return [item for item in found if isinstance(item, Entry)]


def test_the_page_lists_the_formats() -> None:
    """The table at the top names what ``--format`` takes."""
    assert [name.strip("`") for name in rows("# Formats of recordings")] == sorted(
        FORMATS, key=list(FORMATS).index
    )


def test_the_example_is_read_as_it_stands() -> None:
    """The example holds two sessions, nothing is left out and nothing mended."""
    assert EXAMPLE is not None
    found = entries(EXAMPLE[1])
    assert [(item.group, item.status) for item in found] == [("lend", 201), ("browse", 200), ("lend", 200)]
    assert all(item.started_at_ms for item in found)
    assert found[2].response_body.startswith(b"\x89PNG")


def members() -> list[str]:
    return re.findall(r"`(\w+)`", " ".join(rows("## JSON Lines")))


def test_the_example_uses_the_members_of_the_table() -> None:
    """No member of the example is missing in the table."""
    assert EXAMPLE is not None
    used = {name for line in EXAMPLE[1].splitlines() for name in json.loads(line)}
    assert used <= set(members())


@pytest.mark.parametrize("name", members())
def test_each_member_of_the_table_means_something(name: str) -> None:
    """A line with the member is read otherwise than one without it, or not at all without it."""
    values = {"method": "PUT", "url": "/b", "status": 404, "seq": -1, "duration_ms": 5, "recorded_at": 7}
    value: object = values.get(name, {"A": "b"} if name.endswith("headers") else "YWJj")
    lines = [{**LINE, "seq": 1}, {**LINE, "seq": 1, name: value}]
    with_it = entries("\n".join(map(json.dumps, lines)))
    without_it = entries("\n".join(json.dumps({**LINE, "seq": 1}) for _ in lines))
    assert with_it != without_it


def test_the_limits_are_those_of_the_code() -> None:
    """The page names each limit as it is."""
    assert rows("nothing is written.") == {
        "A file, also unpacked": f"{MAX_FILE_BYTES >> 30} GiB",
        "A line of JSON Lines": f"{_jsonl.MAX_LINE_BYTES >> 20} MiB",
        "Lines": f"{_jsonl.MAX_LINES:,}",
        "Depth of a JSON document": f"{MAX_DEPTH} levels",
        "Values in a JSON document": f"{_json.MAX_VALUES:,}",
    }
