"""Packing: what goes in, in which form, and that the same twin gives the same bytes wherever it is packed."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from wraith.artifact import artifact_of, make_artifact, make_keys, open_artifact, pack, write_artifact
from wraith.errors import InputError, OperationError, WraithError
from wraith.workspace import Project, Workspace

PACKED = [
    "faults/slow.toml",
    "lua/handlers/pay.lua",
    "model/evidence.json",
    "model/patches/get-a.json",
    "model/symbols.json",
    "scrub.toml",
    "state/fixtures/customers.json",
    "wraith.toml",
]


def test_an_artifact_holds_what_a_twin_needs_and_nothing_else(make_twin, tmp_path: Path) -> None:
    """Recordings, reports, derived copies, notes and hidden files stay behind; the manifest lists the
    rest."""
    packed = pack(make_twin(tmp_path), tmp_path / "out" / "billing.wraith")
    artifact = open_artifact(tmp_path / "out" / "billing.wraith")
    assert list(artifact.manifest.entries) == PACKED == sorted(artifact.files)
    assert (packed.files, packed.digest, artifact.name) == (len(PACKED), artifact.content_digest, "billing")
    assert packed.size_bytes == (tmp_path / "out" / "billing.wraith").stat().st_size


def test_any_tar_tool_opens_an_artifact(make_twin, tmp_path: Path) -> None:
    """It is a zstd frame around a sound tar, the manifest first and the rest sorted."""
    pack(make_twin(tmp_path), tmp_path / "x.wraith")
    unpacked = zstandard.decompress((tmp_path / "x.wraith").read_bytes())
    with tarfile.open(fileobj=io.BytesIO(unpacked)) as opened:
        assert opened.getnames() == ["manifest.json", *PACKED]
        assert {(info.mode, info.uid, info.mtime, info.uname) for info in opened} == {(0o644, 0, 0, "")}
        assert opened.extractfile("lua/handlers/pay.lua").read() == b"return {}\n"


def test_recordings_and_reports_come_along_when_asked_for(make_twin, record, tmp_path: Path) -> None:
    """They add files to the provenance, and leave the content digest as it is."""
    twin = make_twin(tmp_path)
    session = record(twin)
    (twin.sessions_path / "unsealed").mkdir()
    (twin.sessions_path / "unsealed" / "000001.wrec").write_bytes(b"x")
    plain = pack(twin, tmp_path / "plain.wraith")
    full = pack(twin, tmp_path / "full.wraith", recordings=True, diagnostics=True)
    added = full.manifest.entries.keys() - plain.manifest.entries.keys()
    folder = f"recordings/sessions/{session}"
    reports = {"reports/check.json"}
    assert added == {"recordings/index.json", f"{folder}/manifest.json", f"{folder}/000001.wrec"} | reports
    assert full.digest == plain.digest
    assert full.manifest.has_recordings
    assert not plain.manifest.has_recordings
    assert sorted(open_artifact(tmp_path / "full.wraith").files) == PACKED


def test_the_artifact_in_memory_is_the_one_on_disk(make_twin, tmp_path: Path) -> None:
    """What ``artifact_of`` returns is what ``pack`` writes, and what ``open_artifact`` reads back."""
    twin = make_twin(tmp_path)
    pack(twin, tmp_path / "1.wraith")
    write_artifact(artifact_of(twin), tmp_path / "2.wraith")
    assert (tmp_path / "1.wraith").read_bytes() == (tmp_path / "2.wraith").read_bytes()
    assert open_artifact(tmp_path / "1.wraith") == artifact_of(twin)


def test_a_copy_stays_in_the_store(make_twin, tmp_path: Path) -> None:
    """The project keeps what it packs under the content digest; an unsigned copy does not take a signed one's
    place."""
    twin = make_twin(tmp_path)
    make_keys(tmp_path / "team.key")
    packed = pack(twin, tmp_path / "x.wraith", sign=tmp_path / "team.key")
    kept = tmp_path / ".wraith" / "artifacts" / f"{packed.digest.removeprefix('sha256:')}.wraith"
    assert kept.read_bytes() == (tmp_path / "x.wraith").read_bytes()
    pack(twin, tmp_path / "y.wraith")
    assert kept.read_bytes() == (tmp_path / "x.wraith").read_bytes()


# --- one byte representation


def test_equal_twins_give_equal_bytes(make_twin, tree, tmp_path: Path) -> None:
    """Times, modes, the order in which files were made, and other spellings reach no byte of the artifact."""
    first = make_twin(tmp_path / "one")
    again = {
        "state/fixtures/customers.json": b'{ "cus_1": {"name": "\\u0041da", "id":"cus_1"} }\n',
        "faults/slow.toml": b"latency_ms=5",
        "wraith.toml": first.config_path.read_bytes().replace(b"# a comment", b"# another"),
    }
    second = make_twin(tmp_path / "two", **dict(reversed(again.items())))
    for path in second.root.rglob("*"):
        os.utime(path, (1, 1))
    second.symbols_path.chmod(0o600)
    pack(first, tmp_path / "1.wraith")
    pack(second, tmp_path / "2.wraith")
    assert (tmp_path / "1.wraith").read_bytes() == (tmp_path / "2.wraith").read_bytes()


PACK_SIGNED = """
import os, sys
from pathlib import Path
from wraith.artifact import pack
from wraith.workspace import Project
os.umask(int(sys.argv[1], 8))
root = Path(sys.argv[2])
pack(Project(root).twin("billing"), root / "x.wraith", recordings=True, sign=root / "team.key")
"""


def test_no_hash_seed_locale_zone_or_umask_reaches_the_bytes(make_twin, record, tmp_path: Path) -> None:
    """Two processes that differ in all of them write the same signed artifact."""
    record(make_twin(tmp_path))
    make_keys(tmp_path / "team.key")
    written = []
    for seed, language, zone, mask in (("1", "C", "UTC", "022"), ("2", "C.UTF-8", "Asia/Tokyo", "077")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": language, "TZ": zone}
        command = [sys.executable, "-c", PACK_SIGNED, mask, str(tmp_path)]
        subprocess.run(command, env=environment, check=True)
        written.append((tmp_path / "x.wraith").read_bytes())
    assert written[0] == written[1]


# --- the content digest

MOVES: dict[str, tuple[dict[str, bytes], bool]] = {
    "a fixture": ({"state/fixtures/customers.json": b"{}"}, True),
    "the order of a fixture's members": (
        {"state/fixtures/customers.json": b'{"cus_1": {"id": "cus_1", "name": "Ada"}}'},
        True,
    ),
    "another fixture set": ({"state/fixtures/big/customers.json": b"{}"}, True),
    "the schema": ({"state/schema.json": b"{}"}, True),
    "a handler": ({"lua/handlers/pay.lua": b"return nil\n"}, True),
    "a library": ({"lua/lib/money.lua": b"return {}\n"}, True),
    "a fault": ({"faults/slow.toml": b"latency_ms = 6\n"}, True),
    "a scrub rule": ({"scrub.toml": b'[[rules]]\nheader = "x-a"\n'}, True),
    "a comment in the scrub rules": ({"scrub.toml": b'# other\nformat = "wraith.scrub/1"\n'}, False),
    "the default of a scrub setting": ({"scrub.toml": b"card_test_numbers = true\n"}, False),
    "evidence": ({"model/evidence.json": b"{}"}, False),
    "a patch": ({"model/patches/b.json": b"{}"}, False),
    "the configuration": ({"wraith.toml": b'[upstream]\nbase_url = "http://b"\n'}, False),
    "accepted drift": ({"drift.toml": b"\n"}, False),
    "a report": ({"reports/check.json": b'{"score": 1}'}, False),
}


@pytest.mark.parametrize("case", MOVES)
def test_the_content_digest_moves_with_what_can_change_an_answer(
    make_twin, tmp_path: Path, case: str
) -> None:
    """Model, schema, fixtures, handlers, faults and scrub policy move it; nothing else does."""
    files, moves = MOVES[case]
    before = artifact_of(make_twin(tmp_path / "one")).content_digest
    after = artifact_of(make_twin(tmp_path / "two", **files)).content_digest
    assert (before != after) is moves


def test_neither_name_nor_version_nor_signature_moves_it(
    make_twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same twin under another name, by another version, signed: the same content."""
    before = artifact_of(make_twin(tmp_path, "one")).content_digest
    make_keys(tmp_path / "team.key")
    monkeypatch.setattr("wraith.artifact._artifact.__version__", "9.9.9")
    packed = pack(make_twin(tmp_path, "two"), tmp_path / "x.wraith", sign=tmp_path / "team.key")
    assert packed.manifest.wraith_version == "9.9.9"
    assert packed.digest == before


