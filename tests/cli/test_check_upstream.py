"""``wraith check --upstream``: the order ledger over loopback, as it was recorded and after it drifted."""

from __future__ import annotations

import contextlib
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from wraith.canonical import JsonValue
from wraith.conformance import Upstream
from wraith.exchange import Exchange, Request, Response
from wraith.workspace import Workspace

UPSTREAMS = Path(__file__).resolve().parents[1] / "upstreams"
AT_MS = 1_700_000_000_000
JSON = (("Content-Type", "application/json"),)


@contextlib.contextmanager
def ledger(seed: int, *drift: str) -> Iterator[str]:
    """Serve an order ledger, changed in these ways, on a free port."""
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port = chosen.getsockname()[1]
    script = UPSTREAMS / "orderledger_drifted.py"
    command = [sys.executable, str(script), "--port", str(port), "--seed", str(seed), "--drift", *drift]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                httpx.get(f"{url}/health")
                break
        yield url
    finally:
        process.terminate()
        process.wait()


def conversation(url: str, number: int) -> list[Exchange]:
    """Return what a client of the ledger does: it looks around, adds a customer and a product, and reads.

    Each conversation is said to have been in another minute.
    """
    done: list[Exchange] = []
    then = datetime.fromtimestamp(AT_MS // 1000 + number * 60, UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with httpx.Client(base_url=url, headers={"accept-encoding": "identity"}) as client:

        def do(method: str, target: str, body: JsonValue = None) -> str:
            sent = (
                client.build_request(method, target, json=body)
                if body
                else client.build_request(method, target)
            )
            answer = client.send(sent)
            headers = tuple((name, value) for name, value in answer.headers.items() if name != "date")
            at_ms = AT_MS + number * 60_000 + len(done)
            request = Request(method, target, JSON if body else (), sent.content)
            body = re.sub(rb'("created_at": ?")[^"]+', rb"\g<1>" + then, answer.content)
            done.append(Exchange(request, Response(answer.status_code, headers, body), at_ms))
            return str(answer.json()["id"]) if answer.status_code == 201 else ""

        do("GET", "/health")
        do("GET", "/products/prd_unknown")
        person = {"kind": "person", "name": f"Customer {number}", "birth_date": "1990-12-31"}
        customer = do("POST", "/customers", {**person, "email": f"c{number}@example.com"})
        product = do("POST", "/products", {"sku": f"DRUM-{number}0", "name": "Drum", "price": 1000 + number})
        do("GET", f"/customers/{customer}")
        do("GET", f"/products/{product}")
        do("GET", f"/customers/{customer}/payments")
        do("PATCH", f"/products/{product}", {"price": 900 + number})
        do("GET", f"/products/{product}")
        do("GET", "/health")
    return done


@pytest.fixture
def books(run, shop: Workspace, record: Callable[..., str]) -> Workspace:
    """A twin that was learned from the order ledger as it is."""
    with ledger(1) as url:
        for number in range(3):
            record(shop, conversation(url, number))
    assert run("synth", "shop").code == 0
    return shop


def test_a_service_that_did_not_change_passes(run, books: Workspace) -> None:
    """Reads alone are sent; what tells of a write that was skipped is counted apart, in no score."""
    with ledger(2) as url:
        document = run("check", "shop", "--upstream", "--target", url, "--json").document
        ran = run("check", "shop", "--upstream", "--target", url, "--rps", "1000")
    assert document.pop("schema") == "wraith.upstream/1"
    Upstream.model_validate(document)

    assert (document["upstream_fidelity_bp"], document["verdict"], document["divergences"]) == (
        10_000,
        "pass",
        [],
    )
    assert (document["exchanges_total"], document["writes_skipped"]) == (9, 9)
    assert (document["not_replayable"], document["failed"]) == (12, 0)
    assert {each["route"] for each in document["not_sent"] if each["kind"] == "not_replayable"} == {
        "GET /customers/{customer_id}",
        "GET /customers/{customer_id}/payments",
        "GET /products/{product_id}",
    }
    assert ran.code == 0
    assert ran.out.startswith("PASS  shop  upstream 10000/10000  sessions=3/3  divergences=0 ")
    assert "9 writes skipped, 12 not replayable, 0 failed" in ran.out


def test_writes_are_sent_where_they_are_asked_for(run, books: Workspace) -> None:
    """The service gives other ids, and later requests name them."""
    with ledger(2) as url:
        document = run(
            "check", "shop", "--upstream", "--target", url, "--include-writes", "--rps", "1000", "--json"
        ).document
        made = httpx.get(f"{url}/customers").json()["total"]
    assert (document["exchanges_total"], document["exchanges_exact"], document["not_sent"]) == (30, 30, [])
    assert made == 3


DRIFTS: dict[str, tuple[str, str, str, str]] = {
    "field": ("kind", "missing_field", "field_removed", "error"),
    "more": ("barcode", "extra_field", "additive_optional_field", "warning"),
    "type": ("price", "type_mismatch", "type_change", "error"),
    "status": ("status", "status_mismatch", "status_code_shift", "error"),
}


@pytest.mark.parametrize("name", DRIFTS)
def test_each_drift_of_the_service_is_told(run, books: Workspace, name: str) -> None:
    """Path, category and type; a field more is a warning, and passes."""
    with ledger(2, name) as url:
        ran = run(
            "check", "shop", "--upstream", "--target", url, "--include-writes", "--rps", "1000", "--json"
        )
    told = {
        (each["path"], each["category"], each["drift_type"], each["severity"])
        for each in ran.document["drifts"]
    }
    assert told == {DRIFTS[name]}
    assert ran.code == (0 if name == "more" else 2)


@pytest.mark.parametrize("name", ["field", "more", "status"])
def test_drift_of_the_service_can_be_looked_at(run, books: Workspace, name: str) -> None:
    """On a page of its own: what drifted, with the service's answer, a field more as a warning."""
    page = books.project.root / "drift.html"
    arguments = ("--include-writes", "--rps", "1000", "--html", str(page))
    with ledger(2, name) as url:
        ran = run(
            "check", "shop", "--upstream", "--target", url, "--header", "X-Api-Key: k3y-0f-m1ne", *arguments
        )
    text = page.read_text()
    assert ran.out.splitlines()[-1] == f"the page is {page}"
    assert "Drift of the live service" in text
    assert DRIFTS[name][0] in text
    assert DRIFTS[name][1] in text
    assert ("(warning)" in text) == (name == "more")
    assert f"asked: {url}; 0 writes skipped" in text
    assert "k3y-0f-m1ne" not in text


def test_drift_of_the_service_can_be_accepted(run, books: Workspace) -> None:
    """By its id; the next run passes. No check of the twin misses it, but a service without it does."""
    arguments = ("check", "shop", "--upstream", "--include-writes", "--rps", "1000")
    with ledger(2, "type") as url:
        [*drifts] = run(*arguments, "--target", url, "--json").document["drifts"]
    for drift in drifts:
        assert run("check", "shop", "--accept", drift["drift_id"], "--reason", "known").code == 0
    with ledger(3, "type") as url:
        ran = run(*arguments, "--target", url, "--json")
    assert (ran.code, ran.document["drift_suppressed_count"]) == (0, 12)
    assert ran.document["findings"] == []
    assert run("check", "shop", "--json").document["findings"] == []
    with ledger(4) as url:
        findings = run(*arguments, "--target", url, "--json").document["findings"]
    assert {(each["kind"], "drift.toml" in each["rule"]) for each in findings} == {("unused_rule", True)}


def test_a_service_that_is_away_is_no_drift(run, books: Workspace) -> None:
    """Each exchange failed, none diverged, and the exit status is that of a failure at run time."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"  # bound, and nobody listens
        ran = run("check", "shop", "--upstream", "--target", url, "--rps", "1000", "--json")
    assert ran.code == 4
    document = ran.document
    assert (document["failed"], document["exchanges_total"], document["divergences_total"]) == (9, 0, 0)
    assert document["verdict"] == "no-evidence"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--target", "http://127.0.0.1:1"), "--target is about the live service"),
        (("--include-writes",), "--include-writes is about the live service"),
        (("--upstream", "--wire"), "--upstream and --wire do not go together"),
        (("--upstream", "--target", "ftp://x"), "not an address: 'ftp://x'"),
        (("--upstream", "--rps", "0"), "expected requests a second"),
        (("--upstream", "--header", "nonsense"), "not a header: 'nonsense'"),
        (("--upstream", "--header", "A: ${UNSET_HERE}"), "UNSET_HERE is not set"),
        (("--upstream", "--session", "none"), "there is no session 'none'"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_what_cannot_be_done_is_said(run, recorded: Workspace, arguments: tuple[str, ...], said: str) -> None:
    """Exit status 1, before anything is sent."""
    run("synth", "shop")
    ran = run("check", "shop", *arguments)
    assert (ran.code, said in ran.err) == (1, True)
