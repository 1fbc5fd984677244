"""The priors: every name and word that the engine knows from HTTP APIs at large, in one table.

A prior breaks ties and says what to try first; what is learned is what the recordings agree with. A service
that uses other words is learned too, from more evidence. Nothing here names a service, a vendor or a trade.
"""

from __future__ import annotations

import re

from wraith.wir import Doing, Meaning, WhereOp

# --- paths ------------------------------------------------------------------------------------------------

COLLECTION_WORDS = frozenset(
    "me self current search count total batch bulk all new latest default upcoming status stats summary "  # noqa: SIM905
    "health schema metadata export import login logout validate preview settings config".split()
)
"""What stands below a collection and is no item of it, in HTTP APIs at large: a prior against "a word below a
plural is a key"."""

RESERVED = "_"
"""What the words begin with that a service keeps for itself, beside names that its clients choose."""

VERSION = r"v\d+(?:\.\d+)*|\d{4}-\d\d-\d\d"
"""Segments of paths that are versions of the whole."""

# --- keys -------------------------------------------------------------------------------------------------

PRIOR_KEYS = ("id", "key", "uuid", "slug", "code", "name")
"""Names that keys go by. A prior where no parameter shows the key, never a proof."""

# --- headers ----------------------------------------------------------------------------------------------

SERVER_S_OWN = frozenset(
    "date server connection keep-alive "  # noqa: SIM905  # words read better without quotes around each
    "transfer-encoding content-length content-encoding age via "
    "x-request-id x-runtime x-response-time cf-ray report-to nel alt-svc strict-transport-security "
    "set-cookie".split()
)
"""Headers of the connection, the server or the road between; they say nothing about the resource (RFC 9110,
6.6 and 7.6), or they are the tokens that scrubbing has put there."""

ACTED_ON = frozenset(
    "content-type location etag last-modified link retry-after www-authenticate proxy-authenticate allow "  # noqa: SIM905
    "cache-control expires vary content-disposition content-range content-language content-location "
    "accept-ranges accept-patch accept-post preference-applied deprecation sunset".split()
)
"""Headers that RFC 9110 and its kin let a client act on. Others are learned as far as they are a rule: what
is made anew for each answer, or tells the time, is the trace of a request and no part of its answer."""

PRESENT = frozenset(("etag", "link", "location"))
"""Headers whose presence alone clients act on (RFC 9110, 8.8.3 and 10.2.2; RFC 8288)."""

CONDITIONAL_HEADERS = ("if-match", "if-none-match", "if-unmodified-since", "if-modified-since")
"""Headers that make a request conditional (RFC 9110, 13.1)."""

DISCRIMINATORS = ("object", "type", "kind", "event", "action", "__typename")
"""Members by which an entity says of what kind it is."""

CREDENTIALS = ("authorization", "x-api-key", "api-key", "x-auth-token", "x-access-token", "x-token", "x-user")
"""Headers that credentials are sent in: RFC 9110, 11.6.2, and what services without it use."""

CREDENTIAL_PARAMETERS = ("access_token", "token", "api_key", "session", "session_id", "sid", "auth")
"""Parameters of a query that credentials are sent in (RFC 6750, 2.3, and what services use): a prior."""

CLIENT_S_OWN = frozenset(
    "host connection content-length content-type content-encoding transfer-encoding accept accept-encoding "  # noqa: SIM905
    "accept-language accept-charset user-agent origin referer cookie expect te upgrade via date dnt priority "
    "cache-control pragma keep-alive forwarded x-forwarded-for x-forwarded-proto x-forwarded-host x-real-ip "
    "traceparent tracestate x-request-id x-requested-with sec-fetch-mode sec-fetch-site sec-fetch-dest "
    "if-match if-none-match if-modified-since if-unmodified-since if-range range prefer".split()
)
"""Headers of requests whose value no answer quotes: of the connection and the client (RFC 9110, 7.6 and
10.1), or conditions, which are compared."""

DECIDING_HEADERS = (
    "authorization",
    "if-match",
    "if-none-match",
    "x-api-key",
    "accept",
    "content-type",
    "range",
)
"""Headers that HTTP lets an answer depend on (RFC 9110), and the common one for keys: a prior."""

# --- formats ----------------------------------------------------------------------------------------------

