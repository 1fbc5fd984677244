"""Quality: credentials that answers hand out, secrets that are compared, bodies that do not parse."""

from __future__ import annotations

from itertools import pairwise

from tests.synth.recordings import Step, exchange, model_of, route, session
from tests.synth.test_reasons import Client, as_user
from wraith.wir import Call, Delete, Equals, Literal, Lookup, Model, Put, Ref

TOKENS = ("tk_8Qm2Vx71LpZ0", "tk_Za93Kd0WqRt5", "tk_5hGy7Bn2XcM8", "tk_p0Ls4Ew6UiJ1", "tk_T2vC9aYk3RfD")
USERS = ("us_k3Jd82mQ", "us_9xPq27Lb", "us_Zr41wTn6", "us_b8Vc5Hs0", "us_Q7my3Ke2")
MAILS = ("ann@a.test", "ben@b.test", "cid@c.test", "dan@d.test", "eva@e.test")
SECRETS = ("correct1", "horse22x", "battery3", "staple4y", "tr0ub4do")
NO = {"error": "no"}


def signed(number: int) -> tuple[Step, ...]:
    """A session in which a user signs up, fails to log in, logs in, asks who it is, and logs out."""
    mail, secret, user, token = MAILS[number], SECRETS[number], USERS[number], TOKENS[number]
    bearer = as_user(token)
    return session(
        exchange("GET", "/me", status=401, answer=NO),
        exchange(
            "POST",
            "/users",
            json={"mail": mail, "secret": secret},
            status=201,
            answer={"id": user, "mail": mail},
        ),
        exchange(
            "POST",
            "/login",
            json={"mail": mail, "secret": SECRETS[number - 1]},
            status=401,
            answer={"error": "bad"},
        ),
        exchange(
            "POST",
            "/login",
            json={"mail": mail, "secret": secret},
            answer={"token": token, "user": user},
        ),
        exchange("GET", "/me", headers=bearer, answer={"id": user, "mail": mail}),
        exchange("POST", "/logout", headers=bearer, status=204),
        exchange("GET", "/me", headers=bearer, status=401, answer=NO),
    )


def learned() -> Model:
    return model_of(*map(signed, range(5)))


def test_a_token_that_an_answer_handed_out_names_the_caller() -> None:
    """The caller is a look-up of the credential; logging in files it, logging out removes it."""
    model = learned()
    whole = Ref(("request", "header", "authorization"))
    carried = Call("element", (Call("split", (whole, Literal("Bearer "))), Literal(1)))
    assert model.caller == Lookup("tokens", carried, ("who",))
    [ok] = [each for each in route(model, "POST /login").variants if each.status == 200]
    assert [effect.entity for effect in ok.effects if isinstance(effect, Put)] == ["tokens"]
    [out] = [each for each in route(model, "POST /logout").variants if each.status == 204]
    assert out.effects == (Delete("tokens", carried),)


def test_new_users_are_known_by_new_tokens_until_these_are_taken_back() -> None:
    """A twin lets users in that no recording has, with the secret they signed up with only."""
    client = Client(learned())
    people = [{"mail": f"{name}@new.test", "secret": f"{name}-word"} for name in ("gil", "hal")]
    for person, other in [*pairwise([*people, people[0]])]:
        assert client.ask("POST", "/users", json={**person})[0] == 201
        assert client.ask("POST", "/login", json={**person, "secret": other["secret"] + "!"})[0] == 401
        status, given = client.ask("POST", "/login", json={**person})
        assert status == 200
        assert isinstance(given, dict)
        bearer = as_user(str(given["token"]))
        status, me = client.ask("GET", "/me", headers=bearer)
        assert status == 200
        assert isinstance(me, dict)
        assert me["mail"] == person["mail"]
        assert client.ask("POST", "/logout", headers=bearer)[0] == 204
        assert client.ask("GET", "/me", headers=bearer)[0] == 401


def test_keys_that_no_answer_handed_out_make_no_tokens() -> None:
    """Credentials that were there before are no entities."""
    steps = [
        exchange("GET", "/me", headers=as_user(token), answer={"id": user})
        for token, user in zip(TOKENS, USERS, strict=True)
        for _ in range(2)
    ]
    assert not isinstance(model_of(session(*steps)).caller, Lookup)


def test_a_parser_that_refuses_two_bodies_refuses_all_that_do_not_parse() -> None:
    """Each message quotes where the parser stopped; that the body does not parse is what they share."""
    made = [
        exchange("POST", "/users", json={"mail": mail}, status=201, answer={"id": user, "mail": mail})
        for user, mail in zip(USERS, MAILS, strict=True)
    ]
    text = exchange("POST", "/users", body=b"hi", headers=(("content-type", "text/plain"),), status=415)
    broken = [
        exchange(
            "POST",
            "/users",
            body=f'{{"mail": {letter}'.encode(),
            headers=(("content-type", "application/json"),),
            status=400,
            answer=f"unexpected {letter} at 9",
        )
        for letter in "qz"
    ]
    found = route(model_of(session(*made, *broken, text, text)), "POST /users").variants
    [refusal] = [each for each in found if each.status == 400]
    assert Equals(Ref(("request", "body_kind")), "malformed") in refusal.guards
