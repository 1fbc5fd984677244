"""Invented users, posts and comments, beside those of ``tools/npm/graphql-api/db.json``."""

from __future__ import annotations

import random

from recording.invent import KINDS, Fields, mail, name, text, title, word

__all__ = [
    "COMMENTS",
    "KINDS",
    "POSTS",
    "USERS",
    "Fields",
    "comment",
    "comment_id",
    "name",
    "post",
    "post_id",
    "text",
    "title",
    "user",
    "user_id",
    "word",
]

USERS, POSTS, COMMENTS = 6, 18, 30
"""How many of each are there from the start, with keys from 1."""


def user(rng: random.Random) -> Fields:
    who = name(rng)
    return {"name": who, "email": mail(rng, who), "age": rng.randint(18, 80)}


def post(rng: random.Random) -> Fields:
    return {
        "title": title(rng),
        "body": text(rng, 3, 6),
        "views": rng.randrange(1_000),
        "rating": round(rng.random() * 5, 1),
        "published": rng.random() < 0.5,
        "user_id": user_id(rng),
        "tags": rng.sample(KINDS, rng.randint(1, 3)),
    }


def comment(rng: random.Random, post: str) -> Fields:
    day = f"2025-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    return {
        "post_id": post,
        "user_id": user_id(rng),
        "body": text(rng),
        "written": f"{day}T{rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}:00.000Z",
    }


def user_id(rng: random.Random) -> str:
    return str(rng.randint(1, USERS))


def post_id(rng: random.Random) -> str:
    """Return the key of a post that no scenario removes."""
    return str(rng.randint(1, POSTS - 4))


def comment_id(rng: random.Random) -> str:
    """Return the key of a comment that no scenario removes."""
    return str(rng.randint(1, COMMENTS - 5))
