"""Artifacts: packed deterministically, verified byte by byte, installed whole or not at all."""

from __future__ import annotations

import io
import os
import struct
import tarfile
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wraith.artifact import Manifest, install, pack, verify
from wraith.artifact._archive import archive
from wraith.artifact._config import _lines, portable_config
from wraith.artifact._manifest import dump_manifest, load_manifest
from wraith.canonical import JsonValue, compact, pretty, sha256
from wraith.config import TwinConfig, read_toml
from wraith.errors import InputError, OperationError, PolicyError, WraithError
from wraith.workspace import Project, Workspace

CONFIG = b"""# a comment
format = "wraith.twin/1"
[upstream]
base_url = "https://api.example.com"
[record]
start = ["server", "--port", "{port}"]
exercise = ["{python}", "drive.py"]
inputs = ["drive.py"]
ready = "/up"
[diff]
required_score = 0.75
compare_headers = ["etag", "x-\\u00e9\\u007f"]
"""
MODEL = b'{"format": "wraith.model/1", "entities": [], "fixtures": {}, "routes": []}\n'


def write(root: Path, files: dict[str, bytes]) -> None:
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def a_workspace(root: Path, name: str = "billing", **more: bytes) -> Workspace:
    """A twin with every kind of file that is packed, and some that are not."""
    workspace = Project(root).twin(name)
    write(
        workspace.root,
        {
            "wraith.toml": CONFIG,
            "scrub.toml": b'format = "wraith.scrub/1"\n',
            "model/symbols.json": MODEL,
            "model/evidence.json": b"{}\n",
            "model/digests.json": b"{}\n",
            "model/patches/get-a.json": b"{}\n",
            "lua/handlers/pay.lua": b"return {}\n",
            "state/fixtures/customers.json": b"",
            "state/fixtures/.gitkeep": b"",
            "faults/slow.toml": b"latency_ms = 5\n",
            "recordings/index.json": b"{}\n",
            "build/symbols.written.json": MODEL,
            **more,
        },
    )
    return workspace


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


