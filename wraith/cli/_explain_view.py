"""Explanations as people read them, within a hundred columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from wraith.canonical import compact
from wraith.cli._model_view import symbols
from wraith.cli._output import Block, Kind, Line, Table, count
from wraith.paths import MISSING, Found, Path, format_path
from wraith.wir import show_atom, show_effect, show_expr

if TYPE_CHECKING:
    from wraith.canonical import JsonValue
    from wraith.synth import (
        AtomTruth,
        ExchangeExplanation,
        Explanation,
        PartExplanation,
        PartTruth,
        Rival,
        VariantExplanation,
    )
    from wraith.wir import Atom, Evidence, Model, Route

WIDTH: Final = 100
SHOWN: Final = 3
"""Exchanges that disagree, by part: enough to look at; the JSON has all that were listed."""
SHOWN_VALUE: Final = 60
MAX_SUPPORT: Final = 200
"""Characters of what a variant was seen with: the names of large bodies fill a screen."""
MAX_PATH: Final = 30
"""The width of the column of places; a longer place has a line of its own."""
ROOT: Final = "(whole body)"
OTHERS: Final = "(other members)"
"""What a spread gives: the members that the template does not give one by one."""


# --- the routes ---------------------------------------------------------------------------------------------


def route_rows(model: Model, evidence: Evidence | None) -> list[dict[str, JsonValue]]:
    """Return the routes, those with most that nothing explains first."""
    backed = evidence.routes if evidence is not None else ()
    seen = {f"{each.method} {each.path_pattern}": each.exchanges for each in backed}
    rows: list[tuple[int, str, dict[str, JsonValue]]] = []
    for route in model.routes:
        classes = [symbol.symbol_class for variant in route.variants for symbol in symbols(variant)]
        unexplained = classes.count("unexplained")
        row: dict[str, JsonValue] = {
            "route": route.name,
            "unexplained": unexplained,
            "parts": len(classes),
            "variants": len(route.variants),
            "exchanges": seen.get(route.name, 0 if evidence else None),
        }
        rows.append((-unexplained, route.name, row))
    return [row for _, _, row in sorted(rows, key=lambda each: each[:2])]


def routes_blocks(name: str, rows: Sequence[dict[str, JsonValue]]) -> Iterator[Block]:
    """Yield the table of the routes."""
    if not rows:
        yield Line("the model has no routes")
        return
    columns = ("route", "unexplained", "parts", "variants", "exchanges")
    headings = ("ROUTE", ">UNEXPLAINED", ">PARTS", ">VARIANTS", ">SEEN")
    yield Table(
        headings, [tuple("-" if row[each] is None else str(row[each]) for each in columns) for row in rows]
    )
    yield Line(f'wraith explain {name} "{rows[0]["route"]}" shows one', "dim")


# --- one route ----------------------------------------------------------------------------------------------


def explanation_blocks(name: str, found: Explanation) -> Iterator[Block]:
    """Yield the program of a route with its evidence."""
    yield _title(found.route)
    if not found.exchanges:
        yield Line("no recorded exchange reaches it: a patch or its likeness to others added it", "warn")
    else:
        yield Line(
            f"{count(found.exchanges, 'exchange')} in {count(found.sessions, 'session')}; "
            f"the variant chosen has the recorded status in {found.right} of {found.exchanges}",
            "plain" if found.right == found.exchanges else "warn",
        )
    for each in found.wrong[:SHOWN]:
        chosen = "no variant" if each.variant is None else _named(found.route, each.variant)
        where = f"{each.session}/{each.exchange}"
        yield Line(f"  {where} was answered {each.recorded}, and gets {chosen}", "warn")
    yield from _more(found.exchanges - found.right - len(found.wrong[:SHOWN]), "  ")
    for variant in found.variants:
        yield Line("")
        yield from _variant_blocks(found.route, variant)
    first = _first_disagreement(found)
    if first is not None:
        yield Line("")
        yield Line(f"wraith explain {name} --exchange {first} shows one exchange", "dim")


def _title(route: Route) -> Line:
    key = "" if route.key is None else f"[{show_expr(route.key)}]"
    doing = "" if route.entity is None else f": {route.state_op} {route.entity}{key}"
    return Line(f"{route.name}{doing}", "title")


def _named(route: Route, number: int) -> str:
    return f"variant {number} ({route.variants[number].status})"


def _first_disagreement(found: Explanation) -> str | None:
    listed = [(each.session, each.exchange) for each in found.wrong]
    listed += [
        (each.session, each.exchange)
        for variant in found.variants
        for part in variant.parts
        for each in part.disagreements
    ]
    return f"{listed[0][0]}/{listed[0][1]}" if listed else None


def _variant_blocks(route: Route, found: VariantExplanation) -> Iterator[Block]:
    variant = found.variant
    chosen = f"chosen {count(found.chosen, 'time')} in {count(found.sessions, 'session')}"
    beyond = f", {found.extrapolated} beyond what it was learned from" if found.extrapolated else ""
    hook = f", Lua {variant.lua_hook}" if variant.lua_hook else ""
    yield Line(f"{_named(route, found.number)}, {variant.body_kind}: {chosen}{beyond}{hook}", "title")
    yield from _statements("when", variant.guards) if variant.guards else [Line("  always")]
    yield from _wrapped("  seen with ", _cut("; ".join(map(show_atom, variant.support)), MAX_SUPPORT), "dim")
    constants = [part for part in found.parts if part.hole_class == "constant" and part.hole is None]
    shown = [part for part in found.parts if part not in constants or not part.agrees]
    width = min(MAX_PATH, max((len(_place(part)) for part in shown), default=0))
    for part in shown:
        yield from _part_blocks(part, width)
    same = sum(part.agrees for part in constants)
    if same and found.right:
        yield Line(f"  {count(same, 'constant')} as recorded", "dim")
    for effect in variant.effects:
        yield from _wrapped("  then ", show_effect(effect))


def _part_blocks(part: PartExplanation, width: int) -> Iterator[Block]:
    place = _place(part)
    if len(place) > width:
        yield Line(f"  {place}")
        place = ""
    share = f"{part.explained} of {part.total}"
    head = f"  {place:<{width}}  {part.hole_class:<11}  {share:>9}  "
    kind: Kind = "plain" if part.agrees and not part.is_unexplained else "warn"
    yield from _wrapped(head, show_expr(part.source), kind)
    indent = " " * (width + 4)
    if part.is_unexplained and part.total:
        best = max([part.explained, *(rival.explained for rival in part.rivals)])
        yield Line(
            f"{indent}nothing explains more than {best} of {part.total}, which have "
            f"{count(part.distinct, 'different value')}",
            "warn",
        )
    if part.rivals:
        rivals = "; ".join(f"{show_expr(rival.source)} ({_share(rival, part)})" for rival in part.rivals)
        yield from _wrapped(f"{indent}rejected: ", rivals, "dim")
    for each in part.disagreements[:SHOWN]:
        at, recorded, computed = first_difference(each.recorded, each.computed)
        where = f" at {format_path(at)}" if at else ""
        yield from _wrapped(
            f"{indent}{each.session}/{each.exchange}{where}: ",
            f"recorded {_value(recorded)}, computed {_value(computed)}",
            "warn",
        )
    yield from _more(part.total - part.explained - len(part.disagreements[:SHOWN]), indent)


def _share(rival: Rival, part: PartExplanation) -> str:
    if rival.total != part.total:
        return f"explains {rival.explained} of {rival.total} looked at"
    return f"explains {rival.explained}"


def _place(part: PartExplanation | PartTruth) -> str:
    if part.name is not None:
        return part.name if part.name.startswith("(") else f"header.{part.name}"
    place = format_path(part.path)
    return f"{place} {OTHERS}".lstrip() if part.is_base else place or ROOT


# --- one exchange -------------------------------------------------------------------------------------------


def exchange_blocks(found: ExchangeExplanation) -> Iterator[Block]:
    """Yield how one exchange is answered: the variants, the values, what differs."""
    yield Line(
        f"{found.session}/{found.exchange}: {found.method} {found.target}, answered {found.recorded_status}",
        "title",
    )
    yield _title(found.route)
    if found.key is not None:
        state = "is not there" if found.stored is MISSING else f"is {_value(found.stored)}"
        yield Line(f"{found.route.entity}[{_cut(compact(found.key).decode(), SHOWN_VALUE)}] {state}")
    for variant in found.variants:
        chosen = variant.number == found.chosen
        mark = " answers" if chosen else ""
        beyond = ", beyond what it was learned from" if chosen and found.extrapolated else ""
        kind: Kind = "plain" if not chosen else "good" if variant.status == found.recorded_status else "bad"
        yield Line(f"{_named(found.route, variant.number)}{mark}{beyond}", kind)
        failed = [each for each in variant.guards if not each.holds]
        yield from _truths("when", variant.guards if chosen or not failed else failed)
        if chosen:
            yield from _truths("seen with", [each for each in variant.support if not each.holds])
    if found.chosen is None:
        yield Line("no variant has guards that are all true", "bad")
    elif found.route.variants[found.chosen].status != found.recorded_status:
        yield Line(f"the recorded status is {found.recorded_status}: its parts cannot be compared", "warn")
    yield from _part_truths(found.parts)
    if found.chosen is not None:
        for effect in found.route.variants[found.chosen].effects:
            yield from _wrapped("  then ", show_effect(effect))


def _truths(word: str, truths: Sequence[AtomTruth]) -> Iterator[Block]:
    for each in truths:
        said = "true " if each.holds else "false"
        yield from _wrapped(f"    {said}  {word} ", _cut(show_atom(each.atom), MAX_SUPPORT), "dim")


def _part_truths(parts: Sequence[PartTruth]) -> Iterator[Block]:
    shown = [part for part in parts if part.hole is not None or not part.agrees]
    width = min(MAX_PATH, max((len(_place(part)) for part in shown), default=0))
    for part in shown:
        place = _place(part)
        if len(place) > width:
            yield Line(f"  {place}")
            place = ""
        if part.agrees:
            yield from _wrapped(
                f"  {place:<{width}}  {part.hole_class:<11}  ",
                f"{_value(part.recorded)} = {show_expr(part.source)}",
            )
        else:
            head = f"  {place:<{width}}  {part.hole_class:<11}  "
            yield from _wrapped(head, show_expr(part.source), "bad")
            at, recorded, computed = first_difference(part.recorded, part.computed)
            where = f"at {format_path(at)} " if at else ""
            indent = " " * len(head)
            yield from _wrapped(f"{indent}{where}recorded ", _value(recorded), "bad")
            yield from _wrapped(f"{indent}{where}computed ", _value(computed), "bad")
    same = len(parts) - len(shown)
    if same:
        yield Line(f"  {count(same, 'constant')} as recorded", "dim")


# --- lines --------------------------------------------------------------------------------------------------


def _statements(word: str, atoms: Sequence[Atom]) -> Iterator[Block]:
    for number, atom in enumerate(atoms):
        yield from _wrapped(f"  {word if number == 0 else 'and':>{len(word)}} ", show_atom(atom))


def _wrapped(head: str, text: str, kind: Kind = "plain") -> Iterator[Block]:
    """Yield a head with its text in as many lines as it takes, the later ones below the text."""
    if not text:
        return
    if max(map(len, text.split(" "))) > WIDTH - len(head):  # a line of its own breaks fewer words
        yield Line(head.rstrip(), kind)
        head = " " * min(len(head) - len(head.lstrip()) + 4, WIDTH // 3)
    lines = textwrap.wrap(text, WIDTH - len(head), break_on_hyphens=False)
    for number, line in enumerate(lines):
        yield Line(f"{head if number == 0 else ' ' * len(head)}{line}", kind)


def _more(number: int, indent: str) -> Iterator[Block]:
    if number > 0:
        yield Line(f"{indent}and {number} more", "dim")


def _value(value: Found) -> str:
    return "nothing" if value is MISSING else _cut(compact(value).decode(), SHOWN_VALUE)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def first_difference(recorded: Found, computed: Found, at: Path = ()) -> tuple[Path, Found, Found]:
    """Return where two values differ first, and what they have there: of long lists and objects that says
    more than their beginnings. Of lists that are equal as far as the shorter one goes, the next element."""
    if isinstance(recorded, dict) and isinstance(computed, dict):
        for key in dict.fromkeys([*recorded, *computed]):
            one, other = recorded.get(key, MISSING), computed.get(key, MISSING)
            if one != other:
                return first_difference(one, other, (*at, key))
    elif isinstance(recorded, list) and isinstance(computed, list):
        for index in range(max(len(recorded), len(computed))):
            one = recorded[index] if index < len(recorded) else MISSING
            other = computed[index] if index < len(computed) else MISSING
            if one != other:
                return first_difference(one, other, (*at, index))
    return at, recorded, computed
