"""Bodies as recordings keep them."""

from __future__ import annotations

import gzip
import hashlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.exchange import Truncated
from wraith.recording._bodies import Collector, decoded, recorded_response, without_coding

LIMIT = 1000
TEXT = b'{"id": "cus_1"}'


def raw_deflate(body: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return engine.compress(body) + engine.flush()


def collected(*chunks: bytes, limit: int = LIMIT) -> Collector:
    collector = Collector(limit)
    for chunk in chunks:
        collector.add(chunk)
    return collector


@given(st.lists(st.binary(max_size=40)), st.integers(1, 100))
def test_a_collector_keeps_a_body_or_its_digest(chunks: list[bytes], limit: int) -> None:
    """However a body is cut into chunks, it is kept whole up to the limit, and above it as digest and
    size."""
    whole = b"".join(chunks)
    body, truncated = collected(*chunks, limit=limit).result()
    if len(whole) <= limit:
        assert (body, truncated) == (whole, None)
    else:
        digest = "sha256:" + hashlib.sha256(whole).hexdigest()
        assert (body, truncated) == (b"", Truncated(digest, len(whole)))


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        pytest.param("gzip", gzip.compress(TEXT), id="gzip"),
        pytest.param("x-gzip", gzip.compress(TEXT), id="old-name-of-gzip"),
        pytest.param("GZIP", gzip.compress(TEXT), id="case"),
        pytest.param("gzip", gzip.compress(TEXT[:5]) + gzip.compress(TEXT[5:]), id="gzip-of-two-members"),
        pytest.param("deflate", zlib.compress(TEXT), id="deflate"),
        pytest.param("deflate", raw_deflate(TEXT), id="deflate-without-its-wrapper"),
        pytest.param("identity", TEXT, id="identity"),
        pytest.param("deflate, gzip", gzip.compress(zlib.compress(TEXT)), id="two-codings"),
    ],
)
def test_content_codings_are_undone(coding: str, body: bytes) -> None:
    """The body comes out as it was before its coding, whatever the coding is called."""
    assert decoded(coding, body, LIMIT) == TEXT


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        pytest.param("gzip", TEXT, id="not-gzip-at-all"),
        pytest.param("gzip", gzip.compress(TEXT)[:-4], id="cut-short"),
        pytest.param("gzip", gzip.compress(TEXT) + b"junk", id="junk-behind"),
        pytest.param("gzip", gzip.compress(b"0" * (LIMIT + 1)), id="larger-than-the-limit"),
        pytest.param("compress", TEXT, id="unknown-coding"),
        pytest.param("gzip, sdch", gzip.compress(TEXT), id="one-of-two-unknown"),
    ],
)
def test_what_cannot_be_undone_stays_as_it_came(coding: str, body: bytes) -> None:
    """A coding that is unknown, or that the body does not have, leaves bytes and headers alone."""
    headers = (("Content-Encoding", coding), ("Content-Length", str(len(body))))
    response = recorded_response(200, headers, collected(body), LIMIT)
    assert (response.headers, response.body) == (headers, body)


def test_zstd_is_undone_where_the_package_is_installed() -> None:
    """A client that has zstandard asks for zstd, and what it gets is recorded in clear."""
    zstandard = pytest.importorskip("zstandard")
    assert decoded("zstd", zstandard.compress(TEXT), LIMIT) == TEXT
    assert decoded("zstd", zstandard.compress(b"0" * (LIMIT + 1)), LIMIT) is None
    assert decoded("zstd", TEXT, LIMIT) is None


def test_the_headers_follow_the_body_whose_coding_is_undone() -> None:
    """Content-Encoding goes, and Content-Length says the length of what is recorded."""
    coded = gzip.compress(TEXT)
    headers = (("Content-Encoding", "gzip"), ("ETag", '"1"'), ("Content-Length", str(len(coded))))
    response = recorded_response(200, headers, collected(coded), LIMIT)
    assert response.headers == (("ETag", '"1"'), ("Content-Length", str(len(TEXT))))
    assert response.body == TEXT


def test_an_answer_to_head_loses_the_length_of_the_coded_body() -> None:
    """Where there is no body, the length of its coded form says nothing about the recorded one."""
    headers = (("Content-Encoding", "gzip"), ("Content-Length", "20"), ("ETag", '"1"'))
    assert recorded_response(200, headers, collected(), LIMIT).headers == (("ETag", '"1"'),)


def test_a_truncated_body_keeps_its_coding() -> None:
    """The digest is that of the coded bytes, so the header that names the coding stays."""
    headers = (("Content-Encoding", "gzip"),)
    response = recorded_response(200, headers, collected(b"x" * (LIMIT + 1)), LIMIT)
    assert response.headers == headers
    assert response.truncated is not None


@pytest.mark.parametrize(
    ("size_bytes", "kept"),
    [
        pytest.param(7, (("Content-Length", "7"), ("A", "b")), id="body"),
        pytest.param(0, (("Content-Length", "0"), ("A", "b")), id="coded-emptiness"),
        pytest.param(None, (("A", "b"),), id="no-body"),
    ],
)
def test_headers_of_a_body_without_its_coding(
    size_bytes: int | None, kept: tuple[tuple[str, str], ...]
) -> None:
    """The coding goes and the length is that of the body; after HEAD the length goes as well."""
    headers = (("Content-Encoding", "gzip"), ("Content-Length", "99"), ("A", "b"))
    assert without_coding(headers, size_bytes) == kept
