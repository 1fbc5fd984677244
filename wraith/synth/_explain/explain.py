"""The learned program of a route, held against every recorded exchange: what explains what, and what does
not.

The sessions are replayed with the true answers, as synthesis observes them. For each exchange that reaches
the route the interpreter chooses a variant of the *given* model, so that patches and edits count, and each
part of the template is judged against what was recorded at its place. One part is judged with the others as
they were recorded: an error is shown where it arises, not where it leads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from wraith.errors import InputError
from wraith.exchange import Corpus, Exchange
from wraith.paths import MISSING, Found, Path
from wraith.runtime import Environment, Ids, Router, Session, Twin, compile_atom, elsewhere
from wraith.synth._answers.parts import NOTHING, extras
from wraith.synth._evidence.judge import is_made
from wraith.synth._evidence.places import norm
from wraith.synth._evidence.rows import Row
from wraith.synth._explain.explanation import (
    AtomTruth,
    Disagreement,
    ExchangeExplanation,
    Explanation,
    PartExplanation,
    PartTruth,
    VariantExplanation,
    VariantTruth,
    WrongChoice,
)
from wraith.synth._explain.program import Judged, Program, Step
from wraith.synth._explain.rivals import Rival, rivals
from wraith.synth._learn.preparing import Prepared, prepare
from wraith.synth._routes.sampling import thinned
from wraith.wir import Atom, Model, Route

MAX_LISTED = 20
"""Disagreements listed of one part, and wrong choices of one route: more say nothing new."""

MAX_NEAR = 5
"""Near routes named where there is none of that name."""

MAX_ROWS = 200
"""Observations that the rivals of one variant are judged on; rivals are an aside, and a route may have many
holes."""


def find_route(model: Model, name: str) -> Route:
    """Return the route that is named: by method and pattern, or by method and a path that it answers; ``*
    unknown`` and ``* refused`` are what is said to paths and methods that no route has.

    Raises InputError with near names where there is none.
    """
    method, _, path = name.strip().partition(" ")
    router: Router[Route] = Router()
    for route in (*elsewhere(model), *model.routes):
        if route.name == name.strip():
            return route
    for route in model.routes:
        router.add(route.method, route.path_pattern, route)
    if not path and method.startswith("/"):
        method, path = "", method
    method, path = method.upper(), path.strip().partition("?")[0]
    found = router.match(method, path)
    if found is not None:
        return found[0]
    same_path = [f"{each.method} {path}" for each in model.routes if router.match(each.method, path)]
    near = list(dict.fromkeys([*same_path, *router.near(method, path)]))
    raise InputError(
        f"there is no route {name!r}" + (f"; near: {', '.join(near[:MAX_NEAR])}" if near else ""),
        hint="write METHOD and the pattern, or a path: 'GET /v1/charges/{charge_id}'",
    )


def explain(corpus: Corpus, model: Model, route_name: str) -> Explanation:
    """Return the program of a route beside what was recorded of it. Raises InputError where there is no such
    route, or the model does not compile."""
    route = find_route(model, route_name)
    tally = _RouteTally(route)
    known = prepare(corpus)
    for step in _steps(known, model):
        if step.choice.route.name == route.name:
            tally.add(step, sampled=step.seen.session in known.kept)
    return tally.explanation()


def explain_exchange(corpus: Corpus, model: Model, session: str, exchange: int) -> ExchangeExplanation:
    """Return how one recorded exchange (counted from 1) is answered. Raises InputError where it is not there,
    its bodies were cut off, or no route matches."""
    where = f"{session}/{exchange}"
    explained: ExchangeExplanation | None = None
    for step in _steps(prepare(corpus), model, only=(session, exchange - 1)):
        explained = _explained(step)  # exchanges that stand in another go before it, under the same number
    if explained is not None:
        return explained
    recorded = _recorded(corpus, session, exchange)
    if recorded is None:
        raise InputError(
            f"there is no exchange {where}", hint="inspect lists the sessions, exchanges counted from 1"
        )
    if recorded.request.truncated is not None or recorded.response.truncated is not None:
        raise InputError(
            f"{where} was cut off when it was recorded, and teaches nothing", hint="choose another exchange"
        )
    request = f"{recorded.request.method} {recorded.request.path}"
    raise InputError(
        f"no route of the model matches {where}: {request}", hint="learn the model again: wraith synth"
    )


def _recorded(corpus: Corpus, session: str, exchange: int) -> Exchange | None:
    exchanges = [each for some in corpus if some.id == session for each in some.read()]
    return exchanges[exchange - 1] if 0 < exchange <= len(exchanges) else None


# --- replaying ----------------------------------------------------------------------------------------------


def _steps(known: Prepared, model: Model, *, only: tuple[str, int] | None = None) -> Iterator[Step]:
    """Yield the exchanges that reach a route of the model, each while the state is that before its answer.

    The world begins with the fixtures of the model, which may have been edited.
    """
    twin = Twin(model)
    fixtures = {name: {each.key: each.value for each in some} for name, some in model.fixtures.items()}
    world = replace(known.world, fixtures=fixtures)
    observer = replace(known, world=world).observer()
    for number, session in enumerate(known.ordered):
        wanted = only is None or only[0] == session.id
        for observation in observer.fold(number, known.session(number), observed=wanted):
            seen = observation.seen
            if only is not None and seen.index != only[1]:
                continue
            choice = twin.choose(seen.request, Session(observer.state, Ids("explain")), now_ms=seen.at_ms)
            if choice is not None:
                yield Step(session.id, seen, observation, choice)


# --- all exchanges of a route -------------------------------------------------------------------------------


@dataclass(slots=True)
class _PartTally:
    explained: int = 0
    total: int = 0
    distinct: set[object] = field(default_factory=set)
    disagreements: list[Disagreement] = field(default_factory=list)

    def add(self, step: Step, recorded: Found, agrees: bool, computed: Found) -> None:
        self.total += 1
        self.explained += agrees
        self.distinct.add(norm(recorded) or str(recorded))
        if not agrees and len(self.disagreements) < MAX_LISTED:
            self.disagreements.append(Disagreement(step.session, step.exchange, recorded, computed))


class _VariantTally:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.chosen = 0
        self.extrapolated = 0
        self.right = 0
        self.sessions: set[str] = set()
        self.by_part: dict[int, _PartTally] = {}
        self.extra: dict[Path, _PartTally] = {}
        self.sample: list[Step] = []

    def add(self, step: Step, *, sampled: bool) -> None:
        self.chosen += 1
        self.extrapolated += step.choice.extrapolated
        self.sessions.add(step.session)
        if step.seen.status != self.program.variant.status:
            return
        self.right += 1
        env = step.choice.env
        self.program.see(env, step)
        for each in self.program.judged(step):
            recorded = each.recorded(step)
            agrees = each.agrees(env, recorded)
            self.by_part.setdefault(id(each), _PartTally()).add(
                step, recorded, agrees, recorded if agrees else each.computed(env)
            )
        if step.seen.kind == self.program.variant.body_kind:
            for path, value in extras(self.program.variant.body_template, step.document):
                self.extra.setdefault(path, _PartTally()).add(step, value, False, MISSING)
            if sampled:
                self.sample.append(step)

    def explanation(self) -> VariantExplanation:
        program = self.program
        rows = thinned(self.sample, MAX_ROWS)
        for step in rows:
            program.see(step.observation.env, step)
        made = [each.part.path for each in program.body if each.part.hole and is_made(each.part.source)]
        found = [self._part(program.kind, rows, made)]
        found += [self._part(each, rows, made) for each in program.body]
        found += [self._extra(path, tally) for path, tally in self.extra.items()]
        found += [self._part(each, rows, made) for each in program.headers]
        return VariantExplanation(
            program.number,
            program.variant,
            self.chosen,
            len(self.sessions),
            self.extrapolated,
            self.right,
            tuple(found),
        )

    def _part(self, judged: Judged, rows: Sequence[Step], made: Sequence[Path]) -> PartExplanation:
        tally = self.by_part.get(id(judged), _PartTally())
        part = judged.part
        against: tuple[Rival, ...] = ()
        if judged.has_rivals and rows and not (is_made(part.source) and tally.explained == tally.total):
            values = [judged.recorded(step) for step in rows]
            against = rivals(part, [Row(step.observation) for step in rows], values, made)
        return PartExplanation(
            part.path,
            judged.name,
            part.hole,
            part.own is not None,
            part.hole_class,
            part.source,
            tally.explained,
            tally.total,
            len(tally.distinct),
            tuple(tally.disagreements),
            against,
        )

    def _extra(self, path: Path, tally: _PartTally) -> PartExplanation:
        return PartExplanation(
            path,
            None,
            None,
            False,
            "unexplained",
            NOTHING,
            self.right - tally.total,
            self.right,
            len(tally.distinct),
            tuple(tally.disagreements),
        )


class _RouteTally:
    def __init__(self, route: Route) -> None:
        self.route = route
        self.variants = [
            _VariantTally(Program(number, variant)) for number, variant in enumerate(route.variants)
        ]
        self.exchanges = 0
        self.right = 0
        self.sessions: set[str] = set()
        self.wrong: list[WrongChoice] = []

    def add(self, step: Step, *, sampled: bool) -> None:
        self.exchanges += 1
        self.sessions.add(step.session)
        number = step.choice.variant
        if number is not None:
            self.variants[number].add(step, sampled=sampled)
        if number is not None and self.route.variants[number].status == step.seen.status:
            self.right += 1
        elif len(self.wrong) < MAX_LISTED:
            self.wrong.append(WrongChoice(step.session, step.exchange, step.seen.status, number))

    def explanation(self) -> Explanation:
        return Explanation(
            self.route,
            self.exchanges,
            len(self.sessions),
            self.right,
            tuple(self.wrong),
            tuple(each.explanation() for each in self.variants),
        )


# --- one exchange -------------------------------------------------------------------------------------------


def _explained(step: Step) -> ExchangeExplanation:
    choice, env = step.choice, step.choice.env
    variants = choice.route.variants
    truths = tuple(
        VariantTruth(number, each.status, _truths(each.guards, env), _truths(each.support, env))
        for number, each in enumerate(variants)
    )
    found: list[PartTruth] = []
    if choice.variant is not None and variants[choice.variant].status == step.seen.status:
        found = _part_truths(step, Program(choice.variant, variants[choice.variant]))
    return ExchangeExplanation(
        step.session,
        step.exchange,
        step.seen.method,
        step.seen.request.target,
        step.seen.status,
        choice.route,
        choice.key,
        env.entity,
        choice.variant,
        choice.extrapolated,
        truths,
        tuple(found),
    )


def _truths(atoms: tuple[Atom, ...], env: Environment) -> tuple[AtomTruth, ...]:
    return tuple(AtomTruth(atom, compile_atom(atom)(env)) for atom in atoms)


def _part_truths(step: Step, program: Program) -> list[PartTruth]:
    env = step.choice.env
    program.see(env, step)
    found = []
    for each in program.judged(step):
        part, recorded = each.part, each.recorded(step)
        computed, agrees = each.computed(env), each.agrees(env, recorded)
        place = (part.path, each.name, part.hole, part.own is not None, part.hole_class, part.source)
        found.append(PartTruth(*place, recorded, computed, agrees))
    if step.seen.kind == program.variant.body_kind:
        for path, value in extras(program.variant.body_template, step.document):
            found.append(PartTruth(path, None, None, False, "unexplained", NOTHING, value, MISSING, False))
    return found