FORMATS = (
    r"-?[0-9]+(?:\.[0-9]+)?",
    r"[A-Za-z0-9_-]+",
    r"[^@\s]+@[^@\s]+\.[^@\s]+",
    r"https?://\S+",
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].*)?",
    r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}",
)
"""Numbers, names, addresses of mail and web, dates, UUIDs: formats that services require of text."""

# --- lists ------------------------------------------------------------------------------------------------

LIMITS = (
    "limit",
    "_limit",
    "per_page",
    "page_size",
    "pageSize",
    "perPage",
    "_per_page",
    "size",
    "count",
    "max_results",
    "maxResults",
    "maxItems",
    "first",
    "top",
    "$top",
    "take",
    "rows",
    "max-keys",
    "max_keys",
    "maxKeys",
    "pagesize",
    "hitsPerPage",
    "maxRecords",
    "page[size]",
    "page[limit]",
)
OFFSETS = (
    "offset",
    "_offset",
    "skip",
    "$skip",
    "start",
    "_start",
    "from",
    "page[offset]",
    "startAt",
    "startIndex",
    "start_index",
)
ENDS = ("_end", "end")
PAGES = (
    "page",
    "_page",
    "page_number",
    "pageNumber",
    "page[number]",
    "p",
    "pageNo",
    "page_no",
    "pageIndex",
    "page_index",
)
CURSORS = (
    "starting_after",
    "after",
    "cursor",
    "marker",
    "since_id",
    "next_token",
    "page_token",
    "pageToken",
    "_token",
    "continuation",
    "page[after]",
)
SEARCHES = ("q", "query", "search", "term", "keyword", "_q")
PAGING = frozenset((*LIMITS, *OFFSETS, *ENDS, *PAGES, *CURSORS))
"""Names of parameters that choose a part of a list, and of those that search its text."""

RESET_SIZES = frozenset(
    "limit per_page page_size pagesize size count top first max_results _limit _end".split()  # noqa: SIM905
)
RESET_PAGING = RESET_SIZES | frozenset("offset page skip _page _start start".split())  # noqa: SIM905
"""Names of parameters that choose a part of a list, not its members: a prior used for evidence of resets
only."""

DIRECTIONS = frozenset(("asc", "desc", "ascending", "descending"))
"""Words that say which way a list is sorted."""

FILTER_WORDS: dict[str, tuple[tuple[WhereOp, str], ...]] = {
    "": (("equals", ""), ("equals", ","), ("contains", ""), ("starts", "")),
    "gte ge min from since": (("at_least", ""),),
    "gt over": (("above", ""), ("at_least", "")),
    "lte le max to until": (("at_most", ""),),
    "lt under before": (("below", ""), ("at_most", "")),
    "after": (("above", ""), ("at_least", "")),
    "ne neq not isnot": (("differs", ""), ("other", "")),
    "exclude nin notin": (("differs", ","), ("other", ",")),
    "in any oneof is eq exact": (("equals", ","), ("equals", "")),
    "like match regex search contains icontains": (
        ("contains", ""),
        ("matches", ""),
        ("starts", ""),
        ("equals", ""),
    ),
    "has exists isset": (("exists", ""),),
    "startswith prefix starts begins": (("starts", ""),),
    "endswith suffix ends": (("ends", ""),),
    "filter where f": (("equals", ""), ("equals", ","), ("contains", "")),
}
"""Words beside the name of a field, and what they commonly mean, with what parts alternatives: a prior. The
operator that the lists agree with is taken."""

WRAPPERS = frozenset(("filter", "where", "f"))
"""Names of parameters that hold the conditions, by field: ``filter[name]``."""

EVERY = ("all", "any", "*")
"""Words that stand for every value of a field in HTTP APIs: a prior, used where their effect is seen."""

SINCE_WORDS = ("since", "after", "from", "newer", "newerthan")
UNTIL_WORDS = ("before", "until", "to", "older", "olderthan")
"""Names of parameters that are one side of a moment, and name no field."""

