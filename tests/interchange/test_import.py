"""``wraith import``: all files or none, the same sessions everywhere, each of them once."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from wraith.canonical import JsonValue
from wraith.config import ScrubConfig, TwinConfig, make_workspace, read_toml
from wraith.errors import InputError, OperationError, PolicyError
from wraith.interchange import Imported, import_files
from wraith.recording import publish, read_index, recover, sealed_sessions, stage
from wraith.scrub import is_token, policy_digest
from wraith.workspace import Project, Workspace

KEY = {"WRAITH_HMAC_KEY": "0123456789abcdef" * 4}
MakeHar = Callable[..., Path]


def har_entry(url: str, at: str | None = "2024-07-30T16:11:10.690Z", **response: JsonValue) -> JsonValue:
    return {
        "startedDateTime": at,
        "time": 5,
        "request": {
            "method": "GET",
            "url": url,
            "headers": [{"name": "Authorization", "value": "Bearer s3cr3t-s3cr3t"}],
        },
        "response": {"status": 200, "headers": [], "content": {"text": '{"id": "cus_1"}'}, **response},
    }


@pytest.fixture
def har(tmp_path: Path) -> MakeHar:
    """A function that writes a HAR file of entries and returns its path."""

    def make(name: str, *entries: JsonValue) -> Path:
        path = tmp_path / "files" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(json.dumps({"log": {"entries": list(entries)}}).encode())
        return path

    return make


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    """A twin that does not exist yet, in a project that is an empty folder."""
    root = tmp_path / "project"
    root.mkdir()
    return Project(root).twin("shop")


def files_below(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()
    }


def imported(workspace: Workspace, *files: Path, **options: object) -> Imported:
    return import_files(workspace, files, environ=KEY, **options)


def test_a_file_becomes_a_sealed_session(shop: Workspace, har: MakeHar) -> None:
    """The session has the form that recording writes, scrubbed, and says where it came from."""
    path = har("a.har", har_entry("https://api.example.com/v1/a?b=%20c"))
    result = imported(shop, path, tags=["smoke"])
    (session,) = sealed_sessions(shop)
    (exchange,) = session.read()
    assert (exchange.request.method, exchange.request.target) == ("GET", "/v1/a?b=%20c")
    headers = dict(exchange.request.headers)
    assert headers["Host"] == "api.example.com"
    assert is_token(headers["Authorization"].removeprefix("Bearer "))
    assert (session.id, session.tags) == (result.files[0].sessions[0], ("smoke",))
    assert (session.started_at_ms, session.manifest.sealed_at_ms) == (1722355870690, 1722355870695)
    assert session.run == result.run
    assert session.manifest.scrub_policy == policy_digest(ScrubConfig())
    assert session.manifest.source == {
        "kind": "import",
        "format": "har",
        "file": "a.har",
        "sha256": result.files[0].sha256,
        "host": "api.example.com",
        "upstream": "https://api.example.com",
    }
    index = read_index(shop)
    assert index is not None
    assert [each.kind for each in index.sessions] == ["import"]
    assert recover(shop) == []


def test_the_workspace_is_made_where_there_is_none(shop: Workspace, har: MakeHar) -> None:
    """A new twin records the host of the files."""
    result = imported(shop, har("a.har", har_entry("http://localhost:3000/a")))
    assert result.base_url == "http://localhost:3000"
    assert shop.config_path in result.created
    assert read_toml(shop.config_path, TwinConfig).upstream.base_url == "http://localhost:3000"
    assert (shop.project.root / "dodo.py").is_file()
    assert not (shop.project.state_path / "recording").exists()


def test_the_safer_scheme_is_the_twins(shop: Workspace, har: MakeHar) -> None:
    """A host that was reached by both schemes is one host, with the safer one."""
    path = har("a.har", har_entry("http://x.example/a"), har_entry("https://x.example/b"))
    assert imported(shop, path).base_url == "https://x.example"


def test_importing_again_adds_nothing(shop: Workspace, har: MakeHar) -> None:
    """A file is known by its content, under whichever name, and in the same call as well."""
    path = har("a.har", har_entry("https://x/a"))
    copy = path.with_name("b.har")
    copy.write_bytes(path.read_bytes())
    first = imported(shop, path, copy)
    assert [(file.exchanges, file.present_sessions) for file in first.files] == [(1, 0), (0, 1)]
    before = files_below(shop.project.root)
    again = imported(shop, copy, tags=["other"])
    assert (again.sessions, again.exchanges, again.created) == (0, 0, ())
    assert again.files[0].present_exchanges == 1
    assert files_below(shop.project.root) == before


def test_the_same_files_give_the_same_bytes(tmp_path: Path, har: MakeHar) -> None:
    """Nothing of the machine or the moment goes into a session."""
    paths = [har("a.har", har_entry("https://x/a")), har("b.har", har_entry("https://x/b", at=None))]
    trees = []
    for place in ("here", "there/below"):
        shop = Project(tmp_path / place).twin("shop")
        shop.project.root.mkdir(parents=True)
        imported(shop, *paths)
        trees.append(files_below(shop.root))
    assert trees[0] == trees[1]


def test_sessions_without_times_stand_in_the_order_of_the_files(shop: Workspace, har: MakeHar) -> None:
    """The order in which files are given is the order of their sessions, where nothing else is known."""
    paths = [har(f"{n}.har", har_entry(f"https://x/{n}", at=None)) for n in range(12)]
    imported(shop, *paths)
    found = [exchange.request.target for session in sealed_sessions(shop) for exchange in session.read()]
    assert found == [f"/{n}" for n in range(12)]


BROKEN = "b.har"


@pytest.mark.parametrize(
    ("files", "options", "message"),
    [
        pytest.param([None], {}, "cannot be read", id="missing"),
        pytest.param(['{"log": {"entries": ['], {}, "not JSON", id="broken"),
        pytest.param(["{}"], {}, "no list log.entries", id="other-format"),
        pytest.param(['{"log": {"entries": []}}'], {"only": True}, "no exchange to import", id="nothing"),
        pytest.param(
            ['{"log": {"entries": [1]}}'], {"only": True}, "because there is no request", id="noise"
        ),
        pytest.param([], {"base_url": "ftp://x"}, "not the address", id="base-url"),
        pytest.param([], {"host": "y.example"}, r"no exchange of y.example; there are: x \(1\)", id="host"),
        pytest.param([], {"base_url": "https://x/v2"}, "was not sent below /v2", id="prefix"),
        pytest.param([], {"tags": ["a/b"]}, "not a name for a tag", id="tag"),
        pytest.param([], {"format_name": "vcr"}, "", id="another-format-named"),
        pytest.param([], {"format_name": "xml"}, "no format 'xml'", id="unknown-format"),
    ],
)
def test_a_failed_import_writes_nothing(
    shop: Workspace, har: MakeHar, files: list[str | None], options: dict[str, object], message: str
) -> None:
    """One file that cannot be read, or doubt whose exchanges are meant, and nothing is written at all."""
    paths = [har("a.har", har_entry("https://x/a"))]
    if options.pop("only", False):
        paths.clear()
    for text in files:
        paths.append(paths[0].with_name(BROKEN) if paths else har(BROKEN))
        if text is not None:
            paths[-1].write_text(text)
    with pytest.raises(InputError, match=message or None):
        imported(shop, *paths, **options)
    assert list(shop.project.root.iterdir()) == []


def test_several_hosts_are_a_choice(shop: Workspace, har: MakeHar) -> None:
    """The error lists the hosts, and the command that chooses one; with it, the others are left out."""
    path = har(
        "a.har",
        *[
            har_entry(f"https://{host}/a")
            for host in ("b.example", "a.example", "b.example:8443", "b.example")
        ],
    )
    with pytest.raises(InputError, match=r"b.example \(2\), a.example \(1\), b.example:8443 \(1\)") as error:
        imported(shop, path)
    assert f"wraith import shop {path} --host b.example;" in str(error.value.hint)
    assert f"wraith import shop-a.example {path} --host a.example" in str(error.value.hint)
    assert list(shop.project.root.iterdir()) == []
    result = imported(shop, path, host="A.example")
    assert result.base_url == "https://a.example"
    assert result.exchanges == 1
    assert [entry.reason for entry in result.files[0].left_out] == [
        "it was sent to b.example",
        "it was sent to b.example:8443",
        "it was sent to b.example",
    ]


def test_several_hosts_in_several_files_are_a_choice(shop: Workspace, har: MakeHar) -> None:
    """A twin is the copy of one host, however the files are cut."""
    paths = [har("a.har", har_entry("https://a/1")), har("b.har", har_entry("https://b/1"))]
    with pytest.raises(InputError, match="several hosts"):
        imported(shop, *paths)
    assert list(shop.project.root.iterdir()) == []


def test_the_host_of_the_twin_is_chosen(shop: Workspace, har: MakeHar) -> None:
    """Where the twin exists, its base URL decides, and its path is taken off the targets."""
    make_workspace(shop, "https://api.example.com/v1/")
    path = har(
        "a.har",
        *[
            har_entry(f"https://{at}")
            for at in ("api.example.com/v1/a", "cdn.example/x", "api.example.com/b")
        ],
    )
    result = imported(shop, path)
    assert [(entry.where, entry.reason) for entry in result.files[0].left_out] == [
        ("log.entries[1]", "it was sent to cdn.example"),
        ("log.entries[2]", "it was not sent below /v1"),
    ]
    (session,) = sealed_sessions(shop)
    assert [exchange.request.target for exchange in session.read()] == ["/a"]
    assert session.manifest.source["upstream"] == "https://api.example.com/v1"


def test_another_host_than_the_twins_must_be_named(shop: Workspace, har: MakeHar) -> None:
    """Exchanges of another service are not mixed into a twin by mistake."""
    make_workspace(shop, "http://127.0.0.1:9000")
    path = har("a.har", har_entry("https://api.example.com/a"))
    with pytest.raises(
        InputError, match=r"no exchange of 127.0.0.1:9000, which the twin records; there are: api"
    ):
        imported(shop, path)
    assert imported(shop, path, host="api.example.com").exchanges == 1


def test_the_base_url_of_a_twin_is_not_changed(shop: Workspace, har: MakeHar) -> None:
    """A base URL that is not the twin's is an error that says where it stands; the same one is none."""
    path = har("a.har", har_entry("https://x/a"))
    imported(shop, path, base_url="https://x/")
    imported(shop, path, base_url="https://x")
    with pytest.raises(InputError, match="another base URL: https://x, not https://y"):
        imported(shop, path, base_url="https://y")


