"""Quality: writes that do not say what they stored, learned from the reads after them."""

from __future__ import annotations

from tests.synth.recordings import Step, exchange, model_of, session, variant
from tests.synth.test_reasons import Client
from wraith.canonical import JsonValue
from wraith.wir import Literal, Make, Put, Ref, Sum

NAMES = ("oak7", "elm2", "ash9", "fir4", "yew1", "box6")
SIZES = (3, 14, 15, 92, 65, 35)


def boxes(number: int) -> tuple[Step, ...]:
    """A session that creates a box, and changes it once or more, whose writes answer nothing."""
    path, size = f"/boxes/{NAMES[number]}", SIZES[number]

    def read(big: int, version: int) -> Step:
        return exchange(
            "GET", path, answer={"name": NAMES[number], "size": big, "color": "none", "version": version}
        )

    changes = [(size + version, version) for version in range(1, 3 + number % 3)]
    return session(
        *(
            step
            for big, version in changes
            for step in (exchange("PUT", path, json={"size": big}, status=204), read(big, version))
        )
    )


def test_what_the_service_added_to_a_silent_write_is_learned() -> None:
    """A twin shows defaults and counts versions of entities whose writes answered nothing."""
    client = Client(model_of(*map(boxes, range(6))))
    assert client.ask("PUT", "/boxes/new1", json={"size": 5}) == (204, None)
    expected: JsonValue = {"name": "new1", "size": 5, "color": "none", "version": 1}
    assert client.ask("GET", "/boxes/new1") == (200, expected)
    client.ask("PUT", "/boxes/new1", json={"size": 8})
    client.ask("PUT", "/boxes/new1", json={"size": 9})
    expected = {"name": "new1", "size": 9, "color": "none", "version": 3}
    assert client.ask("GET", "/boxes/new1") == (200, expected)


def test_creating_and_updating_in_silence_are_two_variants() -> None:
    """Answers are alike; what they store depends on whether there was an entity."""
    model = model_of(*map(boxes, range(6)))
    [put] = [each for each in model.routes if each.method == "PUT"]
    makes = [effect for each in put.variants for effect in each.effects if isinstance(effect, Make)]
    versions = [dict(make.holes).get(str(make.template["version"])[1:]) for make in makes if make.template]
    assert Sum((Ref(("entity", "version")), Literal(1))) in versions
    assert len(makes) == 2


def test_a_write_that_says_what_it_stored_is_taken_at_its_word() -> None:
    """An answer that shows the entity is what is stored, whatever a later read shows."""

    def telling(number: int) -> tuple[Step, ...]:
        shown: dict[str, JsonValue] = {"id": NAMES[number] + "-31337x", "size": SIZES[number]}
        return session(
            exchange("POST", "/boxes", json={"size": SIZES[number]}, status=201, answer=shown),
            exchange("GET", f"/boxes/{shown['id']}", answer=shown),
        )

    [stored] = variant(model_of(*map(telling, range(6))), "POST /boxes", 201).effects
    assert isinstance(stored, Put)


def test_a_write_that_nothing_reads_tells_nothing_of_the_one_before() -> None:
    """What a read shows is of the last write: two writes in a row leave no wrong lesson."""

    def twice(number: int) -> tuple[Step, ...]:
        path = f"/boxes/{NAMES[number]}"
        shown: JsonValue = {"name": NAMES[number], "size": SIZES[number]}
        return session(
            exchange("PUT", path, json={"size": SIZES[number] + 40}, status=204),
            exchange("PUT", path, json={"size": SIZES[number]}, status=204),
            exchange("GET", path, answer=shown),
        )

    client = Client(model_of(*map(twice, range(6))))
    client.ask("PUT", "/boxes/new1", json={"size": 5})
    client.ask("PUT", "/boxes/new1", json={"size": 6})
    status, shown = client.ask("GET", "/boxes/new1")
    assert status == 200
    assert isinstance(shown, dict)
    assert shown["size"] == 6


def told_in_part(number: int) -> tuple[Step, ...]:
    """A session whose writes answer with key and version; only some of them are read back."""
    path, name = f"/boxes/{NAMES[number]}", NAMES[number]

    def put(size: int, version: int) -> Step:
        return exchange("PUT", path, json={"size": size}, answer={"name": name, "version": version})

    def read(size: int, version: int) -> Step:
        shown: JsonValue = {"name": name, "version": version, "size": size, "color": "none", "of": "all"}
        return exchange("GET", path, answer=shown)

    size = SIZES[number]
    first = (put(size, 1), read(size, 1)) if number % 2 else (put(size, 1),)
    last = (put(size + 20, 3), read(size + 20, 3)) if number % 3 == 0 else (put(size + 20, 3),)
    return session(*first, put(size + 9, 2), read(size + 9, 2), *last)


def test_what_nothing_reads_is_stored_as_what_is_read() -> None:
    """Writes of which no read told are like those of which one did: none stores its answer alone."""
    client = Client(model_of(*map(told_in_part, range(6))))
    for version, size in enumerate((5, 7, 8), start=1):
        assert client.ask("PUT", "/boxes/new1", json={"size": size}) == (
            200,
            {"name": "new1", "version": version},
        )
    expected: JsonValue = {"name": "new1", "version": 3, "size": 8, "color": "none", "of": "all"}
    assert client.ask("GET", "/boxes/new1") == (200, expected)
