"""Queries: one by its key, lists in pages, order and filters, and what belongs to what."""

from __future__ import annotations

from recording import Service

from scenarios.graphql import invent
from scenarios.graphql.ask import ask, fill


def single(blog: Service) -> None:
    """One item by its key: inline or in a variable, named or not, there or not."""
    rng = blog.rng
    for kind, key in (("User", invent.user_id(rng)), ("Post", invent.post_id(rng)), ("Comment", "7")):
        ask(blog, "{ KIND(id: <key>) { <KIND> } }".replace("KIND", kind), key=key)
        ask(
            blog, "query One($id: ID!) { KIND(id: $id) { <KIND> } }".replace("KIND", kind), {"id": key}, "One"
        )
        ask(blog, 'query { KIND(id: "<key>") { <KIND> } }'.replace("KIND", kind), key=key)
    for _ in range(3):
        query = fill(rng, "query Post($id: ID!) {\n  Post(id: $id) {\n    <Post>\n  }\n}")
        ask(blog, query, {"id": rng.randint(1, 14)})
    absent = rng.randint(5_000, 9_000)
    ask(blog, "{ User(id: <key>) { <User> } }", key=absent)
    ask(blog, "query One($id: ID!) { Post(id: $id) { id title } }", {"id": str(absent)})
    ask(blog, "query One($id: ID!) { Comment(id: $id) { id body } }", {"id": invent.word(rng)})


def pages(blog: Service) -> None:
    """Lists in pages, the size given or not, and how many there are."""
    rng = blog.rng
    size = rng.randint(4, 7)
    query = fill(
        rng,
        (
            "query Posts($page: Int, $perPage: Int) { allPosts(page: $page, perPage: $perPage) { "
            "<Post> } _allPostsMeta { count } }"
        ),
    )
    for page in range(5):
        ask(blog, query, {"page": page, "perPage": size}, "Posts")
    ask(blog, "{ allUsers { <User> } }")
    ask(blog, "{ allComments(page: 1) { <Comment> } }")
    ask(blog, "{ allComments(page: 0, perPage: <number>) { <Comment> } }", number=rng.randint(2, 5))
    ask(
        blog, "{ allComments(perPage: <number>) { id } _allCommentsMeta { count } }", number=rng.randint(2, 5)
    )
    ask(blog, "{ allUsers(page: <number>, perPage: 2) { <User> } }", number=rng.randint(40, 90))
    ask(blog, query, {"perPage": rng.randint(1, 9)})


def sorting(blog: Service) -> None:
    """Lists by a field, up and down."""
    rng = blog.rng
    query = fill(
        rng,
        (
            "query Sorted($by: String, $way: String, $size: Int) { allPosts(sortField: $by, sortOrder: "
            "$way, page: 0, perPage: $size) { id <Post> } }"
        ),
    )
    for field in rng.sample(("title", "views", "rating", "user_id", "body"), 4):
        ask(blog, query, {"by": field, "way": rng.choice(("asc", "desc")), "size": rng.randint(3, 8)})
    ask(blog, query, {"by": "views", "size": rng.randint(3, 8)})
    ask(blog, query, {"by": "views", "way": "DESC", "size": rng.randint(3, 8)})
    for field in rng.sample(("name", "email", "age"), 2):
        ask(blog, '{ allUsers(sortField: "<by>", sortOrder: "desc") { <User> } }', by=field)
    for way in ("asc", "desc"):
        ask(
            blog,
            '{ allComments(sortField: "written", sortOrder: "<way>", page: 1, perPage: 4) { <Comment> } }',
            way=way,
        )
    ask(blog, '{ allPosts(sortField: "<word>", page: 0, perPage: 3) { id title } }', word=invent.word(rng, 5))


