"""Posts: their records from draft to deletion."""

from __future__ import annotations

from recording import Service

from scenarios.posts import invent


def records(press: Service) -> None:
    """Create, read, merge, delete, and all of that again once they are gone."""
    rng = press.rng
    made = [press.post("/posts", invent.post(rng))["id"] for _ in range(rng.randint(3, 5))]
    for key in made:
        press.get(f"/posts/{key}")
    changed = rng.choice(made)
    press.patch(f"/posts/{changed}", {"views": rng.randrange(9_000), "title": invent.title(rng)})
    press.patch(f"/posts/{changed}", {"meta": {"lang": "nl"}})
    press.patch(f"/posts/{changed}", {invent.word(rng, 5): rng.choice((None, 1.5, True, [1, 2]))})
    press.get(f"/posts/{changed}")
    press.patch(f"/posts/{rng.randint(1, 12)}", {"views": rng.randrange(9_000)})
    for key in rng.sample(made, 2):
        press.delete(f"/posts/{key}")
        press.get(f"/posts/{key}")
        press.delete(f"/posts/{key}")
        press.patch(f"/posts/{key}", {"title": invent.title(rng)})
    press.post("/posts", invent.post(rng))
    press.get("/posts", _start=invent.FIRST_POSTS)


def replaced(press: Service) -> None:
    """What is put replaces all but the id."""
    rng = press.rng
    key = press.post("/posts", invent.post(rng))["id"]
    press.put(f"/posts/{key}", invent.post(rng))
    press.get(f"/posts/{key}")
    press.put(f"/posts/{key}", {"title": invent.title(rng)})
    press.get(f"/posts/{key}")
    press.put(f"/posts/{key}", invent.post(rng, id=rng.randint(3_000, 4_000), extra=[{"a": {"b": None}}]))
    press.get(f"/posts/{key}")
    press.patch(f"/posts/{key}", {"id": rng.randint(3_000, 4_000), "views": rng.randrange(99)})
    press.get(f"/posts/{key}")
    known = rng.randint(1, 20)
    before = press.get(f"/posts/{known}")
    press.put(f"/posts/{known}", {**before, "title": invent.title(rng)})
    press.get(f"/posts/{known}")
    press.put("/posts/" + str(rng.randint(5_000, 9_000)), invent.post(rng))
    comment = press.post("/comments", invent.comment(rng, key))["id"]
    press.put(f"/comments/{comment}", invent.comment(rng, known))
    press.get("/comments", postId=key)
    press.get("/comments", postId=known)


def drafts(press: Service) -> None:
    """Write drafts, publish one, list what is published."""
    rng = press.rng
    author = press.post("/authors", {"name": invent.name(rng), "city": "Tartu"})["id"]
    made = [press.post("/posts", invent.post(rng, authorId=author, published=False))["id"] for _ in range(3)]
    press.get("/posts", authorId=author)
    chosen = rng.choice(made)
    press.patch(f"/posts/{chosen}", {"published": True, "views": 0, "slug": invent.word(rng)})
    press.get("/posts", authorId=author, published="true")
    press.get("/posts", authorId=author, published="false")
    press.get("/posts", authorId=author, _sort="title", _order="desc")
    press.get(f"/authors/{author}/posts")
    press.get(f"/authors/{author}", _embed="posts")
    press.post(f"/authors/{author}/posts", {"title": invent.title(rng)})
    press.get(f"/posts/{chosen}", _expand="author")
    for key in made[:2]:
        press.delete(f"/posts/{key}")
    press.get("/posts", authorId=author)
    press.get("/posts", id_gte=made[0], _sort="id", _limit=5)


def counts(press: Service) -> None:
    """The total of a list follows what is added and removed."""
    rng = press.rng
    press.get("/posts", _page=1, _limit=1)
    made = [press.post("/posts", invent.post(rng))["id"] for _ in range(2)]
    press.get("/posts", _page=1, _limit=1)
    press.delete(f"/posts/{made[0]}")
    press.get("/posts", _page=1, _limit=1)
    press.get("/comments", _page=1, _limit=2)
    press.post("/comments", invent.comment(rng, made[1]))
    press.get("/comments", _page=1, _limit=2)
    press.send("HEAD", "/posts")
    press.send("HEAD", "/posts", params={"_page": 2})
    press.send("HEAD", f"/posts/{made[1]}")
    press.send("HEAD", f"/posts/{made[0]}")
    press.send("OPTIONS", "/posts")
    press.get("/db")
