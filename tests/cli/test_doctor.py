"""``wraith doctor``: everything that is wrong, each with what to do, and nothing changed."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from wraith.build.steps import synth
from wraith.canonical import JsonValue
from wraith.cli._audit import AUDIT
from wraith.cli._checkup import CHECKS
from wraith.cli._overlay_checks import _names_a_route
from wraith.exchange import Exchange, Request, Response
from wraith.recording import SessionWriter, sealed_sessions
from wraith.runtime import Twin
from wraith.wir import dump_model, load_model, model_from_json
from wraith.workspace import Workspace


@pytest.fixture
def healthy(recorded: Workspace, run) -> Workspace:
    """The recorded twin, learned and checked."""
    assert run("synth", "shop").code == 0
    assert run("check", "shop").code == 0
    return recorded


def _first(workspace: Workspace) -> Path:
    return sealed_sessions(workspace)[0].path


def _levels(ran) -> dict[str, str]:
    """The gravest level of each check."""
    grave = ["ok", "info", "warning", "error"]
    levels: dict[str, str] = {}
    for finding in ran.document["findings"]:
        known = levels.get(finding["code"], "ok")
        levels[finding["code"]] = max(known, finding["level"], key=grave.index)
    return levels


def test_a_healthy_twin_has_nothing_wrong(run, healthy: Workspace) -> None:
    """Every check is ok, and the exit status 0."""
    ran = run("doctor", "shop", "--json")
    assert (ran.code, ran.document["errors"], ran.document["warnings"]) == (0, 0, 0), ran.out
    assert list(_levels(ran)) == [
        "configuration",
        "recordings",
        "index",
        "scrub_key",
        "scrub_policy",
        "secrets",
        "model",
        "check_report",
        "freshness",
    ]


def test_a_new_twin_has_no_errors(run, shop: Workspace) -> None:
    """What is not made yet is a warning that names the command which makes it."""
    ran = run("doctor", "shop")
    assert ran.code == 0
    assert "recordings  WARNING  nothing is recorded" in ran.out
    assert "hint:  wraith record shop" in ran.out
    assert "shop: 0 errors, 3 warnings" in ran.out


def test_it_needs_a_twin(run, folder: Path) -> None:
    """A twin that does not exist is the user's mistake, not a finding."""
    assert run("doctor", "shop").code == 1


def _config(workspace: Workspace) -> None:
    workspace.config_path.write_text("[upstream]\nbase_url = 5\n")


def _scrub(workspace: Workspace) -> None:
    workspace.scrub_path.write_text("[[rules]]\n")


def _project(workspace: Workspace) -> None:
    (workspace.project.root / "wraith-project.toml").write_text("twins = 1\n")


def _edited_exchange(workspace: Workspace) -> None:
    path = _first(workspace) / "000001.wrec"
    path.write_bytes(path.read_bytes()[:-1] + b"!")


def _missing_exchange(workspace: Workspace) -> None:
    (_first(workspace) / "000001.wrec").unlink()


def _broken_manifest(workspace: Workspace) -> None:
    (_first(workspace) / "manifest.json").write_text("{}")


def _unsealed(workspace: Workspace) -> None:
    SessionWriter(
        workspace,
        run="r",
        source={"kind": "proxy"},
        policy_digest="sha256:0",
        started_at_ms=1_700_000_000_000,
    ).add(Exchange(Request("GET", "/"), Response(200)))


def _removed_session(workspace: Workspace) -> None:
    _first(workspace).rename(workspace.project.root / "elsewhere")


def _broken_index(workspace: Workspace) -> None:
    workspace.index_path.write_text("[]")


def _other_policy(workspace: Workspace) -> None:
    workspace.scrub_path.write_text('[[rules]]\nheader = "x-mine"\n')


def _new_rule(workspace: Workspace) -> None:
    workspace.scrub_path.write_text('[[rules]]\njsonpath = "name"\n')


def _handler(source: str = "emit.json({})") -> Callable[[Workspace], None]:
    def write(workspace: Workspace) -> None:
        path = workspace.lua_path / "handlers" / "polish_widget.lua"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)

    return write


