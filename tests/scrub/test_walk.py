"""Where secrets are found in a message, what is none, and what rules add."""

from __future__ import annotations

import json
from urllib.parse import quote, quote_plus

import pytest

from tests.scrub.samples import CARD, FORM, JSON, KEY, QUOTED, SECRET, basic, exchange, scrubber, token
from wraith.config import Allow, Rule, ScrubConfig
from wraith.scrub import Scrubber


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Authorization", f"Bearer {SECRET}", f"Bearer {token(SECRET)}"),
        ("authorization", f"Whatever {SECRET}", f"Whatever {token(SECRET)}"),
        ("Authorization", SECRET, token(SECRET)),
        ("Authorization", basic("alice", SECRET), basic("alice", token(SECRET))),
        ("Authorization", basic(SECRET, ""), basic(token(SECRET), "")),
        ("Authorization", basic("sk_test_12345", ""), basic(token("sk_test_12345"), "")),
        ("Authorization", basic(SECRET, "x"), basic(token(SECRET), token("x"))),
        ("Proxy-Authorization", f"Bearer {SECRET}", f"Bearer {token(SECRET)}"),
        ("X-Api-Key", SECRET, token(SECRET)),
        ("X_API_KEY", SECRET, token(SECRET)),
        ("Private-Token", SECRET, token(SECRET)),
        ("Cookie", f'a={SECRET}; b="two two"', f'a={token(SECRET)}; b="{token("two two")}"'),
        ("Set-Cookie", f"sid={SECRET}; Path=/; HttpOnly", f"sid={token(SECRET)}; Path=/; HttpOnly"),
        ("Set-Cookie", "sid=; Max-Age=0", "sid=; Max-Age=0"),
        ("Referer", f"https://x.org/?api_key={SECRET}&a=1", f"https://x.org/?api_key={token(SECRET)}&a=1"),
        ("X-Anything", "key ghp_16C7e42F292c6912E7710c838347Ae178B4a", None),
        ("Idempotency-Key", SECRET, SECRET),
        ("User-Agent", "curl/8", "curl/8"),
        ("X-Request-Id", "req_abcdefgh12345678", "req_abcdefgh12345678"),
    ],
)
def test_headers(name: str, value: str, expected: str | None) -> None:
    """Credentials are replaced, their schemes and forms kept; other headers come through."""
    ((_, scrubbed),) = scrubber().exchange(exchange(headers=((name, value),))).request.headers
    if expected is None:
        assert scrubbed == f"key {token(value[4:])}"
    else:
        assert scrubbed == expected.replace(
            token(SECRET), quote(token(SECRET), safe="") if "?" in value else token(SECRET)
        )


