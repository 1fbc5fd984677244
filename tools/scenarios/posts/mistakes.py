"""Requests that lead nowhere, and bodies that are not what the service would like."""

from __future__ import annotations

from recording import Service

from scenarios.posts import invent


def missing(press: Service) -> None:
    """Keys and collections that are not there."""
    rng = press.rng
    absent = rng.randint(5_000, 9_000)
    press.get(f"/posts/{absent}")
    press.get(f"/comments/{invent.word(rng, 5)}")
    press.get(f"/labels/{invent.word(rng)}")
    press.get(f"/{invent.word(rng)}")
    press.patch(f"/posts/{absent}", {"title": invent.title(rng)})
    press.put(f"/posts/{absent}", invent.post(rng))
    press.delete(f"/comments/{absent}")
    press.delete(f"/authors/{absent}")
    press.get(f"/posts/{absent}/comments")
    press.get(f"/posts/{absent}", _embed="comments")
    press.post(f"/{invent.word(rng)}", {"a": invent.word(rng)})
    press.put("/posts", invent.post(rng))
    press.delete("/posts")
    press.get("/comments", postId=absent)
    press.send("HEAD", f"/posts/{absent}")
    taken = rng.randint(1, 20)
    press.post("/posts", invent.post(rng, id=taken))
    press.get(f"/posts/{taken}")


def bodies(press: Service) -> None:
    """Broken JSON, forms, empty objects, plain text, no body at all, and letters from everywhere."""
    rng = press.rng
    press.send(
        "POST",
        "/posts",
        content='{"title": ' + invent.word(rng),
        headers={"content-type": "application/json"},
    )
    form = press.send("POST", "/posts", data={"title": invent.title(rng), "views": str(rng.randrange(99))})
    press.get(f"/posts/{form.json()['id']}")
    empty = press.post("/posts", {})["id"]
    press.get(f"/posts/{empty}")
    press.send("POST", "/posts", content=invent.text(rng), headers={"content-type": "text/plain"})
    press.send("POST", "/comments")
    press.patch(
        f"/posts/{empty}", {"title": f"ü ✓ 日本 {invent.word(rng, 4)}", "nested": {"a": [1, {"b": []}]}}
    )
    press.get(f"/posts/{empty}")
    press.patch(f"/posts/{empty}", {"title": None, "views": rng.random()})
    press.get(f"/posts/{empty}")
    press.send("PUT", f"/posts/{empty}", data={"title": invent.word(rng)})
    press.get(f"/posts/{empty}")
