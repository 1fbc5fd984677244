"""What clients get of the twin's answers: its own addresses, and no headers of the machinery."""

from __future__ import annotations

import pytest

from wraith.config import Serve
from wraith.exchange import Response, header
from wraith.serve._naming import Named
from wraith.serve._outgoing import Outgoing

HOST = "127.0.0.1:8081"
TWIN = f"http://{HOST}"
JSON = (("Content-Type", "application/json"),)


def body(text: str, *, upstream: str = "https://api.example.com/v1", prefix: str = "") -> str:
    outgoing = Outgoing(Serve(), upstream)
    answer = outgoing(Response(200, JSON, text.encode()), HOST, Named("", "/", (), prefix))
    return answer.body.decode()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('"https://api.example.com/v1/cups"', f'"{TWIN}/cups"'),
        ('"https://api.example.com:443/v1?a=1"', f'"{TWIN}?a=1"'),
        (r'"https:\/\/api.example.com\/v1\/cups"', rf'"{TWIN}\/cups"'.replace("//", r"\/\/")),
        ('"https://api.example.com/v2/cups"', None),
        ('"https://api.example.com/v10"', None),
        ('"https://api.example.com.evil.example/v1"', None),
        ('"https://api.example.com:8443/v1/cups"', None),
        ('"https://other.example.com/v1"', None),
    ],
    ids=["inside", "usual port", "escaped", "outside", "longer", "longer host", "port", "host"],
)
def test_addresses_of_the_upstream_become_the_twins(said: str, told: str | None) -> None:
    """Those below its base address, and no others."""
    assert body(said) == (told or said)


def test_an_upstream_with_a_port_is_itself_alone() -> None:
    """Another port of the same host is another service."""
    said = "http://127.0.0.1:8420/a http://127.0.0.1:84201/a http://127.0.0.1/a"
    upstream = "http://127.0.0.1:8420"
    assert body(said, upstream=upstream) == f"{TWIN}/a http://127.0.0.1:84201/a http://127.0.0.1/a"


def test_the_path_of_a_session_leads_back_into_it() -> None:
    """Addresses begin with what named the session, and so do relative ones in Location."""
    assert body('"https://api.example.com/v1/cups"', prefix="/@mine") == f'"{TWIN}/@mine/cups"'
    moved = Response(303, (("Location", "/cups/1"),))
    answer = Outgoing(Serve(), "https://api.example.com")(moved, HOST, Named("mine", "/", (), "/@mine"))
    assert header(answer.headers, "location") == "/@mine/cups/1"


@pytest.mark.parametrize("prefix", ["", "/@mine"])
def test_addresses_that_a_service_builds_from_the_host_lead_into_the_session(prefix: str) -> None:
    """In headers and bodies, once; another port is another server."""
    said = (
        f'"{TWIN}/cups" "{TWIN}" "{TWIN}{prefix}/cups" "{TWIN}9/cups" '
        + f'"{TWIN}/a"'.replace("/", r"\/")
        + ' "https://api.example.com/v1/cups"'
    )
    told = (
        f'"{TWIN}{prefix}/cups" "{TWIN}{prefix}" "{TWIN}{prefix}/cups" "{TWIN}9/cups" '
        + f'"{TWIN}{prefix}/a"'.replace("/", r"\/")
        + f' "{TWIN}{prefix}/cups"'
    )
    assert body(said, prefix=prefix) == told
    made = Response(201, (("Location", f"{TWIN}/cups/1"), ("X-Of", f"{TWIN}/cups/1")))
    answer = Outgoing(Serve(), "https://api.example.com")(made, HOST, Named("", "/", (), prefix))
    assert answer.headers == (("Location", f"{TWIN}{prefix}/cups/1"), ("X-Of", f"{TWIN}/cups/1"))


def test_addresses_that_a_service_behind_tls_builds_from_the_host_lead_to_the_twin() -> None:
    """Our host with its scheme and its path is no place; with ours it is."""
    https = TWIN.replace("http:", "https:")
    said = f'"{https}/v1/cups" "{https}/v1" "{https}/v10" "{TWIN}/cups" "{https}0/v1/cups"'
    told = f'"{TWIN}/cups" "{TWIN}" "{TWIN}/v10" "{TWIN}/cups" "{https}0/v1/cups"'
    assert body(said) == told
    assert body(f'"{https}/cups"', upstream="https://api.example.com") == f'"{TWIN}/cups"'
    plain = f'"{TWIN}/cups" "{https}/cups"'
    assert body(plain, upstream="http://api.example.com") == plain
    made = Response(201, (("Location", f"{https}/v1/cups/1"),))
    answer = Outgoing(Serve(), "https://api.example.com/v1")(made, HOST, Named("", "/", ()))
    assert header(answer.headers, "location") == f"{TWIN}/cups/1"


def test_what_leads_a_client_leads_it_to_the_twin() -> None:
    """Below the base address, with a host or without; cookies are for its host, over plain HTTP."""
    sent = (
        ("Location", "/v1/cups/1"),
        ("Content-Location", "//api.example.com/v1/cups/1"),
        ("Link", '</v1/cups?page=2>; rel="next"'),
        ("Set-Cookie", "sid=1; Domain=api.example.com; Secure; HttpOnly"),
    )
    answer = Outgoing(Serve(), "https://api.example.com/v1")(Response(201, sent), HOST, Named("", "/", ()))
    assert answer.headers == (
        ("Location", "/cups/1"),
        ("Content-Location", f"{TWIN}/cups/1"),
        ("Link", '</cups?page=2>; rel="next"'),
        ("Set-Cookie", "sid=1; HttpOnly"),
    )
    as_it_is = Outgoing(Serve(rewrite_urls=False), "https://api.example.com/v1")
    assert as_it_is(Response(201, sent), HOST, Named("", "/", ())).headers == sent


def test_bytes_that_are_no_text_stay() -> None:
    """An archive that holds the address is not torn."""
    binary = Response(200, (("Content-Type", "application/zip"),), b"PK https://api.example.com/a")
    assert Outgoing(Serve(), "https://api.example.com")(binary, HOST, Named("", "/", ())) is binary


SENT = (
    *(("Server", "nginx"), ("CF-Ray", "1"), ("X-Powered-By", "x"), ("X-Total", "3")),
    ("Strict-Transport-Security", "max-age=1"),
)


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        (Serve(), ["X-Total"]),
        (Serve(strip_headers=False), [name for name, _ in SENT]),
        (Serve(fidelity="strict"), [name for name, _ in SENT]),
    ],
    ids=["default", "kept", "strict"],
)
def test_headers_of_the_machinery_are_left_out(settings: Serve, kept: list[str]) -> None:
    """Unless they are asked for, and where answers are verbatim."""
    answer = Outgoing(settings, "")(Response(200, SENT), HOST, Named("", "/", ()))
    assert [name for name, _ in answer.headers] == kept
