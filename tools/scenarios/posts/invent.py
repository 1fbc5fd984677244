"""Invented posts, comments and labels, beside those of ``tools/npm/posts-api/db.json``."""

from __future__ import annotations

import random

from recording.invent import KINDS, Fields, name, some, text, title, word

__all__ = [
    "FIRST_POSTS",
    "KINDS",
    "Fields",
    "comment",
    "label",
    "name",
    "post",
    "some",
    "text",
    "title",
    "word",
]

FIRST_POSTS = 24
"""Posts 1 to 24 are there from the start."""
AUTHORS = 5


def post(rng: random.Random, **more: object) -> Fields:
    """Return a new post; most fields may be absent."""
    return {
        "title": title(rng),
        "authorId": rng.randint(1, AUTHORS),
        **some(rng, 0.7, views=rng.randrange(5_000)),
        **some(rng, 0.5, published=rng.random() < 0.5),
        **some(rng, 0.4, meta={"lang": rng.choice(("en", "de", "fr")), "minutes": rng.randint(1, 20)}),
        **some(rng, 0.4, tags=rng.sample(KINDS, rng.randint(0, 3))),
        **more,
    }


def comment(rng: random.Random, post_id: int | None = None) -> Fields:
    parent = {} if post_id is None else {"postId": post_id}
    return {"body": text(rng), **parent, **some(rng, 0.6, likes=rng.randrange(60))}


def label(rng: random.Random, **more: object) -> Fields:
    return {"text": word(rng, 6).upper(), "weight": round(rng.random() * 10, 2), **more}
