"""From two models to the patches between them.

Law: ``apply_patches(a, diff_models(a, b)) == (b, ())``;
``test_applying_the_difference_gives_the_edited_model``.

Changes are made one after the other, so each must find the variant that it names in what those before it
left. The order of ``_route_changes`` sees to that: variants that keep their name first; then removals and
renames, the last of equals first, so that no count shifts; then additions, which stand at the end; then the
order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, Step, format_path, get
from wraith.wir._patch import (
    Change,
    Object,
    Patch,
    VariantName,
    as_object,
    names_document,
    route_name,
    routes_by_name,
    same,
    variant_named,
    variants_by_name,
)


def diff_models(derived: JsonValue, edited: JsonValue) -> tuple[Patch, ...]:
    """Return the patches that turn the derived model into the edited one: one per route, sorted by name, then
    one for what stands outside routes."""
    before, after = as_object(derived), as_object(edited)
    olds, news = routes_by_name(before), routes_by_name(after)
    patches = []
    for name in sorted(olds.keys() | news.keys()):
        changes = tuple(_member_changes(olds.get(name), news.get(name)))
        if changes:
            patches.append(Patch(route=route_name(olds.get(name) or news[name]), changes=changes))
    added = sorted(news.keys() - olds.keys())
    left = [name for name in olds if name in news]
    # where several routes are added, the order of the files decides how they stand, so it is said in any case
    result = [*left, *added] if len(added) < 2 else []
    outside = (*_changes(None, before, after, but="routes"), *_order_change(result, list(news), "routes"))
    return (*patches, Patch(changes=outside)) if outside else tuple(patches)


def _member_changes(old: Object | None, new: Object | None) -> Iterator[Change]:
    if old is not None and new is not None:
        yield from _route_changes(old, new)
    else:
        yield Change.of(None, "", MISSING if old is None else old, MISSING if new is None else new)


def _route_changes(old: Object, new: Object) -> Iterator[Change]:
    yield from _changes(None, old, new, but="variants")
    olds, news = variants_by_name(old), variants_by_name(new)
    renames = _renames(
        [name for name in olds if name not in news], [name for name in news if name not in olds]
    )
    for name in olds:
        if name in news:
            yield from _changes(variant_named(name), olds[name], news[name])
    for name in reversed(olds):
        if name not in news and name not in renames:
            yield Change.of(variant_named(name), "", olds[name], MISSING)
    for name in reversed(olds):
        if name in renames:
            yield from _changes(variant_named(name), olds[name], news[renames[name]])
    left = [renames.get(name, name) for name in olds if name in news or name in renames]
    for name in news:
        if name not in left:
            yield Change.of(variant_named(name), "", MISSING, news[name])
    yield from _order_change(_appended(left, news), list(news), "variants")


def _renames(gone: list[str], come: list[str]) -> dict[str, str]:
    """Pair the variants whose guards were edited while their status stayed, in order.

    A name that counts (``nth``) is no new name: what it means would depend on the order of the changes.
    """
    left = [name for name in come if variant_named(name).nth == 0]
    pairs = {}
    for name in gone:
        status = variant_named(name).status
        match = next((other for other in left if variant_named(other).status == status), None)
        if match is not None:
            left.remove(match)
            pairs[name] = match
    return pairs


def _appended(olds: Iterable[str], news: Iterable[str]) -> list[str]:
    """Return the names as they stand when what is gone was removed and what is new added at the end."""
    return [name for name in dict.fromkeys((*olds, *news)) if name in set(news)]


def _order_change(result: list[str], wanted: list[str], at: str) -> Iterator[Change]:
    if result != wanted:
        yield Change.of(None, at, names_document(result), names_document(wanted))


def _changes(
    variant: VariantName | None, old: Object, new: Object, but: str | None = None
) -> Iterator[Change]:
    olds, news = ({key: value for key, value in each.items() if key != but} for each in (old, new))
    for key in dict.fromkeys((*olds, *news)):
        for path, before, after in _differences(olds.get(key, MISSING), news.get(key, MISSING), (key,)):
            yield Change.of(variant, format_path(path), before, after)


def _differences(old: Found, new: Found, at: Path) -> Iterator[tuple[Path, Found, Found]]:
    """Yield the innermost places at which two values differ, in document order.

    Lists of unequal length, objects whose members changed their order, and guards differ as a whole.
    """
    if same(old, new):
        return
    if at == ("guards",):
        yield at, old, new
        return
    steps: Iterable[Step] | None = None
    if isinstance(old, dict) and isinstance(new, dict):
        steps = dict.fromkeys((*old, *new)) if _appended(old, new) == list(new) else None
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        steps = range(len(old))
    if steps is None:
        yield at, old, new
    else:
        for step in steps:
            yield from _differences(get(old, (step,)), get(new, (step,)), (*at, step))
