"""The scrubber as a whole: keys, requests in memory, and the laws that hold wherever a secret stands."""

from __future__ import annotations

import base64
import json
import string
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.scrub.samples import CARD, FORM, JSON, SECRET, basic, exchange, scrubber, token
from wraith.config import Rule
from wraith.errors import PolicyError
from wraith.exchange import Exchange, Request, Response
from wraith.recording import encode_exchange
from wraith.scrub import is_token

RULED = exchange(
    target="/find?mail=a%40b.org&zip=12345",
    headers=(("X-Tenant", "acme"), ("Cookie", "lang=en; sid=abcdefgh"), FORM),
    body=b"person[name]=Jane+Doe&person[tags][]=x&person[tags][]=y",
    response_headers=(JSON,),
    response_body=b'{"people": [{"name": "Jane Doe", "age": 41}, {"name": "Li", "age": 7.5}],'
    b' "note": "call AB-123 now"}',
)


def test_without_a_key_only_a_new_token_is_refused() -> None:
    """No key is a PolicyError where a secret would be written, and no matter where there is none."""
    keyless = scrubber(key=None)
    secret = exchange(headers=(("Authorization", f"Bearer {SECRET}"),))
    with pytest.raises(PolicyError, match="no key") as caught:
        keyless.exchange(secret)
    assert "WRAITH_HMAC_KEY" in (caught.value.hint or "")
    done = scrubber().exchange(secret)
    assert keyless.exchange(done) is done
    clear = exchange(headers=(("Host", "x"),))
    assert keyless.exchange(clear) is clear
    assert scrubber(Rule(header="authorization", action="redact"), key=None).exchange(secret) != secret


def test_a_request_in_memory_needs_no_key() -> None:
    """Where nothing is written a secret is replaced for matching even without a key."""
    done = scrubber(key=None).request(Request("GET", "/", (("Authorization", f"Bearer {SECRET}"),)))
    assert SECRET not in done.request.headers[0][1]
    assert SECRET in done.secrets.values()


def test_what_the_twin_issued_stays_in_clear() -> None:
    """A token that the twin answered is what its state knows: it is told by secrets, and kept by request."""
    answer = Response(200, (JSON,), b'{"access_token": "made-up-1234567890"}')
    issued = scrubber().secrets(answer)
    assert issued == {"made-up-1234567890"}
    request = Request("GET", "/me", (("Authorization", "Bearer made-up-1234567890"), ("X-Api-Key", SECRET)))
    done = scrubber().request(request, issued=issued).request
    assert done.headers == (("Authorization", "Bearer made-up-1234567890"), ("X-Api-Key", token(SECRET)))


def test_serve_sees_what_the_recording_saw() -> None:
    """A request scrubbed in memory is the request that the recording holds."""
    recorded = scrubber().exchange(RULED)
    assert scrubber().request(RULED.request).request == recorded.request


