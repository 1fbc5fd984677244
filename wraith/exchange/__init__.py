"""The vocabulary of HTTP traffic: requests, responses, exchanges, and the documents in their bodies."""

from wraith.exchange._bodies import EMPTY, Body, BodyKind, decode_body, encode_json, media_type
from wraith.exchange._corpus import Corpus, Session
from wraith.exchange._form import parse_form
from wraith.exchange._graphql import GraphQLRequest, graphql_requests, is_batch
from wraith.exchange._message import Exchange, Headers, Request, Response, Truncated, header

__all__ = [
    "EMPTY",
    "Body",
    "BodyKind",
    "Corpus",
    "Exchange",
    "GraphQLRequest",
    "Headers",
    "Request",
    "Response",
    "Session",
    "Truncated",
    "decode_body",
    "encode_json",
    "graphql_requests",
    "header",
    "is_batch",
    "media_type",
    "parse_form",
]
