"""XML as a document, and written back in the style in which it came."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.canonical import JsonValue
from wraith.exchange import NotXml, XmlStyle, encode_xml, parse_xml, style_of

VIEWS: dict[str, tuple[str, JsonValue]] = {
    "text": ("<a>1</a>", {"a": "1"}),
    "nothing": ("<a/>", {"a": ""}),
    "nothing between tags": ("<a></a>", {"a": ""}),
    "white space that is the text": ("<a> </a>", {"a": " "}),
    "elements": ("<a><b>1</b><c>2</c></a>", {"a": {"b": "1", "c": "2"}}),
    "repeated elements": ("<a><b>1</b><b>2</b><c/></a>", {"a": {"b": ["1", "2"], "c": ""}}),
    "layout": ("<a>\n  <b>1</b>\n</a>\n", {"a": {"b": "1"}}),
    "an attribute": ('<a b="1"/>', {"a": {"@b": "1"}}),
    "text beside an attribute": ('<a b="1">2</a>', {"a": {"@b": "1", "#text": "2"}}),
    "namespaces": (
        '<s:E xmlns:s="urn:s" s:x="1"><s:B>2</s:B></s:E>',
        {"s:E": {"@xmlns:s": "urn:s", "@s:x": "1", "s:B": "2"}},
    ),
    "escapes": ("<a>&lt;&amp;&#233;&quot;</a>", {"a": '<&é"'}),
    "a section of characters": ("<a><![CDATA[<b>]]></a>", {"a": "<b>"}),
    "a comment and an instruction": ("<a>1<!-- no --><?no thing?>2</a>", {"a": "12"}),
    "text among elements": ("<p>a <b>c</b>!</p>", {"p": {"#content": ["a ", {"b": "c"}, "!"]}}),
    "names with others between": (
        "<d><k>1</k><v>2</v><k>3</k></d>",
        {"d": {"#content": [{"k": "1"}, {"v": "2"}, {"k": "3"}]}},
    ),
}


@pytest.mark.parametrize(("text", "document"), VIEWS.values(), ids=VIEWS)
def test_xml_reads_as_a_document(text: str, document: JsonValue) -> None:
    """Elements are members, attributes begin with @, and all text stays text."""
    assert parse_xml(text) == document
    assert parse_xml(text.encode()) == document


LISTS = {"Zones": {"Zone": ("Next",)}}
KNOWN: dict[str, tuple[str, JsonValue]] = {
    "one": ("<Zones><Zone>1</Zone></Zones>", {"Zones": {"Zone": ["1"]}}),
    "none": ("<Zones/>", {"Zones": {"Zone": []}}),
    "none beside others": (
        "<Zones><Max>1</Max><Next>2</Next></Zones>",
        {"Zones": {"Max": "1", "Zone": [], "Next": "2"}},
    ),
    "none beside an attribute": ('<Zones a="1"/>', {"Zones": {"@a": "1", "Zone": []}}),
    "elsewhere": ("<Other><Zone>1</Zone></Other>", {"Other": {"Zone": "1"}}),
}


@pytest.mark.parametrize(("text", "document"), KNOWN.values(), ids=KNOWN)
def test_a_known_list_is_one_with_any_number_of_elements(text: str, document: dict[str, JsonValue]) -> None:
    """An empty one has the place that it has elsewhere, so that order is kept when it is filled."""
    parsed = parse_xml(text, LISTS)
    assert parsed == document
    [(root, members)] = parsed.items()
    expected = document[root]
    assert isinstance(members, dict)
    assert isinstance(expected, dict)
    assert list(members) == list(expected)
    assert encode_xml(parsed, style_of(text)) == text.encode()


REFUSED = {
    "torn": "<a>",
    "two roots": "<a/><b/>",
    "nothing": "",
    "a document type": "<!DOCTYPE a><a/>",
    "entities that grow": '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>',
    "an external entity": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hosts">]><a>&b;</a>',
    "an unknown entity": "<a>&nbsp;</a>",
    "too deep": "<a>" * 101 + "</a>" * 101,
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_is_not_plain_xml_is_refused(text: str) -> None:
    """A document type is never read, so there are neither entities nor anything from outside."""
    with pytest.raises(NotXml):
        parse_xml(text)


WRITTEN = {
    "Route 53": '<?xml version="1.0"?>\n<R xmlns="https://x/"><A><B>1</B></A><C>false</C></R>',
    "S3": '<?xml version="1.0" encoding="UTF-8"?>\n\n<E><Code>No</Code><K>&quot;e&quot;</K></E>',
    "Rails": '<?xml version="1.0" encoding="UTF-8"?>\n<c>\n  <i nil="true"/>\n  <l type="array"/>\n</c>\n',
    "tags that close": "<a><b></b><c></c></a>",
    "a space before the slash": "<a><b /><c /></a>",
    "both ways to be empty": "<a><b></b><c/><d/></a>",
    "single quotes": "<a b='1' c='\"'/>",
    "CRLF and tabs": "<a>\r\n\t<b>1</b>\r\n\t<c>\r\n\t\t<d/>\r\n\t</c>\r\n</a>\r\n",
    "ASCII": "<a>caf&#xE9; &#x20AC;</a>",
    "ASCII in decimal": "<a>caf&#233;</a>",
    "no escape beyond need": "<a>x > y \"z\" 'q'</a>",
    "a quote escaped in text": "<a>&apos;x&apos; &gt;</a>",
    "a section": "<a><b><![CDATA[<x> & y]]></b><c>1</c></a>",
    "a byte order mark": '\ufeff<?xml version="1.0" encoding="utf-8"?><a/>',
    "mixed": "<p>a <b>c</b> d<br/></p>",
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_a_body_is_written_back_as_it_came(text: str) -> None:
    """Declaration, layout, quotes, escapes and ways to be empty are the service's own, byte by byte."""
    assert encode_xml(parse_xml(text), style_of(text)) == text.encode()


