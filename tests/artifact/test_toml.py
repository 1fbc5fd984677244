"""TOML that is written in one way, and configuration that travels without its commands."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.artifact._config import portable_config
from wraith.artifact._toml import read_toml_bytes, toml_bytes
from wraith.canonical import JsonValue
from wraith.config import TwinConfig, read_toml
from wraith.errors import InputError

CONFIG = b"""# a comment
[upstream]
base_url = "https://api.example.com"
[record]
start = ["server", "--port", "{port}"]
exercise = ["{python}", "drive.py"]
inputs = ["drive.py"]
ready = "/up"
"""

RULES = """
[upstream]
base_url = "http://127.0.0.1:1"
[diff.fields]
"data[*].state" = { class = "enum", values = ["a", 1, true] }
[diff.overrides."GET /v1/{id}"]
body_values = 0.5
[[diff.suppress]]
path = "x"
reason = "it is \\"quoted\\""
expires = 2027-01-31
[[diff.suppress]]
route = "GET *"
reason = "y"
"""


def test_rules_travel(tmp_path: Path) -> None:
    """Tables in lists, dates and quoted keys are TOML again, and say the same."""
    (tmp_path / "a.toml").write_text(RULES)
    (tmp_path / "b.toml").write_bytes(portable_config(RULES.encode(), "wraith.toml"))
    assert read_toml(tmp_path / "b.toml", TwinConfig) == read_toml(tmp_path / "a.toml", TwinConfig)


def test_commands_stay_behind(tmp_path: Path) -> None:
    """The packed configuration says what the twin's says, but for the commands of ``[record]``."""
    (tmp_path / "a.toml").write_bytes(CONFIG)
    (tmp_path / "b.toml").write_bytes(portable_config(CONFIG, "wraith.toml"))
    config = read_toml(tmp_path / "a.toml", TwinConfig)
    without = config.record.model_copy(update={"start": (), "exercise": (), "inputs": ()})
    assert read_toml(tmp_path / "b.toml", TwinConfig) == config.model_copy(update={"record": without})
    assert portable_config(portable_config(CONFIG, "x"), "x") == portable_config(CONFIG, "x")
    assert b"drive.py" not in (tmp_path / "b.toml").read_bytes()


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
scalars = texts | st.integers(-(2**63), 2**63 - 1) | st.booleans() | st.floats(allow_nan=False)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3)
)


@given(st.dictionaries(texts, values, max_size=4))
def test_what_is_written_reads_back(tables: dict[str, JsonValue]) -> None:
    """Whatever the tables hold, the TOML reads back as it was, and is written the same again."""
    written = toml_bytes(tables)
    assert tomllib.loads(written.decode()) == tables
    assert toml_bytes(tomllib.loads(written.decode())) == written


def test_numbers_and_times_that_json_has_none_of() -> None:
    """Infinities, what is no number, dates and times are written as TOML has them."""
    text = b"a = inf\nb = -inf\nc = nan\nd = 2027-01-31\ne = 07:32:00\nf = 1979-05-27T07:32:00Z\ng = 1e300\n"
    read = read_toml_bytes(toml_bytes(read_toml_bytes(text, "x")), "x")
    first = read_toml_bytes(text, "x")
    assert math.isnan(read.pop("c"))
    assert math.isnan(first.pop("c"))
    assert read == first


@pytest.mark.parametrize("data", [b"\xff", b"x", b"a = 1\na = 2\n", b"a = " + b"[" * 20_000])
def test_what_is_no_toml_is_refused(data: bytes) -> None:
    """Bytes that are no text, no TOML, or nested beyond reason are the user's mistake."""
    with pytest.raises(InputError, match="not TOML"):
        read_toml_bytes(data, "x.toml")
