"""Generated environments: a request, a state and an instant, hostile on purpose."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.wir.strategies import ENTITIES, documents, names, texts, values
from wraith.canonical import compact
from wraith.exchange import Request
from wraith.runtime import Environment, Ids, State

keys = st.sampled_from(["1", "2", "a", "a/b", "²", "9" * 30, ""]) | st.text(max_size=4)
stored = st.lists(st.tuples(keys, documents(3)), max_size=3)
states = st.dictionaries(st.sampled_from(ENTITIES), stored, max_size=2).map(State)

_QUERIES = ["", "a=1&b=x", "id[]=1&id[]=2", "a[b][0]=1", "0=²&a.b=nan", "a=1&a=2&é=%C3%A9"]
bodies: st.SearchStrategy[tuple[str, bytes]] = (
    values.map(lambda value: ("application/json", compact(value)))
    | st.tuples(st.sampled_from(["text/plain", "", "application/json", "image/png"]), st.binary(max_size=20))
    | st.sampled_from(_QUERIES).map(lambda query: ("application/x-www-form-urlencoded", query.encode()))
)


@st.composite
def environments(draw: st.DrawFn) -> Environment:
    """Everything that an expression can look at, an addressed entity and an answer included."""
    content_type, body = draw(bodies)
    headers = (("Content-Type", content_type), ("X-Name", draw(texts)), ("Host", "localhost:1"))
    request = Request(
        draw(st.sampled_from(["GET", "POST"])), f"/x?{draw(st.sampled_from(_QUERIES))}", headers, body
    )
    env = Environment(
        request, {"id": draw(texts)}, draw(states), Ids(draw(names)), draw(st.integers(-(10**16), 10**16))
    )
    for name in ("entity", "response"):
        if draw(st.booleans()):
            setattr(env, name, draw(documents(3)))
    return env
