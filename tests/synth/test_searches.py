"""Quality: where a search looks."""

from __future__ import annotations

from tests.synth.recordings import Step, exchange, model_of, session, source, variant
from tests.synth.test_lists import asked, listed, query
from wraith.wir import Query, Where


def test_a_search_looks_at_the_field_that_tells() -> None:
    """Where the whole of a tree would be found by its note as well, the field that was searched tells."""

    def planted(number: int) -> tuple[Step, ...]:
        trees = [
            {"id": f"tr_{number}{at}k3Jd82", "name": name, "note": note}
            for at, (name, note) in enumerate((("oak", "by elm"), ("elm", "tall"), ("ash", "elm side")))
        ]
        return session(
            *(
                exchange("POST", "/v1/trees", json={"name": t["name"], "note": t["note"]}, answer=t)
                for t in trees
            ),
            exchange("GET", f"/v1/trees/{trees[0]['id']}", answer=trees[0]),
            exchange("GET", query(("search", "elm")), answer=listed([trees[1]])),
        )

    found = source(variant(model_of(*map(planted, range(3))), "GET /v1/trees"), "items")
    assert isinstance(found, Query)
    assert found.where == (Where(("name",), "contains", asked("search")),)