def test_files_that_name_no_host_need_a_base_url(shop: Workspace, har: MakeHar) -> None:
    """Targets alone are imported where it is said whose they are."""
    path = har("a.har", har_entry("/v1/a"))
    with pytest.raises(InputError, match="do not name the host") as error:
        imported(shop, path)
    assert "--base-url URL" in str(error.value.hint)
    assert list(shop.project.root.iterdir()) == []
    assert imported(shop, path, base_url="https://x").exchanges == 1
    (session,) = sealed_sessions(shop)
    assert "host" not in session.manifest.source


def test_what_was_mended_is_counted(shop: Workspace, har: MakeHar) -> None:
    """Each thing that was put right is told once, with its count and its first place."""
    said = [{"name": "Content-Encoding", "value": "gzip"}]
    path = har("a.har", har_entry("https://x/a"), *[har_entry("https://x/b", headers=said) for _ in range(2)])
    (mended,) = imported(shop, path).files[0].mended
    assert (mended.what, mended.count, mended.first) == (
        "the body says gzip and is plain",
        2,
        "log.entries[1]",
    )


def test_a_new_key_is_kept_only_with_what_it_scrubbed(shop: Workspace, har: MakeHar) -> None:
    """The first import of a project makes a key, if it succeeds; the next uses it."""
    path = har("a.har", har_entry("https://x/a"))
    with pytest.raises(InputError):
        import_files(shop, [path], host="y", environ={})
    assert not shop.project.state_path.exists()
    assert import_files(shop, [path], environ={}).made_key == shop.project.key_path
    other = har("b.har", har_entry("https://x/b"))
    assert import_files(shop, [other], environ={}).made_key is None
    tokens = {
        dict(exchange.request.headers)["Authorization"]
        for session in sealed_sessions(shop)
        for exchange in session.read()
    }
    assert len(tokens) == 1


