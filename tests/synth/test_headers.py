"""Quality: headers that clients act on, each from the smallest recording that teaches it."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable

import pytest

from tests.synth.recordings import (
    Document,
    Step,
    exchange,
    model_of,
    recording,
    replayed,
    session,
    variant,
)
from wraith.exchange import encode_json
from wraith.synth import learn
from wraith.wir import Call, Cast, Exists, Expr, Literal, Ref, Text, When

BODY = Ref(("response", "text"))


def read(etag: Callable[[bytes], str]) -> list[tuple[Step, ...]]:
    """Return sessions that create and read things, answered with a tag made from the body."""
    return [
        session(*(step for number in range(3) for step in _thing(f"t{start}{number}x9", etag)))
        for start in range(2)
    ]


def _thing(key: str, etag: Callable[[bytes], str]) -> list[Step]:
    thing: Document = {"id": key, "name": f"name of {key}" + "é" * int(key[2])}
    tag = (("etag", etag(encode_json(thing))),)
    return [
        exchange("POST", "/things", json={"name": thing["name"]}, answer=thing, answer_headers=tag),
        exchange("GET", f"/things/{key}", answer=thing, answer_headers=tag),
    ]


def etag_of(make: Callable[[bytes], str]) -> Expr:
    return dict(variant(model_of(*read(make)), "GET /things/{thing_id}").headers)["etag"]


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()


TAGS: dict[str, tuple[Callable[[bytes], str], Expr]] = {
    "hex": (
        lambda body: f'"{hashlib.sha256(body).hexdigest()}"',
        Text((Literal('"'), Call("sha256", (BODY,)), Literal('"'))),
    ),
    "cut off": (
        lambda body: hashlib.md5(body, usedforsecurity=False).hexdigest()[:16],
        Text((Call("slice", (Call("md5", (BODY,)), Literal(0), Literal(16))),)),
    ),
    "a checksum": (
        lambda body: f"W/{zlib.crc32(body):08x}",
        Text((Literal("W/"), Call("crc32", (BODY,)))),
    ),
    "length and digest": (
        lambda body: f'W/"{len(body):x}-{base64.b64encode(_sha1(body)).decode()[:27]}"',
        Text(
            (
                Literal('W/"'),
                Call("hex", (Call("byte_length", (BODY,)),)),
                Literal("-"),
                Call("slice", (Call("sha1", (BODY, Literal("base64"))), Literal(0), Literal(27))),
                Literal('"'),
            )
        ),
    ),
}


@pytest.mark.parametrize(("make", "expected"), TAGS.values(), ids=TAGS)
def test_a_digest_of_the_body_is_found(make: Callable[[bytes], str], expected: Expr) -> None:
    """Function, encoding, where it is cut off, and what stands around it."""
    assert etag_of(make) == expected


def test_a_tag_that_nothing_explains_changes_with_the_body() -> None:
    """Its presence is what clients act on; so a digest in the form of the recorded ones stands in."""
    found = etag_of(lambda body: f'"{hashlib.sha512(body).hexdigest()[:20]}"')
    digest = Call("slice", (Call("sha256", (BODY,)), Literal(0), Literal(20)))
    assert found == Text((Literal('"'), digest, Literal('"')))


def test_a_varying_header_that_nothing_explains_is_left_out() -> None:
    """A wrong value misleads more than none."""
    odd = iter(("3-1", "7", "9.9.1", "22", "0-0", "5", "81", "13-7", "4", "66", "1.2", "90"))
    steps = [
        session(
            exchange(
                "GET", f"/things/{number}", answer={"id": number}, answer_headers=(("x-odd", next(odd)),)
            )
        )
        for number in range(6)
    ]
    assert "x-odd" not in dict(variant(model_of(*steps), "GET /things/{thing_id}").headers)


# --- pages --------------------------------------------------------------------------------------------------

HOST = ("host", "api.test")


def paged(total: int, size: int, link: Callable[[int, int], str]) -> list[tuple[Step, ...]]:
    """Return sessions that ask for page after page of some cups."""
    cups: list[Document] = [{"id": number, "name": f"cup {number * 7}"} for number in range(1, total + 1)]
    pages = -(-total // size)

    def page(number: int) -> Step:
        shown = cups[(number - 1) * size : number * size]
        headers = (("link", link(number, pages)), ("x-total", str(total)))
        target = f"/cups?page={number}&limit={size}&q=%2C"
        return exchange(
            "GET",
            target,
            headers=(HOST,),
            answer=[*shown],
            answer_headers=tuple(each for each in headers if each[1]),
        )

    one = exchange("GET", "/cups/1", answer=cups[0])
    return [
        session(
            exchange("GET", "/cups", answer=[*cups]), one, *(page(number) for number in range(1, pages + 1))
        )
    ] * 2


def _address(number: int) -> str:
    return f"<http://api.test/cups?page={number}&limit=3&q=%2C>"


def _links(number: int, pages: int) -> str:
    named = [
        ("first", 1, True),
        ("prev", number - 1, number > 1),
        ("next", number + 1, number < pages),
        ("last", pages, True),
    ]
    return ", ".join(f'{_address(to)}; rel="{name}"' for name, to, there in named if there)


def test_links_are_the_request_with_another_page() -> None:
    """Other parameters stay as the client wrote them, whichever they are."""
    corpus = recording(*paged(10, 3, _links))
    learned = learn(corpus)
    assert replayed(learned, corpus).exact_bp == 10_000
    link = repr(dict(variant(learned.model, "GET /cups").headers)["link"])
    assert "'set_parameter'" in link
    assert "('request', 'host')" in link
    assert "('page', 'next_number')" in link


def test_there_is_no_link_where_there_is_no_other_page() -> None:
    """A list of links that would be empty is no header."""
    corpus = recording(
        *paged(10, 3, lambda number, pages: "" if number == pages else f'{_address(number + 1)}; rel="next"')
    )
    learned = learn(corpus)
    assert replayed(learned, corpus).exact_bp == 10_000


def counted(number: int) -> tuple[Step, ...]:
    """Return a session that creates cups, and counts them with and without pages."""
    cups: list[Document] = [{"id": f"cp{number}{at}k7", "name": f"cup {at * 7}"} for at in range(4)]
    steps: list[Step] = []
    for at, cup in enumerate(cups):
        shown = cups[: at + 1]
        total = (("x-total", str(len(shown))),)
        steps += [
            exchange("POST", "/cups", json={"name": cup["name"]}, answer=cup),
            exchange("GET", f"/cups/{cup['id']}", answer=cup),
            exchange("GET", "/cups?limit=2", answer=[*shown[:2]], answer_headers=total),
            exchange("GET", "/cups", answer=[*shown]),
        ]
    return session(*steps)


def test_a_total_is_there_where_a_page_is_asked_for() -> None:
    """The header counts what was found, and is missing where no parameter of paging is given."""
    headers = dict(variant(model_of(*map(counted, range(3))), "GET /cups").headers)
    total = Cast(Ref(("page", "total")), "string")
    assert headers["x-total"] == When(Exists(Ref(("request", "query", "limit"))), total)


def test_a_head_is_answered_as_its_get() -> None:
    """A digest over a body that HEAD does not show is learned where it is seen."""

    def tag(body: bytes) -> str:
        return f'"{hashlib.sha256(body).hexdigest()}"'

    sessions = []
    for number, steps in enumerate(read(tag)):
        shown = (exchange("HEAD", f"/things/t{number}{at}x9") for at in range(3))
        sessions.append((*steps, *shown))
    model = model_of(*sessions)
    assert variant(model, "HEAD /things/{thing_id}") == variant(model, "GET /things/{thing_id}")
