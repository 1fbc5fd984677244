"""Overlays at the command line: init --base, synth --delta, compose, rebase-check, rebase, promote, serve."""

from __future__ import annotations

import contextlib
import json
import shutil
from pathlib import Path

import pytest

from wraith.workspace import Project, Workspace


@pytest.fixture
def extra(run, packed: Path, record, exchange) -> Workspace:
    """An overlay on the recorded twin: gadgets, beside the widgets that the base answers."""
    assert run("pack", "shop").code == 0
    assert run("init", "extra", "--base", "shop.wraith", "--owner", "team").code == 0
    workspace = Project.find(packed.parent).twin("extra")
    for number in (1, 2):
        gadget = {"id": f"gad_{number}abcdefgh", "object": "gadget", "name": f"Gadget {number}"}
        record(
            workspace,
            [
                exchange("POST", "/gadgets", 201, gadget, json.dumps({"name": f"Gadget {number}"}).encode()),
                exchange("GET", f"/gadgets/gad_{number}abcdefgh", 200, gadget),
                exchange("GET", "/widgets/wid_none", 404, {"error": {"message": "not found"}}),
            ],
        )
    return workspace


@pytest.fixture
def built(run, extra: Workspace) -> Workspace:
    """The overlay, learned and packed."""
    assert run("synth", "extra").code == 0
    assert run("pack", "extra").code == 0
    return extra


def digest_of(run, name: str) -> str:
    return run("pack", name, "--output", "again.wraith", "--json").document["content_digest"]


def test_init_pins_the_base_and_keeps_it(run, extra: Workspace) -> None:
    """The digest is read from the artifact, which is kept beside the overlay under it."""
    text = extra.config_path.read_text()
    pinned = digest_of(run, "shop")
    assert f'digest = "{pinned}"' in text
    assert [path.stem for path in extra.base_path.iterdir()] == [pinned.removeprefix("sha256:")]
    assert 'base_url = "https://api.example.com"' in text


REFUSED = {
    "no owner": (("--base", "shop"), "--owner"),
    "no address": ((), "--base-url"),
    "an owner without a base": (("--base-url", "http://x.test", "--owner", "team"), "--base REF"),
    "no such base": (("--base", "nothing", "--owner", "team"), "nothing"),
    "another digest": (("--base", f"shop@sha256:{'0' * 64}", "--owner", "team"), "0000"),
}


@pytest.mark.parametrize(("arguments", "says"), REFUSED.values(), ids=REFUSED)
def test_init_refuses(run, packed: Path, arguments: tuple[str, ...], says: str) -> None:
    """A mistake is said, and nothing is made."""
    ran = run("init", "extra", *arguments)
    assert ran.code in (1, 3)
    assert says in ran.err
    assert not Path("twins/extra").exists()


def test_synth_subtracts_the_base(run, extra: Workspace) -> None:
    """What the base answers is covered; the report is the answer, and beside the build."""
    document = run("synth", "extra", "--json").document
    assert (document["covered_by_base"], document["new_route"], document["unreplayable"]) == (2, 4, 0)
    assert {each["route"] for each in document["routes"] if each["new_route"]} == {
        "POST /gadgets",
        "GET /gadgets/{gadget_id}",
    }
    assert json.loads(extra.delta_report_path.read_text())["overlay"] == "extra"


def test_synth_full_subtracts_nothing(run, extra: Workspace) -> None:
    """With ``--full`` all that was learned is kept, what the base answers as well."""
    assert run("synth", "extra", "--full").code == 0
    routes = json.loads(extra.symbols_path.read_text())["routes"]
    assert any(route["path_pattern"].startswith("/widgets") for route in routes)


def test_the_options_of_delta_belong_to_overlays(run, recorded: Workspace) -> None:
    """A root twin has no base to subtract."""
    ran = run("synth", "shop", "--delta")
    assert (ran.code, "--delta" in ran.err) == (1, True)


