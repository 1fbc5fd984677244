"""Hostile archives: what is not byte for byte what pack writes is refused, and nothing of it is written."""

from __future__ import annotations

import copy
import gzip
import io
import json
import os
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wraith.artifact import install, make_artifact, make_keys, open_artifact, pack, unpacked, verify
from wraith.artifact._archive import END, archive, header, padding
from wraith.artifact._manifest import FileEntry, content_digest, dump_manifest
from wraith.canonical import JsonValue, pretty, sha256
from wraith.errors import InputError, PolicyError, WraithError
from wraith.workspace import Project

Entry = tuple[bytes, bytes]
"""A header of tar, and the content behind it."""

GOOD: dict[str, bytes] = {
    "model/symbols.json": b'{"format": "wraith.model/1", "entities": [], "fixtures": {}, "routes": []}\n',
    "scrub.toml": b"",
    "wraith.toml": b'[upstream]\nbase_url = "http://a"\n',
}
DOCUMENT: dict[str, JsonValue] = make_artifact("evil", GOOD).manifest.model_dump(mode="json")
GOOD = dict(make_artifact("evil", GOOD).files)
MANIFEST = "manifest.json"


def manifest_of(files: dict[str, bytes], /, **changes: JsonValue) -> bytes:
    """A manifest with sound digests of the files, all of them content or provenance as they should be, and
    whatever else it is to say."""
    document = copy.deepcopy(DOCUMENT)
    known = ("model/symbols.json", "lua/", "state/", "faults/")
    content = {path: data for path, data in files.items() if path.startswith(known)}
    rest = {path: data for path, data in files.items() if path not in content}
    document |= {"files": entries(content), "provenance": {"files": entries(rest), "signature": None}}
    document |= changes
    if "content_digest" not in changes:
        listed = {path: FileEntry.model_construct(**entry) for path, entry in document["files"].items()}
        document["content_digest"] = content_digest(listed, document["scrub_policy_hash"])
    return pretty(document)


def entries(files: dict[str, bytes]) -> dict[str, JsonValue]:
    return {path: {"digest": sha256(data), "size_bytes": len(data)} for path, data in sorted(files.items())}


def listing(files: dict[str, bytes], /, **changes: JsonValue) -> bytes:
    """The archive of a manifest and the files that it lists."""
    return archive([(MANIFEST, manifest_of(files, **changes)), *sorted(files.items())])


def plain(path: str, data: bytes) -> Entry:
    return header(path, len(data)), data


def special(name: str, kind: bytes, **facts: object) -> Entry:
    """An entry that is no plain file."""
    info = tarfile.TarInfo(name)
    info.type, info.mode = kind, 0o644
    for key, value in facts.items():
        setattr(info, key, value)
    return info.tobuf(tarfile.USTAR_FORMAT, "utf-8"), b""


def tarred(listed: Iterable[Entry], end: bytes = END) -> bytes:
    return b"".join(head + data + padding(len(data)) for head, data in listed) + end


def framed(tar: bytes, **options: bool) -> bytes:
    settings = {"write_checksum": True, "write_content_size": True, **options}
    return zstandard.ZstdCompressor(10, **settings).compress(tar)


SOUND = [plain(MANIFEST, manifest_of(GOOD)), *(plain(path, data) for path, data in sorted(GOOD.items()))]


def instead(place: int, *others: Entry) -> bytes:
    """The sound archive with other entries in the place of one."""
    return framed(tarred([*SOUND[:place], *others, *SOUND[place + 1 :]]))


def changed(place: int, **facts: object) -> bytes:
    """The sound archive with other facts in the header of one file."""
    info = tarfile.TarInfo.frombuf(SOUND[place][0], "utf-8", "strict")
    for key, value in facts.items():
        setattr(info, key, value)
    return instead(place, (info.tobuf(tarfile.USTAR_FORMAT, "utf-8"), SOUND[place][1]))


def rle_bomb() -> bytes:
    """A frame that says 4,096 bytes, and whose one block repeats a byte 2 MiB times."""
    head = b"\x28\xb5\x2f\xfd" + bytes([0b0110_0100]) + struct.pack("<H", 4096 - 256)
    block = struct.pack("<I", (2 << 20) << 3 | 1 << 1 | 1)[:3]
    return head + block + b"\0" + bytes(4)


def huge_frame(size: int) -> bytes:
    """A frame that says it unpacks to so many bytes."""
    head = b"\x28\xb5\x2f\xfd" + bytes([0b1110_0100]) + struct.pack("<Q", size)
    return head + struct.pack("<I", 1)[:3] + bytes(4)


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("../../evil", b"x")
    return out.getvalue()


