"""Mutations: what they answer, and what later queries see of them.

The service gives the key that follows the last item's. One that was updated has its key as text from then on,
and ``"19" + 1`` is ``"191"``: ``users`` shows that, and tidies up; the others update what is not last.
"""

from __future__ import annotations

from recording import Service

from scenarios.graphql import invent
from scenarios.graphql.ask import ask, fill

CREATE_POST = (
    "mutation Write($title: String!, $body: String!, $views: Int!, $rating: Float!, $published: Boolean!, "
    "$user_id: ID!, $tags: [String]!) { createPost(title: $title, body: $body, views: $views, "
    "rating: $rating, published: $published, user_id: $user_id, tags: $tags) { %s } }"
)
CREATE_COMMENT = (
    "mutation Say($post_id: ID!, $user_id: ID!, $body: String!, $written: Date!) "
    "{ createComment(post_id: $post_id, user_id: $user_id, body: $body, written: $written) { %s } }"
)
CREATE_USER = (
    "mutation Join($name: String!, $email: String!, $age: Int!) "
    "{ createUser(name: $name, email: $email, age: $age) { %s } }"
)


def posts(blog: Service) -> None:
    """Create, read, update, remove; reading and removing again finds nothing."""
    rng = blog.rng
    made = []
    for _ in range(3):
        answer = ask(blog, CREATE_POST % "id <Post>", invent.post(rng), "Write")
        made.append(answer["createPost"]["id"])
        ask(blog, "query One($id: ID!) { Post(id: $id) { <Post> } }", {"id": made[-1]})
    update = (
        "mutation Edit($id: ID!, $title: String, $views: Int, $tags: [String]) { updatePost(id: $id, "
        "title: $title, views: $views, tags: $tags) { %s } }"
    )
    ask(blog, update % "<Post>", {"id": made[0], "title": invent.title(rng)})
    ask(blog, update % "<Post>", {"id": made[1], "views": rng.randrange(1_000), "tags": ["dark"]})
    ask(blog, "{ Post(id: <key>) { <Post+> } }", key=made[0])
    ask(blog, update % "<Post>", {"id": rng.randint(5_000, 9_000), "title": invent.title(rng)})
    for key in (made[2], made[0], made[1]):
        ask(blog, "mutation { removePost(id: <key>) { <Post> } }", key=key)
        ask(blog, "{ Post(id: <key>) { <Post> } }", key=key)
    ask(blog, "mutation Gone($id: ID!) { deletePost(id: $id) { id title } }", {"id": made[1]})


def inline(blog: Service) -> None:
    """Arguments inside of the document, in many spellings."""
    rng = blog.rng
    new = invent.post(rng)
    tags = ", ".join(f'"{tag}"' for tag in rng.sample(invent.KINDS, 2))
    made = ask(
        blog,
        (
            'mutation { createPost(title: "<title>", body: "<body>", views: <views>, rating: <number>, '
            "published: true, user_id: <user_id>, tags: [<tags>]) { id <Post+> } }"
        ),
        title=new["title"],
        body=new["body"],
        views=new["views"],
        number=rng.randint(1, 4),
        user_id=new["user_id"],
        tags=tags,
    )["createPost"]["id"]
    ask(blog, "{ Post(id: <key>) { <Post> } }", key=made)
    key = invent.post_id(rng)
    ask(
        blog,
        'mutation { updatePost(id: "<key>", title: "It\'s \\"<word>\\" \\u00e9") { id title } }',
        key=key,
        word=invent.word(rng),
    )
    ask(
        blog,
        'mutation {\n  updatePost(id: <key>, body: """\n    Block\n      <text>\n  """) { body }\n}',
        key=key,
        text=invent.text(rng),
    )
    ask(
        blog,
        "mutation Score { updatePost(id: <key>, rating: <number>, published: false) { rating published } }",
        key=key,
        number=f"{rng.random() * 5:.3f}",
    )
    ask(blog, "mutation { updatePost(id: <key>, tags: []) { tags } }", key=key)
    ask(
        blog,
        'mutation { updatePost(id: <key>, tags: "<tag>", views: null) { tags views } }',
        key=key,
        tag=rng.choice(invent.KINDS),
    )
    ask(blog, "# a comment, <word>\n{ Post(id: <key>) { <Post> } }", word=invent.word(rng), key=key)
    ask(
        blog,
        "mutation { updatePost(id: <key>, views: <number>) { <Post*> } }",
        key=key,
        number=rng.randrange(1_000),
    )
    ask(blog, "mutation { deletePost(id: <key>) { <Post+> } }", key=made)