def test_a_report_of_a_composite_that_serves(run, built: Workspace) -> None:
    """Layers and digest are in the answer; the workspace is like any other twin's."""
    both = ("compose", "--base", "shop", "--overlay", "extra", "--output", "both")
    document = run(*both, "--json").document
    assert (document["verdict"], [each["artifact"] for each in document["layers"]]) == (
        "composed",
        ["shop", "extra"],
    )
    assert run("inspect", "./both", "--routes").code == 0
    assert run(*both).code == 0  # what composing wrote is written again
    assert run("pack", "./both", "--output", "packed.wraith").code == 0


def test_an_archive_and_a_workspace_are_one_composite(run, built: Workspace) -> None:
    """Both have the content digest that the answer names, and composing twice gives the same bytes."""
    arguments = ("compose", "--base", "shop.wraith", "--overlay", "dist/extra.wraith", "--output")
    first = run(*arguments, "both.wraith", "--json").document
    data = Path("both.wraith").read_bytes()
    second = run(*arguments, "both.wraith", "--json").document
    assert (first["content_digest"], data) == (second["content_digest"], Path("both.wraith").read_bytes())
    assert run("verify", "both.wraith").code == 0


def test_what_no_composing_wrote_is_left_alone(run, built: Workspace) -> None:
    """A folder with something else in it is refused."""
    Path("mine").mkdir()
    Path("mine/notes").write_text("keep")
    assert run("compose", "--base", "shop", "--overlay", "extra", "--output", "mine").code == 1
    assert [path.name for path in Path("mine").iterdir()] == ["notes"]


def test_policy_ends_with_3_and_writes_nothing(run, built: Workspace) -> None:
    """All findings are in the answer."""
    Path("policy.toml").write_text("signed = true\n[capabilities]\nroutes = false\n")
    ran = run(
        *("compose", "--base", "shop", "--overlay", "extra", "--output", "no.wraith"),
        *("--policy", "policy.toml", "--json"),
    )
    assert ran.code == 3
    assert {each["capability"] for each in ran.document["policy"]} == {"signature", "routes"}
    assert not Path("no.wraith").exists()


def test_a_policy_that_is_none_is_said(run, built: Workspace) -> None:
    """A file that is missing is named; beside an unknown key, those that there are, and where to read on."""
    arguments = ("--base", "shop", "--overlay", "extra", "--output", "no.wraith", "--policy", "p.toml")
    missing = run("compose", *arguments)
    assert (missing.code, "name a file that exists" in missing.err) == (1, True)
    Path("p.toml").write_text("[capabilities]\nhandler = false\n")
    ran = run("compose", *arguments)
    assert ran.code == 1
    assert "capabilities.handler: unknown key; there are routes, variants, schema, fixtures" in ran.err
    assert "docs/reference/overlays.md" in ran.err


def test_a_base_that_has_moved_is_said_with_both_digests(run, built: Workspace, record, exchange) -> None:
    """Policy names the digest that is pinned, the one that is given, and both ways on; the pinned base is
    found beside the overlay."""
    pinned = digest_of(run, "shop")
    record(built.project.twin("shop"), [exchange("GET", "/status", 200, {"up": True})])
    run("synth", "shop")
    newer = run("pack", "shop", "--output", "newer.wraith", "--json").document["content_digest"]
    for path in built.project.store_path.iterdir():
        path.unlink()
    for path in built.project.dist_path.glob("shop*"):
        path.unlink()
    arguments = ("--overlay", "extra", "--output", "both.wraith")
    ran = run("compose", "--base", "shop", *arguments, "--json")
    [reason] = [each["reason"] for each in ran.document["policy"]]
    assert ran.code == 3
    for told in (pinned, newer, "wraith rebase-check --overlay extra", "wraith rebase extra --to shop"):
        assert told in reason
    assert json.loads(Path("both.compose-report.json").read_text())["verdict"] == "refused"
    assert run("compose", "--base", f"shop@{pinned}", *arguments).code == 0


