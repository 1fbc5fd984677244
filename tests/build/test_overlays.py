"""The project's own overlays in the graph: a fresh clone builds them, and then only what must be."""

from __future__ import annotations

import contextlib
import json
import shutil
from pathlib import Path

import pytest

from wraith.artifact import open_artifact
from wraith.build import TaskEvent, find_undeclared, run_graph, steps
from wraith.cli import main
from wraith.workspace import Project

ROOT = Path(__file__).resolve().parents[2]
GATEWAY = ROOT / "tests" / "overlay" / "data" / "gateway.jsonl"
NEWER = ROOT / "tests" / "overlay" / "data" / "newer-billing-api.wraith"
"""The twin with more recordings, as ``tools/newer_base.py`` makes it."""
OVERLAYS = ("checkout-shared", "checkout-billing")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The overlays as they are committed, without the base's own workspace, built."""
    root = tmp_path_factory.mktemp("clone")
    shutil.copy(ROOT / "wraith-project.toml", root)
    for name in OVERLAYS:
        left_out = shutil.ignore_patterns("build", "reports", "symbols.json", "evidence.json", "digests.json")
        shutil.copytree(ROOT / "twins" / name, root / "twins" / name, ignore=left_out)
    shutil.copytree(
        ROOT / "tools", root / "tools", ignore=shutil.ignore_patterns("__pycache__", "scenarios", "npm")
    )
    project = Project.find(root)
    assert run_graph(project) == 0
    return project


def ran(project: Project, *targets: str) -> list[str]:
    """Build, and return the tasks that ran."""
    events: list[TaskEvent] = []
    assert run_graph(project, targets, progress=events.append) == 0
    return [event.task for event in events if event.kind in ("built", "checked", "restored")]


def test_a_fresh_clone_builds_overlays_and_composites(clone: Project) -> None:
    """Pinned bases are beside the overlays, so nothing else is needed; a second run does nothing."""
    for name in (*OVERLAYS, "checkout"):
        assert (clone.dist_path / f"{name}.wraith").is_file()
    assert ran(clone) == []


def test_the_overlays_answer_what_was_recorded(clone: Project) -> None:
    """On its composite each overlay passes, and the base covers what it can."""
    for name in OVERLAYS:
        report = json.loads(clone.twin(name).report_path.read_text())
        assert report["verdict"] == "pass"
    document = json.loads(clone.twin("checkout-billing").delta_report_path.read_text())
    assert (
        document["covered_by_base"] > 40,
        document["delta"] + document["new_route"] > 40,
        document["unreplayable"],
    ) == (
        True,
        True,
        0,
    )


def test_a_newer_base_on_offer_is_judged_and_nothing_else_runs(clone: Project) -> None:
    """Its artifact in ``dist/`` re-runs rebase_check; a run without targets stays fresh."""
    offered = clone.dist_path / "billing-api.wraith"
    shutil.copy(NEWER, offered)
    try:
        assert ran(clone) == []
        assert ran(clone, "rebase_check:checkout-billing") == ["rebase_check:checkout-billing"]
        assert ran(clone, "rebase_check:checkout-billing") == []
        report = json.loads(clone.twin("checkout-billing").rebase_report_path.read_text())
        assert (report["verdict"], report["confidence_bp"]) == ("additive-safe", 10_000)
    finally:
        offered.unlink()


NEWER_ANSWERS = {
    "compatible": ("checkout-shared", "nothing that the overlay touches has changed"),
    "additive-safe": ("checkout-billing", "routes that the overlay adds to as well"),
    "conflict": ("checkout-gateway", "no longer provably disjoint"),
}


@pytest.mark.parametrize("verdict", NEWER_ANSWERS)
def test_a_newer_base_has_all_three_answers(clone: Project, tmp_path: Path, verdict: str) -> None:
    """The provider's twin, recorded with more routes, is met in each way: by both overlays of the project,
    and by a small one that says of payouts what the newer base says otherwise."""
    name, why = NEWER_ANSWERS[verdict]
    project = clone if clone.twin(name).exists() else with_gateway(tmp_path, clone, name)
    report = steps.rebase_check(project.twin(name), str(NEWER)).report
    assert (report.verdict, report.policy) == (verdict, ())
    assert why in report.reasons[0]
    assert {each.change for each in report.routes} == {"added", "changed"}
    assert all(each.example is not None for each in report.overlaps)