@pytest.mark.parametrize(
    "name",
    [
        "password", "token", "secret", "client_secret", "clientSecret", "Client-Secret", "access_token",
        "accessToken", "refresh_token", "api_key", "apiKey", "APIKEY", "user[password]", "users[][password]",
        "user.password",
    ],
)  # fmt: skip
def test_names_that_make_a_secret(name: str) -> None:
    """A documented name makes a secret in query and form in every spelling, and in JSON."""
    pair = f"a=1&{quote(name, safe='[]')}={quote_plus(SECRET)}&b="
    done = scrubber().exchange(exchange(target=f"/x?{pair}", headers=(FORM,), body=pair.encode()))
    expected = f"a=1&{name}={quote(token(SECRET), safe='')}&b="
    assert done.request.target == f"/x?{expected}"
    assert done.request.body == expected.encode()
    key = name.rpartition("[")[2].rstrip("]").rpartition(".")[2]
    body = json.dumps({"deep": [{key: SECRET, "other": 1}]}).encode()
    done = scrubber().exchange(exchange(response_headers=(JSON,), response_body=body))
    assert done.response.body == body.replace(SECRET.encode(), token(SECRET).encode())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("next_page_token", "abcdefgh12345678"),
        ("pageToken", "abcdefgh12345678"),
        ("starting_after", "cus_abcdefgh1234"),
        ("cursor", "eyJpZCI6MTJ9"),
        ("token_type", "bearer"),
        ("object", "token"),
        ("id", "tok_1Nabcdefgh12345678"),
        ("token", "tok_visa"),
        ("source", "tok_1Nabcdefgh12345678"),
        ("customer", "cus_abcdefgh123456"),
        ("idempotency_key", "abcdefgh12345678"),
        ("public_key", "pk_live_abcdefgh12345678"),
        ("cvc", "123"),
        ("number", "4242424242424242"),
        ("created_ms", "1700000000000"),
        ("order", "ord-4539148803436467"),
        ("amount", "0.4539148803436467"),
        ("password", ""),
        ("phone", "+4539148803436467"),
    ],
)
def test_what_is_no_secret(name: str, value: str) -> None:
    """Cursors, ids that later requests use, words, times and published test numbers come through as sent."""
    pair = f"{name}={quote_plus(value)}"
    body = json.dumps({"list": [{name: value}]}, indent=1).encode()
    clear = exchange(f"/a?{pair}", (FORM,), pair.encode(), (JSON,), body)
    assert scrubber().exchange(clear) is clear


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f'{{"n":{CARD}}}', f'{{"n":{token(CARD)}}}'),
        (f'{{"n": "{CARD}" }}', f'{{"n": "{token(CARD)}" }}'),
        ('{"n":"pay with 4539 1488 0343 6467."}', f'{{"n":"pay with {token(CARD)}."}}'),
        ('{"token": 123456, "secret": 12}', f'{{"token": {token("123456")}, "secret": 12}}'),
        (f'{{"api_key": ["{SECRET}", "b"]}}', f'{{"api_key": ["{token(SECRET)}", "{token("b")}"]}}'),
        ('{"p\\u0061ssword": "caf\\u00e9"}', f'{{"p\\u0061ssword": "{token("café")}"}}'),
        ('{"a": "\\/x\\n", "token": "a\\"b"}', f'{{"a": "\\/x\\n", "token": "{token(QUOTED)}"}}'),
        ('{"u": "https://h/?token=abc%20d&x=1"}', f'{{"u": "https://h/?token={token("abc d")}&x=1"}}'),
        ('{"u": "postgres://me:pw12@db/x"}', f'{{"u": "postgres://me:{token("pw12")}@db/x"}}'),
        ('{"log": "{\\"pwd\\": \\"hunter2\\"}"}', f'{{"log": "{{\\"pwd\\": \\"{token("hunter2")}\\"}}"}}'),
        (f'{{"password": "{SECRET}"', f'{{"password": "{token(SECRET)}"'),
    ],
    ids=[
        "card as number", "card as text", "card as printed", "numbers by name", "list by name",
        "escaped name", "other escapes stay", "address", "address with password", "json in json",
        "broken json",
    ],
)  # fmt: skip
def test_json_bodies(body: str, expected: str) -> None:
    """Values are replaced where they stand, and every other byte stays."""
    done = scrubber().exchange(exchange(response_headers=(JSON,), response_body=body.encode()))
    assert done.response.body.decode() == expected


LINES = (
    ("content-type", "application/x-ndjson"),
    f'{{"password":"hunter22"}}\r\n\r\n{{"name":"Li","card": {CARD}}}',
    f'{{"password":"{token("hunter22")}"}}\r\n\r\n{{"name":"Li","card": {token(CARD)}}}',
)


def test_each_line_of_many_documents_is_taken_apart() -> None:
    """Values are replaced where they stand, and the ends of lines stay as they are."""
    kind, body, expected = LINES
    done = scrubber().exchange(exchange(headers=(kind,), body=body.encode()))
    assert done.request.body.decode() == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [("[*].name", '"name":"**"'), ("[1].name", '"name":"**"'), ("[0].name", '"name":"Li"')],
)
def test_many_documents_are_the_elements_of_a_list(path: str, expected: str) -> None:
    """Rules address what stands in a line as they address an element."""
    kind, body, _ = LINES
    rule = Rule(jsonpath=path, action="mask")
    assert (
        expected
        in scrubber(rule).exchange(exchange(headers=(kind,), body=body.encode())).request.body.decode()
    )