def test_without_a_key_no_secret_is_written(shop: Workspace, har: MakeHar) -> None:
    """In CI no key is made, so a secret is refused, with nothing written."""
    with pytest.raises(PolicyError):
        import_files(shop, [har("a.har", har_entry("https://x/a"))], environ={"CI": "true"})
    assert list(shop.project.root.iterdir()) == []


def test_two_imports_into_one_twin_do_not_mix(shop: Workspace, har: MakeHar) -> None:
    """While one process records or imports a twin, another one is told to wait."""
    with stage(shop), pytest.raises(OperationError, match="another process"):
        imported(shop, har("a.har", har_entry("https://x/a")))


def test_an_import_that_was_killed_is_completed_by_the_next(
    shop: Workspace, har: MakeHar, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was moved into place is whole; the same command adds the rest, and the result is the same."""
    paths = [har(f"{n}.har", har_entry(f"https://x/{n}")) for n in range(3)]
    whole = Project(shop.project.root.with_name("whole")).twin("shop")
    whole.project.root.mkdir()
    imported(whole, *paths)

    class Killed(BaseException):
        """The process ends here."""

    def move_one(staged: Workspace, workspace: Workspace) -> None:
        os.rename(
            *[
                each.sessions_path / sorted(os.listdir(staged.sessions_path))[0]
                for each in (staged, workspace)
            ]
        )
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("wraith.interchange._import.publish", move_one)
        with pytest.raises(Killed):
            imported(shop, *paths)
    assert len(sealed_sessions(shop)) == 1
    assert publish is not move_one
    assert imported(shop, *paths).sessions == 2
    assert files_below(shop.root) == files_below(whole.root)


def test_names_from_outside_are_stored_safely(shop: Workspace, har: MakeHar) -> None:
    """A file may have any name that a disk can hold; the manifest is JSON all the same."""
    path = har("a.har", har_entry("https://x/a"))
    odd = Path(os.fsdecode(bytes(path.parent) + b"/\xff" + b"x" * 220 + b".har"))
    path.rename(odd)
    imported(shop, odd)
    (session,) = sealed_sessions(shop)
    assert session.manifest.source["file"].startswith("\\udcffxxx")
    assert len(session.manifest.source["file"]) < 220


def test_gzip_does_not_reach_the_recording(shop: Workspace, har: MakeHar) -> None:
    """What a secret is hidden in is undone before it is scrubbed."""
    secret = gzip.compress(b'{"password": "hunter2-hunter2"}', mtime=0)
    content: JsonValue = {"text": json.dumps([secret.hex()]), "encoding": "base64"}
    said: JsonValue = [
        {"name": "Content-Encoding", "value": "gzip"},
        {"name": "Content-Type", "value": "application/json"},
    ]
    imported(shop, har("a.har", har_entry("https://x/a", content=content, headers=said)))
    (session,) = sealed_sessions(shop)
    (exchange,) = session.read()
    assert b"hunter2" not in exchange.response.body
    assert exchange.response.body.startswith(b'{"password"')
