"""Routing: literal before parameter, with backtracking."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.errors import InputError
from wraith.runtime import Router, split_path

PATTERNS = [
    ("GET", "/"),
    ("GET", "/items"),
    ("GET", "/items/"),
    ("GET", "/items/{id}"),
    ("GET", "/items/search"),
    ("POST", "/items/{item}"),
    ("GET", "/items/{id}/parts/{part}"),
    ("GET", "/items/search/all"),
    ("GET", "/{kind}/special"),
    ("HEAD", "/items/search"),
    ("GET", "/caf%C3%A9/{name}"),
    ("GET", "/a{b}"),
]


@pytest.fixture
def router() -> Router[str]:
    """Routes that overlap in every way a route can."""
    made: Router[str] = Router()
    for method, pattern in PATTERNS:
        made.add(method, pattern, f"{method} {pattern}")
    return made


MATCHES: dict[str, tuple[str, str, str | None, dict[str, str]]] = {
    "the root": ("GET", "/", "GET /", {}),
    "literal": ("GET", "/items", "GET /items", {}),
    "a trailing slash is another path": ("GET", "/items/", "GET /items/", {}),
    "parameter": ("GET", "/items/5", "GET /items/{id}", {"id": "5"}),
    "literal before parameter": ("GET", "/items/search", "GET /items/search", {}),
    "each method names its own parameters": ("POST", "/items/5", "POST /items/{item}", {"item": "5"}),
    "another method of the literal": ("POST", "/items/search", "POST /items/{item}", {"item": "search"}),
    "back from the literal to the parameter": (
        "GET",
        "/items/search/parts/1",
        "GET /items/{id}/parts/{part}",
        {"id": "search", "part": "1"},
    ),
    "back from the root": ("GET", "/items/special", "GET /items/{id}", {"id": "special"}),
    "a parameter first": ("GET", "/others/special", "GET /{kind}/special", {"kind": "others"}),
    "HEAD has its own route": ("HEAD", "/items/search", "HEAD /items/search", {}),
    "HEAD follows GET": ("HEAD", "/items/5", "GET /items/{id}", {"id": "5"}),
    "escapes are decoded": ("GET", "/items/a%2Fb%20c", "GET /items/{id}", {"id": "a/b c"}),
    "escapes in patterns too": ("GET", "/café/x", "GET /caf%C3%A9/{name}", {"name": "x"}),
    "braces within a segment are literal": ("GET", "/a{b}", "GET /a{b}", {}),
    "no such path": ("GET", "/nothing", None, {}),
    "no such method": ("DELETE", "/items", None, {}),
    "no empty parameter": ("POST", "/items/", None, {}),
    "the whole server": ("OPTIONS", "*", None, {}),
    "too long": ("GET", "/items/1/parts/2/3", None, {}),
}


@pytest.mark.parametrize(("method", "path", "route", "parameters"), MATCHES.values(), ids=MATCHES)
def test_the_route_of_a_request(
    router: Router[str], method: str, path: str, route: str | None, parameters: dict[str, str]
) -> None:
    """The most literal route that leads somewhere answers."""
    found = router.match(method, path)
    assert found == (None if route is None else (route, parameters))


segments = st.sampled_from(["a", "b", "{x}"])
shapes = st.lists(segments, min_size=1, max_size=4).map(tuple)


@given(st.sets(shapes, min_size=1, max_size=8), st.lists(st.sampled_from("abc"), min_size=1, max_size=4))
def test_literal_wins_over_parameter_at_the_first_difference(
    shapes: set[tuple[str, ...]], path: list[str]
) -> None:
    """The route is the greatest of all that fit; literal is greater than parameter, segment by segment."""
    router: Router[tuple[str, ...]] = Router()
    for shape in sorted(shapes):
        router.add("GET", "/" + "/".join(shape), shape)
    fitting = [
        shape
        for shape in shapes
        if len(shape) == len(path) and all(part in ("{x}", at) for part, at in zip(shape, path, strict=True))
    ]
    best = max(fitting, key=lambda shape: [part != "{x}" for part in shape], default=None)
    found = router.match("GET", "/" + "/".join(path))
    assert (found[0] if found else None) == best
    assert router.match("HEAD", "/" + "/".join(path)) == found


@given(st.sets(shapes, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_routes_does_not_matter(shapes: set[tuple[str, ...]], random: Random) -> None:
    """Whichever was added first, the same route answers."""
    one, other = sorted(shapes), sorted(shapes)
    random.shuffle(other)
    routers = []
    for order in (one, other):
        router: Router[tuple[str, ...]] = Router()
        for shape in order:
            router.add("GET", "/" + "/".join(shape), shape)
        routers.append(router)
    for path in ("/a", "/b/a", "/a/b/a", "/b/b/a/a"):
        assert routers[0].match("GET", path) == routers[1].match("GET", path)


def test_two_routes_of_one_shape_are_refused(router: Router[str]) -> None:
    """What a parameter is called does not tell routes apart."""
    with pytest.raises(InputError, match=r"two routes answer GET /items/\{other\}"):
        router.add("GET", "/items/{other}", "")


def test_near_routes_come_best_first(router: Router[str]) -> None:
    """For the answer that says "unknown"."""
    assert router.near("GET", "/item")[0] == "GET /items"
    assert router.near("GET", "/zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz") == ()


@given(st.text())
def test_every_path_has_segments(path: str) -> None:
    """Splitting is total, also where escapes are broken."""
    assert split_path(path)
