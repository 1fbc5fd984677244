"""Packing scrubs again: a secret that came in by hand is found, and no file is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from wraith.artifact import artifact_of, pack, write_artifact
from wraith.config import ScrubConfig
from wraith.errors import PolicyError
from wraith.scrub import Key, Scrubber
from wraith.wir import dump_model, model_from_json

KEY = "sk_" + "live_4eC39HqLyjWDarjtT1zdp7dc"
TOKEN = Scrubber(ScrubConfig(), Key(b"k", "made")).document(f'"{KEY}"'.encode(), "application/json").decode()


def model(body: dict[str, str]) -> bytes:
    """A model whose one route answers with the body, of which ``$hole_1`` echoes a request."""
    hole = {"class": "echoed", "type": "string", "source": {"path": "request.body.password"}}
    variant = {"status": 200, "body_template": body, "holes": {"hole_1": hole}}
    route = {"method": "POST", "path_pattern": "/a", "variants": [variant]}
    return dump_model(model_from_json({"format": "wraith.model/1", "routes": [route]}))


SECRETS: dict[str, tuple[str, bytes, str]] = {
    "a constant of the model": (
        "model/symbols.json",
        model({"a": KEY}),
        r"symbols.json, at routes\[0\].variants\[0\].body_template.a$",
    ),
    "a password in the model": ("model/symbols.json", model({"password": "hunter2"}), "model/symbols"),
    "a fixture": (
        "state/fixtures/keys.json",
        f'{{\n"key_1": {{"v": "{KEY}"}}}}'.encode(),
        "keys.json, at key_1.v",
    ),
    "a password by its name": (
        "state/fixtures/u.json",
        b'{"u": {"password": "hunter2"}}',
        "u.json, at u.password",
    ),
    "a handler": ("lua/handlers/pay.lua", f"-- \nlocal k = '{KEY}'\n".encode(), "pay.lua:2"),
    "a fault": (
        "faults/slow.toml",
        b'[header]\napi_key = "hunter2hunter2"\n',
        "slow.toml, at header.api_key",
    ),
    "a comment in the scrub rules": ("scrub.toml", f"# not {KEY}\n".encode(), "scrub.toml:1"),
    "a patch": ("model/patches/a.json", f'{{"new": "{KEY}"}}'.encode(), "a.json, at new"),
    "a card number": (
        "state/fixtures/c.json",
        b'{"c": {"number": "4539148803436467"}}',
        "c.json, at c.number",
    ),
}


@pytest.mark.parametrize("case", SECRETS)
def test_a_secret_is_not_packed(make_twin, tmp_path: Path, case: str) -> None:
    """It is named by file and place, not by itself; the exit status is 3, and there is no file."""
    path, content, place = SECRETS[case]
    twin = make_twin(tmp_path, **{path: content})
    with pytest.raises(PolicyError, match=place) as raised:
        pack(twin, tmp_path / "x.wraith")
    assert raised.value.exit_code == 3
    assert KEY not in str(raised.value)
    assert "hunter2" not in str(raised.value)
    assert not (tmp_path / "x.wraith").exists()
    assert not (tmp_path / ".wraith").exists()


def test_a_secret_in_a_recording_is_not_packed(make_twin, record, tmp_path: Path) -> None:
    """Exchanges are scrubbed again as they were when they were recorded."""
    twin = make_twin(tmp_path)
    session = record(twin, f"the key is {KEY}")
    pack(twin, tmp_path / "without.wraith")
    with pytest.raises(PolicyError, match=f"{session}/000001.wrec"):
        pack(twin, tmp_path / "x.wraith", recordings=True)
    assert not (tmp_path / "x.wraith").exists()


CLEAR: dict[str, tuple[str, bytes]] = {
    "a token": ("state/fixtures/k.json", f'{{"k": {{"v": {TOKEN}}}}}'.encode()),
    "a hole below the name of a secret": ("model/symbols.json", model({"password": "$hole_1"})),
    "the test number of a card": ("state/fixtures/c.json", b'{"c": {"number": "4242424242424242"}}'),
    "what is allowed": ("scrub.toml", f'[[allow]]\nvalue = "{KEY}"\nreason = "published"\n'.encode()),
}


@pytest.mark.parametrize("case", CLEAR)
def test_what_is_no_secret_is_packed(make_twin, tmp_path: Path, case: str) -> None:
    """Scrubbing twice changes nothing, so what was scrubbed when it was recorded passes."""
    path, content = CLEAR[case]
    pack(make_twin(tmp_path, **{path: content}), tmp_path / "x.wraith")
    assert (tmp_path / "x.wraith").exists()


def test_an_artifact_from_memory_is_scrubbed_as_well(make_twin, tmp_path: Path) -> None:
    """There is no way to write an artifact that does not search it."""
    artifact = artifact_of(make_twin(tmp_path, **{"lua/lib/a.lua": f"-- {KEY}".encode()}))
    with pytest.raises(PolicyError, match=r"a\.lua:1"):
        write_artifact(artifact, tmp_path / "x.wraith")
