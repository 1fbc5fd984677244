"""``tools/benchmarks/cassettes.py``: what the import of cassettes is measured with."""

from __future__ import annotations

from pathlib import Path

from wraith.interchange._entry import Entry
from wraith.interchange._source import Source
from wraith.interchange._vcr import read


def test_cassettes_hold_as_many_exchanges_as_they_are_asked_for(tmp_path: Path) -> None:
    """A hundred to a file, none of them damaged, and no two of one time in a file."""
    from benchmarks.cassettes import write_cassettes

    write_cassettes(tmp_path / "a", 250)
    files = [list(read(Source.read(path))) for path in sorted((tmp_path / "a").iterdir())]
    assert [len(items) for items in files] == [100, 100, 50]
    for items in files:
        entries = [item for item in items if isinstance(item, Entry) and not item.mended]
        assert len({entry.started_at_ms for entry in entries}) == len(items)


def test_cassettes_are_the_same_every_time(tmp_path: Path) -> None:
    """What is measured today can be compared with what was measured before."""
    from benchmarks.cassettes import write_cassettes

    for name in ("a", "b"):
        write_cassettes(tmp_path / name, 3)
    (first,), (second,) = (list((tmp_path / name).iterdir()) for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()