_CRITERIA_WORDS: tuple[tuple[str, WhereOp], ...] = (
    ("= == === : is eq equal equals equalto term exact", "equals"),
    ("!= <> !: !== ne neq notequal notequals notequalto isnot", "differs"),
    ("> :> gt above after greater greaterthan over more", "above"),
    (">= => :>= gte ge min from since onorafter greaterorequal greaterthanorequal atleast", "at_least"),
    ("< :< lt below before less lessthan under", "below"),
    ("<= =< :<= lte le max to until onorbefore lessorequal lessthanorequal atmost", "at_most"),
    (
        "~ =~ ~= *= co contains like ilike has includes match search substringof text matchphrase",
        "contains",
    ),
    ("^ ^= =^ sw startswith starts beginswith prefix", "starts"),
    ("$= =$ ew endswith ends suffix", "ends"),
    ("in any oneof anyof terms containsany hasany", "has"),
    ("nin notin noneof", "differs"),
    ("pr exists present isset isnotempty isnotnull", "exists"),
    ("regex regexp matches", "matches"),
)
CRITERIA_WORDS: dict[str, WhereOp] = {
    word: means for words, means in _CRITERIA_WORDS for word in words.split()
}
"""Words and signs of languages of conditions with what they commonly mean: a prior, tried first."""

CRITERIA_KIN = ("eq ne gt gte ge lt lte le", "= != > >= < <=", "co sw ew pr", "and or not")
"""Words that go together: where some of a family were seen, the others are taken to be known as well."""

_JOIN_WORDS: tuple[tuple[str, Meaning], ...] = (
    ("and && & ; , + all must filter every where filters conditions rules bool", "all"),
    ("or || | any should some", "any"),
    ("not - ! none mustnot nor exclude", "none"),
)
JOIN_WORDS: dict[str, Meaning] = {word: means for words, means in _JOIN_WORDS for word in words.split()}
"""Words and signs that join conditions, with what they commonly mean: a prior, tried first."""


def plain_word(word: str) -> str:
    """Return the letters of a word in lower case, or the sign: ``gt`` of ``:gt:``, ``$gt`` and ``gt(``."""
    return re.sub(r"[^a-z]", "", word.lower()) or word.strip()


CONDITION_MEMBERS = (
    ("field", "property", "key", "name", "attribute", "column", "path", "propertyname", "fieldname", "prop"),
    ("op", "operator", "operation", "comparator", "comparison", "condition", "cmp", "match", "type", "rule"),
    ("value", "values", "val", "operand", "term", "to", "filtervalue", "content"),
)
"""Names of the members of conditions that are objects: field, operator, value."""

# --- updates ----------------------------------------------------------------------------------------------

_UPDATE_WORDS: tuple[tuple[str, Doing], ...] = (
    ("replace set assign update put setvalue", "set"),
    ("add", "insert"),
    ("unset delete clear", "unset"),
    ("remove pull discard exclude del", "exclude"),
    ("append concat extend pushall", "append"),
    ("push insert", "push"),
    ("prepend unshift", "prepend"),
    ("addtoset union addunique arrayunion include connect", "include"),
    ("arrayremove pullall disconnect difference", "exclude"),
    ("inc increment increase incr plus incrby", "increase"),
    ("dec decrement decrease decr minus subtract", "decrease"),
    ("mul multiply times", "multiply"),
    ("min", "least"),
    ("max", "most"),
    ("toggle flip", "toggle"),
    ("merge", "merge"),
    ("copy", "copy"),
    ("move rename", "move"),
    ("test", "keep"),
)
UPDATE_WORDS: dict[str, Doing] = {word: means for words, means in _UPDATE_WORDS for word in words.split()}
"""Words of operations with what they commonly do: a prior, tried first."""

OPERATION_MEMBERS = (
    ("op", "operation", "action", "type", "kind", "method", "verb", "command"),
    ("path", "field", "key", "attribute", "target", "name", "property", "fieldpath"),
    ("value", "values", "val", "by", "amount", "operand", "data", "with", "to"),
)
"""Names of the members of operations that are objects: word, path, operand."""

# --- XML --------------------------------------------------------------------------------------------------

XML_PLURALS = ("s", "es", "list", "set", "array", "collection")
"""What a parent's name has beside that of its one kind of child, where it is a container: a prior, for lists
that recordings never show with two elements."""

XML_ELEMENTS = ("member", "item", "entry", "element", "value")
"""Names of children that say nothing but that they are elements of a list."""

