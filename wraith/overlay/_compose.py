"""Composition: overlays linked to a base, into one model and the files of one workspace.

The base comes first, then the overlays in the order given. Overlays only add: what stands lower keeps its
place, its words and its answers, and a variant that is added has to be provably disjoint from every variant
of another layer that it could meet. ``docs/reference/overlays.md`` has the rule for each part as a table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from wraith.canonical import JsonValue, compact
from wraith.config import Policy
from wraith.errors import InputError
from wraith.overlay._evidence import joined_evidence
from wraith.overlay._fields import joined_endpoints
from wraith.overlay._files import composed_files
from wraith.overlay._layer import Layer
from wraith.overlay._origins import Origin, Origins, RouteOrigin
from wraith.overlay._overlaps import (
    MAX_EXPLAINED,
    Candidate,
    Overlap,
    Paths,
    across_routes,
    explained,
    on_one_route,
    shadowing,
    wins,
)
from wraith.overlay._policy import judge_policy
from wraith.overlay._report import ComposeReport, LayerPart
from wraith.overlay._terms import Shape, Terms, parameters_of, shape_of
from wraith.wir import Entity, Evidence, Model, Route, atom_to_json, effect_to_json


@dataclass(frozen=True, slots=True)
class Composition:
    """What came of composing. ``files`` are those of a workspace that serves, checks and packs like any other
    twin; they are there even where the answer is no, for those who look into it."""

    layers: tuple[Layer, ...]
    model: Model
    evidence: Evidence
    origins: Origins
    report: ComposeReport
    files: Mapping[str, bytes]


@dataclass(slots=True)
class _Joined:
    """A route as it stands so far: the words of whoever had it first, and the variants of all."""

    route: Route
    layer: int
    candidates: list[Candidate] = field(default_factory=list)


def compose(
    base: Layer,
    overlays: Sequence[Layer],
    *,
    name: str,
    strict: bool = True,
    policy: Policy | None = None,
) -> Composition:
    """Return the composite of a base and overlays, in their order; its report says whether it may be used.

    With ``strict`` off, an overlap is a warning, and the variant that stands lower wins. Raises InputError
    where the base is an overlay, and where one requires another that does not come before it.
    """
    layers = (base, *overlays)
    _require(base, overlays)
    findings = judge_policy(base, overlays, policy)
    linker = _Linker(layers)
    for number in range(len(layers)):
        linker.add(number)
    joined = linker.sorted()
    model = _model(layers, joined)
    origins = _origins(layers, joined)
    evidence = joined_evidence(layers, [(each.route, each.candidates) for each in joined])
    report = ComposeReport.of(
        name,
        [
            LayerPart.of(layer, position, joined_parts(joined, position))
            for position, layer in enumerate(layers)
        ],
        findings,
        linker.overlaps,
        linker.more,
        pairs=linker.pairs,
        strict=strict,
    )
    files = composed_files(layers, model, evidence, origins, report)
    return Composition(layers, model, evidence, origins, report, files)


def joined_parts(joined: Sequence[_Joined], layer: int) -> tuple[int, int]:
    """Return how many routes and how many variants a layer brought."""
    routes = sum(each.layer == layer for each in joined)
    return routes, sum(part.layer == layer for each in joined for part in each.candidates)


def _require(base: Layer, overlays: Sequence[Layer]) -> None:
    if base.kind == "overlay":
        raise InputError(
            "is an overlay; what overlays are put on is a root twin or a composite",
            where=base.name,
            hint=f"name its base, and --overlay {base.name}",
        )
    there: set[str] = set()
    for overlay in overlays:
        for pin in overlay.requires:
            if pin not in there:
                raise InputError(
                    f"requires {pin}, which does not come before it",
                    where=overlay.name,
                    hint="name it before this one: --overlay REQUIRED --overlay THIS",
                )
        there.add(overlay.pin)


class _Linker:
    """Takes in one layer after the other."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._layers = layers
        self._routes: dict[tuple[str, Shape], _Joined] = {}
        self._paths: dict[str, Paths[tuple[Shape, _Joined]]] = {}
        self.overlaps: list[Overlap] = []
        self.pairs = 0
        """Pairs of variants that were compared."""
        self.more = 0
        """Overlaps beyond those that are explained."""

    def add(self, number: int) -> None:
        layer = self._layers[number]
        fresh: list[tuple[Shape, _Joined]] = []
        for route in layer.model.routes:
            shape = shape_of(route.path_pattern)
            there = self._routes.get((route.method, shape))
            if there is None:
                there = _Joined(route.model_copy(update={"variants": ()}), number)
                self._take(there, number, route)
                self._shadow(shape, there)
                self._routes[route.method, shape] = there
                fresh.append((shape, there))
            else:
                words = dict(
                    zip(
                        parameters_of(route.path_pattern),
                        parameters_of(there.route.path_pattern),
                        strict=True,
                    )
                )
                told = Terms(words, {}).route(route)
                key = {"key": there.route.key, "entity": there.route.entity, "state_op": there.route.state_op}
                self._take(there, number, told.model_copy(update=key))
        for shape, there in fresh:  # those of one layer may share paths: its own router told them apart
            self._paths.setdefault(there.route.method, Paths()).add(shape, (shape, there))

    def _take(self, there: _Joined, number: int, route: Route) -> None:
        origin = self._layers[number].pin
        new = [Candidate.of(number, origin, route, position) for position in range(len(route.variants))]
        if number:
            new.sort(key=_order)
            self.pairs += len(new) * len(there.candidates)
            meeting = list(on_one_route(there.candidates, new))
            known = {second.number for first, second in meeting if first.variant == second.variant}
            new = [each for each in new if each.number not in known]  # what stands there already adds nothing
            for first, second in meeting:
                if second.number not in known:
                    self._note(first, second, explained)
        there.candidates += new

    def _shadow(self, shape: Shape, there: _Joined) -> None:
        """Compare a new route with those of other layers whose paths it takes."""
        methods = [there.route.method] + ["GET"] * (there.route.method == "HEAD")
        for method in methods:
            tree = self._paths.get(method)
            for other_shape, other in tree.meeting(shape) if tree is not None else ():
                if method == there.route.method and not wins(shape, other_shape):
                    continue
                self.pairs += len(other.candidates) * len(there.candidates)
                for first, second in across_routes(other.candidates, there.candidates):
                    self._note(first, second, shadowing)

    def _note(
        self, first: Candidate, second: Candidate, explain: Callable[[Candidate, Candidate], Overlap]
    ) -> None:
        if len(self.overlaps) >= MAX_EXPLAINED:
            self.more += 1
        else:
            self.overlaps.append(explain(first, second))

    def sorted(self) -> list[_Joined]:
        """Return the routes in the order of a composite."""
        return sorted(self._routes.values(), key=lambda each: (each.route.path_pattern, each.route.method))


