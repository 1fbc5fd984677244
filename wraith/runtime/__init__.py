"""The interpreter of the WIR: synchronous, deterministic, no I/O; time, seeds and requests come in as
values."""

from wraith.runtime._answer import Answer, Choice
from wraith.runtime._ask import OF_THE_BODY
from wraith.runtime._bindings import Binding, Bindings, bind
from wraith.runtime._calendar import later, span_of
from wraith.runtime._clock import any_fraction, read_time, write_time
from wraith.runtime._compile import apply_function, compile_atom, compile_expr, value_test
from wraith.runtime._conditions import alternatives, field_path, holds, meets, named_parameters
from wraith.runtime._criteria import Is, json_in, meets_tree, read_criteria, terms
from wraith.runtime._cut import cut_text
from wraith.runtime._draft import Draft
from wraith.runtime._effects import compile_effect
from wraith.runtime._encode import encode_styled
from wraith.runtime._environment import Environment, Ids, split_path
from wraith.runtime._handlers import Failure, Handlers, Invocation, Reply
from wraith.runtime._infix import FIELD, Joined, Term, Tree
from wraith.runtime._query import (
    DOWN,
    Window,
    compile_search,
    compile_window,
    sort_fields,
    sort_names,
    token_of,
)
from wraith.runtime._routing import Router
from wraith.runtime._selectors import MARK, Selectors
from wraith.runtime._state import State, replaced
from wraith.runtime._targets import steps_of
from wraith.runtime._template import compile_document, compile_template, hole_places
from wraith.runtime._twin import ELSEWHERE, UNKNOWN_ROUTE, Session, Twin, elsewhere
from wraith.runtime._updates import Operation, changed, mark_of, named_with, operations
from wraith.runtime._values import cast, integer_of, merged, number_of, sort_key, text_of

__all__ = [
    "DOWN",
    "ELSEWHERE",
    "FIELD",
    "MARK",
    "OF_THE_BODY",
    "UNKNOWN_ROUTE",
    "Answer",
    "Binding",
    "Bindings",
    "Choice",
    "Draft",
    "Environment",
    "Failure",
    "Handlers",
    "Ids",
    "Invocation",
    "Is",
    "Joined",
    "Operation",
    "Reply",
    "Router",
    "Selectors",
    "Session",
    "State",
    "Term",
    "Tree",
    "Twin",
    "Window",
    "alternatives",
    "any_fraction",
    "apply_function",
    "bind",
    "cast",
    "changed",
    "compile_atom",
    "compile_document",
    "compile_effect",
    "compile_expr",
    "compile_search",
    "compile_template",
    "compile_window",
    "cut_text",
    "elsewhere",
    "encode_styled",
    "field_path",
    "holds",
    "hole_places",
    "integer_of",
    "json_in",
    "later",
    "mark_of",
    "meets",
    "meets_tree",
    "merged",
    "named_parameters",
    "named_with",
    "number_of",
    "operations",
    "read_criteria",
    "read_time",
    "replaced",
    "sort_fields",
    "sort_key",
    "sort_names",
    "span_of",
    "split_path",
    "steps_of",
    "terms",
    "text_of",
    "token_of",
    "value_test",
    "write_time",
]