# --- kinds

PIN = f"sha256:{'ab' * 32}"
COMPOSITE = f"""
[composite]
base = "billing-api@{PIN}"
overlays = ["shared@{PIN}", "checkout@{PIN}"]
""".encode()


def test_a_composite_says_what_it_was_made_of(make_twin, tmp_path: Path) -> None:
    """``[composite]`` of the configuration is in the manifest, and stays when it is packed again."""
    config = b'[upstream]\nbase_url = "http://a"\n' + COMPOSITE
    manifest = artifact_of(make_twin(tmp_path, **{"wraith.toml": config})).manifest
    assert manifest.artifact_kind == "composite"
    assert str(manifest.base) == f"billing-api@{PIN}"
    assert [pin.artifact for pin in manifest.overlays] == ["shared", "checkout"]


def test_a_pin_that_is_none_is_refused(make_twin, tmp_path: Path) -> None:
    """A composite of something without a digest cannot be packed."""
    config = b'[upstream]\nbase_url = "http://a"\n[composite]\nbase = "billing-api"\n'
    with pytest.raises(InputError, match="expected name@sha256:"):
        artifact_of(make_twin(tmp_path, **{"wraith.toml": config}))


def test_files_without_a_workspace_are_an_artifact_as_well(make_twin, tree, tmp_path: Path) -> None:
    """``make_artifact`` packs what composing returns; a path that no twin has is refused."""
    files = artifact_of(make_twin(tmp_path)).files
    assert make_artifact("billing", files) == artifact_of(Project(tmp_path).twin("billing"))
    with pytest.raises(InputError, match="nothing in a twin has this path"):
        make_artifact("billing", {**files, "bin/run": b""})
    with pytest.raises(InputError, match=r"scrub\.toml is missing"):
        make_artifact("billing", {path: data for path, data in files.items() if path != "scrub.toml"})


