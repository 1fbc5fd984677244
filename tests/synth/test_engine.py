"""Laws of synthesis: what holds whatever was recorded."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.synth.recordings import Document, Recorded, exchange, findings, recording, replayed, session
from tests.synth.services import Field, Kind, Spec, record
from wraith.canonical import JsonValue
from wraith.exchange import Exchange, Request, Response, decode_body, header
from wraith.paths import leaves
from wraith.runtime import Environment, Ids, State, compile_atom
from wraith.synth import learn
from wraith.synth._exchanges.seen import see
from wraith.synth._exchanges.survey import sketch
from wraith.synth._roles.roles import assign_roles
from wraith.synth._routes.routes import Paths
from wraith.synth._world.observe import Observer, learn_removal
from wraith.synth._world.world import World
from wraith.wir import dump_evidence, dump_model

SHOP = Spec(
    (
        Kind("items", (Field("name", required=True), Field("size", "integer"), Field("tier", "choice"))),
        Kind("users"),
    ),
    paging="cursor",
    counted="has_more",
)
WORLD = [
    *record(SHOP, range(3)),
    *recording(
        session(exchange("GET", "/v1/me", answer={"name": "ada"})),
        session(exchange("GET", "/v1/me", answer={"name": "ada"})),
        prefix="me",
    ),
]


@pytest.mark.parametrize("order", list(permutations(range(4)))[1::5], ids=str)
def test_the_order_of_sessions_changes_no_byte(order: Sequence[int]) -> None:
    """Sessions are learned from in the order of time, whatever order they are given in."""
    some = WORLD[:4]
    assert dump_model(learn([some[at] for at in order]).model) == dump_model(learn(some).model)
    assert dump_evidence(learn([some[at] for at in order]).evidence) == dump_evidence(learn(some).evidence)


def test_sessions_of_one_instant_are_ordered_by_their_names() -> None:
    """Where times do not tell sessions apart, their names do."""
    same = [Recorded(each.id, 0, each.exchanges) for each in WORLD]
    assert dump_model(learn(same).model) == dump_model(learn(same[::-1]).model)


PROGRAM = """
from tests.synth.test_engine import WORLD
from wraith.synth import learn
from wraith.wir import dump_model
import hashlib
print(hashlib.sha256(dump_model(learn(WORLD).model)).hexdigest())
"""


def test_the_seed_of_hashes_changes_no_byte() -> None:
    """Two processes with different hash seeds learn the same bytes: no order of a set decides anything."""
    root = Path(__file__).parents[2]
    made = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "4242")
    }
    assert len(made) == 1


def test_nothing_recorded_is_an_empty_model() -> None:
    """An empty corpus, and a session without exchanges, teach nothing."""
    assert learn([]).model.routes == ()
    assert learn([Recorded("empty", 0, ())]).model.routes == ()


# --- no hole where all agree --------------------------------------------------------------------------------

scalars = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "a", "$hole_1", "$$", "word"])
documents = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "id", "$ref", "data"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(documents.filter(lambda each: isinstance(each, dict)), st.integers(2, 4))
@settings(max_examples=60, deadline=None)
def test_there_is_no_hole_where_all_values_agree(document: JsonValue, count: int) -> None:
    """Answers that are all the same become a literal, and replay as they were."""
    corpus = recording(
        *(session(exchange("GET", f"/v1/fixed?n={number}", answer=document)) for number in range(count))
    )
    learned = learn(corpus)
    [only] = learned.model.routes[0].variants
    assert only.holes == {}
    assert replayed(learned, corpus).exact_bp == 10_000


# --- renaming -----------------------------------------------------------------------------------------------

WORDS = {
    b"items": b"zebras",
    b"it_": b"ze_",
    b"size": b"girth",
    b"tier": b"caste",
    b"deleted": b"erased",
    b"created": b"minted",
    b"missing": b"vanished",
    b"error": b"trouble",
    b"message": b"saying",
}
"""Words of the recorded service, others in their place. Names of paging parameters and keys (``id``) are
priors of synthesis, and stay."""

RENAMED = re.compile(
    rb"items|item(?=_id)|(?<![A-Za-z0-9])it_|" + rb"|".join(sorted(WORDS.keys() - {b"items", b"it_"}))
)


def renamed(text: bytes) -> bytes:
    """Return the text in the other words; ``item_id`` is the name that synthesis makes from ``items``."""
    return RENAMED.sub(lambda found: {**WORDS, b"item": b"zebra"}[found[0]], text)


def translated(each: Exchange) -> Exchange:
    request = Request(
        each.request.method,
        renamed(each.request.target.encode()).decode(),
        each.request.headers,
        renamed(each.request.body),
    )
    response = Response(each.response.status, each.response.headers, renamed(each.response.body))
    return Exchange(request, response, each.started_at_ms, each.duration_ms)


def test_words_mean_nothing() -> None:
    """Other words for paths, members and prefixes give the same model in those words."""
    corpus = record(Spec((Kind("items", SHOP.kinds[0].fields),)), range(4))
    other = [Recorded(each.id, each.started_at_ms, tuple(map(translated, each.exchanges))) for each in corpus]
    here, there = (dump_model(learn(some).model) for some in (corpus, other))
    assert _lines(renamed(here)) == _lines(there)


def _lines(model: bytes) -> list[bytes]:
    """Return the lines of a model without the order of names and the commas that follow from it."""
    return sorted(line.rstrip(b",") for line in model.splitlines())


# --- coverage -----------------------------------------------------------------------------------------------


def test_guards_cover_what_was_recorded_and_one_variant_holds() -> None:
    """Each recorded request meets the guards of exactly one variant of its route."""
    model = learn(WORLD).model
    tests = {
        (each.method, each.path_pattern): [
            [compile_atom(atom) for atom in one.guards] for one in each.variants
        ]
        for each in model.routes
    }
    for method, pattern, env in _environments(WORLD):
        met = [all(test(env) for test in guards) for guards in tests[method, pattern]]
        assert sum(met) == 1, (method, pattern, env.body)


def _environments(corpus: Sequence[Recorded]) -> list[tuple[str, str, Environment]]:
    """Return what each recorded request could see when its state is the true one."""
    sessions = [see(number, each.read()) for number, each in enumerate(corpus)]
    paths = Paths()
    for number, some in enumerate(sessions):
        paths.add(number, sketch(some))
    table = paths.routes()
    for some in sessions:
        for seen in some:
            table.assign(seen)
    roles = assign_roles(table, [seen for some in sessions for seen in some])
    observer = Observer(roles, World(tuple(range(len(sessions))), {}), learn_removal(sessions, roles))
    found = []
    for number, some in enumerate(sessions):
        for row in observer.fold(number, some, observed=True):
            pattern = table.patterns[row.seen.route]
            found.append((pattern.method, pattern.pattern, row.env))
    return found


def test_an_environment_without_state_meets_no_more_than_one_variant() -> None:
    """Guards are disjoint on requests that were never recorded, too."""
    model = learn(WORLD).model
    for each in model.routes:
        guards = [[compile_atom(atom) for atom in one.guards] for one in each.variants]
        for body in (b"", b"{}", b'{"name": 5}', b"[1]", b"nonsense"):
            request = Request(each.method, each.path_pattern, (("content-type", "application/json"),), body)
            env = Environment(request, {}, State(), Ids("x"), 0)
            assert sum(all(test(env) for test in some) for some in guards) == 1, (each.name, body)


def test_a_cut_off_body_teaches_nothing() -> None:
    """Exchanges whose bodies are not whole are left out, and the rest is learned."""
    from wraith.exchange import Truncated

    [whole] = recording(session(exchange("GET", "/v1/me", answer={"name": "ada"})))
    cut = Exchange(
        Request("GET", "/v1/big"), Response(200, (), b"", Truncated("0" * 64, 10**9)), whole.started_at_ms, 5
    )
    corpus = [Recorded("s", whole.started_at_ms, (*whole.exchanges, cut))]
    assert [each.name for each in learn(corpus).model.routes] == ["GET /v1/me"]


def test_every_leaf_that_nothing_explains_is_in_the_evidence() -> None:
    """Evidence lists the paths that replay cannot predict."""
    corpus = recording(
        *(
            session(exchange("GET", f"/v1/odd?n={number}", answer={"word": word, "same": 1}))
            for number, word in enumerate(("oak", "elm", "ash"))
        )
    )
    learned = learn(corpus)
    [only] = learned.evidence.routes[0].variants
    assert only.unexplained == ("word",)
    assert {line.split()[3] for line in findings(replayed(learned, corpus))} == {"word"}


def test_answers_keep_the_order_of_their_members() -> None:
    """A template has the members of an answer in the order of the service."""
    answer: Document = {"z": 1, "a": 2, "m": {"y": 1, "b": 2}}
    corpus = recording(session(exchange("GET", "/v1/me", answer=answer)))
    [route] = learn(corpus).model.routes
    assert [path for path, _ in leaves(route.variants[0].body_template)] == [
        ("z",),
        ("a",),
        ("m", "y"),
        ("m", "b"),
    ]
    response = corpus[0].exchanges[0].response
    assert decode_body(header(response.headers, "content-type"), response.body).document == answer