def claims(**changes: JsonValue) -> bytes:
    return listing(GOOD, **changes)


def sized(size_bytes: int) -> dict[str, JsonValue]:
    """Entries of the model that claim another size."""
    listed = copy.deepcopy(DOCUMENT["files"])
    listed["model/symbols.json"]["size_bytes"] = size_bytes
    return listed


def of_path(path: str) -> bytes:
    """An archive whose manifest lists a path that no artifact holds."""
    files = {**GOOD, path: b"x"}
    listed = sorted(files.items())
    # tarfile will not write what a header cannot hold, and the manifest is refused before that is looked at
    return framed(
        tarred([plain(MANIFEST, manifest_of(files)), *(plain(MANIFEST, data) for _, data in listed)])
    )


COMMANDS = GOOD["wraith.toml"] + b'[record]\nexercise = ["rm", "-rf", "/"]\n'
TWICE = manifest_of(GOOD).replace(b'"twin"', b'"twin": "other",\n  "twin"')
SIGNED = {"algorithm": "ed25519", "public_key": "AAAA", "value": "AAAA"}
PROVENANCE = entries({path: GOOD[path] for path in ("scrub.toml", "wraith.toml")})

NO_PATHS = [
    "/etc/passwd",
    "lua/handlers/../../../x.lua",
    "../x.lua",
    "lua/handlers/./x.lua",
    "lua/handlers//x.lua",
    "lua/handlers/",
    "lua\\handlers\\x.lua",
    "C:/x.lua",
    "lua/handlers/x.lua:stream",
    "lua/handlers/\n.lua",
    "lua/handlers/x\0.lua",
    "lua/handlers/.. /x.lua",
    "lua/handlers/x.lua.",
    "lua/handlers/.hidden.lua",
    "lua/handlers/\u202ex.lua",
    "model/digests.json",
    "recordings/open.json",
    "build/symbols.written.json",
    "artifact.json",
    "manifest.json",
    "bin/sh",
    f"lua/lib/{'b' * 90}/{'c' * 90}/{'a' * 40}.lua",
    "",
]