def tree(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def test_an_artifact_holds_what_a_twin_needs_and_nothing_else(tmp_path: Path) -> None:
    """Recordings, derived copies and hidden files stay behind; the manifest lists the rest."""
    packed = pack(a_workspace(tmp_path), tmp_path / "out" / "billing.wraith")
    manifest = verify(tmp_path / "out" / "billing.wraith")
    assert list(manifest.files) == PACKED
    assert (packed.files, packed.digest, manifest.name) == (len(PACKED), manifest.digest, "billing")
    assert packed.size_bytes == (tmp_path / "out" / "billing.wraith").stat().st_size


def test_any_zip_tool_opens_an_artifact(tmp_path: Path) -> None:
    """The archive is a sound ZIP file, the manifest first."""
    pack(a_workspace(tmp_path), tmp_path / "x.wraith")
    with zipfile.ZipFile(tmp_path / "x.wraith") as opened:
        assert opened.namelist() == ["manifest.json", *PACKED]
        assert opened.testzip() is None
        assert opened.read("lua/handlers/pay.lua") == b"return {}\n"


def test_equal_files_give_equal_bytes(tmp_path: Path) -> None:
    """Times, modes and the order in which files were made reach no byte of the artifact."""
    first = a_workspace(tmp_path / "one")
    second = Project(tmp_path / "two").twin("billing")
    write(second.root, dict(reversed(tree(first.root).items())))
    for path in second.root.rglob("*"):
        os.utime(path, (1, 1))
    second.symbols_path.chmod(0o600)
    pack(first, tmp_path / "1.wraith")
    pack(second, tmp_path / "2.wraith")
    assert (tmp_path / "1.wraith").read_bytes() == (tmp_path / "2.wraith").read_bytes()


def test_rules_travel(tmp_path: Path) -> None:
    """Tables in lists, dates and quoted keys are TOML again, and say the same."""
    rules = """
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
    (tmp_path / "a.toml").write_text(rules)
    (tmp_path / "b.toml").write_bytes(portable_config(rules.encode(), "wraith.toml"))
    assert read_toml(tmp_path / "b.toml", TwinConfig) == read_toml(tmp_path / "a.toml", TwinConfig)


def test_commands_stay_behind(tmp_path: Path) -> None:
    """The packed configuration says what the twin's says, but for the commands of ``[record]``."""
    config = read_toml(a_workspace(tmp_path).config_path, TwinConfig)
    (tmp_path / "packed.toml").write_bytes(portable_config(CONFIG, "wraith.toml"))
    packed = read_toml(tmp_path / "packed.toml", TwinConfig)
    without = config.record.model_copy(update={"start": (), "exercise": (), "inputs": ()})
    assert packed == config.model_copy(update={"record": without})
    assert portable_config(portable_config(CONFIG, "x"), "x") == portable_config(CONFIG, "x")
    assert b"drive.py" not in (tmp_path / "packed.toml").read_bytes()


config_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(config_texts, st.floats(0.1) | st.just(float("inf")), st.lists(config_texts, max_size=3))
def test_a_packed_configuration_says_the_same(text: str, timeout_s: float, headers: list[str]) -> None:
    """Whatever texts and numbers it holds, the TOML that pack writes reads back as it was."""
    tables = {
        "upstream": {"base_url": f"http://{text}"},
        "record": {"ready": text, "timeout_s": timeout_s, "preserve_host": True},
        "diff": {"compare_headers": headers},
    }
    written = "".join(_lines(tables))  # type: ignore[arg-type]  # these are JSON values
    assert tomllib.loads(written) == tables


file_names = st.text("abc-é", min_size=1, max_size=4)
more_files = st.dictionaries(
    st.tuples(st.sampled_from(["lua/handlers", "state", "faults", "model/patches/x"]), file_names).map(
        "/".join
    ),
    st.binary(max_size=40),
    max_size=4,
)


@given(more_files)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_unpack_after_pack_is_identity(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]
) -> None:
    """An installed twin has the files that were packed, and packs to the same bytes again."""
    root = tmp_path_factory.mktemp("identity")
    home = a_workspace(root / "home", **files)
    pack(home, root / "1.wraith")
    away = install(root / "1.wraith", Project(root / "away"))
    there, here = tree(away.root), tree(home.root)
    assert there.pop("artifact.json") == dump_manifest(verify(root / "1.wraith"))
    assert sorted(there) == sorted({*PACKED, *files})
    assert {path: here[path] for path in there if path != "wraith.toml"} | {
        "wraith.toml": portable_config(CONFIG, "x")
    } == there
    pack(away, root / "2.wraith")
    assert (root / "1.wraith").read_bytes() == (root / "2.wraith").read_bytes()


def test_an_existing_workspace_is_refused_and_untouched(tmp_path: Path) -> None:
    """Installing over a twin of the same name changes nothing."""
    home = a_workspace(tmp_path)
    pack(home, tmp_path / "x.wraith")
    before = tree(home.root)
    with pytest.raises(InputError, match="there is a twin 'billing' already"):
        install(tmp_path / "x.wraith", home.project)
    assert tree(home.root) == before


# --- hostile archives

GOOD: dict[str, bytes] = {
    "model/evidence.json": b"{}\n",
    "model/symbols.json": MODEL,
    "scrub.toml": b"",
    "wraith.toml": b'[upstream]\nbase_url = "http://a"\n',
}


def manifest_of(files: dict[str, bytes], /, **changes: JsonValue) -> bytes:
    """A manifest with a sound digest, whatever it says."""
    document: dict[str, JsonValue] = {
        "format": "wraith.artifact/1",
        "name": "evil",
        "engine": "e",
        "files": {path: {"digest": sha256(data), "size_bytes": len(data)} for path, data in files.items()},
        **changes,
    }
    return pretty({**document, "digest": sha256(compact(document))})


def hostile(files: dict[str, bytes], /, **changes: JsonValue) -> bytes:
    return archive([("manifest.json", manifest_of(files, **changes)), *sorted(files.items())])


def sized(size_bytes: int) -> JsonValue:
    """Entries of the sound files that all claim this size."""
    return {path: {"digest": sha256(data), "size_bytes": size_bytes} for path, data in GOOD.items()}