# --- what cannot be packed


def write_deep(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.touch()


Break = Callable[[Workspace], object]
UNPACKABLE: dict[str, tuple[Break, type[WraithError], str]] = {
    "no model": (lambda twin: twin.symbols_path.unlink(), InputError, "is missing"),
    "no evidence": (lambda twin: twin.evidence_path.unlink(), InputError, "is missing"),
    "a broken model": (lambda twin: twin.symbols_path.write_text("{"), InputError, "not JSON"),
    "a model of a later version": (
        lambda twin: twin.symbols_path.write_text('{"format": "wraith.model/2"}'),
        InputError,
        "format: expected 'wraith.model/1'",
    ),
    "a broken fixture": (
        lambda twin: (twin.state_path / "fixtures" / "customers.json").write_text("{"),
        InputError,
        "not JSON",
    ),
    "a broken fault": (
        lambda twin: (twin.faults_path / "slow.toml").write_text("x"),
        InputError,
        "not TOML",
    ),
    "a broken configuration": (lambda twin: twin.config_path.write_text("x ="), InputError, "not TOML"),
    "an unknown key": (lambda twin: twin.config_path.write_text("x = 1"), InputError, "x: unknown key"),
    "a broken scrub rule": (lambda twin: twin.scrub_path.write_text("x = 1"), InputError, "unknown key"),
    "a link to a file": (
        lambda twin: (twin.lua_path / "l").symlink_to("/etc/passwd"),
        InputError,
        "symbolic link",
    ),
    "a link to a folder": (
        lambda twin: (twin.lua_path / "l").symlink_to("/etc"),
        InputError,
        "symbolic link",
    ),
    "a name that other disks refuse": (
        lambda twin: (twin.lua_path / "handlers" / "a:b.lua").touch(),
        InputError,
        "not a path inside",
    ),
    "two names that are one on other disks": (
        lambda twin: (twin.lua_path / "handlers" / "PAY.lua").touch(),
        InputError,
        "are one file on some disks",
    ),
    "folders that are too long": (
        lambda twin: write_deep(twin.lua_path / "lib" / ("b" * 90) / ("c" * 90) / f"{'a' * 40}.lua"),
        InputError,
        "longer path than an artifact can hold",
    ),
    "a name that is too long": (
        lambda twin: (twin.lua_path / "handlers" / f"{'a' * 120}.lua").touch(),
        InputError,
        "longer path than an artifact can hold",
    ),
}


@pytest.mark.parametrize("case", UNPACKABLE)
def test_what_cannot_be_packed_is_named(make_twin, tmp_path: Path, case: str) -> None:
    """A workspace that cannot be packed is an error, and no artifact is written."""
    break_it, kind, message = UNPACKABLE[case]
    twin = make_twin(tmp_path)
    break_it(twin)
    with pytest.raises(kind, match=message):
        pack(twin, tmp_path / "x.wraith")
    assert not (tmp_path / "x.wraith").exists()


def test_an_output_that_cannot_be_written_is_a_failure_of_the_disk(make_twin, tmp_path: Path) -> None:
    """A folder that is a file is exit status 4, nothing half written."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OperationError):
        pack(make_twin(tmp_path), tmp_path / "file" / "x.wraith")


def test_too_much_is_not_packed(make_twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody could install is refused when it is packed."""
    monkeypatch.setattr("wraith.artifact._store.MAX_BYTES", 1000)
    with pytest.raises(InputError, match="too large to pack"):
        pack(make_twin(tmp_path), tmp_path / "x.wraith")