NOT_ONE: dict[str, tuple[bytes, str]] = {
    **{f"a path {path!r}": (of_path(path), "files: ") for path in NO_PATHS},
    "two names that differ in case": (
        listing({**GOOD, "lua/lib/a.lua": b"", "lua/lib/A.lua": b""}),
        "are one file on some disks",
    ),
    "two names that differ in normal form": (
        listing({**GOOD, "lua/lib/\u00e9.lua": b"", "lua/lib/e\u0301.lua": b""}),
        "are one file on some disks",
    ),
    "a file that is a folder": (
        listing({**GOOD, "lua/lib/a.lua": b"", "lua/lib/a.lua/b.lua": b""}),
        "is a file and the folder of",
    ),
    "a name of a twin that leads outside": (claims(twin="../evil"), "not a name for a twin"),
    "no configuration": (
        listing({path: data for path, data in GOOD.items() if path != "wraith.toml"}),
        "expected wraith.toml",
    ),
    "another format": (claims(format="wraith.artifact/2"), "format: "),
    "an unknown key": (claims(run="rm -rf /"), "unknown key"),
    "a negative size": (claims(files=sized(-1)), "size_bytes"),
    "a size of petabytes": (claims(files=sized(2**50)), "size_bytes"),
    "a size that it does not have": (claims(files=sized(2**31)), "unpacks to another size"),
    "a content digest of something else": (
        claims(content_digest=f"sha256:{'0' * 64}"),
        "content_digest: expected",
    ),
    "content passed off as provenance": (
        claims(files={}, provenance={"files": entries(GOOD), "signature": None}),
        "in the wrong list",
    ),
    "a manifest that is no JSON": (archive([(MANIFEST, b"{")]), "not JSON"),
    "a manifest that is nested too deeply": (archive([(MANIFEST, b"[" * 100_000)]), "not JSON"),
    "a manifest with a member twice": (archive([(MANIFEST, TWICE)]), "not in canonical form"),
    "a manifest of another form": (
        archive([(MANIFEST, json.dumps(json.loads(manifest_of(GOOD))).encode())]),
        "not in canonical form",
    ),
    "a symbolic link": (
        instead(1, special("model/symbols.json", tarfile.SYMTYPE, linkname="/etc/passwd"), SOUND[1]),
        "unpacks to another size",
    ),
    "a symbolic link in the place of a file": (
        instead(2, special("scrub.toml", tarfile.SYMTYPE, linkname="/etc/passwd")),
        "'scrub.toml' is a link",
    ),
    "a hard link": (
        instead(2, special("scrub.toml", tarfile.LNKTYPE, linkname="wraith.toml")),
        "'scrub.toml' is a link",
    ),
    "a device": (
        instead(2, special("scrub.toml", tarfile.CHRTYPE, devmajor=1, devminor=3)),
        "is no plain file",
    ),
    "a pipe": (instead(2, special("scrub.toml", tarfile.FIFOTYPE)), "is no plain file"),
    "a folder": (instead(2, special("scrub.toml", tarfile.DIRTYPE)), "is no plain file"),
    "an extended header": (instead(2, special("scrub.toml", tarfile.XHDTYPE)), "is no plain file"),
    "a long name of GNU tar": (
        instead(2, special("././@LongLink", tarfile.GNUTYPE_LONGNAME)),
        "is no plain file",
    ),
    "a file that the manifest does not list": (instead(2, plain("bin/sh", b"")), "is not in manifest.json"),
    "a path that leads outside": (instead(2, plain("../../evil", b"")), "is not in manifest.json"),
    "an absolute path": (instead(2, plain("/etc/cron.d/x", b"")), "is not in manifest.json"),
    "one file more": (framed(tarred([*SOUND, plain("lua/lib/x.lua", b"")])), "unpacks to another size"),
    "a file twice": (instead(2, SOUND[1]), "another size"),
    "a file twice in the place of another": (
        framed(tarred([*SOUND[:3], plain("scrub.toml", GOOD["wraith.toml"])])),
        "is there twice",
    ),
    "a file is missing": (framed(tarred(SOUND[:3])), "unpacks to another size"),
    "files in another order": (
        framed(tarred([SOUND[0], *reversed(SOUND[1:])])),
        "is not stored as wraith pack",
    ),
    "a file that runs as its owner": (changed(2, mode=0o4755), "is not stored as wraith pack"),
    "a file of somebody": (changed(2, uid=1000, uname="me"), "is not stored as wraith pack"),
    "a file of some time": (changed(2, mtime=1), "is not stored as wraith pack"),
    "something in the padding": (
        framed(tarred(SOUND)[: -1024 - 400] + b"x" + tarred(SOUND)[-1024 - 399 :]),
        "something stands behind",
    ),
    "something in the end": (framed(tarred(SOUND, bytes(1023) + b"x")), "is no header of a file"),
    "no end": (framed(tarred(SOUND, b"")), "unpacks to another size"),
    "no manifest": (framed(tarred(SOUND[1:])), "does not begin with manifest.json"),
    "a manifest of a size that no manifest has": (
        framed(header(MANIFEST, 2**32) + bytes(1024)),
        "does not begin with manifest.json",
    ),
    "nothing at all": (b"", "is no zstd archive"),
    "noise": (b"not an archive", "is no zstd archive"),
    "a gzip of a tar": (gzip.compress(tarred(SOUND)), "is no zstd archive"),
    "a tar": (tarred(SOUND), "is no zstd archive"),
    "a zip with a path that leads outside": (zipped(), "is no zstd archive"),
    "a script before the archive": (b"#!/bin/sh\n" + framed(tarred(SOUND)), "is no zstd archive"),
    "a script behind the archive": (framed(tarred(SOUND)) + b"#!/bin/sh\n", "stands behind its end"),
    "a second frame": (framed(tarred(SOUND)) + framed(b"x"), "stands behind its end"),
    "a frame that is skipped": (
        b"\x50\x2a\x4d\x18" + struct.pack("<I", 4) + b"evil" + framed(tarred(SOUND)),
        "is no zstd archive",
    ),
    "a frame without a size": (framed(tarred(SOUND), write_content_size=False), "another kind of zstd frame"),
    "a frame without a checksum": (framed(tarred(SOUND), write_checksum=False), "another kind of zstd frame"),
    "cut short": (framed(tarred(SOUND))[:-1], "cut short"),
    "cut in the middle": (framed(tarred(SOUND))[:100], "cut short"),
    "a bomb that says so": (huge_frame(2**40), "larger than an artifact may be"),
    "a bomb that says 2**64 bytes": (huge_frame(2**64 - 2), "larger than an artifact may be"),
    "a bomb that denies it": (rle_bomb(), "compression is broken"),
}