def overlap(run, built: Workspace) -> None:
    """Have the overlay answer all that its recordings know, whatever is asked."""
    run("synth", "extra", "--full")
    model = json.loads(built.symbols_path.read_text())
    for route in model["routes"]:
        for variant in route["variants"]:
            variant |= {"body_template": {"other": "answer"}, "guards": [], "support": []}
            variant |= {"holes": {}, "effects": []}
    built.symbols_path.write_text(json.dumps(model))


def looked(run) -> list[tuple[str, str]]:
    """Return what doctor says of the overlay as such."""
    findings = run("doctor", "extra", "--json").document["findings"]
    assert all(each["where"] and each["hint"] for each in findings if each["level"] in ("warning", "error"))
    return [(each["level"], each["message"]) for each in findings if each["code"] == "overlay"]


def test_doctor_looks_whether_an_overlay_is_valid(run, built: Workspace) -> None:
    """It composes with its base, or it is said why not: policy, overlaps, a base that is gone."""
    [(level, said)] = looked(run)
    assert (level, said.startswith("composes with shop")) == ("ok", True)
    scrub = built.scrub_path.read_text()
    built.scrub_path.write_text(scrub + "\n[[allow]]\nvalue = 'x'\nreason = 'y'\n")
    [(level, said)] = looked(run)
    assert (level, said.startswith("scrub: ")) == ("error", True)
    built.scrub_path.write_text(scrub)
    overlap(run, built)
    [(level, said)] = looked(run)
    assert (level, "of variants not provably disjoint, the first: GET /widgets/" in said) == ("error", True)
    built.project.twin("shop").symbols_path.unlink()  # of which the same artifact could be packed
    for path in built.project.root.rglob("?*.wraith"):
        path.unlink()
    [(level, said)] = looked(run)
    assert (level, "shop" in said) == ("error", True), said


def test_overlaps_end_with_2_unless_they_may_pass(run, built: Workspace) -> None:
    """A conflict names both variants; with --no-strict it is a warning."""
    overlap(run, built)
    arguments = ("compose", "--base", "shop", "--overlay", "extra", "--output", "no.wraith")
    ran = run(*arguments, "--json")
    assert (ran.code, ran.document["verdict"], ran.document["output"]) == (2, "conflict", None)
    assert ran.document["overlaps"][0]["first"]["origin"].startswith("shop@")
    assert not Path("no.wraith").exists()
    ran = run(*arguments, "--no-strict", "--json")
    assert (ran.code, len(ran.document["warnings"])) == (0, 1)


def test_a_rebase_that_is_safe_moves_the_pin(run, built: Workspace, record, exchange) -> None:
    """A base that has grown is judged, and then pinned and kept; the old one goes."""
    project = built.project
    one = exchange("GET", "/status", 200, {"up": True})
    record(project.twin("shop"), [one])
    run("synth", "shop")
    newer = run("pack", "shop", "--json").document["content_digest"]
    document = run("rebase-check", "--overlay", "extra", "--json").document
    assert (document["verdict"], document["new_base"]) == ("compatible", f"shop@{newer}")
    ran = run("rebase", "extra", "--to", "dist/shop.wraith", "--json")
    assert (ran.code, ran.document["moved"]) == (0, [f"shop@{newer}"])
    assert [path.stem for path in built.base_path.iterdir()] == [newer.removeprefix("sha256:")]
    again = run("rebase", "extra", "--to", "dist/shop.wraith")
    assert (again.code, f"extra is already on shop@{newer}" in again.out) == (0, True)
    assert run("synth", "extra").code == 0


def test_a_rebase_that_conflicts_moves_nothing(run, built: Workspace, record, exchange) -> None:
    """A base that answers otherwise what the overlay adds ends with 2; --force moves the pin all the same."""
    project = built.project
    other = {"id": "gad_9abcdefgh", "object": "gadget", "label": "another"}
    record(project.twin("shop"), [exchange("POST", "/gadgets", 200, other, b'{"name": "Gadget 9"}')])
    run("synth", "shop")
    run("pack", "shop")
    before = built.config_path.read_text()
    judged = run("rebase-check", "--overlay", "extra", "--json")
    assert (judged.code, judged.document["verdict"]) == (2, "conflict")
    assert run("rebase", "extra", "--to", "dist/shop.wraith").code == 2
    assert built.config_path.read_text() == before
    assert run("rebase", "extra", "--to", "dist/shop.wraith", "--force").code == 0
    assert built.config_path.read_text() != before