def _profile(text: str) -> Callable[[Workspace], None]:
    def write(workspace: Workspace) -> None:
        workspace.faults_path.mkdir(exist_ok=True)
        (workspace.faults_path / "bad.toml").write_text(text)

    return write


def _kept_key(text: str, mode: int = 0o600) -> Callable[[Workspace], None]:
    def write(workspace: Workspace) -> None:
        path = workspace.project.key_path
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    return write


def _edited_model(workspace: Workspace) -> None:
    model = load_model(workspace.symbols_path.read_bytes())
    route = model.routes[0]
    variant = route.variants[0].model_copy(update={"lua_hook": "mine"})
    route = route.model_copy(update={"variants": (variant, *route.variants[1:])})
    edited = model.model_copy(update={"routes": (route, *model.routes[1:])})
    workspace.symbols_path.write_bytes(dump_model(edited))


def _broken_model(workspace: Workspace) -> None:
    workspace.symbols_path.write_text("{")


def _no_model(workspace: Workspace) -> None:
    workspace.symbols_path.unlink()


def _broken_patch(workspace: Workspace) -> None:
    (workspace.patches_path / "a.json").write_text('{"changes": []}')


def _stale_patch(workspace: Workspace) -> None:
    change = {"at": "state_op", "old": "list", "new": "read"}
    patch = {
        "format": "wraith.patch/1",
        "route": {"method": "GET", "path_pattern": "/gone"},
        "changes": [change],
    }
    (workspace.patches_path / "a.json").write_text(json.dumps(patch))
    synth(workspace)


def _failed_report(workspace: Workspace) -> None:
    document = json.loads(workspace.report_path.read_text())
    workspace.report_path.write_text(json.dumps(document | {"passed": False, "score_bp": 100}))


def _broken_report(workspace: Workspace) -> None:
    workspace.report_path.write_text("{}")


def _no_report(workspace: Workspace) -> None:
    workspace.report_path.unlink()


@pytest.mark.parametrize(
    ("damage", "code", "level", "says"),
    [
        pytest.param(_config, "configuration", "error", "upstream.base_url", id="wraith-toml"),
        pytest.param(_scrub, "configuration", "error", "expected exactly one of header", id="scrub-toml"),
        pytest.param(_project, "configuration", "error", "twins: unknown key", id="project-toml"),
        pytest.param(
            _edited_exchange, "recordings", "error", "is not what manifest.json sealed", id="edited"
        ),
        pytest.param(_missing_exchange, "recordings", "error", "is missing", id="missing"),
        pytest.param(_broken_manifest, "recordings", "error", "Field required", id="manifest"),
        pytest.param(_unsealed, "unsealed_sessions", "warning", "is not sealed", id="unsealed"),
        pytest.param(_removed_session, "index", "warning", "does not list the sessions", id="index-stale"),
        pytest.param(_removed_session, "freshness", "warning", "(0 new, 1 gone)", id="model-stale"),
        pytest.param(_profile("faults = 5\n"), "fault_profiles", "error", "faults: ", id="faults-broken"),
        pytest.param(
            _profile('[[faults]]\nkind = "drop"\nroute = "GET /gadgets/*"\n'),
            "fault_profiles",
            "warning",
            "names no route of the model",
            id="faults-of-nothing",
        ),
        pytest.param(_kept_key("0" * 64), "scrub_key", "warning", "is another key", id="key-of-others"),
        pytest.param(
            _kept_key("0123456789abcdef" * 4, 0o644), "scrub_key", "warning", "can read", id="key-open"
        ),
        pytest.param(_broken_index, "index", "error", "object", id="index-broken"),
        pytest.param(
            _other_policy, "scrub_policy", "warning", "2 sessions scrubbed by other rules", id="policy"
        ),
        pytest.param(
            _new_rule, "secrets", "error", "4 exchanges with what looks like a secret", id="secrets"
        ),
        pytest.param(_edited_model, "model", "warning", "edited by hand", id="model-edited"),
        pytest.param(
            _edited_model,
            "lua_handlers_bound",
            "warning",
            "there is no such handler",
            id="model-hook",
        ),
        pytest.param(_handler("return 1 +"), "lua_handlers_valid", "error", "unexpected", id="no-lua"),
        pytest.param(_handler(), "lua_handlers_bound", "warning", "answers nothing", id="unbound"),
        pytest.param(_broken_model, "model", "error", "not JSON", id="model-broken"),
        pytest.param(_no_model, "model", "warning", "nothing was learned yet", id="model-missing"),
        pytest.param(_broken_patch, "patches", "error", "changes: ", id="patch-broken"),
        pytest.param(_stale_patch, "patches", "warning", "no such route", id="patch-stale"),
        pytest.param(_failed_report, "check_report", "error", "failed: 100/10000", id="report-failed"),
        pytest.param(_broken_report, "check_report", "error", "score_bp: ", id="report-broken"),
        pytest.param(_no_report, "check_report", "warning", "nothing was checked yet", id="report-missing"),
    ],
)
def test_each_thing_that_can_be_wrong_is_found(
    run, healthy: Workspace, damage: Callable[[Workspace], None], code: str, level: str, says: str
) -> None:
    """A finding has the level, the message and what to do; errors end with 2; nothing is changed."""
    damage(healthy)
    before = {path: path.read_bytes() for path in healthy.project.root.rglob("*") if path.is_file()}
    ran = run("doctor", "shop", "--json")
    findings = [each for each in ran.document["findings"] if each["code"] == code and each["level"] == level]
    assert any(says in each["message"] for each in findings), ran.out
    assert all(each["hint"] and each["where"] for each in findings)
    assert {each["page"] for each in findings} == {f"docs/reference/doctor.md#{code}"}
    assert ran.code == (2 if ran.document["errors"] else 0)
    assert (ran.document["errors"] > 0) == (level == "error")
    assert {path: path.read_bytes() for path in healthy.project.root.rglob("*") if path.is_file()} == before