def _order(candidate: Candidate) -> tuple[int, bytes]:
    """Variants that an overlay adds are sorted by what they say: their order changes no answer, because they
    are disjoint."""
    variant = candidate.variant
    document: list[JsonValue] = [
        [atom_to_json(each) for each in atoms] for atoms in (variant.guards, variant.support)
    ]
    return variant.status, compact([*document, [effect_to_json(each) for each in variant.effects]])


# --- the model ----------------------------------------------------------------------------------------------


def _model(layers: Sequence[Layer], joined: Sequence[_Joined]) -> Model:
    models = [layer.model for layer in layers]
    base = models[0]
    routes = tuple(
        each.route.model_copy(update={"variants": tuple(part.variant for part in each.candidates)})
        for each in joined
    )
    return base.model_copy(
        update={
            "entities": _entities(models),
            "caller": next((model.caller for model in models if model.caller is not None), None),
            "routes": routes,
            "graphql": joined_endpoints(models),
            "unknown": next((model.unknown for model in models if model.unknown), ()),
            "refused": next((model.refused for model in models if model.refused), ()),
            "xml_lists": _xml_lists(models),
        }
    )


def _entities(models: Sequence[Model]) -> tuple[Entity, ...]:
    found: dict[str, Entity] = {}
    for model in models:
        for entity in model.entities:
            found.setdefault(entity.name, entity)
    return tuple(found[name] for name in sorted(found))


def _xml_lists(models: Sequence[Model]) -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for model in models:
        for parent, lists in model.xml_lists.items():
            found.setdefault(parent, lists)
    return dict(sorted(found.items()))


def _origins(layers: Sequence[Layer], joined: Sequence[_Joined]) -> Origins:
    """Return where each part came from; what a composite below brought keeps the origin that it had there."""
    places: dict[Origin, int] = {}

    def place(origin: Origin) -> int:
        return places.setdefault(origin, len(places))

    own = [Origin(artifact=layer.name, digest=layer.digest) for layer in layers]
    inner = [_inner(layer) for layer in layers]
    for number, layer in enumerate(layers):
        for origin in layer.origins.origins if layer.origins is not None else (own[number],):
            place(origin)
    routes = []
    for each in joined:
        mine = inner[each.layer].get(each.route.name)
        variants = []
        for part in each.candidates:
            known = inner[part.layer].get(part.route.name)
            variants.append(place(known[1][part.number] if known is not None else own[part.layer]))
        routes.append(
            RouteOrigin(
                route=each.route.name,
                origin=place(mine[0] if mine is not None else own[each.layer]),
                variants=tuple(variants),
            )
        )
    return Origins(origins=tuple(places), routes=tuple(routes))


def _inner(layer: Layer) -> dict[str, tuple[Origin, list[Origin]]]:
    if layer.origins is None:
        return {}
    listed = layer.origins.origins
    return {
        each.route: (listed[each.origin], [listed[number] for number in each.variants])
        for each in layer.origins.routes
    }
