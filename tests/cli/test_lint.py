"""``wraith lint``: findings on the terminal and as JSON, and the exit status."""

from __future__ import annotations

import json

from wraith.wir import dump_model, load_model
from wraith.workspace import Workspace


def edit(workspace: Workspace, **changed: object) -> None:
    """Change the first variant of the first route, and write the model as wraith does."""
    path = workspace.symbols_path
    document = json.loads(path.read_bytes())
    document["routes"][0]["variants"][0] |= changed
    path.write_bytes(dump_model(load_model(json.dumps(document).encode())))


def test_a_learned_twin_has_no_errors(run, recorded: Workspace) -> None:
    """What synth writes is canonical and sound."""
    assert run("synth", "shop").code == 0
    ran = run("lint", "shop", "--json")
    assert (ran.code, ran.document["errors"]) == (0, 0), ran.out
    assert "not-canonical" not in ran.out


def test_an_error_is_told_with_its_page(run, recorded: Workspace) -> None:
    """A hole without a source ends with status 2; the finding leads to its section of the reference."""
    assert run("synth", "shop").code == 0
    edit(recorded, body_kind="json", body_template={"a": "$nowhere"})
    ran = run("lint", "shop", "--json")
    assert (ran.code, ran.document["errors"]) == (2, 1)
    (found,) = (each for each in ran.document["findings"] if each["level"] == "error")  # type: ignore[union-attr]
    assert found["code"] == "hole-without-source"  # type: ignore[index,call-overload]
    assert found["page"] == "docs/reference/lint.md#hole-without-source"  # type: ignore[index,call-overload]
    assert "hole-without-source  ERROR" in run("lint", "shop").out


def test_a_file_that_is_not_canonical_and_a_broken_patch_are_found(run, recorded: Workspace) -> None:
    """The model works, and a warning says that it was written by something else."""
    assert run("synth", "shop").code == 0
    path = recorded.symbols_path
    path.write_bytes(json.dumps(json.loads(path.read_bytes())).encode())
    (recorded.patches_path / "broken.json").write_text("{")
    ran = run("lint", "shop", "--json")
    codes = [each["code"] for each in ran.document["findings"]]  # type: ignore[union-attr,index,call-overload]
    assert codes[:2] == ["not-canonical", "broken-file"]
    assert ran.code == 2


def test_a_twin_that_was_not_learned_is_an_error_of_the_user(run, recorded: Workspace) -> None:
    """There is nothing to look at; the hint says how to learn it."""
    ran = run("lint", "shop")
    assert (ran.code, "wraith synth shop" in ran.err) == (1, True)