XML_ARRAY = ("type", "array")
"""The attribute with which some services mark lists."""

# --- requests in requests ---------------------------------------------------------------------------------

BATCH_METHOD_NAMES = ("method", "verb")
BATCH_PATH_NAMES = ("path", "url", "uri", "relative_url", "href")
BATCH_HEADER_NAMES = ("headers",)
BATCH_SENT_NAMES = ("body", "data", "payload", "json", "content")
BATCH_STATUS_NAMES = ("status", "status_code", "statusCode", "code")
BATCH_ANSWER_NAMES = ("body", "data", "response", "json", "content")
"""Names that batch endpoints have for the parts of a request and of an answer: priors, used where the values
are of their kind."""

BATCH_ACTION_NAMES = frozenset(("op", "action", "operation"))
"""Names under which an element of a bulk write says what is to be done with it."""

BATCH_OUTCOMES = ("status", "state", "outcome", "result")
BATCH_FAILURES = frozenset(
    "error errors failed failure fail invalid rejected refused denied conflict not_found notfound missing "  # noqa: SIM905
    "duplicate skipped ignored unknown forbidden".split()
)
"""Names under which a result says in a word what became of its element, and the words for "nothing"."""

BATCH_POSITION_NAMES = frozenset(
    "index line row position pos no number num n i item seq sequence ordinal order line_number "  # noqa: SIM905
    "linenumber row_number rownumber entry".split()
)
"""Names under which a result says which element it is about; used where the values count the results."""

# --- selectors --------------------------------------------------------------------------------------------

SELECTORS = frozenset(
    "method action operation operationname op command cmd function func call api request_type "  # noqa: SIM905
    "requesttype x-amz-target soapaction".split()
)
"""Names of parts of requests that say which operation is asked for, where one path has many: JSON-RPC 2.0,
SOAP 1.1, the query protocols of AWS and their kin. A prior, used where the values name operations."""

OPERATIONS = frozenset(
    "put describe query scan send receive publish start stop cancel submit execute invoke run transfer "  # noqa: SIM905
    "archive join leave enable disable attach detach register login logout count check batch tag untag "
    "info".split()
)
"""Verbs of operations, beside those of GraphQL's root fields."""

# --- GraphQL ----------------------------------------------------------------------------------------------

VERBS = frozenset(
    "all get list find search fetch create add new insert update edit set change modify patch replace upsert "  # noqa: SIM905
    "save delete remove destroy drop erase purge many bulk my last first one".split()
)
"""Words before the name of a type in the names of root fields."""

REMOVALS = frozenset({"delete", "remove", "destroy", "drop", "erase", "purge"})
ELEMENTS = frozenset({"node", "edge", "item", "element", "entry", "record", "result", "row", "object"})
"""Names of fields that say no more than that there are elements of a list: those of connections, for one."""

CREATIONS = frozenset({"create", "add", "new", "insert"})
"""Verbs of what makes an entity go and come."""

ARGUMENT_MARKS: dict[str, WhereOp] = {
    "": "equals",
    "eq": "equals",
    "equals": "equals",
    "is": "equals",
    "s": "equals",
    "in": "equals",
    "ne": "differs",
    "neq": "differs",
    "not": "differs",
    "gt": "above",
    "gte": "at_least",
    "min": "at_least",
    "from": "at_least",
    "since": "at_least",
    "lt": "below",
    "lte": "at_most",
    "max": "at_most",
    "to": "at_most",
    "until": "at_most",
    "contains": "contains",
    "like": "contains",
    "ilike": "contains",
    "search": "contains",
    "includes": "contains",
}
"""Marks behind the name of a field that conditions go by, ``s`` for a list of alternatives: a prior."""

ARGUMENT_SEARCHES = frozenset({"q", "query", "search", "term", "keyword", "text"})
ARGUMENT_LIMITS = frozenset(
    {"limit", "first", "take", "top", "size", "count", "per page", "page size", "max results"}
)
ARGUMENT_OFFSETS = frozenset({"offset", "skip", "start", "from"})
ARGUMENT_PAGES = frozenset({"page", "page number", "current page"})
ARGUMENT_CURSORS = frozenset({"after", "cursor", "starting after", "since id"})
"""Words that paging goes by: priors, used where their effect is seen."""