def a_tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as made:
        link = tarfile.TarInfo("lua")
        link.type, link.linkname = tarfile.SYMTYPE, "/"
        made.addfile(link)
    return out.getvalue()


def typed(mode: int) -> bytes:
    """The sound archive, its members of another type."""
    return patched(SOUND, struct.pack("<I", 0o100644 << 16), struct.pack("<I", mode << 16))


def compressed() -> bytes:
    """The sound files as Python's zipfile packs them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in (("manifest.json", manifest_of(GOOD)), *sorted(GOOD.items())):
            made.writestr(name, content)
    return out.getvalue()


def patched(data: bytes, old: bytes, new: bytes) -> bytes:
    assert len(old) == len(new)
    assert old in data
    return data.replace(old, new)


SOUND = hostile(GOOD)
PATHS = [
    "/etc/passwd",
    "lua/../../x",
    "../x",
    "lua/./x",
    "lua//x",
    "lua/",
    "lua\\x",
    "C:/x",
    "lua/x:stream",
    "lua/\n",
    "lua/x\0",
    "lua/.. /x",
    "lua/x.",
    "lua/.hidden",
    "model/digests.json",
    "recordings/index.json",
    "artifact.json",
    "manifest.json",
    "lua/\u202ex",
    f"lua/{'x' * 1000}",
    "",
]

HOSTILE: dict[str, tuple[bytes, str]] = {
    **{f"path {path[:20]!r}": (hostile({**GOOD, path: b"x"}), "files: ") for path in PATHS},
    "name with a separator": (hostile(GOOD, name="../evil"), "not a name for a twin"),
    "two names that differ in case": (hostile({**GOOD, "lua/a": b"", "lua/A": b""}), "are one file on"),
    "two names that differ in normal form": (
        hostile({**GOOD, "lua/\u00e9": b"", "lua/e\u0301": b""}),
        "are one file on",
    ),
    "a file that is a folder": (hostile({**GOOD, "lua/a": b"", "lua/a/b": b""}), "and the folder of"),
    "a file is missing": (hostile({"scrub.toml": b""}), "expected model/evidence.json"),
    "another format": (hostile(GOOD, format="wraith.artifact/2"), "format: "),
    "an unknown key": (hostile(GOOD, run="rm -rf /"), "unknown key"),
    "a negative size": (hostile(GOOD, files=sized(-1)), "size_bytes"),
    "a manifest that is no JSON": (archive([("manifest.json", b"{")]), "not JSON"),
    "a manifest with a member twice": (
        archive([("manifest.json", manifest_of(GOOD).replace(b'"engine"', b'"engine": "x",\n  "engine"'))]),
        "canonical",
    ),
    "a wrong digest of the whole": (patched(SOUND, b'"engine": "e"', b'"engine": "f"'), "digest: expected"),
    "changed content": (patched(SOUND, b'"http://a"', b'"http://b"'), "wraith.toml is not what"),
    "no manifest": (archive(sorted(GOOD.items())), "does not begin with manifest.json"),
    "nothing at all": (b"", "does not begin with manifest.json"),
    "a tar with a link": (a_tar(), "does not begin with manifest.json"),
    "a symbolic link": (typed(0o120777), "the directory at its end"),
    "a device": (typed(0o020666), "the directory at its end"),
    "a member twice": (
        archive([("manifest.json", manifest_of(GOOD)), *sorted(GOOD.items())[:3], ("scrub.toml", b"x")]),
        "wraith.toml is not what",
    ),
    "compressed members": (compressed(), "does not begin with manifest.json"),
    "a member that the manifest does not list": (
        archive([("manifest.json", manifest_of(GOOD)), *sorted(GOOD.items()), ("lua/x", b"x")]),
        "the directory at its end is not what manifest.json says",
    ),
    "members in another order": (
        archive([("manifest.json", manifest_of(GOOD)), *sorted(GOOD.items(), reverse=True)]),
        "is not what manifest.json says",
    ),
    "cut short": (SOUND[:-1], "the directory at its end"),
    "cut in the middle": (SOUND[: len(SOUND) // 2], "is not what manifest.json says"),
    "bytes behind its end": (SOUND + b"x", "the directory at its end"),
    "bytes before its start": (b"#!/bin/sh\n" + SOUND, "does not begin with manifest.json"),
    "a huge manifest": (
        SOUND[:18] + struct.pack("<II", 2**32 - 1, 2**32 - 1) + SOUND[26:],
        "does not begin with manifest.json",
    ),
    "a bomb": (hostile(GOOD, files=sized(2**32 - 1)), "is not what manifest.json says"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_archive_is_refused_before_anything_is_written(tmp_path: Path, case: str) -> None:
    """What is not byte for byte what pack writes is an error that says where, and leaves nothing behind."""
    data, message = HOSTILE[case]
    (tmp_path / "x.wraith").write_bytes(data)
    for attempt in (verify, lambda file: install(file, Project(tmp_path / "project"))):
        with pytest.raises(InputError) as raised:
            attempt(tmp_path / "x.wraith")
        assert message in raised.value.message
        assert str(tmp_path / "x.wraith") == raised.value.where
        assert raised.value.hint
    assert not (tmp_path / "project").exists()


@given(st.data())
def test_any_changed_byte_is_refused(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """There is no byte of an artifact that could be another one."""
    position = data.draw(st.integers(0, len(SOUND) - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    path = tmp_path_factory.mktemp("flipped") / "x.wraith"
    path.write_bytes(SOUND[:position] + bytes([SOUND[position] ^ bit]) + SOUND[position + 1 :])
    with pytest.raises(InputError):
        verify(path)


def test_commands_in_an_artifact_are_refused(tmp_path: Path) -> None:
    """An artifact that names a command is against policy, and nothing is installed."""
    evil = GOOD["wraith.toml"] + b'[record]\nexercise = ["rm", "-rf", "/"]\n'
    (tmp_path / "x.wraith").write_bytes(hostile({**GOOD, "wraith.toml": evil}))
    with pytest.raises(PolicyError, match="an artifact may not bring commands") as raised:
        install(tmp_path / "x.wraith", Project(tmp_path))
    assert raised.value.exit_code == 3
    assert not (tmp_path / "twins").exists()
    assert list((tmp_path / ".wraith").iterdir()) == []


Break = Callable[[Workspace], object]
UNPACKABLE: dict[str, tuple[Break, type[WraithError], str]] = {
    "no model": (lambda twin: twin.symbols_path.unlink(), InputError, "is missing"),
    "a broken configuration": (lambda twin: twin.config_path.write_text("x ="), InputError, "not TOML"),
    "an unknown key": (lambda twin: twin.config_path.write_text("x = 1"), InputError, "x: unknown key"),
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
        lambda twin: (twin.lua_path / "a:b").touch(),
        InputError,
        "not a path inside",
    ),
}


@pytest.mark.parametrize("case", UNPACKABLE)
def test_what_cannot_be_packed_is_named(tmp_path: Path, case: str) -> None:
    """A workspace that cannot be packed is an error, and no artifact is written."""
    break_it, kind, message = UNPACKABLE[case]
    twin = a_workspace(tmp_path)
    break_it(twin)
    with pytest.raises(kind, match=message):
        pack(twin, tmp_path / "x.wraith")
    assert not (tmp_path / "x.wraith").exists()


def test_an_output_that_cannot_be_written_is_a_failure_of_the_disk(tmp_path: Path) -> None:
    """A folder that is a file is exit status 4, nothing half written."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OperationError):
        pack(a_workspace(tmp_path), tmp_path / "file" / "x.wraith")


def test_a_missing_artifact_is_the_users_mistake(tmp_path: Path) -> None:
    """No such file is exit status 1 with the path."""
    with pytest.raises(InputError, match="no such file"):
        verify(tmp_path / "none.wraith")


def test_a_manifest_reads_back_as_it_was_written() -> None:
    """Load after dump is identity."""
    manifest = Manifest.of("billing", "engine", GOOD)
    assert load_manifest(dump_manifest(manifest), "x") == manifest