def test_a_line_that_is_no_json_is_looked_through_as_text() -> None:
    """A broken body keeps no secret."""
    kind, body, _ = LINES
    done = scrubber().exchange(exchange(headers=(kind,), body=f'{{"a":\n{body}'.encode()))
    assert b"hunter22" not in done.request.body


def test_multipart_fields_count_by_name() -> None:
    """A field of a multipart form is replaced by its name; a file beside it stays."""
    body = (
        '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nhunter22\r\n'
        '--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n\x00\x01\r\n--b--\r\n'
    )
    headers = (("content-type", "multipart/form-data; boundary=b"),)
    done = scrubber().exchange(exchange(headers=headers, body=body.encode()))
    assert done.request.body.decode() == body.replace("hunter22", token("hunter22"))


def test_the_length_of_a_changed_body_is_told() -> None:
    """Content-Length is that of the body as it is recorded."""
    body = b'{"password": "abc"}'
    headers = (("Content-Length", str(len(body))), JSON)
    done = scrubber().exchange(exchange(headers=headers, body=body)).request
    assert done.headers[0] == ("Content-Length", str(len(done.body)))
    assert len(done.body) > len(body)


def test_a_secret_is_found_everywhere_once_it_is_found_somewhere() -> None:
    """What a header shows to be a secret is replaced in target, headers and bodies, in every encoding."""
    echo = json.dumps({"message": f"bad key {SECRET}!", "url": "/?k=" + quote(SECRET, safe="")}).encode()
    done = scrubber().exchange(
        exchange(
            target=f"/keys/{quote(SECRET, safe='')}?k={quote_plus(SECRET)}",
            headers=(("Authorization", f"Bearer {SECRET}"), ("X-Echo", SECRET), FORM),
            body=f"x={quote_plus(SECRET)}".encode(),
            response_headers=(("content-type", "application/json"), ("location", f"/k/{quote(SECRET)}")),
            response_body=echo.replace(b"/", b"\\/"),
        )
    )
    encoded = quote(token(SECRET), safe="")
    assert done.request.target == f"/keys/{encoded}?k={encoded}"
    assert done.request.headers[1] == ("X-Echo", token(SECRET))
    assert done.request.body == f"x={encoded}".encode()
    assert done.response.headers[1] == ("location", f"/k/{quote(token(SECRET))}")
    assert json.loads(done.response.body) == {"message": f"bad key {token(SECRET)}!", "url": f"/?k={encoded}"}


def test_an_ordinary_word_is_replaced_only_where_it_stands_alone() -> None:
    """A password that is a word is not cut out of other words, nor are names replaced."""
    body = b'{"secret": 1, "a": "secret", "b": "no secrets here"}'
    done = scrubber().exchange(
        exchange(
            headers=(("Authorization", basic("bob", "secret")),), response_headers=(JSON,), response_body=body
        )
    )
    assert done.response.body == body.replace(b'"a": "secret"', f'"a": "{token("secret")}"'.encode())


def test_binary_bodies_keep_their_digits() -> None:
    """Bytes that are no text are searched for keys, and not for card numbers."""
    body = b"\x00\xff" + CARD.encode() + b" ghp_16C7e42F292c6912E7710c838347Ae178B4a"
    done = scrubber().exchange(exchange(body=body, headers=(("content-type", "image/png"),)))
    assert CARD.encode() in done.request.body
    assert b"ghp_16C7" not in done.request.body


def test_an_unchanged_exchange_is_the_same_object() -> None:
    """What holds no secret is not copied."""
    clear = exchange("/a?b=c", (("Host", "x"), JSON), b'{"a": [1, 2.50, "\\u00e9"]}')
    assert scrubber().exchange(clear) is clear


