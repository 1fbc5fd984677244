"""Quality: what one or two answers of a route teach, together with the rest of the service."""

from __future__ import annotations

import pytest

from tests.synth.recordings import Document, Step, exchange, model_of, session
from wraith.canonical import JsonValue
from wraith.wir import Model, Variant, expr_to_json, show_expr


def variants(model: Model, name: str) -> tuple[Variant, ...]:
    return next(route.variants for route in model.routes if route.name == name)


def shown(variant: Variant, *path: str) -> str:
    """Return what fills a part of the body, as text."""
    node = variant.body_template
    for step in path:
        assert isinstance(node, dict)
        node = node[step]
    if isinstance(node, str) and node.startswith("$"):
        return show_expr(variant.holes[node[1:]].source)
    return repr(node)


# --- keys in a part of the representation -------------------------------------------------------------------


def page(key: str, title: str, **more: JsonValue) -> Document:
    return {"body": {"title": title}, "meta": {"ref": key, "rev": 1, **more}}


KEYS = ("pg4Kd93mQz", "pg9Lx27Pbv", "pg7Ry41Wns")


def test_a_representation_may_keep_its_key_in_a_part_of_its_own() -> None:
    """Lists show the part beside the rest: both are the entity."""
    model = model_of(
        session(
            exchange("GET", "/pages", answer={"items": [page(key, key[2:4]) for key in KEYS]}),
            *(exchange("GET", f"/pages/{key}", answer=page(key, key[2:4])) for key in KEYS),
        )
    )
    [entity] = model.entities
    assert entity.key == ("meta", "ref")
    assert {fixture.key for fixture in model.fixtures["pages"]} == set(KEYS)


def test_what_is_sent_stands_beside_the_part_with_the_key() -> None:
    """Without a list, what clients send tells the representation from its wrapping."""

    def made(key: str, title: str) -> Step:
        return exchange(
            "PUT", f"/pages/{key}", json={"body": {"title": title}}, status=201, answer=page(key, title)
        )

    [entity] = model_of(session(*(made(key, f"t{key[2:4]}") for key in KEYS))).entities
    assert entity.key == ("meta", "ref")


def test_a_wrapping_is_no_part_of_the_representation() -> None:
    """A list of plain representations shows that single ones are wrapped, whatever stands beside them."""
    plain: list[Document] = [{"id": key, "title": key[2:4]} for key in KEYS]
    model = model_of(
        session(
            exchange("GET", "/pages", answer={"pages": plain}),
            *(
                exchange("GET", f"/pages/{each['id']}", answer={"page": each, "took": number})
                for number, each in enumerate(plain)
            ),
        )
    )
    [entity] = model.entities
    assert entity.key == ("id",)


# --- one answer ---------------------------------------------------------------------------------------------


def test_one_answer_about_a_known_entity_is_what_is_stored_with_its_changes() -> None:
    """A version goes on by one, a time is now, the rest is as it was; what is sent is what was sent."""
    old: Document = {"id": KEYS[0], "title": "oak", "color": "red", "size": 3, "kind": "page", "rev": 4}
    model = model_of(
        session(
            exchange("GET", f"/pages/{KEYS[0]}", answer=old),
            exchange(
                "PATCH",
                f"/pages/{KEYS[0]}",
                json={"title": "fir"},
                answer={**old, "title": "fir", "rev": 5},
            ),
        )
    )
    [variant] = variants(model, "PATCH /pages/{page_id}")
    assert shown(variant, "$spread") == "entity"
    assert shown(variant, "rev") == "entity.rev + 1"
    assert shown(variant, "title") == "request.body.title"


def test_an_entity_that_a_write_shows_first_is_not_known_before() -> None:
    """What the write says is what it left: nothing tells that it moved a version, or kept it."""

    def published(key: str, rev: int) -> Step:
        return exchange("PUT", f"/pages/{key}/published", answer={"id": key, "title": key[2:4], "rev": rev})

    old: Document = {"id": KEYS[1], "title": KEYS[1][2:4], "rev": 7}
    model = model_of(
        session(
            published(KEYS[0], 3),
            exchange("GET", f"/pages/{KEYS[1]}", answer=old),
            published(KEYS[1], 8),
        )
    )
    [variant] = variants(model, "PUT /pages/{page_id}/published")
    assert (shown(variant, "$spread"), shown(variant, "rev")) == ("entity", "entity.rev + 1")


