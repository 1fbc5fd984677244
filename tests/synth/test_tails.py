"""Quality: keys of several segments, and paths that only look it."""

from __future__ import annotations

from tests.synth.recordings import Step, exchange, model_of, names, session

KEYS = (
    ("a.txt", "img/b.png", "img/2024/c.png", "readme"),
    ("d.txt", "doc/e.md", "doc/old/f.md", "todo"),
    ("g.txt", "src/h.c", "src/lib/i.c", "license"),
)


def put(path: str, number: int) -> list[Step]:
    """Something is put to a path and read back."""
    document = {"n": number}
    return [exchange("PUT", path, json=document, status=204), exchange("GET", path, answer={**document})]


def test_what_is_put_at_any_depth_has_one_route() -> None:
    """The whole rest of the path is the key."""
    model = model_of(
        *(session(*(step for n, key in enumerate(keys) for step in put(f"/files/{key}", n))) for keys in KEYS)
    )
    assert names(model) == {"PUT /files/{file_id+}", "GET /files/{file_id+}"}


def test_a_word_behind_keys_is_a_part_of_each() -> None:
    """``/history`` is asked for below many keys, and is none."""
    model = model_of(
        *(
            session(
                *(step for n, key in enumerate(keys) for step in put(f"/files/{key}", n)),
                *(exchange("GET", f"/files/{key}/history", answer={"versions": 1}) for key in keys[:2]),
            )
            for keys in KEYS
        )
    )
    assert "GET /files/{file_id+}/history" in names(model)


def test_nested_collections_are_no_keys() -> None:
    """A word that returns below the first depth names a collection."""
    model = model_of(
        *(
            session(
                *put(f"/teams/{team}", 1),
                *(step for n in (1, 2) for step in put(f"/teams/{team}/members/{team}-{n}", n)),
            )
            for team in ("red", "blue", "green")
        )
    )
    assert "PUT /teams/{team_id}/members/{member_id}" in names(model)
    assert not any("+" in name for name in names(model))
