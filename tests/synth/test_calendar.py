"""Quality: times that a word of the calendar sets apart."""

from __future__ import annotations

from tests.synth.recordings import Document, Step, exchange, model_of, session, source, variant
from wraith.wir import Call, Clock, Literal, ref

DAY = 86_400
LENGTHS = {"week": 7 * DAY, "month": 30 * DAY, "year": 365 * DAY, "day": DAY}
"""From 14 November 2023 to the same day of December are 30 days; no leap day follows within a year of the
15th of February, but one lies in the year that begins here."""
KEYS = ("pa_k3Jd82mQ", "pa_9xPq27Lb", "pa_Zr41wTn6", "pa_b8Vc5Hs0")


def bought(number: int, word: str, length: int) -> tuple[Step, ...]:
    def answer(now_ms: int) -> Document:
        return {"id": KEYS[number], "term": word, "ends": now_ms // 1000 + length}

    return session(exchange("POST", "/passes", json={"term": word}, answer=answer))


def test_a_time_lies_a_unit_of_the_calendar_later() -> None:
    """A week, a day and a month teach that a year is one, too."""
    words = ("week", "month", "day")
    model = model_of(*(bought(number, word, LENGTHS[word]) for number, word in enumerate(words)))
    found = source(variant(model, "POST /passes"), "ends")
    assert found == Call("later", (Clock("epoch_s"), ref("request.body.term")))


def test_one_unit_is_a_fixed_distance() -> None:
    """Where only weeks were met, the time is a fixed distance from now."""
    model = model_of(*(bought(number, "week", LENGTHS["week"]) for number in range(3)))
    assert source(variant(model, "POST /passes"), "ends") == Clock("epoch_s", LENGTHS["week"])


def test_distances_of_their_own_are_no_calendar() -> None:
    """A week that lasts ten days refutes the calendar."""
    lengths = {"week": 10 * DAY, "month": 30 * DAY, "day": DAY}
    model = model_of(*(bought(number, word, lengths[word]) for number, word in enumerate(lengths)))
    assert "later" not in repr(source(variant(model, "POST /passes"), "ends"))


def test_one_shared_time_is_now() -> None:
    """Answers of one second share their time: it is that of the exchange, or days from it; a time that lies
    elsewhere is the service's own."""
    now = (1_700_000_000, 1_700_000_000 + 2 * DAY, 1_600_000_321)

    def answer(key: str) -> Document:
        return {"id": key, "made": now[0], "due": now[1], "since": now[2]}

    model = model_of(session(*(exchange("POST", "/passes", json={}, answer=answer(key)) for key in KEYS[:2])))
    made = variant(model, "POST /passes")
    assert source(made, "made") == Clock("epoch_s")
    assert source(made, "due") == Clock("epoch_s", 2 * DAY)
    assert source(made, "since") == Literal(now[2])


def test_times_that_are_not_understood_are_not_made_fresh() -> None:
    """Texts that read as times, and follow no clock, are no identifiers."""
    days = ("2021-03-04", "2021-07-19", "2022-11-30")
    model = model_of(
        *(
            session(exchange("POST", "/passes", json={}, answer={"id": key, "since": f"{day}T10:00:00Z"}))
            for key, day in zip(KEYS, days, strict=False)
        )
    )
    assert "FreshId(" not in repr(source(variant(model, "POST /passes"), "since"))
