"""``wraith check``: one line of verdict, what differs most, and exit status 2 where the answer is no."""

from __future__ import annotations

import re
from collections.abc import Callable

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
    assert (document["schema"], document["twin"]) == ("wraith.check/1", "shop")
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
    verdict, why, heading, *rows = ran.out.splitlines()
    assert VERDICT.fullmatch(verdict + "\n")
    assert verdict.startswith("FAIL")
    assert why == "10000/10000 are required: required_score in [diff] of wraith.toml"
    assert heading.split() == ["TIMES", "CATEGORY", "ROUTE", "PATH", "RECORDED", "ANSWERED", "FIRST", "SEEN"]
    assert rows[0].split()[0] == "1"
    assert "501" in "\n".join(rows)
    assert run("check", "shop", "--json").document["passed"] is False


def test_nothing_compared_is_never_a_pass(run, shop: Workspace) -> None:
    """A twin without recordings cannot pass."""
    run("synth", "shop")
    ran = run("check", "shop")
    assert ran.code == 2
    assert ran.out.startswith("FAIL  shop  0/10000  sessions=0/0  divergences=0\nnothing was compared")


def test_tags_choose_what_is_replayed(run, recorded: Workspace) -> None:
    """With ``--tag`` only sessions with that tag count."""
    run("synth", "shop")
    assert run("check", "shop", "--tag", "smoke", "--json").document["sessions_total"] == 1


def test_a_model_is_needed(run, recorded: Workspace) -> None:
    """Before synth there is nothing to check: exit status 1, and the command that comes first."""
    ran = run("check", "shop")
    assert ran.code == 1
    assert "hint: wraith synth shop" in ran.err
