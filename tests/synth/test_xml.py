"""XML services are learned like any others: paths, lists, state, and the style in which they write."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.synth.recordings import (
    Recorded,
    Step,
    findings,
    model_of,
    recording,
    replayed,
    session,
    source,
    variant,
)
from tests.synth.xml_service import record
from wraith.conformance import check
from wraith.exchange import Exchange, Request, Response
from wraith.runtime import Twin
from wraith.synth import learn
from wraith.wir import Model, dump_model, load_model, ref

XML = ("content-type", "text/xml")


def xml(method: str, target: str, sent: str, answered: str) -> Step:
    """Return one exchange of XML."""
    request = Request(method, target, (XML,) if sent else (), sent.encode())
    return lambda now_ms: Exchange(request, Response(200, (XML,), answered.encode()), now_ms, 5)


@pytest.mark.parametrize("pretty", [False, True], ids=["on one line", "indented"])
def test_an_xml_service_is_predicted(pretty: bool) -> None:
    """Sessions that were never recorded are answered as the service does, and what holds nothing fresh byte
    for byte."""
    recorded, unseen = record(1, 12, pretty=pretty), record(99, 8, pretty=pretty)
    learned = learn(recorded)
    assert findings(replayed(learned, recorded)) == []
    assert findings(check(learned.model, unseen, runs=[[each.id] for each in unseen])) == []
    assert _first_answers_that_differ(load_model(dump_model(learned.model)), unseen) == []


def _first_answers_that_differ(model: Model, corpus: Sequence[Recorded]) -> list[bytes]:
    twin = Twin(model)
    firsts = [next(iter(each.read())) for each in corpus]
    made = [twin.respond(each.request, twin.open_session(), now_ms=each.started_at_ms) for each in firsts]
    return [
        answer.response.body
        for answer, each in zip(made, firsts, strict=True)
        if answer.response.body != each.response.body
    ]


LISTS = {
    "a name that repeats": (["<R><A>1</A><A>2</A><B/></R>", "<R><A>1</A><B/></R>"], {"R": {"A": ("B",)}}),
    "a plural of its only child": (["<R><Hosts><Host>1</Host></Hosts></R>"], {"Hosts": {"Host": ()}}),
    "a plural in y": (["<R><Policies><Policy/></Policies></R>"], {"Policies": {"Policy": ()}}),
    "a list of members": (["<R><GroupSet><member/></GroupSet></R>"], {"GroupSet": {"member": ()}}),
    "marked as an array": (['<R><all type="array"><one/></all></R>'], {"all": {"one": ()}}),
    "a plural with a prefix": (["<R><s:Tags><s:Tag/></s:Tags></R>"], {"s:Tags": {"s:Tag": ()}}),
    "names that are alone": (["<R><A><B>1</B></A></R>"], {}),
    "text among elements": (["<R><p>a <b>c</b> d <b>e</b></p></R>"], {}),
}  # fmt: skip


@pytest.mark.parametrize(("bodies", "lists"), LISTS.values(), ids=LISTS)
def test_which_elements_are_lists(bodies: list[str], lists: object) -> None:
    """A name that repeats anywhere is a list everywhere; names say it where no recording does."""
    steps = [xml("GET", f"/r/{number}", "", body) for number, body in enumerate(bodies)]
    assert model_of(session(*steps)).xml_lists == lists


def test_parts_of_a_request_of_xml_are_echoed_by_path() -> None:
    """Paths into XML read like those into JSON."""

    def renamed(old: str, new: str) -> Step:
        sent = f'<RenameRequest xmlns="u"><Hosts><Host>{old}</Host></Hosts><To>{new}</To></RenameRequest>'
        return xml("POST", "/rename", sent, f"<R><First>{old}</First><Now>{new}</Now></R>")

    model = model_of(session(renamed("alpha", "beta"), renamed("gamma", "delta"), renamed("eta", "theta")))
    learned = variant(model, "POST /rename")
    assert source(learned, "R.First") == ref("request.body.RenameRequest.Hosts.Host[0]")
    assert source(learned, "R.Now") == ref("request.body.RenameRequest.To")


STYLES = {
    "tags that close": "<R><A>{0}</A><B></B></R>",
    "a declaration and layout": '<?xml version="1.0" encoding="utf-8"?>\n<R>\n\t<A>{0}</A>\n\t<B />\n</R>\n',
    "single quotes": "<?xml version='1.0'?><R><A x='{0}'>1</A></R>",
}


@pytest.mark.parametrize("text", STYLES.values(), ids=STYLES)
def test_answers_are_written_in_the_service_s_style(text: str) -> None:
    """A value that was never seen stands in the bytes that the service would have written."""
    corpus = recording(
        *[session(xml("GET", f"/say?it=w{n}ord", "", text.format(f"w{n}ord"))) for n in range(4)]
    )
    model = load_model(dump_model(learn(corpus).model))
    twin = Twin(model)
    answer = twin.respond(Request("GET", "/say?it=more"), twin.open_session(), now_ms=0)
    assert answer.response.body == text.format("more").encode()


def test_the_order_of_sessions_changes_no_list() -> None:
    """What repeats is a set, whoever showed it first."""
    corpus = record(5, 6)
    assert dump_model(learn(corpus).model) == dump_model(learn(corpus[::-1]).model)
