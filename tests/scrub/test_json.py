"""JSON bodies: every value is visited with its path, and only what changes is touched."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from wraith.canonical import JsonValue
from wraith.paths import Step, format_path, leaves
from wraith.scrub._json import last_key, plain, rewrite_json

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(documents, st.booleans(), st.sampled_from([None, 1]))
def test_every_string_and_number_is_visited_once_with_its_path(
    document: JsonValue, ascii_only: bool, indent: int | None
) -> None:
    """The walk sees the leaves in order, however the document is written, and changes nothing by itself."""
    body = json.dumps(document, ensure_ascii=ascii_only, indent=indent).encode("utf-8", "surrogatepass")
    seen: list[tuple[str, str]] = []

    def look(path: list[Step], value: str) -> str:
        seen.append((format_path(tuple(path)), value))
        return value

    assert rewrite_json(body, look) is body
    expected = [
        (format_path(path), leaf if isinstance(leaf, str) else json.dumps(leaf))
        for path, leaf in leaves(document)
        if isinstance(leaf, str | int | float) and not isinstance(leaf, bool)
    ]
    assert seen == expected


@given(documents)
def test_a_replaced_value_is_valid_json(document: JsonValue) -> None:
    """Whatever text takes a value's place, the body stays JSON, and all other values stay."""
    changed = json.loads(rewrite_json(json.dumps(document).encode(), lambda path, value: f'"{value}\\'))
    for (path, before), (_, after) in zip(leaves(document), leaves(changed), strict=True):
        if isinstance(before, str):
            assert after == f'"{before}\\', path
        elif before is None or isinstance(before, bool):
            assert after == before


def test_the_name_of_a_value_is_the_nearest_key() -> None:
    """An element of a list goes by the name of the list."""
    assert last_key(["a", "tokens", 3]) == "tokens"
    assert last_key([0, 1]) is None


def test_needless_escapes_hide_nothing() -> None:
    """Escapes that no character needs are undone for the search; needed ones stay."""
    assert plain(rb'{"p\u0061ss": "a\/b\n\u00e9"}') == rb'{"pass": "a/b\n\u00e9"}'