def test_another_base_is_another_overlay(run, built: Workspace) -> None:
    """The pin moves to newer versions of one artifact, not to another one."""
    shutil.copytree("twins/shop", "twins/market")
    ran = run("rebase", "extra", "--to", "market")
    assert (ran.code, "neither the base" in ran.err) == (1, True)


def test_promote_says_what_is_missing(run, built: Workspace) -> None:
    """Two exchanges are too few; less is required where [promote] says so."""
    ran = run("promote", "--overlay", "extra", "--json")
    assert (ran.code, ran.document["promoted"]) == (2, False)
    assert all(each["missing_exchanges"] == 1 for each in ran.document["evidence"])
    built.config_path.write_text(
        built.config_path.read_text().replace("# min_exchanges = 3", "min_exchanges = 2")
    )
    ran = run("promote", "--overlay", "extra", "--output", "suggestion", "--json")
    assert (ran.code, ran.document["promoted"]) == (0, True)
    assert Path("suggestion/summary.md").is_file()
    assert list(Path("suggestion/model/patches").iterdir())


def test_serving_what_is_not_built_names_the_task(run, extra: Workspace) -> None:
    """Nothing is served, and the hint says what builds it."""
    ran = run("serve", "extra")
    assert (ran.code, "doit compose:extra" in ran.err) == (1, True)


def test_a_composite_of_the_project_is_a_twin_by_its_name(run, built: Workspace) -> None:
    """Declared in wraith-project.toml it is built by the graph, checked, inspected and packed."""
    project_file = built.project.root / "wraith-project.toml"
    declared = '\n[composites.both]\nbase = "shop"\noverlays = ["extra"]\n'
    project_file.write_text(project_file.read_text() + declared)
    for command in (("check", "both"), ("init", "over", "--base", "both", "--owner", "team")):
        ran = run(*command)
        assert (ran.code, "doit compose:both" in ran.err) == (1, True)
    assert run("build", "pack:both").code == 0
    assert run("check", "both", "--json").document["sessions_total"] == 2
    assert run("pack", "both", "--json").document["artifact_kind"] == "composite"
    assert run("build").code == 0


def test_an_overlay_stands_on_a_composite(run, built: Workspace, record, exchange) -> None:
    """A composite is a base like any other: pinned, subtracted, composed, judged against, moved to."""
    project_file = built.project.root / "wraith-project.toml"
    declared = '\n[composites.both]\nbase = "shop"\noverlays = ["extra"]\n'
    project_file.write_text(project_file.read_text() + declared)
    assert run("build", "pack:both").code == 0
    assert run("init", "over", "--base", "both", "--owner", "team").code == 0
    over = built.project.twin("over")
    gadget = {"id": "gad_1abcdefgh", "object": "gadget", "name": "One"}
    record(
        over,
        [
            exchange("POST", "/gadgets", 201, gadget, b'{"name": "One"}'),
            exchange("GET", "/ping", 200, {"up": True}),
        ],
    )
    assert run("build", "check:over").code == 0
    document = json.loads(over.delta_report_path.read_text())
    assert (document["covered_by_base"], document["new_route"]) == (1, 1)
    record(built, [exchange("GET", "/health", 200, {"up": True})])
    assert run("build", "pack:both").code == 0
    judged = run("rebase-check", "--overlay", "over", "--new-base", "both", "--json").document
    assert (judged["verdict"], judged["old_base"] != judged["new_base"]) == ("compatible", True)
    assert run("rebase", "over").code == 0
    assert run("build", "check:over").code == 0
    assert run("compose", "--base", "both", "--overlay", "over", "--output", "all.wraith").code == 0