def test_the_key_that_one_answer_makes_is_made_anew() -> None:
    """And so is every text with it, and a token that no answer told before."""
    made: Document = {
        "id": KEYS[0],
        "url": f"https://api.test/pages/{KEYS[0]}",
        "token": "a81f0c27d95e4b3680ff17d2",
        "title": "oak",
    }
    model = model_of(
        session(
            exchange("POST", "/pages", json={"title": "oak"}, status=201, answer=made),
            exchange("GET", f"/pages/{KEYS[0]}", answer=made),
        )
    )
    [variant] = variants(model, "POST /pages")
    assert shown(variant, "id").startswith("fresh id")
    assert shown(variant, "token").startswith("fresh id")
    assert shown(variant, "url") == 'text "https://api.test/pages/{response.body.id}"'


def test_a_token_that_was_told_before_is_not_made() -> None:
    """Who made it is the same for all: another answer told it first."""
    owner = "a81f0c27d95e4b3680ff17d2"
    made: Document = {"id": KEYS[0], "by": owner}
    model = model_of(
        session(
            exchange("GET", "/me", answer={"me": owner}),
            exchange("POST", "/pages", json={"title": "oak"}, status=201, answer=made),
            exchange("GET", f"/pages/{KEYS[0]}", answer=made),
        )
    )
    [variant] = variants(model, "POST /pages")
    assert "fresh id" not in shown(variant, "by")


@pytest.mark.parametrize(
    ("numbers", "made"),
    [((90041, 90045, 90046), True), ((90041, 90046, 90045), False), ((41, 45, 46), False)],
    ids=["rising", "falling once", "small"],
)
def test_numbers_where_keys_stand(numbers: tuple[int, ...], made: bool) -> None:
    """What is addressed by a name may have a number as well, which something out of sight counts."""

    def posted(number: int, name: str) -> tuple[Step, Step]:
        whole: Document = {"id": number, "name": name, "title": "t"}
        return (
            exchange("POST", "/pages", json={"name": name, "title": "t"}, status=201, answer=whole),
            exchange("GET", f"/pages/{name}", answer=whole),
        )

    words = ("oak-tree", "fir-tree", "elm-tree")
    model = model_of(*(session(*posted(*each)) for each in zip(numbers, words, strict=True)))
    [variant] = variants(model, "POST /pages")
    assert ("fresh_id" in repr([expr_to_json(each.source) for each in variant.holes.values()])) == made


# --- families -----------------------------------------------------------------------------------------------


def life(word: str, key: str, rev: int, *, publish: bool = True) -> tuple[Step, ...]:
    old: Document = {"id": key, "type": word.removesuffix("s").capitalize(), "title": key[2:], "rev": rev}
    read = exchange("GET", f"/{word}/{key}", answer=old)
    put = exchange("PUT", f"/{word}/{key}/published", answer={**old, "rev": rev + 1, "live": True})
    return session(read, put) if publish else session(read)


def test_what_two_collections_do_the_third_does() -> None:
    """In its own words, and with what is stored of it; it says that it extrapolates."""
    model = model_of(
        life("pages", "pg4Kd93mQz", 1),
        life("posts", "po9Lx27Pbv", 4),
        life("menus", "mn7Ry41Wns", 2, publish=False),
    )
    [variant] = variants(model, "PUT /menus/{menu_id}/published")
    assert (shown(variant, "$spread"), shown(variant, "rev")) == ("entity", "entity.rev + 1")
    assert shown(variant, "live") == "True"
    assert variant.support
    assert [effect.entity for effect in variant.effects] == ["menus"]


def test_what_one_collection_does_is_no_family() -> None:
    """Not even where it does so twice."""
    model = model_of(
        life("pages", "pg4Kd93mQz", 1),
        life("pages", "pg9Lx27Pbv", 4),
        life("menus", "mn7Ry41Wns", 2, publish=False),
    )
    assert "PUT /menus/{menu_id}/published" not in {route.name for route in model.routes}


# --- headers ------------------------------------------------------------------------------------------------


TARGETS = ("/about", "/about/terms", "/about/terms/of", "/about/terms/of/use")


def traced(target: str, node: str, mode: str = "test") -> Step:
    headers = (("x-node", node), ("x-mode", mode))
    return exchange("GET", target, answer={"at": target}, answer_headers=headers)


def test_a_header_that_says_something_else_each_time_is_a_trace_everywhere() -> None:
    """A route that answered once takes it for no constant; what is always the same stays."""
    model = model_of(*(session(traced(target, f"n{number} up")) for number, target in enumerate(TARGETS)))
    assert len(model.routes) > 2
    for route in model.routes:
        for variant in route.variants:
            assert [name for name, _ in variant.headers] == ["content-type", "x-mode"]


def test_a_header_of_few_words_is_no_trace() -> None:
    """What routes say by turns may be theirs."""
    modes = ("one", "one", "two", "two")
    model = model_of(*(session(traced(*each)) for each in zip(TARGETS, modes, strict=True)))
    [variant] = variants(model, "GET /about")
    assert "x-node" in dict(variant.headers)