def filters(blog: Service) -> None:
    """Lists by equality, by keys, by words; the count follows the filter."""
    rng = blog.rng
    query = fill(
        rng,
        (
            "query Found($filter: PostFilter) { allPosts(filter: $filter) { id <Post> } "
            "_allPostsMeta(filter: $filter) { count } }"
        ),
    )
    ask(blog, query, {"filter": {"user_id": invent.user_id(rng)}})
    ask(blog, query, {"filter": {"published": rng.random() < 0.5}})
    ask(blog, query, {"filter": {"published": True, "user_id": invent.user_id(rng)}})
    ask(blog, query, {"filter": {"ids": [invent.post_id(rng) for _ in range(3)]}})
    ask(blog, query, {"filter": {"q": rng.choice(invent.KINDS)}})
    ask(blog, query, {"filter": {"q": rng.choice(("RIVER", "letter", "Candle")), "published": False}})
    ask(blog, query, {"filter": {"tags": [rng.choice(invent.KINDS)]}})
    ask(blog, query, {"filter": {"title": invent.word(rng)}})
    ask(blog, query, {"filter": {}})
    ask(blog, "{ allComments(filter: { post_id: <key> }) { <Comment> } }", key=invent.post_id(rng))
    ask(blog, '{ allUsers(filter: { q: "<value>" }) { <User> } }', value=rng.choice("aeiou"))
    ask(blog, '{ _allUsersMeta(filter: { name: "<name>" }) { count } }', name=invent.name(rng))
    ask(blog, "{ allUsers(filter: { age: <number> }) { id age } }", number=rng.randint(18, 70))


def comparisons(blog: Service) -> None:
    """Lists by more, less and other than, with order and pages besides."""
    rng = blog.rng
    query = fill(
        rng,
        (
            "query Between($filter: PostFilter, $size: Int) { allPosts(filter: $filter, sortField: "
            '"views", page: 0, perPage: $size) { id views <Post> } }'
        ),
    )
    for operator in rng.sample(("lt", "lte", "gt", "gte"), 3):
        ask(
            blog, query, {"filter": {f"views_{operator}": rng.randrange(100, 800)}, "size": rng.randint(3, 9)}
        )
    low = rng.randrange(50, 600)
    ask(blog, query, {"filter": {"views_gte": low, "views_lt": low + rng.randrange(100, 400)}})
    ask(blog, query, {"filter": {"rating_gt": round(rng.random() * 4, 1), "published": True}})
    ask(blog, query, {"filter": {"user_id_neq": invent.user_id(rng)}, "size": rng.randint(3, 6)})
    age = rng.randint(25, 60)
    ask(blog, "{ allUsers(filter: { age_gte: <age> }) { <User> } }", age=age)
    ask(blog, '{ allUsers(filter: { age_lt: <age> }, sortField: "age") { <User> } }', age=age)
    ask(blog, "{ _allUsersMeta(filter: { age_lt: <age> }) { count } }", age=age)
    month = rng.randint(3, 10)
    bounds = f'written_gte: "2024-{month:02d}-01T00:00:00.000Z"'
    ask(blog, "{ allComments(filter: { <bounds> }) { <Comment> } }", bounds=bounds)
    ask(blog, "{ _allCommentsMeta(filter: { <bounds> }) { count } }", bounds=bounds)


def relations(blog: Service) -> None:
    """Items with what they belong to and what belongs to them, one step away and more."""
    rng = blog.rng
    for _ in range(2):
        ask(blog, "{ Post(id: <key>) { <Post+> } }", key=invent.post_id(rng))
        ask(blog, "{ Comment(id: <key>) { <Comment+> } }", key=invent.comment_id(rng))
        ask(blog, "{ User(id: <key>) { <User*> } }", key=invent.user_id(rng))
        ask(blog, "{ Post(id: <key>) { <Post*> } }", key=invent.post_id(rng))
    ask(blog, "{ allPosts(page: 1, perPage: 3) { <Post+> } }")
    ask(blog, "{ allUsers(page: 0, perPage: 2) { <User*> } }")
    deep = (
        "query Deep($id: ID!) { Post(id: $id) { title User { name Posts { title } } Comments { body "
        "User { name } } } }"
    )
    for _ in range(2):
        ask(blog, deep, {"id": invent.post_id(rng)}, "Deep")
    ask(blog, "{ Comment(id: <key>) { Post { User { <User> } } } }", key=invent.comment_id(rng))