secrets = st.one_of(
    st.text(string.ascii_letters + string.digits, min_size=10, max_size=40).filter(
        lambda text: not text.isalpha()
    ),
    st.text(string.ascii_letters + string.digits + "-_.~+/=: %&\"'\\<>é✓", min_size=16, max_size=30),
    st.from_regex(r"sk_live_[A-Za-z0-9]{24}", fullmatch=True),
    st.from_regex(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{12}", fullmatch=True),
).filter(lambda text: text.strip() == text and not text.lower().startswith(("basic ", "bearer ", "token ")))
names = st.sampled_from(["password", "token", "client_secret", "api_key", "id", "name", "cursor", "x[token]"])
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
paths = st.sampled_from(["name", "x", "list[*]", "list[0].token", "id"])
actions = st.sampled_from(["tokenize", "mask", "redact", "pseudonymize"])
regexes = st.sampled_from([r"\d{3}", r"[a-z]\d", r"is (\w+)", r"[A-Z][a-z]+ [A-Z][a-z]+", r"\S+@\S+", "a.c"])
rules = st.lists(
    st.one_of(
        st.builds(Rule, header=st.sampled_from(["x-api-key", "x-plain"]), action=actions),
        st.builds(Rule, cookie=st.sampled_from(["a", "sid"]), action=actions),
        st.builds(Rule, query_param=names, action=actions),
        st.builds(Rule, jsonpath=paths, action=actions),
        st.builds(Rule, regex=regexes, action=actions),
    ),
    max_size=2,
)


@st.composite
def exchanges(draw: st.DrawFn, secret: str) -> Exchange:
    """An exchange that holds the secret in a header, and may hold it anywhere else."""
    value = st.sampled_from([secret, f"it is {secret}.", CARD, "Jane Doe", "bob@corp.org", "abc123"]) | words

    def form() -> str:
        pairs = draw(st.lists(st.tuples(names, value), max_size=3))
        return "&".join(f"{quote(name, safe='[]')}={quote_plus(text)}" for name, text in pairs)

    document = draw(
        st.recursive(
            value | st.integers(0, 10**20) | st.none() | st.floats(allow_nan=False, allow_infinity=False),
            lambda inner: (
                st.dictionaries(names | st.just("list"), inner, max_size=3) | st.lists(inner, max_size=3)
            ),
            max_leaves=6,
        )
    )
    ascii_only = secret if secret.isascii() else quote(secret)
    carrier = draw(
        st.sampled_from(
            [
                ("Authorization", f"Bearer {ascii_only}"),
                ("Authorization", basic("bob", secret)),
                ("Authorization", basic(secret.replace(":", ""), "")),
                ("X-Api-Key", ascii_only),
                ("Cookie", f"a=b; sid={quote(secret)}"),
            ]
        )
    )
    plain = draw(st.sampled_from([ascii_only, f"/x?token={quote(secret)}&a=b", "nothing", "Jane Doe"]))
    return exchange(
        target="/" + quote(draw(value), safe="") + "?" + form(),
        headers=(carrier, ("X-Plain", plain), FORM),
        body=form().encode(),
        response_headers=(JSON, ("Content-Length", "1")),
        response_body=json.dumps(document, ensure_ascii=draw(st.booleans())).encode(),
    )


@given(secrets, rules, st.data())
@settings(deadline=None, max_examples=200)
def test_scrubbing_twice_changes_nothing(secret: str, chosen: list[Rule], data: st.DataObject) -> None:
    """Whatever the rules, a scrubbed exchange holds nothing more to scrub."""
    scrub = scrubber(*chosen).exchange
    once = scrub(data.draw(exchanges(secret)))
    assert scrub(once) == once


@given(secrets, rules, st.booleans(), st.data())
@settings(deadline=None, max_examples=200)
def test_what_passes_at_a_glance_holds_nothing(
    secret: str, chosen: list[Rule], with_carrier: bool, data: st.DataObject
) -> None:
    """A request without query and body, which is looked at more shortly, is scrubbed as its recording is."""
    drawn = data.draw(exchanges(secret)).request
    headers = drawn.headers if with_carrier else drawn.headers[1:]
    bare = Exchange(Request("GET", drawn.path, headers), Response(200))
    for scrub in (scrubber(*chosen), scrubber()):
        assert scrub.request(bare.request).request == scrub.exchange(bare).request


@given(secrets, st.data())
@settings(deadline=None, max_examples=200)
def test_the_secret_is_nowhere_in_the_file(secret: str, data: st.DataObject) -> None:
    """A secret that a header shows is in no part of the WREC file, raw or encoded."""
    original = data.draw(exchanges(secret))
    name, value = original.request.headers[0]
    shown = (
        secret.replace(":", "")
        if value.startswith("Basic") and base64.b64decode(value[6:]).endswith(b":")
        else secret
    )
    if name != "Authorization" or not value.startswith("Basic"):
        shown = secret if secret.isascii() and name != "Cookie" else quote(secret)
    assume(len(shown) >= 16 or not shown.isalpha())
    written = encode_exchange(scrubber().exchange(original))
    forms = {shown, quote(shown, safe=""), quote(shown), quote_plus(shown), json.dumps(shown)[1:-1]}
    forms |= {json.dumps(shown, ensure_ascii=False)[1:-1], json.dumps(json.dumps(shown)[1:-1])[1:-1]}
    assert not [form for form in forms if form.encode() in written]
    assert base64.b64encode(f"bob:{secret}".encode()) not in written


@given(st.from_regex(r"[A-Za-z0-9]{5}[0-9][A-Za-z0-9]{10,20}", fullmatch=True))
def test_the_same_secret_is_the_same_token_in_every_place(secret: str) -> None:
    """Header, Basic, cookie, query, path, form and JSON show one token for one secret, each by itself."""
    scrub = scrubber().exchange
    expected = token(secret)
    assert scrub(exchange(headers=(("X-Api-Key", secret),))).request.headers[0][1] == expected
    assert (
        scrub(exchange(headers=(("Authorization", f"Bearer {secret}"),))).request.headers[0][1]
        == f"Bearer {expected}"
    )
    assert scrub(exchange(headers=(("Authorization", basic("b", secret)),))).request.headers[0][1] == basic(
        "b", expected
    )
    assert scrub(exchange(headers=(("Cookie", f"s={secret}"),))).request.headers[0][1] == f"s={expected}"
    assert scrub(exchange(target=f"/?token={secret}")).request.target == f"/?token={expected}"
    assert (
        scrub(exchange(headers=(FORM,), body=f"password={secret}".encode())).request.body
        == f"password={expected}".encode()
    )
    body = f'{{"secret":"{secret}"}}'
    assert (
        scrub(exchange(headers=(JSON,), body=body.encode())).request.body
        == f'{{"secret":"{expected}"}}'.encode()
    )
    path = scrub(exchange(target=f"/a/{secret}/b", headers=(("X-Api-Key", secret),))).request.target
    assert path == f"/a/{expected}/b"


@given(
    st.binary(max_size=80),
    st.sampled_from(["application/json", "text/plain", "multipart/form-data", "image/png", ""]),
)
@example(b'{"a": NaN, "password": "x"}', "application/json")
@example(b'{"token": "\\ud800"}', "application/json")
def test_no_body_is_too_strange(body: bytes, content_type: str) -> None:
    """Any bytes under any content type are scrubbed without an error, and twice is once."""
    scrub = scrubber().exchange
    once = scrub(exchange(headers=(("content-type", content_type),), body=body))
    assert scrub(once) == once


def test_a_recorded_token_is_a_token() -> None:
    """What stands in a recording is recognised by anybody, without the key."""
    done = scrubber().exchange(exchange(headers=(("X-Api-Key", SECRET),)))
    assert is_token(done.request.headers[0][1])


def test_a_document_is_searched_without_a_key() -> None:
    """It differs where it holds a secret, and not for what is issued, a token or nothing of the kind."""
    keyless = scrubber(key=None)
    document = json.dumps({"password": SECRET}).encode()
    found = keyless.document(document, "application/json")
    assert SECRET.encode() not in found
    assert keyless.document(document, "application/json", issued={SECRET}) == document
    assert scrubber().document(found, "application/json") == found
    assert keyless.document(b"local x = 1", "text/plain") == b"local x = 1"
