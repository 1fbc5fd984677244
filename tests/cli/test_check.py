"""``wraith check``: one line of verdict, what differs most, and exit status 2 where the answer is no."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from wraith.exchange import Exchange
from wraith.workspace import Workspace

VERDICT = re.compile(
    r"(PASS|FAIL)  shop  \d+/10000  sessions=\d+/\d+  divergences=\d+( \(\d+ suppressed\))?\n"
)


def test_a_pass_is_one_line(run, recorded: Workspace) -> None:
    """A twin that answers as recorded ends with 0 and says only the verdict."""
    run("synth", "shop")
    ran = run("check", "shop", "--in-memory")
    assert (ran.code, ran.err) == (0, "")
    assert VERDICT.fullmatch(ran.out)
    assert ran.out.startswith("PASS  shop  10000/10000  sessions=2/2  divergences=0 ")


def test_the_report_as_json(run, recorded: Workspace) -> None:
    """The document is the report of the file, with its schema and twin."""
    run("synth", "shop")
    document = run("check", "shop", "--in-memory", "--format", "json").document
    assert (document["schema"], document["twin"]) == ("wraith.check/2", "shop")
    assert (document["score_bp"], document["passed"], document["exchanges_total"]) == (10_000, True, 6)


def test_a_failure_shows_what_differs_most_often(
    run, recorded: Workspace, exchange: Callable[..., Exchange], record: Callable[..., str]
) -> None:
    """Below the threshold the exit status is 2; category, path, both values and the place are shown."""
    run("synth", "shop")
    record(recorded, [exchange("GET", "/never-learned", 200, {"object": "surprise"})])
    recorded.config_path.write_text(
        recorded.config_path.read_text().replace("# required_score = 0.9", "required_score = 1.0")
    )
    ran = run("check", "shop")
    assert ran.code == 2
    verdict, why, exact, heading, *rows = ran.out.splitlines()
    assert VERDICT.fullmatch(verdict + "\n")
    assert verdict.startswith("FAIL")
    assert why == "100 % of the sessions must pass: required_score in [diff] of wraith.toml"
    assert exact == "exact 8571/10000: 6 of 7 exchanges"
    assert heading.split() == ["TIMES", "CATEGORY", "ROUTE", "PATH", "RECORDED", "ANSWERED", "FIRST", "SEEN"]
    assert rows[0].split()[0] == "1"
    assert "501" in "\n".join(rows)
    assert run("check", "shop", "--json").document["passed"] is False


def test_nothing_compared_is_never_a_pass(run, shop: Workspace) -> None:
    """A twin without recordings cannot pass."""
    run("synth", "shop")
    ran = run("check", "shop")
    assert ran.code == 2
    assert ran.out.startswith(
        "FAIL  shop  0/10000  sessions=0/0  divergences=0 (0 suppressed)\nno-evidence: nothing was compared"
    )


def test_tags_choose_what_is_replayed(run, recorded: Workspace) -> None:
    """With ``--tag`` only sessions with that tag count."""
    run("synth", "shop")
    assert run("check", "shop", "--tag", "smoke", "--json").document["sessions_total"] == 1


def test_a_model_is_needed(run, recorded: Workspace) -> None:
    """Before synth there is nothing to check: exit status 1, and the command that comes first."""
    ran = run("check", "shop")
    assert ran.code == 1
    assert "hint: wraith synth shop" in ran.err


DRIFT = '# what we know of\n\n[[suppress]] # a comment\npath = "a"\nreason = "old"\n'


def _surprise(
    run: Callable[..., object],
    workspace: Workspace,
    exchange: Callable[..., Exchange],
    record: Callable[..., str],
) -> str:
    """Record an answer that the twin does not give, and return its session."""
    run("synth", "shop")
    made = {"id": "wid_3abcdefgh", "object": "gadget", "name": "W"}
    return record(workspace, [exchange("POST", "/widgets", 201, made, b'{"name": "W"}')])


def test_drift_is_accepted_with_a_reason(
    run, recorded: Workspace, exchange: Callable[..., Exchange], record: Callable[..., str]
) -> None:
    """The rule is written into drift.toml, comments kept; the next check scores without it."""
    _surprise(run, recorded, exchange, record)
    recorded.drift_path.write_text(DRIFT)
    before = run("check", "shop", "--json").document
    [drift] = [each for each in before["drifts"] if each["path"] == "object"]
    assert (before["exchanges_exact"], drift["accepted"]) == (6, False)
    assert run("check", "shop", "--accept", drift["drift_id"], "--reason", "gadgets are new").code == 0
    text = recorded.drift_path.read_text()
    assert text.startswith(DRIFT)
    assert text.count(drift["drift_id"]) == 1
    after = run("check", "shop", "--json").document
    assert (after["exchanges_exact"], after["drift_suppressed_count"]) == (7, 1)
    [accepted] = [each for each in after["drifts"] if each["accepted"]]
    assert accepted["reason"] == "gadgets are new"
    assert [each["kind"] for each in after["findings"]] == ["unused_rule"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--accept", "drift-0123456789abcdef", "--reason", "x"), "lists no drift-0123456789abcdef"),
        (("--accept", "drift-1", "--reason", "x"), "drift- and 16 hex digits"),
        (("--accept", "drift-0123456789abcdef"), "belong together"),
        (("--reason", "x"), "belong together"),
        (("--accept", "drift-0123456789abcdef", "--reason", " "), "expected why"),
        (("--session", "none"), "there is no session 'none'"),
        (("--today", "soon"), "not a date"),
    ],
    ids=["unknown", "no id", "no reason", "no drift", "an empty reason", "a session", "a date"],
)
def test_what_cannot_be_accepted_or_chosen_is_the_users_mistake(
    run, recorded: Workspace, arguments: tuple[str, ...], said: str
) -> None:
    """Exit status 1, and nothing is written."""
    run("synth", "shop")
    run("check", "shop")
    ran = run("check", "shop", *arguments)
    assert (ran.code, said in ran.err, recorded.drift_path.exists()) == (1, True, False)


BROKEN_RULES: dict[str, tuple[str, str, int]] = {
    "no reason": ("drift.toml", "[[suppress]]\npath = 'a'\nreason = 'b'\n\n[[suppress]]\npath = 'a'\n", 5),
    "nothing to match": ("drift.toml", "[[suppress]]\nreason = 'b'\n", 1),
    "an unknown key": ("drift.toml", "[[suppress]]\nreason = 'b'\npaths = 'a'\n", 3),
    "no drift id": ("drift.toml", "[[suppress]]\nreason = 'b'\ndrift_id = 'drift-1'\n", 3),
    "an upper-case type": ("drift.toml", "[[reclassify]]\nmatch = 'x'\nnew_drift_type = 'X'\n", 3),
    "no date": ("wraith.toml", "[[diff.suppress]]\npath = 'a'\nreason = 'b'\nexpires = 'soon'\n", 4),
    "no category": ("wraith.toml", "[[diff.suppress]]\ncategory = 'nope'\nreason = 'b'\n", 1),
}


@pytest.mark.parametrize(("file", "text", "line"), BROKEN_RULES.values(), ids=BROKEN_RULES)
def test_a_broken_rule_is_an_error_with_its_line(
    run, recorded: Workspace, file: str, text: str, line: int
) -> None:
    """Not a warning that passes: exit status 1, the file and the line."""
    run("synth", "shop")
    path = recorded.root / file
    before = path.read_text() if path.exists() else ""
    path.write_text(before + text)
    error = run("check", "shop", "--json")
    assert error.code == 1
    assert error.document["error"]["where"] == f"{path}:{line + before.count(chr(10))}"


def test_what_is_not_compared_is_shown(run, recorded: Workspace) -> None:
    """With the reason, the place, and the configuration that would have it compared."""
    run("synth", "shop")
    lines = run("check", "shop", "--show-suppressed").out.splitlines()
    assert lines[1].startswith("not compared exactly: ")
    assert [line.split()[:5] for line in lines[3:]] == [["2", "generated", "POST", "/widgets", "id"]]
    assert lines[3].endswith('[diff.fields] "id" = "exact"')


def test_a_part_is_judged_and_not_written(run, recorded: Workspace) -> None:
    """The report in the file stays that of all sessions and routes."""
    run("synth", "shop")
    run("check", "shop")
    whole = recorded.report_path.read_bytes()
    part = run("check", "shop", "--route", "POST *", "--jobs", "2", "--json").document
    assert (part["exchanges_total"], part["passed"]) == (2, True)
    session = part["sessions"][0]["session"]
    assert run("check", "shop", "--session", session, "--json").document["exchanges_total"] == 3
    assert recorded.report_path.read_bytes() == whole


def _answer_by_handlers(workspace: Workspace, **sources: str) -> None:
    folder = workspace.lua_path / "handlers"
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in sources.items():
        (folder / f"{name}.lua").write_text(source)


def test_handlers_are_counted_and_can_be_left_out(run, recorded: Workspace) -> None:
    """What fails is said with its reason; without them the model answers, and the report is not written."""
    run("synth", "shop")
    assert "Lua" not in run("check", "shop").out
    _answer_by_handlers(recorded, get_widget="emit.json({id = 7})", create_widget="error('no')")
    ran = run("check", "shop")
    lines = ran.out.splitlines()
    assert ran.code == 2
    assert "2 Lua handlers, asked for 6 answers; 2 failed, and the model answered" in lines
    assert "  create_widget: lua/handlers/create_widget.lua:1: no (2)" in lines
    whole = recorded.report_path.read_bytes()
    assert run("check", "shop", "--without-handlers").out.startswith("PASS  shop  10000/10000  sessions=2/2")
    assert recorded.report_path.read_bytes() == whole


@pytest.mark.parametrize("other", ["--wire", "--upstream", "--tamper"])
def test_handlers_are_left_out_of_a_replay_in_memory_alone(run, recorded: Workspace, other: str) -> None:
    """A server has them, the live service has none, and constants are changed without them."""
    run("synth", "shop")
    ran = run("check", "shop", "--without-handlers", other)
    assert (ran.code, "do not go together" in ran.err) == (1, True)


def test_the_server_is_checked_over_http(run, recorded: Workspace) -> None:
    """A server of the twin is started and ended; what it answers is what the interpreter does."""
    run("synth", "shop")
    document = run("check", "shop", "--wire", "--json").document
    wire = document["wire"]
    assert (wire["wire_fidelity_bp"], wire["exchanges_total"], wire["disagreements"]) == (10_000, 6, [])
    ran = run("check", "shop", "--wire")
    assert ran.code == 0
    assert "PASS  shop  wire 10000/10000  sessions=2/2  exact 10000/10000  disagreements=0" in ran.out


def test_a_server_that_does_not_start_is_a_failure_at_run_time(run, recorded: Workspace, monkeypatch) -> None:
    """Exit status 4, and what the server said."""
    run("synth", "shop")
    monkeypatch.setenv("PYTHONPATH", "")
    monkeypatch.setattr("sys.executable", "/bin/false")
    ran = run("check", "shop", "--wire")
    assert (ran.code, "the server did not start" in ran.err) == (4, True)


def test_changed_constants_are_noticed(run, recorded: Workspace) -> None:
    """``--tamper`` says how many, lists the rest, and ends with 0."""
    run("synth", "shop")
    ran = run("check", "shop", "--tamper")
    assert ran.code == 0
    assert re.match(r"PASS  shop  noticed=(\d+)/\1  of \d+ constants\n", ran.out)
    document = run("check", "shop", "--tamper", "--seed", "7", "--json").document
    assert (document["schema"], document["passed"], document["unnoticed"]) == ("wraith.tamper/1", True, [])


def test_the_report_as_a_page(run, recorded: Workspace, exchange: Callable[..., Exchange], record) -> None:
    """With ``--html`` the report is a page as well, and standard output is what it is without."""
    run("synth", "shop")
    record(recorded, [exchange("GET", "/never-learned", 200, {"object": "surprise"})])
    page = recorded.project.root / "out" / "report.html"
    plain = run("check", "shop", "--json")
    ran = run("check", "shop", "--json", "--html", str(page))
    assert (ran.code, ran.document) == (plain.code, plain.document)
    text = page.read_text()
    assert text.startswith("<!doctype html>")
    assert "/never-learned" in text
    assert run("check", "shop", "--html", str(page)).out.splitlines()[-1] == f"the page is {page}"


def test_the_page_has_the_replay_over_http_and_the_holdout(run, recorded: Workspace) -> None:
    """Where they were asked for, with their scores; a later page has the last hold-out all the same."""
    run("synth", "shop")
    page = recorded.project.root / "report.html"
    run("check", "shop", "--wire", "--holdout", "2", "--html", str(page))
    assert "wire_fidelity_bp: over HTTP" in page.read_text()
    assert "predicted in 2 folds" in page.read_text()
    run("check", "shop", "--html", str(page))
    assert "predicted in 2 folds" in page.read_text()


@pytest.mark.parametrize("more", [("--tamper",), ("--accept", "drift-0", "--reason", "fine")])
def test_a_page_needs_a_replay(run, recorded: Workspace, more: tuple[str, ...]) -> None:
    """``--html`` beside what replays nothing is the user's mistake, and writes nothing."""
    ran = run("check", "shop", "--html", "report.html", *more)
    assert ran.code == 1
    assert "hint: wraith check shop --html report.html" in ran.err
    assert not (recorded.project.root / "report.html").exists()


