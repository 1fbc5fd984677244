"""A service's own address in its answers."""

from __future__ import annotations

import pytest

from wraith.exchange import Request, Response
from wraith.live import OwnAddress

ADDRESS = OwnAddress("http://127.0.0.1:8080/api", "https://api.example.com")


@pytest.mark.parametrize(
    ("said", "undone"),
    [
        (
            b'{"next": "http://127.0.0.1:8080/v1/items?page=2"}',
            b'{"next": "https://shop.example/v1/items?page=2"}',
        ),
        (rb'{"next": "http:\/\/127.0.0.1:8080\/v1"}', rb'{"next": "https:\/\/shop.example\/v1"}'),
        (b"https://127.0.0.1:8080", b"https://shop.example"),
        (b"http://127.0.0.1:80801/", b"http://127.0.0.1:80801/"),
        (b"http://127.0.0.1:8080.evil/", b"http://127.0.0.1:8080.evil/"),
        (b"127.0.0.1:8080", b"127.0.0.1:8080"),
    ],
)
def test_the_address_that_was_asked_is_undone(said: bytes, undone: bytes) -> None:
    """In bodies and headers, as the recorded request named the host; other addresses stay."""
    response = Response(200, (("Location", said.decode()),), said)
    recorded = Request("GET", "/", (("Host", "shop.example"),))
    assert ADDRESS.undone(response, recorded) == Response(200, (("Location", undone.decode()),), undone)


def test_a_request_without_a_host_was_sent_to_the_configured_one() -> None:
    """Imported recordings may lack the header."""
    response = Response(200, (), b"http://127.0.0.1:8080/x")
    assert ADDRESS.undone(response, Request("GET", "/")).body == b"https://api.example.com/x"