def comments(blog: Service) -> None:
    """Comments show up below their posts and users."""
    rng = blog.rng
    parent = invent.post_id(rng)
    ask(blog, "{ Post(id: <key>) { title Comments { <Comment> } } }", key=parent)
    made = []
    for _ in range(3):
        new = invent.comment(rng, parent)
        answer = ask(blog, CREATE_COMMENT % "id <Comment+>", new, "Say")
        made.append(answer["createComment"]["id"])
        ask(blog, "{ Post(id: <key>) { Comments { <Comment> } } }", key=parent)
    ask(blog, "{ User(id: <user_id>) { <User*> Comments { id } } }", user_id=new["user_id"])
    edit = (
        "mutation($id: ID!, $body: String, $written: Date) { updateComment(id: $id, body: $body, "
        "written: $written) { %s } }"
    )
    ask(blog, edit % "<Comment>", {"id": made[0], "body": invent.title(rng)})
    ask(
        blog,
        edit % "<Comment>",
        {"id": made[1], "written": f"2025-06-{rng.randint(10, 28)}T08:00:00.000Z"},
    )
    ask(blog, "{ allComments(filter: { post_id: <key> }) { <Comment> } }", key=parent)
    for key in reversed(made):
        ask(blog, "mutation { removeComment(id: <key>) { <Comment> } }", key=key)
    ask(blog, "{ Post(id: <key>) { Comments { <Comment> } } }", key=parent)


def users(blog: Service) -> None:
    """The last item is updated, and the key after it is what text and a number make."""
    rng = blog.rng
    first = ask(blog, CREATE_USER % "id name", invent.user(rng), "Join")["createUser"]["id"]
    ask(
        blog,
        "mutation { updateUser(id: <key>, age: <number>) { <User> } }",
        key=first,
        number=rng.randint(18, 80),
    )
    second = ask(blog, CREATE_USER % "id <User>", invent.user(rng), "Join")["createUser"]["id"]
    ask(blog, "{ User(id: <key>) { <User> } }", key=second)
    owned = {**invent.post(rng), "user_id": second}
    post = ask(blog, CREATE_POST % "id title User { name }", owned, "Write")["createPost"]["id"]
    ask(blog, "{ User(id: <key>) { <User*> Posts { title } } }", key=second)
    for key in (second, first):
        ask(blog, "mutation { removeUser(id: <key>) { <User> } }", key=key)
    ask(blog, "{ Post(id: <key>) { user_id User { <User> } } }", key=post)
    ask(blog, "mutation { removePost(id: <key>) { <Post> } }", key=post)
    third = ask(blog, CREATE_USER % "id <User>", invent.user(rng), "Join")["createUser"]["id"]
    ask(blog, "mutation { deleteUser(id: <key>) { <User> } }", key=third)


def several(blog: Service) -> None:
    """Many in one request: lists of new items, and several mutations in their order."""
    rng = blog.rng
    query = fill(rng, "mutation Many($data: [PostInput!]) { createManyPost(data: $data) { id <Post> } }")
    new = [invent.post(rng) for _ in range(rng.randint(2, 3))]
    made = [post["id"] for post in ask(blog, query, {"data": new}, "Many")["createManyPost"]]
    ask(blog, "{ allPosts(filter: { ids: [<keys>] }) { <Post> } }", keys=", ".join(made))
    fields = "title: $title, body: $body, views: 1, rating: 0.5, published: false, user_id: 2, tags: []"
    both = ask(
        blog,
        (
            "mutation Both($title: String!, $body: String!) { one: createPost(<fields>) { id } other: "
            "createPost(<fields>) { id <Post> } }"
        ),
        {"title": invent.title(rng), "body": invent.text(rng)},
        fields=fields,
    )
    made += [both["one"]["id"], both["other"]["id"]]
    ask(
        blog,
        (
            "mutation { a: updatePost(id: <key>, views: <number>) { views } b: updatePost(id: <key>, "
            'title: "<title>") { <Post> } c: removePost(id: <other>) { id } d: updatePost(id: <other>, '
            "views: 2) { id } }"
        ),
        key=made[0],
        number=rng.randrange(1_000),
        title=invent.title(rng),
        other=made[1],
    )
    ask(blog, "{ allPosts(filter: { ids: [<keys>] }) { id views <Post> } }", keys=", ".join(made))
    gone = " ".join(
        fill(rng, "<mark>: removePost(id: <key>) { <Post> }", mark=f"r{invent.word(rng, 3)}", key=key)
        for key in reversed(made)
    )
    ask(blog, "mutation { <gone> }", gone=gone)
    mark = invent.word(rng, 3)
    ask(
        blog,
        "{ m<mark>: _allPostsMeta(filter: { ids: [<keys>] }) { count } }",
        mark=mark,
        keys=", ".join(made),
    )


def counts(blog: Service) -> None:
    """The count of a list follows what is created and removed."""
    rng = blog.rng
    mark = invent.word(rng, 6)
    query = (
        "query Count($filter: PostFilter) { all: _allPostsMeta { count } mine: _allPostsMeta(filter: "
        "$filter) { count } }"
    )
    made = []
    for _ in range(3):
        ask(blog, query, {"filter": {"q": mark}}, "Count")
        new = {**invent.post(rng), "title": f"{invent.title(rng)} {mark}"}
        made.append(ask(blog, CREATE_POST % "id title", new, "Write")["createPost"]["id"])
    ask(blog, query, {"filter": {"q": mark.upper()}}, "Count")
    ask(blog, '{ allPosts(filter: { q: "<mark>" }, sortField: "title") { <Post> } }', mark=mark)
    for key in reversed(made):
        ask(blog, "mutation Gone($id: ID!) { removePost(id: $id) { id title } }", {"id": key}, "Gone")
        ask(blog, query, {"filter": {"q": mark}}, "Count")