def test_a_layout_that_no_rule_makes_is_written_back_with_the_same_meaning() -> None:
    """Where bytes cannot be kept, the document is."""
    text = "<r><array><data>\n<value><int>1</int></value>\n</data></array></r>"
    assert parse_xml(encode_xml(parse_xml(text), style_of(text))) == parse_xml(text)


def test_the_declared_encoding_is_the_one_written() -> None:
    """A body in another encoding than UTF-8 comes back in it."""
    body = "<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>".encode("latin-1")
    assert encode_xml(parse_xml(body), style_of(body.decode("latin-1"))) == body


def test_values_of_other_types_are_written_as_text() -> None:
    """A template may hold numbers and truths; null is an element without content."""
    document: JsonValue = {"a": {"b": 1, "c": True, "d": None, "e": 1.5}}
    assert encode_xml(document, XmlStyle(prolog="")) == b"<a><b>1</b><c>true</c><d/><e>1.5</e></a>"


def test_what_xml_cannot_hold_is_left_out() -> None:
    """Names that are none, and characters that XML has no way to write."""
    document: JsonValue = {"a": {"b c": "1", "d": "x\x00y", "@e f": "1"}}
    assert encode_xml(document, XmlStyle(prolog="")) == b"<a><d>xy</d></a>"


NAMES = st.sampled_from(["a", "b", "Zone", "ns:c", "d-e"])
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=8)
SHORT = TEXTS.filter(lambda text: text == "" or not text.isspace())


def _elements(inner: st.SearchStrategy[JsonValue]) -> st.SearchStrategy[JsonValue]:
    attributes = st.dictionaries(NAMES.map("@{}".format), TEXTS, max_size=2)
    several = st.lists(inner, min_size=2, max_size=3)
    members = st.dictionaries(NAMES, st.one_of(inner, several), min_size=1, max_size=3)
    return st.builds(lambda left, right: {**left, **right}, attributes, members)


DOCUMENTS = st.dictionaries(NAMES, st.recursive(SHORT, _elements, max_leaves=12), min_size=1, max_size=1)
STYLES = st.builds(
    XmlStyle,
    prolog=st.sampled_from(["", '<?xml version="1.0"?>\n', "<?xml version='1.0' encoding='utf-8'?>"]),
    indent=st.sampled_from([None, "", "  ", "\t"]),
    newline=st.sampled_from(["\n", "\r\n"]),
    empty=st.sampled_from(["/>", " />", "></"]),
    quote=st.sampled_from(["'", '"']),
    text_escapes=st.sampled_from([(), ((">", "&gt;"),), (('"', "&quot;"), (">", "&gt;"))]),
    attribute_escapes=st.sampled_from([(), ((">", "&gt;"),)]),
    ascii=st.sampled_from(["", "x", "d"]),
    end=st.sampled_from(["", "\n"]),
)


@given(DOCUMENTS, STYLES)
def test_a_document_reads_back_and_its_style_gives_back_the_bytes(
    document: dict[str, JsonValue], style: XmlStyle
) -> None:
    """The view and the style together are the body, whatever namespaces its prefixes have."""
    body = encode_xml(document, style)
    parsed = parse_xml(body)
    assert parsed == document
    assert encode_xml(parsed, style_of(body.decode())) == body


@given(st.binary())
def test_any_bytes_are_xml_or_are_refused(body: bytes) -> None:
    """Reading is total, and what was read can be written."""
    try:
        document = parse_xml(body)
    except NotXml:
        return
    assert parse_xml(encode_xml(document)) == document
