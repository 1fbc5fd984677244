"""The vocabulary of HTTP traffic: requests, responses, exchanges, and the documents in their bodies."""

from wraith.exchange._bodies import (
    EMPTY,
    Body,
    BodyKind,
    decode_body,
    encode_json,
    encode_text,
    is_xml,
    media_type,
    text_of_body,
)
from wraith.exchange._corpus import Corpus, Session
from wraith.exchange._form import parse_form
from wraith.exchange._graphql import GraphQLRequest, graphql_requests, is_batch
from wraith.exchange._lines import LineStyle, NotLines, encode_lines, is_lines, line_style_of, split_lines
from wraith.exchange._message import Exchange, Headers, Request, Response, Truncated, header
from wraith.exchange._xml import (
    NO_LISTS,
    Element,
    NotXml,
    XmlLists,
    is_mixed,
    parse_xml,
    read_element,
    repeated_names,
)
from wraith.exchange._xml_style import XmlStyle, empty_ends, encode_xml, ends_in_style, style_of

__all__ = [
    "EMPTY",
    "NO_LISTS",
    "Body",
    "BodyKind",
    "Corpus",
    "Element",
    "Exchange",
    "GraphQLRequest",
    "Headers",
    "LineStyle",
    "NotLines",
    "NotXml",
    "Request",
    "Response",
    "Session",
    "Truncated",
    "XmlLists",
    "XmlStyle",
    "decode_body",
    "empty_ends",
    "encode_json",
    "encode_lines",
    "encode_text",
    "encode_xml",
    "ends_in_style",
    "graphql_requests",
    "header",
    "is_batch",
    "is_lines",
    "is_mixed",
    "is_xml",
    "line_style_of",
    "media_type",
    "parse_form",
    "parse_xml",
    "read_element",
    "repeated_names",
    "split_lines",
    "style_of",
    "text_of_body",
]
