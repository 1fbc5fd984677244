"""Ways of asking: aliases, fragments, conditions, several operations, and questions about the types."""

from __future__ import annotations

from recording import Service

from scenarios.graphql import invent
from scenarios.graphql.ask import ask, fill


def aliases(blog: Service) -> None:
    """Several answers of one kind under names of the client's choosing, and fields renamed."""
    rng = blog.rng
    for _ in range(2):
        one, other = rng.sample(range(1, 15), 2)
        ask(
            blog,
            "{ a<mark>: Post(id: <one>) { <Post> } b<mark>: Post(id: <other>) { key: id heading: title } }",
            mark=invent.word(rng, 3),
            one=one,
            other=other,
        )
    ask(blog, "{ who: User(id: <key>) { mail: email years: age <User> } }", key=invent.user_id(rng))
    ask(
        blog,
        "{ User(id: <key>) { id } Post(id: <key2>) { title } }",
        key=invent.user_id(rng),
        key2=invent.post_id(rng),
    )
    query = (
        "query Two($a: ID!, $b: ID!) { first: Comment(id: $a) { id body } second: Comment(id: $b) { id "
        "written } }"
    )
    for _ in range(2):
        ask(blog, query, {"a": invent.comment_id(rng), "b": invent.comment_id(rng)}, "Two")
    ask(
        blog,
        (
            '{ top: allPosts(sortField: "views", sortOrder: "desc", page: 0, perPage: <number>) { '
            "<Post> } all: _allPostsMeta { n: count } }"
        ),
        number=rng.randint(1, 4),
    )
    ask(
        blog,
        "{ Post(id: <key>) { t: title author: User { n: name } talk: Comments { b: body } } }",
        key=invent.post_id(rng),
    )


def fragments(blog: Service) -> None:
    """Fields under a name, used once and twice, nested, and inline."""
    rng = blog.rng
    for kind, key in (("Post", invent.post_id(rng)), ("User", invent.user_id(rng))):
        ask(
            blog,
            "query { KIND(id: <key>) { ...<part> } } fragment <part> on KIND { <KIND> }".replace(
                "KIND", kind
            ),
            key=key,
            part=f"part{invent.word(rng, 3)}",
        )
    query = fill(
        rng,
        (
            "query Both($a: ID!, $b: ID!) { one: Post(id: $a) { ...Card } other: Post(id: $b) { "
            "...Card body } }\n"
            "fragment Card on Post { <Post> User { ...Who } }\n"
            "fragment Who on User { <User> }"
        ),
    )
    for _ in range(3):
        ask(blog, query, {"a": invent.post_id(rng), "b": invent.post_id(rng)}, "Both")
    ask(blog, "{ Post(id: <key>) { id ... on Post { <Post> } } }", key=invent.post_id(rng))
    ask(blog, "{ Post(id: <key>) { id ... { <Post> } } }", key=invent.post_id(rng))
    ask(blog, "{ allComments(page: 0, perPage: 2) { ...<word> } }", word=invent.word(rng, 4))
    ask(
        blog,
        "query L { allPosts(page: 0, perPage: <number>) { ...C } } fragment C on Post { <Post+> }",
        number=rng.randint(1, 4),
    )


def conditions(blog: Service) -> None:
    """Fields that are included or skipped by a variable, and variables with defaults."""
    rng = blog.rng
    query = fill(
        rng,
        (
            "query Maybe($id: ID!, $full: Boolean!) { Post(id: $id) { id body @skip(if: $full) <Post> "
            "User @include(if: $full) { name } } }"
        ),
    )
    for full in (True, False, True):
        ask(blog, query, {"id": invent.post_id(rng), "full": full})
    query = fill(
        rng,
        (
            'query Some($size: Int = 3, $by: String = "title") { allPosts(page: 0, perPage: $size, '
            "sortField: $by) { <Post> } }"
        ),
    )
    for variables in (
        {},
        {"size": rng.randint(4, 6)},
        {"by": "views"},
        {"size": rng.randint(1, 2), "by": "rating"},
    ):
        ask(blog, query, variables)
    ask(blog, query)
    ask(
        blog,
        "query A($x: Boolean!) { Post(id: <key>) { id title @include(if: $x) } }",
        {},
        key=invent.post_id(rng),
    )
    key = invent.user_id(rng)
    ask(blog, "{ User(id: <key>) { <User> ... @include(if: false) { age } } }", key=key)


def operations(blog: Service) -> None:
    """Several operations in one document: the name says which one is meant."""
    rng = blog.rng
    document = fill(
        rng,
        (
            "query Who($id: ID!) { User(id: $id) { <User> } } query What($id: ID!) { Post(id: $id) { "
            "<Post> } } mutation Seen($id: ID!, $views: Int) { updatePost(id: $id, views: $views) { id "
            "views } }"
        ),
    )
    key = invent.post_id(rng)
    for _ in range(2):
        ask(blog, document, {"id": invent.user_id(rng)}, "Who")
        ask(blog, document, {"id": invent.post_id(rng)}, "What")
    ask(blog, document, {"id": key, "views": rng.randrange(1_000)}, "Seen")
    ask(blog, document, {"id": key}, "What")
    ask(blog, document, {"id": key})
    ask(blog, document, {"id": key}, invent.word(rng, 5))
    ask(blog, document, {"id": key}, "")


def types(blog: Service) -> None:
    """The names of types, and what a client asks to learn the schema."""
    rng = blog.rng
    ask(blog, "{ __typename Post(id: <key>) { __typename <Post> } }", key=invent.post_id(rng))
    ask(blog, "{ User(id: <key>) { __typename name Posts { __typename id } } }", key=invent.user_id(rng))
    ask(
        blog, "{ allComments(page: 0, perPage: <number>) { __typename <Comment> } }", number=rng.randint(1, 4)
    )
    ask(
        blog,
        "mutation { __typename updatePost(id: 1, views: <number>) { __typename views } }",
        number=rng.randrange(1_000),
    )
    for kind in rng.sample(("User", "Post", "Comment", "ListMetadata"), 3):
        operation = f"Type{invent.word(rng, 3)}"
        query = fill(
            rng,
            "query <operation>($name: String!) { __type(name: $name) { <parts> } }",
            operation=operation,
            parts=rng.choice(("name kind fields { name }", "kind fields { name } name")),
        )
        ask(blog, query, {"name": kind}, operation)
    ask(blog, '{ __type(name: "<word>") { name } }', word=invent.word(rng))
    ask(blog, "{ __schema { queryType { name } mutationType { name } } }")