RULED = exchange(
    target="/find?mail=a%40b.org&zip=12345",
    headers=(("X-Tenant", "acme"), ("Cookie", "lang=en; sid=abcdefgh"), FORM),
    body=b"person[name]=Jane+Doe&person[tags][]=x&person[tags][]=y",
    response_headers=(JSON,),
    response_body=b'{"people": [{"name": "Jane Doe", "age": 41}, {"name": "Li", "age": 7.5}],'
    b' "note": "call AB-123 now"}',
)


@pytest.mark.parametrize(
    ("rule", "part", "expected"),
    [
        (Rule(header="x-tenant", action="mask"), "X-Tenant", "****"),
        (Rule(header="X-Tenant"), "X-Tenant", token("acme")),
        (Rule(cookie="lang", action="redact"), "Cookie", f"lang=[redacted]; sid={token('abcdefgh')}"),
        (Rule(query_param="zip", action="mask"), "target", "/find?mail=a%40b.org&zip=*****"),
        (Rule(query_param="zip", action="redact"), "target", "/find?mail=a%40b.org&zip=%5Bredacted%5D"),
        (
            Rule(jsonpath="$.person.name", action="mask"),
            "form",
            "person[name]=********&person[tags][]=x&person[tags][]=y",
        ),
        (
            Rule(jsonpath="person.tags[*]", action="mask"),
            "form",
            "person[name]=Jane+Doe&person[tags][]=*&person[tags][]=*",
        ),
        (Rule(jsonpath="people[1].name", action="mask"), "json", '"name": "**"'),
        (Rule(jsonpath="$.people[*].age", action="tokenize"), "json", f'"age": {token("41")}'),
        (Rule(jsonpath="$.people[*].age", action="tokenize"), "json", f'"age": "{token("7.5")}"'),
        (Rule(jsonpath="people", action="redact"), "json", '{"name": "[redacted]", "age": "[redacted]"}]'),
        (Rule(regex=r"[A-Z]{2}-\d{3}", action="redact"), "json", '"call [redacted] now"'),
        (Rule(regex=r"call ([A-Z]{2}-\d{3})", action="mask"), "json", '"call ****** now"'),
    ],
)
def test_rules(rule: Rule, part: str, expected: str) -> None:
    """Each matcher finds what it names, and each action replaces it as documented."""
    done = scrubber(rule).exchange(RULED)
    parts = {
        "target": done.request.target,
        "form": done.request.body.decode(),
        "json": done.response.body.decode(),
        **dict(done.request.headers),
    }
    assert expected in parts[part]
    assert scrubber(rule).exchange(done) == done


def test_pseudonyms_read_like_what_they_stand_for() -> None:
    """An address stays an address, words stay words, and the same person is the same stand-in everywhere."""
    rules = (
        Rule(query_param="mail", action="pseudonymize"),
        Rule(jsonpath="person.name", action="pseudonymize"),
        Rule(jsonpath="people[*].name", action="pseudonymize"),
    )
    done = scrubber(*rules).exchange(RULED)
    assert done.request.target.partition("&")[0].endswith("%40example.com")
    name = json.loads(done.response.body)["people"][0]["name"]
    assert [word.istitle() and word.isalpha() for word in name.split()] == [True, True]
    assert done.request.body.decode().startswith(f"person[name]={quote(name)}&")
    assert scrubber(*rules).exchange(done) == done


def test_allowed_values_stay_in_clear() -> None:
    """What [[allow]] names, by value or by a pattern for all of it, is no secret; anything else still is."""
    allow = (Allow(value="demo", reason="published"), Allow(regex=r"pk-\d+", reason="public"))
    body = b'{"token": "demo", "api_key": "pk-12", "secret": "xpk-12"}'
    done = scrubber(allow=allow).exchange(exchange(headers=(JSON,), body=body))
    assert done.request.body == body.replace(b"xpk-12", token("xpk-12").encode())


def test_test_numbers_can_be_scrubbed_too() -> None:
    """Without card_test_numbers the published numbers are replaced as any other."""
    config = ScrubConfig(card_test_numbers=False)
    done = Scrubber(config, KEY).exchange(exchange(headers=(FORM,), body=b"number=4242424242424242"))
    assert done.request.body == f"number={token('4242424242424242')}".encode()
