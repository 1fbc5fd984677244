"""Who may use the control plane."""

from __future__ import annotations

import asyncio

import pytest

from wraith.asgi import Front, Guard, control_guard, new_control_app
from wraith.errors import PolicyError

OWN = {"host": "127.0.0.1:8081"}


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        pytest.param(OWN, True, id="a-program"),
        pytest.param({}, True, id="a-program-of-http-1.0"),
        pytest.param({"host": "localhost:8081"}, True, id="by-name"),
        pytest.param({"host": "[::1]:8081"}, True, id="ipv6"),
        pytest.param({**OWN, "sec-fetch-site": "none"}, True, id="typed-into-the-address-bar"),
        pytest.param(
            {**OWN, "sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:8081"}, True, id="own-page"
        ),
        pytest.param({**OWN, "sec-fetch-site": "cross-site"}, False, id="page-of-another-site"),
        pytest.param({**OWN, "sec-fetch-site": "same-site"}, False, id="page-of-another-port"),
        pytest.param({**OWN, "origin": "https://evil.test"}, False, id="origin-elsewhere"),
        pytest.param({**OWN, "origin": "http://127.0.0.1:9999"}, False, id="origin-of-another-port"),
        pytest.param({**OWN, "origin": "null"}, False, id="sandboxed-page"),
        pytest.param({**OWN, "origin": "http://[bad"}, False, id="origin-that-is-none"),
        pytest.param({"host": "evil.test:8081"}, False, id="rebound-name"),
        pytest.param(
            {"host": "evil.test", "origin": "http://evil.test"}, False, id="rebound-name-with-its-origin"
        ),
        pytest.param({"host": "127.0.0.1.evil.test"}, False, id="name-that-begins-like-loopback"),
        pytest.param({"host": "[broken"}, False, id="no-host-at-all"),
    ],
)
def test_on_loopback_programs_may_and_pages_of_other_sites_may_not(
    headers: dict[str, str], allowed: bool
) -> None:
    """What a browser says of a request, and the name it used, tell a page of elsewhere from a program."""
    raw = [(name.title().encode(), value.encode()) for name, value in headers.items()]
    assert (Guard(None).refusal(raw) is None) == allowed


@pytest.mark.parametrize(
    ("authorization", "allowed"),
    [
        (None, False),
        ("Bearer wrong", False),
        ("secret", False),
        ("Bearer secret", True),
        ("Basic bWU6c2VjcmV0", True),  # me:secret
        ("Basic c2VjcmV0", False),  # secret
        ("Basic bWU6d3Jvbmc=", False),  # me:wrong
        ("Basic *", False),
        ("Basic /w==", False),
        ("", False),
    ],
)
def test_off_loopback_the_token_decides(authorization: str | None, allowed: bool) -> None:
    """Any name may reach a server that is meant to be reached; who knows the token may control it."""
    guard = control_guard("0.0.0.0", {"WRAITH_CONTROL_TOKEN": "secret"})
    raw = [(b"host", b"twins.test")]
    if authorization is not None:
        raw.append((b"authorization", authorization.encode()))
    assert (guard.refusal(raw) is None) == allowed


def test_the_token_does_not_excuse_a_page_of_another_site() -> None:
    """A page cannot know the token, but a browser may: the refusal of pages stands before it."""
    guard = control_guard("0.0.0.0", {"WRAITH_CONTROL_TOKEN": "secret"})
    raw = [(b"host", b"a"), (b"authorization", b"Bearer secret"), (b"sec-fetch-site", b"cross-site")]
    assert guard.refusal(raw) is not None


def test_a_browser_is_asked_for_the_token() -> None:
    """Without it the answer is a challenge, with which a browser asks its user; a page is refused without."""

    async def ask(headers: list[tuple[bytes, bytes]]) -> tuple[int, set[bytes]]:
        sent: list[dict[str, object]] = []

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        app = new_control_app("control")
        front = Front(app, app, Guard("secret"))
        await front({"type": "http", "path": "/__wraith/", "headers": headers}, None, send)
        return sent[0]["status"], {name for name, _ in sent[0]["headers"]}

    status, names = asyncio.run(ask([(b"host", b"twins.test")]))
    assert (status, b"www-authenticate" in names) == (401, True)
    status, names = asyncio.run(ask([(b"host", b"twins.test"), (b"sec-fetch-site", b"cross-site")]))
    assert (status, b"www-authenticate" in names) == (403, False)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_loopback_needs_no_token(host: str) -> None:
    """Only programs of this machine reach it."""
    assert control_guard(host, {}) == Guard(None)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "twins.test", ""])
def test_off_loopback_nothing_starts_without_a_token(host: str) -> None:
    """A server that others can reach has a protected control plane, or does not start."""
    with pytest.raises(PolicyError, match="nothing protects") as raised:
        control_guard(host, {})
    assert raised.value.hint is not None
    assert "WRAITH_CONTROL_TOKEN" in raised.value.hint


def test_an_unknown_part_of_the_control_plane_is_told_what_there_is() -> None:
    """A 404 lists the routes."""

    async def ask() -> str:
        app = new_control_app("control")

        @app.get("/__wraith/health")
        async def health() -> dict[str, str]:
            return {}

        answer = await app.test_client().get("/__wraith/nope")
        assert answer.status_code == 404
        document: dict[str, str] = await answer.get_json()
        return document["message"]

    assert asyncio.run(ask()).endswith("there are /__wraith/health")
