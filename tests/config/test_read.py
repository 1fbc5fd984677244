"""Reading configuration: every wrong key with its file and what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from wraith.config import ProjectConfig, ScrubConfig, TwinConfig, read_toml
from wraith.config._read import Document
from wraith.errors import InputError, OperationError

UPSTREAM = '[upstream]\nbase_url = "http://localhost:1"\n'


def read(tmp_path: Path, text: str | bytes, model: type[Document] = TwinConfig) -> Document:
    path = tmp_path / "config.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_toml(path, model)


BROKEN: dict[str, tuple[str | bytes, type[Document], list[str]]] = {
    "not TOML": ("[upstream\n", TwinConfig, ["not TOML", "line 1"]),
    "not UTF-8": (b"a = '\xff'", TwinConfig, ["not UTF-8 text, at byte 5"]),
    "a missing table": ("", TwinConfig, ["upstream: Field required"]),
    "an unknown key": (UPSTREAM + "[synth]\ntag = []\n", TwinConfig, ["synth.tag: unknown key"]),
    "another format": (
        'format = "wraith.twin/2"\n' + UPSTREAM,
        TwinConfig,
        ["format: ", "wraith.twin/1", "'wraith.twin/2'"],
    ),
    "no address": (
        '[upstream]\nbase_url = "ftp://x"\n',
        TwinConfig,
        ["upstream.base_url", "http:// or https://", "'ftp://x'"],
    ),
    "a limit of nothing": (
        UPSTREAM + "[record]\nmax_body_bytes = 0\n",
        TwinConfig,
        ["record.max_body_bytes", "greater than 0"],
    ),
    "a score beyond one": (
        UPSTREAM + "[diff]\nrequired_score = 90\n",
        TwinConfig,
        ["diff.required_score", "less than or equal to 1"],
    ),
    "two mistakes at once": (
        UPSTREAM + '[serve]\nfidelity = "high"\n[synth]\ntags = "a"\n',
        TwinConfig,
        ["serve.fidelity", "synth.tags"],
    ),
    "an unknown key of a project": ("name = 'x'\n", ProjectConfig, ["name: unknown key"]),
    "a rule without a matcher": (
        "[[rules]]\naction = 'mask'\n",
        ScrubConfig,
        ["rules.0", "exactly one of header"],
    ),
    "a rule with two matchers": (
        "[[rules]]\nheader = 'a'\nregex = 'b'\n",
        ScrubConfig,
        ["rules.0", "exactly one of header"],
    ),
    "a rule with a broken pattern": ("[[rules]]\nregex = '['\n", ScrubConfig, ["rules.0", "regex: "]),
    "a rule with a broken path": ("[[rules]]\njsonpath = '$.a..b'\n", ScrubConfig, ["rules.0", "not a path"]),
    "an unknown action": (
        "[[rules]]\nheader = 'a'\naction = 'hide'\n",
        ScrubConfig,
        ["rules.0.action", "'hide'"],
    ),
    "an allowance without its reason": (
        "[[allow]]\nvalue = 'x'\n",
        ScrubConfig,
        ["allow.0.reason: Field required"],
    ),
    "an allowance of nothing": (
        "[[allow]]\nreason = 'x'\n",
        ScrubConfig,
        ["allow.0", "exactly one of value, regex"],
    ),
}


@pytest.mark.parametrize(("text", "model", "parts"), BROKEN.values(), ids=BROKEN)
def test_a_wrong_key_is_named_with_its_file(
    tmp_path: Path, text: str | bytes, model: type[Document], parts: list[str]
) -> None:
    """The error says file, key, what was expected and what to do; all keys, not the first."""
    with pytest.raises(InputError) as caught:
        read(tmp_path, text, model)
    file, _, line = str(caught.value.where).partition(".toml:")
    assert file.removesuffix(".toml") == str(tmp_path / "config")
    assert line == (
        ("3" if parts[0] == "rules.0.action" else "1") if any(".0" in part for part in parts) else ""
    )  # of rules, which are many, the line
    assert caught.value.hint is not None
    assert [part for part in parts if part not in caught.value.message] == []


def test_a_missing_file_says_which_command_writes_it(tmp_path: Path) -> None:
    """A twin begins with ``wraith init``."""
    with pytest.raises(InputError, match="no such file") as caught:
        read_toml(tmp_path / "wraith.toml", TwinConfig)
    assert "wraith init" in str(caught.value.hint)


def test_a_file_that_cannot_be_read_is_an_operation_error(tmp_path: Path) -> None:
    """A folder in its place is the outside world's failure."""
    with pytest.raises(OperationError, match="cannot be read"):
        read_toml(tmp_path, TwinConfig)


def test_the_least_configuration_of_a_twin(tmp_path: Path) -> None:
    """An address is enough; it loses its last slash."""
    config = read(tmp_path, UPSTREAM.replace(":1", ":1/"))
    assert isinstance(config, TwinConfig)
    assert config.upstream.base_url == "http://localhost:1"
    assert config.diff.required_score == 0.90
    assert config.serve.fidelity == "synth"


def test_an_empty_file_is_a_scrub_policy_and_a_project(tmp_path: Path) -> None:
    """What is left out has its default: test numbers of cards stay in clear."""
    assert read(tmp_path, "", ScrubConfig) == ScrubConfig()
    assert read(tmp_path, "", ProjectConfig) == ProjectConfig()
    assert ScrubConfig().card_test_numbers


@pytest.mark.parametrize("path", ["$.a.b", "a.b", "$", '$["a b"][*]'])
def test_a_rules_path_may_begin_with_a_dollar(tmp_path: Path, path: str) -> None:
    """As JSONPath writes it."""
    config = read(tmp_path, f"[[rules]]\njsonpath = '{path}'\n", ScrubConfig)
    assert isinstance(config, ScrubConfig)
    assert config.rules[0].jsonpath == path
