"""Comments of posts: nested routes, embedding and expanding, and what deleting a post takes with it."""

from __future__ import annotations

from recording import Service

from scenarios.posts import invent


def nested(press: Service) -> None:
    """Create and list below a parent."""
    rng = press.rng
    parent = press.post("/posts", invent.post(rng))["id"]
    press.get(f"/posts/{parent}/comments")
    for _ in range(rng.randint(2, 4)):
        press.post(f"/posts/{parent}/comments", invent.comment(rng))
    press.get(f"/posts/{parent}/comments")
    press.get(f"/posts/{parent}/comments", _sort="body", _order="desc")
    press.get(f"/posts/{rng.randint(1, 14)}/comments", _sort="likes,id")
    press.get(f"/posts/{rng.randint(1, 14)}/comments", _limit=2)
    press.get(f"/posts/{rng.randint(1, 14)}/comments", likes_gte=rng.randint(5, 20))
    press.post(f"/posts/{rng.randint(1, 14)}/comments", invent.comment(rng))
    press.post(f"/posts/{parent}/comments", invent.comment(rng, rng.randint(1, 14)))
    press.get("/comments", postId=parent)
    press.get(f"/authors/{rng.randint(1, 5)}/posts", _sort="views", _order="desc")


def relations(press: Service) -> None:
    """Embed children, expand parents, in single items and in lists."""
    rng = press.rng
    parent = press.post("/posts", invent.post(rng))["id"]
    press.get(f"/posts/{parent}", _embed="comments")
    child = press.post("/comments", invent.comment(rng, parent))["id"]
    press.get(f"/posts/{parent}", _embed="comments")
    press.get(f"/comments/{child}", _expand="post")
    press.get(f"/posts/{rng.randint(1, 14)}", _expand="author")
    press.get(f"/posts/{rng.randint(1, 14)}", _embed="comments", _expand="author")
    press.get("/posts", _embed="comments", _limit=2, _start=rng.randint(0, 9))
    press.get("/posts", _expand="author", _limit=rng.randint(2, 4), _sort="views")
    press.get("/comments", _expand="post", _limit=rng.randint(1, 3))
    press.get("/comments", _expand="post", postId=rng.randint(1, 14))
    press.get(f"/comments/{rng.randint(1, 30)}", _expand="post")
    press.get("/authors", _embed="posts", city=rng.choice(("Ghent", "Graz")))
    press.get(f"/authors/{rng.randint(1, 5)}", _embed="posts")
    press.patch(f"/posts/{parent}", {"title": invent.title(rng)})
    press.get(f"/comments/{child}", _expand="post")


def moderation(press: Service) -> None:
    """Comments of one post: read, like, reword, remove, count again."""
    rng = press.rng
    parent = rng.randint(1, 14)
    press.post("/comments", invent.comment(rng, parent))
    found = press.get(f"/posts/{parent}/comments")
    for comment in found[:4]:
        press.patch(f"/comments/{comment['id']}", {"body": invent.text(rng), "likes": rng.randrange(99)})
    press.delete(f"/comments/{found[0]['id']}")
    press.get(f"/comments/{found[0]['id']}")
    press.get("/comments", postId=parent, _sort="likes,id", _order="desc,asc")
    press.get("/comments", postId=parent, likes_gte=rng.randint(5, 40))
    press.get("/comments", postId=parent, _page=1, _limit=2)
    press.get(f"/posts/{parent}", _embed="comments")
    moved = press.post("/comments", invent.comment(rng, parent))["id"]
    press.patch(f"/comments/{moved}", {"postId": rng.randint(1, 14), "note": invent.word(rng)})
    press.get("/comments", postId=parent)


def cascade(press: Service) -> None:
    """A post that is deleted takes its comments with it; those of others stay."""
    rng = press.rng
    parents = [press.post("/posts", invent.post(rng))["id"] for _ in range(2)]
    children = [press.post("/comments", invent.comment(rng, key))["id"] for key in parents for _ in range(2)]
    press.get("/comments", postId=parents)
    press.delete(f"/posts/{parents[0]}")
    press.get("/comments", postId=parents[0])
    press.get("/comments", postId=parents[1])
    for child in children:
        press.get(f"/comments/{child}")
    author = press.post("/authors", {"name": invent.name(rng)})["id"]
    post = press.post("/posts", invent.post(rng, authorId=author))["id"]
    press.delete(f"/authors/{author}")
    press.get(f"/posts/{post}")
    press.get("/posts", authorId=author)