NOT_WHAT_IT_SAYS: dict[str, tuple[bytes, str]] = {
    "changed content": (
        instead(3, plain("wraith.toml", GOOD["wraith.toml"].replace(b"//a", b"//b"))),
        "wraith.toml is not what manifest.json says",
    ),
    "commands to run": (listing({**GOOD, "wraith.toml": COMMANDS}), "may not bring commands"),
    "another kind than it is": (claims(artifact_kind="overlay"), "artifact_kind: the files say 'root'"),
    "a base that it does not have": (
        claims(base={"artifact": "billing", "digest": f"sha256:{'0' * 64}"}),
        "base: the files say None",
    ),
    "another schema version": (claims(model_schema_version=2), "model_schema_version: the files say 1"),
    "a scrub policy that it does not have": (
        claims(scrub_policy_hash=f"sha256:{'0' * 64}"),
        "scrub_policy_hash: the files say",
    ),
}


READERS: dict[str, Callable[[Path, Project], object]] = {
    "verify": lambda file, _: verify(file),
    "open": lambda file, _: open_artifact(file),
    "read": lambda file, project: unpacked(file, project).__enter__(),
    "install": install,
}


@pytest.mark.parametrize("case", NOT_ONE)
def test_a_hostile_archive_is_refused_before_anything_is_written(tmp_path: Path, case: str) -> None:
    """What is not byte for byte what pack writes ends with 1 and says where, and leaves nothing behind."""
    data, message = NOT_ONE[case]
    refused(tmp_path, data, InputError, message)


@pytest.mark.parametrize("case", NOT_WHAT_IT_SAYS)
def test_an_archive_that_is_not_what_it_says_is_against_policy(tmp_path: Path, case: str) -> None:
    """Where it has the form of an artifact and its digests or claims do not hold, the exit status is 3."""
    data, message = NOT_WHAT_IT_SAYS[case]
    refused(tmp_path, data, PolicyError, message)


def refused(folder: Path, data: bytes, kind: type[WraithError], message: str) -> None:
    file, project = folder / "x.wraith", Project(folder / "project")
    file.write_bytes(data)
    for read in READERS.values():
        with pytest.raises(kind) as raised:
            read(file, project)
        assert message in raised.value.message
        assert str(file) in (raised.value.where or "")
        assert raised.value.hint
    assert not project.root.exists()


def test_a_signature_that_does_not_hold_is_refused(tmp_path: Path) -> None:
    """It is an answer of verify, and against policy for everything else."""
    file = tmp_path / "x.wraith"
    file.write_bytes(claims(provenance={"files": PROVENANCE, "signature": SIGNED}))
    assert verify(file).signature.answer == "failed"
    for name in ("open", "read", "install"):
        with pytest.raises(PolicyError, match="signature is not of this artifact"):
            READERS[name](file, Project(tmp_path / "project"))
    assert not (tmp_path / "project").exists()


def test_what_these_cases_begin_with_is_sound(tmp_path: Path) -> None:
    """The archive that the cases change is the one that is written, and is accepted."""
    artifact = make_artifact("evil", GOOD)
    assert manifest_of(GOOD) == dump_manifest(artifact.manifest)
    (tmp_path / "x.wraith").write_bytes(framed(tarred(SOUND)))
    assert open_artifact(tmp_path / "x.wraith") == artifact


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_changed_byte_is_refused_or_changes_nothing(tmp_path: Path, data: st.DataObject) -> None:
    """A flipped bit is an error, or one of the few that no decoder of zstd looks at."""
    sound = framed(tarred(SOUND))
    position = data.draw(st.integers(0, len(sound) - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    path = tmp_path / "x.wraith"
    path.write_bytes(sound[:position] + bytes([sound[position] ^ bit]) + sound[position + 1 :])
    try:
        found = open_artifact(path)
    except WraithError:
        return
    assert found == make_artifact("evil", GOOD)


@given(st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_noise_in_a_frame_is_refused(tmp_path: Path, noise: bytes) -> None:
    """Whatever a sound frame holds, what is no artifact is an error of the user's input."""
    path = tmp_path / "x.wraith"
    path.write_bytes(framed(noise))
    with pytest.raises(InputError):
        verify(path)


def test_a_missing_artifact_is_the_users_mistake(tmp_path: Path) -> None:
    """What is no file is exit status 1 with the path: nothing, a folder, a pipe."""
    os.mkfifo(tmp_path / "pipe.wraith")
    for path in (tmp_path / "none.wraith", tmp_path, tmp_path / "pipe.wraith"):
        with pytest.raises(InputError, match="no such file"):
            verify(path)


def test_a_large_file_is_refused_unread(make_twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is larger than what it may unpack to is refused by its size."""
    make_keys(tmp_path / "team.key")
    pack(make_twin(tmp_path), tmp_path / "x.wraith", sign=tmp_path / "team.key")
    monkeypatch.setattr("wraith.artifact._read.MAX_BYTES", 100)
    with pytest.raises(InputError, match="larger than an artifact may be"):
        verify(tmp_path / "x.wraith")
