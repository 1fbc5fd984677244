"""A cache server behind TLS that asks who is there: a certificate authority of this test, and credentials."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from wraith.cache import ActionCache, Remote, Store, action_key, credentials

KEY = action_key("synth", "1", {}, {"a": "x"})
BEARER = {"WRAITH_CACHE_TOKEN": "let me in"}
BASIC = {"WRAITH_CACHE_USER": "ci", "WRAITH_CACHE_PASSWORD": "let me in"}

Machine = Callable[..., tuple[ActionCache, Path, list[str]]]


@dataclass
class Server:
    """What a server holds, whom it lets in, and what it was sent."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    asks_for: str = ""
    requests: int = 0


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def signed(
    subject: str, issuer: str, key: ec.EllipticCurvePrivateKey, by: ec.EllipticCurvePrivateKey, *, ca: bool
) -> bytes:
    """Return a certificate for 127.0.0.1 as PEM."""
    now = datetime.datetime.now(datetime.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(subject))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(address, critical=False)
    )
    return builder.sign(by, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the certificate of an authority, and a server's certificate and key."""
    made = tmp_path_factory.mktemp("tls")
    authority, server = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    (made / "ca.pem").write_bytes(signed("an authority", "an authority", authority, authority, ca=True))
    key = server.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (made / "server.pem").write_bytes(signed("cache", "an authority", server, authority, ca=False) + key)
    return made


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    made = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(200 if self.path in made.files else 404, made.files.get(self.path, b""))

        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("authorization") == made.asks_for:
                made.files[self.path] = body
            self.answer(201, b"")

        def answer(self, status: int, body: bytes) -> None:
            made.requests += 1
            known = self.headers.get("authorization") == made.asks_for
            self.send_response(status if known else 401)
            self.send_header("content-length", str(len(body) if known else 0))
            self.end_headers()
            self.wfile.write(body if known else b"")

        def log_message(self, *_: object) -> None:
            pass

    class Https(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """A client that hangs up in the handshake."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    with Https(("127.0.0.1", 0), Handler) as http:
        http.socket = context.wrap_socket(http.socket, server_side=True)
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        made.url = f"https://127.0.0.1:{http.server_port}/cache"
        yield made
        http.shutdown()
        thread.join()


@pytest.fixture
def trusted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "ca.pem"))


@pytest.fixture
def machine(tmp_path: Path, server: Server) -> Iterator[Machine]:
    """Give a machine: its cache before the server, its folder, and what it was told."""
    remotes: list[Remote] = []

    def make(name: str, environ: dict[str, str]) -> tuple[ActionCache, Path, list[str]]:
        notes: list[str] = []
        remote = Remote(server.url, headers=credentials(environ), say=notes.append)
        remotes.append(remote)
        root = tmp_path / name
        root.mkdir()
        return ActionCache(Store(root / "cache"), remote, notes.append), root, notes

    yield make
    for remote in remotes:
        remote.close()


@pytest.mark.parametrize(
    ("environ", "asks_for"),
    [(BEARER, "Bearer let me in"), (BASIC, "Basic Y2k6bGV0IG1lIGlu")],
    ids=["bearer", "basic"],
)
@pytest.mark.usefixtures("trusted")
def test_two_machines_share_over_tls_with_credentials(
    server: Server, machine: Machine, environ: dict[str, str], asks_for: str
) -> None:
    """What one saves the other restores: the authority is trusted, and both are let in."""
    server.asks_for = asks_for
    one, root, _ = machine("one", environ)
    (root / "model.json").write_bytes(b"a model")
    one.save(KEY, root, ["model.json"], "2 routes")
    two, root, notes = machine("two", environ)
    hit = two.restore(KEY, root, ["model.json"])
    assert hit is not None
    assert (hit.origin, (root / "model.json").read_bytes(), notes) == ("remote", b"a model", [])


@pytest.mark.usefixtures("trusted")
def test_wrong_credentials_are_said_once(server: Server, machine: Machine) -> None:
    """Nothing is taken or given, and the build goes on."""
    server.asks_for = "Bearer something else"
    cache, root, notes = machine("one", BEARER)
    (root / "model.json").write_bytes(b"a model")
    assert cache.restore(KEY, root, ["model.json"]) is None
    cache.save(KEY, root, ["model.json"], "")
    [note] = notes
    assert "401" in note
    assert "let me in" not in note
    assert server.files == {}


def test_a_server_that_is_not_trusted_is_sent_nothing(server: Server, machine: Machine) -> None:
    """The authority is unknown: no request reaches the server, so no credential does; it is said once."""
    cache, root, notes = machine("one", BEARER)
    (root / "model.json").write_bytes(b"a model")
    assert cache.restore(KEY, root, ["model.json"]) is None
    cache.save(KEY, root, ["model.json"], "")
    assert server.requests == 0
    [note] = notes
    assert "CERTIFICATE_VERIFY_FAILED" in note
