"""Lists: pages, slices, order, filters and search, with a few writes between that they must show."""

from __future__ import annotations

from typing import Any

from recording import Service

from scenarios.posts import invent


def pages(press: Service) -> None:
    """Follow the links of a list to its end, and look beyond."""
    rng = press.rng
    limit = rng.randint(4, 9)
    answer = press.send("GET", "/posts", params={"_page": 1, "_limit": limit})
    while "next" in answer.links:
        answer = press.send("GET", answer.links["next"]["url"])
    press.send("GET", answer.links["first"]["url"])
    press.get("/posts", _page=rng.randint(50, 90), _limit=limit)
    press.get("/comments", _page=rng.randint(1, 3))
    press.get("/comments", _page=2, _limit=rng.randint(5, 7), _sort="likes,id", _order="desc,asc")
    press.get("/comments", _limit=rng.randint(1, 5))
    press.get("/authors", _page=1, _limit=rng.randint(2, 3))
    press.post("/posts", invent.post(rng))
    press.get("/posts", _page=4, _limit=6)


def slices(press: Service) -> None:
    """Cut lists by where they start, where they end and how many are wanted."""
    rng = press.rng
    for _ in range(2):
        start = rng.randint(0, 15)
        press.get("/posts", _start=start, _end=start + rng.randint(1, 6))
        press.get("/posts", _start=start, _limit=rng.randint(1, 4))
    press.get("/comments", _start=rng.randint(25, 33), _end=80)
    press.post("/comments", invent.comment(rng, rng.randint(1, 14)))
    press.get("/comments", _start=30, _limit=20)
    press.get("/posts", _end=rng.randint(2, 5))
    press.get("/posts", _start=rng.randint(400, 900), _limit=3)
    press.get("/authors", _start=1, _end=rng.randint(3, 5))
    press.get("/labels", _start=0, _end=rng.randint(1, 4))


def sorting(press: Service) -> None:
    """Order by one field and by several, up and down."""
    rng = press.rng
    press.post("/posts", invent.post(rng, views=rng.randrange(5_000)))
    for field in rng.sample(("views", "title", "authorId", "id"), 3):
        way = rng.choice(("asc", "desc"))
        press.get("/posts", _sort=field, _order=way, _limit=rng.randint(3, 6))
    press.get("/posts", _sort="authorId,views", _order="desc,asc", _page=2, _limit=5)
    press.get("/posts", _sort="authorId,title", _start=rng.randint(0, 9), _limit=6)
    press.get("/posts", _sort="meta.minutes", _order="desc", _limit=4, **{"meta.lang": "en"})
    press.patch(f"/posts/{rng.randint(1, 24)}", {"views": rng.randrange(5_000, 9_999)})
    press.get("/posts", _sort="views", _order="desc", _limit=3)
    press.get("/comments", _sort="likes", _order="desc", _limit=5)
    press.get("/comments", _sort="body", _limit=rng.randint(4, 7))
    press.get("/authors", _sort="city,name", _order="asc,desc")
    press.get("/authors", _sort="name")
    press.get("/labels", _sort="weight", _limit=4)


def filters(press: Service) -> None:
    """Equality, several values, several fields, nested fields; unknown fields find nothing."""
    rng = press.rng
    author = rng.randint(1, 5)
    press.get("/posts", authorId=author)
    press.post("/posts", invent.post(rng, authorId=author, published=True))
    press.get("/posts", authorId=author)
    press.get("/posts", authorId=author, published=rng.choice(("true", "false")))
    press.get("/posts", id=[rng.randint(1, 9), rng.randint(10, 20)])
    press.get("/posts", authorId=[1, 3], published="true", _limit=5)
    press.get("/posts", **{"meta.lang": rng.choice(("en", "de"))})
    press.get("/posts", **{"meta.lang": "fr", "meta.minutes_gte": rng.randint(2, 10)})
    press.get("/posts", title=invent.word(rng))
    press.get("/posts", **{invent.word(rng, 6): 1})
    press.get("/comments", postId=rng.randint(1, 14))
    press.get("/comments", postId=rng.randint(1, 14), likes=rng.randint(0, 40))
    press.get("/authors", city="Tartu")
    press.get("/authors", city=rng.choice(("Ghent", "Bergen")), _page=1)


def operators(press: Service) -> None:
    """From, to, other than, like: each alone and together."""
    rng = press.rng
    for _ in range(2):
        low = rng.randrange(4_000)
        press.get("/posts", views_gte=low, views_lte=low + rng.randrange(600, 1_500))
    press.get("/posts", views_gte=rng.randrange(3_000, 4_500), _sort="views")
    press.get("/posts", authorId_ne=rng.randint(1, 5), _limit=rng.randint(3, 6))
    press.get("/posts", title_like=rng.choice(invent.KINDS))
    press.post("/posts", invent.post(rng, views=rng.randrange(3_000, 4_500)))
    press.get("/posts", title_like=rng.choice(("^Can", "er$", "ra")), _sort="id")
    press.get("/posts", title_like=rng.choice(invent.KINDS), views_lte=rng.randrange(1_000, 4_000))
    press.get("/comments", likes_lte=rng.randint(1, 8))
    press.get("/comments", likes_gte=rng.randint(30, 36), _sort="likes", _order="desc")
    press.get("/comments", id_gte=10, id_lte=10 + rng.randint(1, 5))
    press.get("/comments", body_like=rng.choice(invent.KINDS), likes_gte=5)
    press.get("/labels", weight_gte=0.5, _sort="weight", _limit=3)


def search(press: Service) -> None:
    """Words anywhere in an item, whatever their case."""
    rng = press.rng
    word = rng.choice(("candle", "river", "letter", "winter", "market"))
    press.get("/posts", q=word)
    press.post("/posts", invent.post(rng, title=f"About {word.upper()} {invent.word(rng, 4)}"))
    press.get("/posts", q=word)
    press.get("/posts", q=word.capitalize(), authorId=rng.randint(1, 5))
    press.get("/posts", q=word, _sort="title", _limit=2)
    press.get("/comments", q=rng.choice(invent.KINDS), _limit=rng.randint(2, 4))
    press.get("/comments", q=rng.choice(("harvest", "journey", "kitchen")))
    press.get("/authors", q=rng.choice(("ER", "o", "Holm")))
    press.get("/posts", q=invent.word(rng))
    press.get("/posts", q=word, _page=1, _limit=2)


def browsing(press: Service) -> None:
    """A reader: list, open some, follow to their comments, like one."""
    rng = press.rng
    listed = press.get("/posts", _limit=rng.randint(8, 12), _sort=rng.choice(("views", "id")))
    for post in rng.sample(listed, 5):
        press.get(f"/posts/{post['id']}")
        press.get(f"/authors/{post['authorId']}")
        found = press.get("/comments", postId=post["id"])
        if found:
            liked: dict[str, Any] = rng.choice(found)
            press.patch(
                f"/comments/{liked['id']}", {"likes": liked.get("likes", 0) + 1, "by": invent.word(rng, 4)}
            )
    press.get("/comments", _sort="likes,id", _order="desc,asc", _limit=4)