def test_an_installed_overlay_names_what_it_stands_on(run, built: Workspace, tmp_path_factory) -> None:
    """Its base is not in it: what is missing is said, and a folder with it is enough to build."""
    project, shelf = tmp_path_factory.mktemp("elsewhere"), tmp_path_factory.mktemp("shelf")
    run("pack", "shop", "--output", str(shelf / "shop.wraith"))
    overlay = str(built.project.dist_path / "extra.wraith")
    with contextlib.chdir(project):
        ran = run("install", overlay, "--json")
        assert [pin.partition("@")[0] for pin in ran.document["missing"]] == ["shop"]
        assert run("serve", "extra", "--build").code == 1
        assert run("build", "compose:extra", "--artifact-path", str(shelf)).code == 0


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many routes each twin has that was to be served; nothing listens."""
    routes: list[int] = []
    monkeypatch.setattr(
        "wraith.serve.serve_twin", lambda loaded, **more: routes.append(len(loaded.twin.model.routes))
    )
    return routes


def test_serve_with_an_overlay_composes_first(run, built: Workspace, served: list[int]) -> None:
    """The composite is made below .wraith, and made again where a layer has changed."""
    alone = len(json.loads(built.project.twin("shop").symbols_path.read_text())["routes"])
    assert run("serve", "shop", "--overlay", "dist/extra.wraith").code == 0
    assert run("serve", "shop").code == 0
    assert served[1] == alone < served[0]
    [made] = (built.project.state_path / "composites").iterdir()
    assert made.name.startswith("shop-")


def test_serve_build_brings_up_to_date(run, built: Workspace, served: list[int]) -> None:
    """An overlay answers as its composite; one that is stale is said to be, with the task."""
    assert run("serve", "extra", "--build").code == 0
    model = json.loads(built.symbols_path.read_text())
    model["routes"] = model["routes"][:1]
    built.symbols_path.write_text(json.dumps(model))
    ran = run("serve", "extra")
    assert (ran.code, "extra is stale: extra changed; doit compose:extra" in ran.err) == (0, True)


def test_what_is_required_moves_with_its_base(run, built: Workspace, record, exchange) -> None:
    """An overlay and what it requires stand on one base: the lower one goes first, and then both pins move
    together, although what is required answers as before and has the digest that it had."""
    project = built.project
    assert run("init", "upper", "--base", "shop", "--requires", "extra", "--owner", "team").code == 0
    record(project.twin("upper"), [exchange("GET", "/ping", 200, {"up": True})])
    assert run("build", "check:upper").code == 0
    record(project.twin("shop"), [exchange("GET", "/status", 200, {"up": True})])
    assert run("build", "pack:shop").code == 0
    ran = run("rebase", "upper", "--to", "shop")
    assert (ran.code, "wraith rebase extra" in ran.err) == (1, True)
    assert run("rebase", "extra").code == 0
    assert run("build", "pack:extra").code == 0
    ran = run("rebase", "upper", "--json")
    assert [pin.partition("@")[0] for pin in ran.document["moved"]] == ["shop", "extra"]
    assert run("build", "check:upper").code == 0


def test_what_was_recorded_since_is_told(run, built: Workspace, served: list[int], record, exchange) -> None:
    """A twin that was learned from fewer sessions is stale, as itself and below an overlay."""
    record(built.project.twin("shop"), [exchange("GET", "/status", 200, {"up": True})])
    for arguments in (("shop",), ("shop", "--overlay", "extra")):
        ran = run("serve", *arguments)
        assert (ran.code, "shop is stale: 1 session was recorded since it was learned" in ran.err) == (
            0,
            True,
        )


def test_an_unbuilt_layer_names_its_task(run, extra: Workspace, served: list[int]) -> None:
    """Nothing is composed of what is not learned; --build learns it first."""
    compose = ("compose", "--base", "shop", "--overlay", "extra", "--output", "x")
    for command in (("serve", "shop", "--overlay", "extra"), compose):
        ran = run(*command)
        assert (ran.code, "doit delta:extra" in ran.err, "--build" in ran.err) == (1, True, True)
    assert run("serve", "shop", "--overlay", "extra", "--build").code == 0
