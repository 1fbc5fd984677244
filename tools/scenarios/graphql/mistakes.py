"""Requests that are answered with errors: of syntax, of validation, of variables, of HTTP."""

from __future__ import annotations

import json

from recording import Service

from scenarios.graphql import invent
from scenarios.graphql.ask import PATH, ask, fill

JSON = {"content-type": "application/json"}


def syntax(blog: Service) -> None:
    """Documents that cannot be parsed, and documents that ask for what is not there."""
    rng = blog.rng
    key = invent.post_id(rng)
    ask(blog, "{ Post(id: <key>) { <Post> ", key=key)
    ask(blog, "{ Post(id: <key>) }", key=key)
    ask(blog, "{ Post(id: <key>) { } }", key=key)
    ask(blog, "{ Post(id: <key> { id } }", key=key)
    ask(blog, "{ Post(id: <key>) { title title <word>? } }", key=key, word=invent.word(rng)[:1])
    ask(blog, "{ Post(id: <key>) { id x<word> } }", key=key, word=invent.word(rng))
    ask(blog, "{ x<word>(id: <key>) { id } }", word=invent.word(rng), key=key)
    ask(blog, "{ Post(id: <key>) { id tittle viws } }", key=key)
    ask(blog, "{ Post(key: <key>) { id } }", key=key)
    ask(blog, "{ Post { <Post> } }")
    ask(blog, "{ User(id: <key>) { name { first } } }", key=key)
    ask(blog, 'mutation { createUser(name: "<name>") { id } }', name=invent.name(rng))
    ask(
        blog,
        'mutation { createUser(name: <number>, email: "<word>", age: 3) { id } }',
        number=rng.randrange(99),
        word=invent.word(rng),
    )
    ask(blog, "mutation { publishPost(id: <key>) { id } }", key=key)
    ask(blog, "{ ...Nowhere Post(id: <key>) { <Post> } }", key=key)
    ask(blog, "{ Post(id: <key>) { id } } fragment Unused on Post { <Post> }", key=key)
    ask(blog, "subscription { Post(id: <key>) { id } }", key=key)
    ask(blog, "{ Post(id: <key>) { id } }", key=key)


def variables(blog: Service) -> None:
    """Variables that are missing, of the wrong type, unknown or unused."""
    rng = blog.rng
    query = fill(rng, "query One($id: ID!) { Post(id: $id) { <Post> } }")
    ask(blog, query)
    ask(blog, query, {"key": invent.word(rng)})
    ask(blog, query, {"id": None})
    ask(blog, query, {"id": {"is": invent.word(rng)}})
    ask(blog, query, {"id": invent.post_id(rng), "more": invent.word(rng)})
    ask(blog, "query One($key: ID!) { Post(id: $id) { <Post> } }", {"key": "1"})
    lists = fill(
        rng,
        (
            "query Page($page: Int, $filter: PostFilter) { allPosts(page: $page, perPage: 2, filter: "
            "$filter) { <Post> } }"
        ),
    )
    ask(blog, lists, {"page": invent.word(rng)})
    ask(blog, lists, {"page": rng.random() + 1})
    ask(blog, lists, {"page": 0, "filter": {invent.word(rng): 1}})
    ask(blog, lists, {"page": 0, "filter": {"views_gte": invent.word(rng, 4)}})
    ask(blog, lists, {"page": 0, "filter": {"published": invent.word(rng, 4)}})
    ask(blog, lists, {"page": rng.randint(0, 3)})
    user = invent.user(rng)
    create = (
        'mutation Join($name: String!, $age: Int!) { createUser(name: $name, email: "x@example.com", '
        "age: $age) { id } }"
    )
    ask(blog, create, {"name": user["name"]})
    ask(blog, create, {"name": user["name"], "age": f"{user['age']}"})
    ask(blog, create, {"name": rng.randrange(1_000), "age": user["age"]})
    ask(blog, 'mutation { updateComment(id: 1, written: "<word>") { id } }', word=invent.word(rng))


def requests(blog: Service) -> None:
    """Bodies that are no JSON or no query, other methods, and media types that are asked for."""
    rng = blog.rng
    whole = json.dumps({"query": fill(rng, "{ Post(id: <key>) { <Post> } }", key=invent.post_id(rng))})
    blog.send("POST", PATH, content=whole[: rng.randint(3, 20)], headers=JSON)
    blog.send("POST", PATH, content=invent.word(rng), headers=JSON)
    blog.send("POST", PATH, content="", headers=JSON)
    blog.post(PATH, {invent.word(rng): 1})
    blog.post(PATH, {"query": rng.randrange(1_000)})
    blog.post(PATH, {"query": ""})
    blog.post(PATH, [whole])
    blog.post(PATH, {"query": "{ allUsers { id } }", "variables": invent.word(rng)})
    blog.post(PATH, {"query": "{ allUsers { id } }", "operationName": rng.randrange(1_000)})
    blog.post(PATH, {"query": "{ allUsers { id } }", "extensions": invent.word(rng)})
    blog.post(
        PATH,
        {"query": fill(rng, "{ User(id: <key>) { <User> } }", key=invent.user_id(rng)), "variables": None},
    )
    blog.send("POST", PATH, content=whole, headers=JSON)
    modern = {**JSON, "accept": "application/graphql-response+json"}
    blog.send("POST", PATH, content=whole, headers=modern)
    for wrong in (f"{{ x{invent.word(rng)} }}", f"{{ x{invent.word(rng)}"):
        blog.send("POST", PATH, content=json.dumps({"query": wrong}), headers=modern)
    blog.send("POST", PATH, content=whole, headers={**JSON, "accept": "application/json"})
    blog.send("POST", PATH, content=whole, headers={**JSON, "accept": "text/html"})
    blog.send("PUT", PATH, content=whole, headers=JSON)
    blog.send("DELETE", PATH, content=whole, headers=JSON)
    blog.send(
        "OPTIONS",
        PATH,
        headers={"origin": "http://blog.example.com", "access-control-request-method": "POST"},
    )
    blog.send("GET", PATH)