def with_gateway(root: Path, clone: Project, name: str) -> Project:
    """Return a project with a small overlay on what the overlays of the clone pin, imported and learned."""
    project = Project.find(root)
    [base] = clone.twin("checkout-shared").base_path.glob("*.wraith")
    steps.make_overlay(project.twin(name), str(base), owner="gateway-team")
    with contextlib.chdir(root):
        assert main(["import", name, str(GATEWAY)]) == 0
        assert main(["synth", name]) == 0
    return project


def test_a_moved_pin_rebuilds_what_is_below_it(clone: Project) -> None:
    """After ``rebase`` delta and what follows are stale; learning is not, and no other twin."""
    shared = clone.twin("checkout-shared")
    steps.rebase(shared, [str(NEWER)])
    pinned = open_artifact(NEWER).content_digest.removeprefix("sha256:")
    assert [path.stem for path in shared.base_path.iterdir()] == [pinned]
    moved = ran(clone)
    assert moved[0] == "delta:checkout-shared"
    assert {name for name in moved if not name.endswith(":checkout-shared")} == set()


def test_graph_and_command_compose_the_same(clone: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the graph links of workspaces is what the command links of packed artifacts."""
    monkeypatch.chdir(clone.root)
    base = clone.twin("checkout-billing").base_path
    pins = {each.name: each for each in map(open_artifact, sorted(base.glob("*.wraith")))}
    order = (pins["checkout-shared"], open_artifact(clone.dist_path / "checkout-billing.wraith"))
    arguments = [part for each in order for part in ("--overlay", f"{each.name}@{each.content_digest}")]
    reference = f"billing-api@{pins['billing-api'].content_digest}"
    output = ("--output", "both.wraith", "--artifact-path", str(base))
    assert main(["compose", "--base", reference, *arguments, *output]) == 0
    composed = open_artifact(clone.root / "both.wraith")
    packed = open_artifact(clone.dist_path / "checkout.wraith")
    assert composed.content_digest == packed.content_digest
    assert packed.kind == "composite"


def test_the_overlays_are_promoted(clone: Project) -> None:
    """Each of their variants is backed, and promoting twice writes the same bytes."""
    workspace = clone.twin("checkout-billing")
    written = []
    for _ in range(2):
        result = steps.promote(workspace)
        assert result.promotion.promoted
        folder = result.folder
        written.append({path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()})
    assert written[0] == written[1]


def test_another_clone_restores_overlays_and_composites(clone: Project, tmp_path: Path) -> None:
    """With the cache of one clone the other builds nothing, and has the same files, also of composites."""
    shutil.copytree(clone.root, tmp_path / "other")
    other = Project.find(tmp_path / "other")
    assert run_graph(clone, progress=lambda _: None) == 0
    shutil.copytree(clone.cache_path, other.cache_path, dirs_exist_ok=True)
    for path in (other.dist_path, other.state_path / "composites", other.store_path):
        shutil.rmtree(path)
    other.database_path.unlink()
    for name in OVERLAYS:
        shutil.rmtree(other.twin(name).build_path)
        for made in (other.twin(name).symbols_path, other.twin(name).digests_path):
            made.unlink()
    events: list[TaskEvent] = []
    assert run_graph(other, progress=events.append) == 0
    came = {event.kind for event in events if event.task} - {"run"}
    assert came == {"checked", "restored"}
    for folder in (clone.dist_path, clone.state_path / "composites"):
        for path in (each for each in folder.rglob("*") if each.is_file()):
            assert (other.root / path.relative_to(clone.root)).read_bytes() == path.read_bytes()
    assert ran(other) == []


def test_composing_the_same_again_checks_nothing_again(clone: Project) -> None:
    """Early cut-off: the composite came out as it was, and so the report of its check stands."""
    assert run_graph(clone, progress=lambda _: None) == 0
    shutil.rmtree(clone.cache_path)
    clone.composite("checkout").compose_report_path.unlink()
    assert ran(clone) == ["compose:checkout"]


def test_every_step_of_overlays_declares_what_it_reads(clone: Project) -> None:
    """Learning, delta, composing, checking and packing come to the same with their declared inputs alone."""
    assert run_graph(clone, progress=lambda _: None) == 0
    assert find_undeclared(clone) == []