def test_handlers_that_compile_are_counted(run, healthy: Workspace) -> None:
    """And what each answers is listed."""
    _handler()(healthy)
    path = healthy.lua_path / "handlers" / "polish_widget.lua"
    path.rename(path.with_name("create_widget.lua"))
    out = run("doctor", "shop").out
    assert "lua_handlers_valid  INFO  1 Lua handler(s) compiled successfully" in out
    assert "lua_handlers_bound  INFO  create_widget answers POST /widgets" in out


def test_a_secret_is_never_shown(run, shop: Workspace, record: Callable[..., str]) -> None:
    """A secret in clear is found and located; its value does not appear."""
    bare = Exchange(
        Request("GET", "/", (("Authorization", "Bearer s3cr3t-v4lu3-0123456789"),)), Response(200)
    )
    session = record(shop, [bare])
    ran = run("doctor", "shop")
    assert ran.code == 2
    assert f"{session}/1" in ran.out
    assert "s3cr3t" not in ran.out + ran.err


def test_without_a_key_secrets_are_found_as_well(
    run, healthy: Workspace, record: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no key is at hand, that is said, none is made, and the other checks go on."""
    monkeypatch.delenv("WRAITH_HMAC_KEY")
    bare = Exchange(
        Request("GET", "/", (("Authorization", "Bearer s3cr3t-v4lu3-0123456789"),)), Response(200)
    )
    record(healthy, [bare])
    levels = _levels(run("doctor", "shop", "--json"))
    assert (levels["scrub_key"], levels["secrets"]) == ("warning", "error")
    assert not healthy.project.key_path.exists()


def test_fixtures_are_looked_into(run, healthy: Workspace) -> None:
    """A type that the model does not know is a warning, a broken file an error with its line."""
    late = healthy.fixtures_path / "late"
    late.mkdir(parents=True)
    (late / "widgets.json").write_text('{"wid_late": {"id": "wid_late"}}')
    assert _levels(run("doctor", "shop", "--json"))["fixtures"] == "ok"
    (late / "widgetz.json").write_text("{}")
    assert _levels(run("doctor", "shop", "--json"))["fixtures"] == "warning"
    (late / "widgets.json").write_text('{"wid_late":\n')
    ran = run("doctor", "shop", "--json")
    [found] = [each for each in ran.document["findings"] if each["code"] == "fixtures"]
    assert (found["level"], found["where"].endswith("late/widgets.json:2")) == ("error", True)


GIT = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com"]


def _git(workspace: Workspace, *arguments: str) -> None:
    subprocess.run([*GIT, "-C", str(workspace.project.root), *arguments], check=True, capture_output=True)


def test_a_key_that_git_has_is_no_secret(run, healthy: Workspace) -> None:
    """Not ignored it is a warning, tracked and in the history an error, and ignored it is well."""
    _kept_key("0123456789abcdef" * 4)(healthy)
    ignoring = {path: path.read_text() for path in healthy.project.root.glob("**/.gitignore")}
    levels, hints = [], []

    def look() -> None:
        found = run("doctor", "shop", "--json").document["findings"]
        of_key = [each for each in found if each["code"] == "scrub_key"]
        levels.extend((each["level"], each["message"]) for each in of_key)
        hints.extend(each["hint"] or "" for each in of_key)

    look()
    _git(healthy, "init")
    look()
    for path in ignoring:
        path.unlink()
    look()
    _git(healthy, "add", "--force", ".wraith/hmac.key")
    look()
    _git(healthy, "commit", "--message", "oops")
    _git(healthy, "rm", "--cached", ".wraith/hmac.key")
    for path, text in ignoring.items():
        path.write_text(text)
    look()
    assert levels == [
        ("ok", "from WRAITH_HMAC_KEY"),
        ("ok", "from WRAITH_HMAC_KEY"),
        ("warning", "git does not ignore it: the next commit may have it"),
        ("error", "it is committed: git tracks it"),
        ("error", "it was committed: the history of git has it"),
    ]
    assert any(hint.startswith("git rm --cached .wraith/hmac.key") for hint in hints)


def test_a_short_key_is_a_warning(run, healthy: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever guesses a secret could confirm it."""
    monkeypatch.setenv("WRAITH_HMAC_KEY", "changeme")
    [found] = [
        each for each in run("doctor", "shop", "--json").document["findings"] if each["code"] == "scrub_key"
    ]
    assert (found["level"], found["where"]) == ("warning", "WRAITH_HMAC_KEY")
    assert "it has 8 bytes" in found["message"]


def test_what_doit_built_is_fresh_until_an_input_changes(run, recorded: Workspace) -> None:
    """Then the step is named, with what changed."""
    assert run("build", "check:shop").code == 0

    def told() -> list[tuple[str, str]]:
        findings = run("doctor", "shop", "--json").document["findings"]
        return [(each["level"], each["message"]) for each in findings if each["code"] == "freshness"]

    assert told() == [("ok", "record, synth, check: up to date")]
    with recorded.config_path.open("a") as config:
        config.write("\n[diff.fields]\n'id' = 'exact'\n")
    assert told() == [("warning", "check:shop is stale: [diff] in wraith.toml changed")]


def test_every_code_has_a_section() -> None:
    """The reference knows each check, and no other."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "doctor.md").read_text()
    sections = re.findall("^## (.*)$", page, re.MULTILINE)
    listed = re.findall(r"^\| \[`(\w+)`\]", page, re.MULTILINE)
    assert sections == listed
    assert set(sections) == {code for code, _ in CHECKS} | {"lua_handlers_bound", AUDIT}


@pytest.mark.parametrize(
    ("pattern", "met"),
    [
        ("POST /graphql", True),
        ("POST *", True),
        ("GET /pets/7", True),
        ("query /graphql/pets", False),
        ("GET /plates", False),
    ],
)
def test_a_fault_is_met_by_requests(pattern: str, met: bool) -> None:
    """Of routes, and of no fields of GraphQL, which no request names."""
    routes: list[JsonValue] = [
        {"method": method, "path_pattern": path, "variants": [{"status": 200, "body_template": {}}]}
        for method, path in (("POST", "/graphql"), ("query", "/graphql/pets"), ("GET", "/pets/{id}"))
    ]
    twin = Twin(model_from_json({"format": "wraith.model/1", "entities": [], "routes": routes}))
    assert _names_a_route(pattern, twin) is met
