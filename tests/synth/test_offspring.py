"""What a write makes is stored as the twin will know it, under the identifiers that it was shown with."""

from __future__ import annotations

import pytest

from tests.synth.recordings import exchange, recording, session
from wraith.canonical import JsonValue
from wraith.runtime import Environment, Ids, State
from wraith.synth._exchanges.seen import see
from wraith.synth._world.offspring import Made
from wraith.wir import FreshId, Make, ref

EFFECT = Make(
    "bills",
    ref("response.body.bill"),
    {"id": "$id", "slip": "$slip", "path": "$path", "total": "$total"},
    (
        ("id", ref("response.body.bill")),
        ("slip", FreshId("sl_[a-z]{8}")),
        ("path", ref("made.slip")),
        ("total", ref("request.body.rent")),
    ),
)
SHOWN: JsonValue = {"id": "bi_1", "slip": "sl_shown", "path": "sl_shown", "total": 999}


@pytest.mark.parametrize("shown", [True, False])
def test_what_was_shown_gives_the_identifiers(*, shown: bool) -> None:
    """Identifiers are those that were shown, all else is what the effect says; without them it makes its
    own."""
    [corpus] = recording(session(exchange("POST", "/rentals", json={"rent": 7}, answer={"bill": "bi_1"})))
    [seen] = see(0, corpus.read())
    state = State()
    env = Environment(seen.request, {}, state, Ids(""), seen.at_ms)
    env.response = seen.document
    known = {seen.place: ("bi_1", SHOWN)} if shown else {}
    Made(0, EFFECT, known).maker()(seen, env, state)
    made = state.get("bills", "bi_1")
    assert isinstance(made, dict)
    assert made["total"] == 7
    assert made["path"] == made["slip"]
    assert (made["slip"] == "sl_shown") is shown