def test_a_page_is_no_folder(run, recorded: Workspace) -> None:
    """The mistake is told before anything is replayed."""
    ran = run("check", "shop", "--html", ".")
    assert (ran.code, ran.err.splitlines()[0]) == (1, "error: . is a folder")


@pytest.fixture
def fixed(
    run, recorded: Workspace, exchange: Callable[..., Exchange], record: Callable[..., str]
) -> Workspace:
    """The twin that was recorded, then a widget that it does not know, and a fixture set that does."""
    run("synth", "shop")
    late = {"id": "wid_9abcdefgh", "object": "widget", "name": "Widget 9"}
    record(recorded, [exchange("GET", "/widgets/wid_9abcdefgh", 200, late)])
    folder = recorded.fixtures_path / "late"
    folder.mkdir(parents=True)
    (folder / "widgets.json").write_text(json.dumps({late["id"]: late}))
    return recorded


@pytest.mark.parametrize("more", [(), ("--wire",), ("--tamper",)], ids=" ".join)
def test_sessions_may_begin_with_a_fixture_set(run, fixed: Workspace, more: tuple[str, ...]) -> None:
    """In memory, over HTTP, and where constants are changed."""
    assert run("check", "shop", "--json").document["exchanges_exact"] == 6
    ran = run("check", "shop", "--fixture", "late", "--json", *more)
    assert ran.code == 0
    if "--tamper" not in more:
        assert ran.document["exchanges_exact"] == 7
    if "--wire" in more:
        assert (ran.document["wire"]["exact_bp"], ran.document["wire"]["disagreements"]) == (10_000, [])


def test_default_fixtures_are_there_without_being_asked_for(run, fixed: Workspace) -> None:
    """A file right in ``state/fixtures`` is what every session begins with."""
    (fixed.fixtures_path / "late" / "widgets.json").rename(fixed.fixtures_path / "widgets.json")
    assert run("check", "shop", "--json").document["exchanges_exact"] == 7


def test_an_unknown_fixture_set_is_the_users_mistake(run, fixed: Workspace) -> None:
    """Exit status 1, and the names that exist."""
    for command in (("check", "shop"), ("serve", "shop"), ("check", "shop", "--tamper")):
        ran = run(*command, "--fixture", "early")
        assert (ran.code, "(sets: default, late)" in ran.err) == (1, True)
