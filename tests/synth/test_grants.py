"""Quality: what tokens are good for, and texts that can be named once."""

from __future__ import annotations

from base64 import b64encode

from tests.synth.recordings import Document, Step, exchange, model_of, route, session, variant
from tests.synth.test_reasons import Client, as_user
from wraith.exchange import Headers
from wraith.wir import Delete, Model, Put, Ref

ACCESS = ("at_8Qm2Vx71LpZ0", "at_Za93Kd0WqRt5", "at_5hGy7Bn2XcM8", "at_p0Ls4Ew6UiJ1")
REFRESH = ("rf_8Qm2Vx71LpZ0", "rf_Za93Kd0WqRt5", "rf_5hGy7Bn2XcM8", "rf_p0Ls4Ew6UiJ1")
AGAIN = ("at_k3Jd82mQxy77", "at_9xPq27Lbzz12", "at_Zr41wTn6ab34", "at_b8Vc5Hs0cd56")
SPENT: Document = {"error": "spent"}


def client(name: str) -> Headers:
    return (("authorization", "Basic " + b64encode(f"{name}:pw-{name}".encode()).decode()),)


def given(number: int) -> tuple[str, str]:
    """Who got a token, and what it is good for."""
    return (("till", "read"), ("shop", "write"), ("shop", "read"), ("shop", "write"))[number]


def asked(number: int) -> list[Step]:
    """A token is handed out, tried, and looked into."""
    who, scope = given(number)
    token = ACCESS[number]
    written = (
        exchange("POST", "/notes", json={"n": number}, headers=as_user(token), status=201, answer={"by": who})
        if scope == "write"
        else exchange("POST", "/notes", json={"n": number}, headers=as_user(token), status=403, answer=SPENT)
    )
    return [
        exchange(
            "POST", "/tokens", form={"scope": scope}, headers=client(who), answer=issued(number, ACCESS)
        ),
        exchange("GET", "/notes", headers=as_user(token), answer={"notes": []}),
        written,
        exchange(
            "POST",
            "/look",
            form={"token": token},
            answer=lambda now_ms: {"who": who, "scope": scope, "ends": now_ms // 1000 - 6 + 600},
        ),
        exchange("GET", "/notes", headers=as_user("at_none"), status=401, answer=SPENT),
    ]


def issued(number: int, tokens: tuple[str, ...]) -> Document:
    return {"access": tokens[number], "refresh": REFRESH[number], "scope": given(number)[1]}


def refreshed(number: int, again: Step) -> list[Step]:
    form: Document = {"refresh": REFRESH[number]}
    answer: Document = {"access": AGAIN[number], "scope": given(number)[1]}
    return [exchange("POST", "/refresh", form=form, headers=client("shop"), answer=answer), again]


def learned(*, twice: bool = False) -> Model:
    def again(number: int) -> Step:
        form: Document = {"refresh": REFRESH[number]}
        answer: Document = {"access": f"{AGAIN[number]}x", "scope": given(number)[1]} if twice else SPENT
        status = 200 if twice else 400
        return exchange("POST", "/refresh", form=form, headers=client("shop"), status=status, answer=answer)

    return model_of(*(session(*asked(n), *refreshed(n, again(n))) for n in range(4)))


def test_what_a_token_is_good_for_decides() -> None:
    """The scope that a token was handed out with is a reason to refuse what it is used for."""
    model = learned()
    twin = Client(model)
    for who, scope, status in (("till", "read", 403), ("shop", "write", 201)):
        _, token = twin.ask("POST", "/tokens", headers=client(who), form={"scope": scope})
        assert isinstance(token, dict)
        assert twin.ask("POST", "/notes", json={"n": 9}, headers=as_user(str(token["access"])))[0] == status
    guards = variant(model, "POST /notes", 403).guards
    assert any("scope" in repr(each) for each in guards)


def test_what_is_said_of_a_token_is_who_got_it_and_when() -> None:
    """Who names a token learns who got it, although only the credential of that request told, and until when
    it is good."""
    twin = Client(learned())
    _, token = twin.ask("POST", "/tokens", headers=client("shop"), form={"scope": "write"})
    assert isinstance(token, dict)
    assert twin.ask("POST", "/look", form={"token": str(token["access"])})[1] == {
        "who": "shop",
        "scope": "write",
        "ends": 2_000_000_001 + 600,
    }


def test_a_refresh_token_is_used_up() -> None:
    """What was accepted once and then refused is filed when it is handed out and gone once it is named."""
    model = learned()
    twin = Client(model)
    _, token = twin.ask("POST", "/tokens", headers=client("till"), form={"scope": "read"})
    assert isinstance(token, dict)
    refresh: Document = {"refresh": token["refresh"]}
    status, more = twin.ask("POST", "/refresh", headers=client("shop"), form=refresh)
    assert isinstance(more, dict)
    assert (status, more["scope"]) == (200, "read")
    assert twin.ask("POST", "/refresh", headers=client("shop"), form=refresh) == (400, SPENT)
    named = Ref(("request", "body", "refresh"))
    assert Delete("grants", named) in variant(model, "POST /refresh").effects


def test_what_is_accepted_twice_is_no_grant() -> None:
    """A text that may be named again and again is kept by nothing."""
    effects = [
        effect
        for name in ("POST /tokens", "POST /refresh")
        for each in route(learned(twice=True), name).variants
        for effect in each.effects
    ]
    assert not [each for each in effects if isinstance(each, Put | Delete) and each.entity == "grants"]
