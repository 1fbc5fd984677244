"""A program of one collection in the words of another: it holds, or it is learned."""

from __future__ import annotations

import pytest

from tests.synth.recordings import Document, Step, exchange, model_of, session
from wraith.synth._learn import families
from wraith.wir import Model, Route, show_effect, show_expr


def life(word: str, key: str, said: str) -> tuple[Step, ...]:
    """A page is read and published; the answer says in words what happened."""
    old: Document = {"id": key, "type": word.removesuffix("s").capitalize(), "title": key[2:]}
    return session(
        exchange("GET", f"/{word}/{key}", answer=old),
        exchange("PUT", f"/{word}/{key}/published", answer={**old, "live": True, "note": said}),
    )


def learned(*words: str, notes: str = "the {one} is live") -> Model:
    keys = ("pg4Kd93mQz", "po9Lx27Pbv", "me7Ry41Wns")
    lives = [
        life(word, key, notes.format(one=word.removesuffix("s")))
        for word, key in zip(words, keys, strict=False)
    ]
    menu: Document = {"id": "mn7Ry41Wns", "type": "Menu", "title": "7Ry41Wns"}
    tag: Document = {"id": "tg1Bn64Xcd", "type": "Tag", "title": "1Bn64Xcd"}
    return model_of(
        *lives,
        session(exchange("GET", f"/menus/{menu['id']}", answer=menu)),
        session(exchange("GET", f"/tags/{tag['id']}", answer=tag)),
    )


def published(model: Model) -> list[Route]:
    """Return the routes that publish what was never seen to be."""
    return [each for each in model.routes if each.name.endswith("/published") and each.entity in UNSEEN]


UNSEEN = ("menus", "tags")


def test_a_collection_is_answered_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parameter, the entity and the prose are its own, and it is as if it had been learned."""
    model = learned("pages", "posts", "maps")
    [menus, tags] = published(model)
    [variant] = menus.variants
    assert [*map(show_effect, variant.effects)] == ["store menus[request.path.menu_id] = response.body"]
    template = variant.body_template
    assert isinstance(template, dict)
    assert template["note"] == "the menu is live"
    assert tags.entity == "tags"
    monkeypatch.setattr(families, "reworded", lambda *given: None)
    assert learned("pages", "posts", "maps") == model


def test_a_word_that_means_something_else_as_well_is_learned_again() -> None:
    """``live`` is what pages of a collection called so are, and what every answer calls its state: a program
    with another name there gives none of the answers."""
    model = learned("lives", "posts", notes="it is live")
    for route in published(model):
        [variant] = route.variants
        assert isinstance(variant.body_template, dict)
        assert "live" in variant.body_template
        assert show_expr(variant.holes["hole_1"].source) == "entity"
