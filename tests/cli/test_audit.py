"""``wraith doctor --security-audit``: what is left in recordings, models and reports, with confidence."""

from __future__ import annotations

from wraith.workspace import Workspace


def of_audit(ran) -> list[tuple[str, str]]:
    """The findings of the audit: level and message."""
    return [
        (each["level"], each["message"])
        for each in ran.document["findings"]
        if each["code"] == "security_audit"
    ]


def test_a_clean_twin_passes(run, recorded: Workspace) -> None:
    """Nothing that is surely a secret or personal: the exit status is not 3."""
    ran = run("doctor", "shop", "--security-audit", "--json")
    assert ("ok", "nothing that is surely a secret or personal") in of_audit(ran)
    assert ran.code != 3


def test_what_is_surely_somebodys_ends_with_3(run, recorded: Workspace) -> None:
    """A number of an account in a fixture is found where it stands, and not shown in full."""
    fixtures = recorded.root / "state" / "fixtures"
    fixtures.mkdir(parents=True, exist_ok=True)
    (fixtures / "note.json").write_text('{\n "iban": "DE89370400440532013000",\n "of": "ann@posteo.de"\n}\n')
    ran = run("doctor", "shop", "--security-audit", "--json")
    assert ran.code == 3
    levels = [level for level, _ in of_audit(ran)]
    assert levels[0] == "error"
    assert "warning" in levels
    assert "DE89370400440532013000" not in ran.out
    places = [each["where"] for each in ran.document["findings"] if each["code"] == "security_audit"]
    assert "state/fixtures/note.json:2" in places


def test_what_is_allowed_is_left_out(run, recorded: Workspace) -> None:
    """``[[allow]]`` of scrub.toml names values that are public."""
    (recorded.root / "state").mkdir(exist_ok=True)
    (recorded.root / "state" / "note.json").write_text('{"iban": "DE89370400440532013000"}')
    with recorded.scrub_path.open("a") as rules:
        rules.write('\n[[allow]]\nvalue = "DE89370400440532013000"\nreason = "the bank publishes it"\n')
    assert run("doctor", "shop", "--security-audit", "--json").code != 3


def test_secrets_are_told_by_file_and_line(run, recorded: Workspace) -> None:
    """Each file that holds some is a finding, with the line of the first and their number."""
    fixtures = recorded.root / "state" / "fixtures"
    (fixtures / "vip").mkdir(parents=True)
    (fixtures / "note.json").write_text(
        '{\n "a": {\n  "password": "hunter2",\n  "api_key": "xyzzy42"\n }\n}\n'
    )
    (fixtures / "vip" / "note.json").write_text('{\n "a": {"password": "hunter3"}\n}\n')
    ran = run("doctor", "shop", "--security-audit", "--json")
    found = {
        each["where"]: each["message"].rpartition(" in ")[2]
        for each in ran.document["findings"]
        if each["code"] == "security_audit" and each["level"] == "error"
    }
    assert found == {"state/fixtures/note.json:3": "2 places", "state/fixtures/vip/note.json:2": "1 place"}
    assert "hunter2" not in ran.out
