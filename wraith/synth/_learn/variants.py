"""The variants of a route: its answers grouped, each group a template, each with the guards that select
it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from wraith.exchange import LineStyle
from wraith.paths import MISSING, Found, Path, format_path, get
from wraith.synth._answers.headers import Answer, learn_headers
from wraith.synth._answers.induce import Induced, element_learner, induce, induce_bytes
from wraith.synth._answers.likewise import NOTHING_LIKEWISE, Likewise
from wraith.synth._answers.shown import viewed
from wraith.synth._answers.verify import wrong_rows
from wraith.synth._effects.stored import silent_effects
from wraith.synth._evidence.rows import Row, kind
from wraith.synth._exchanges.elements import Elements, alike
from wraith.synth._exchanges.learned import LearnedRoute
from wraith.synth._exchanges.many import Many, together
from wraith.synth._guards.conditions import restricted
from wraith.synth._guards.context import AllKnown, Context
from wraith.synth._guards.laws import NO_LAWS, Laws, is_of_state
from wraith.synth._guards.questions import Asked, Questions
from wraith.synth._guards.support import support_of
from wraith.synth._guards.tree import Leaf, grow
from wraith.synth._guards.unions import names_in, united
from wraith.synth._learn.grouping import MAX_GROUPS, by_answer
from wraith.synth._learn.outcomes import outcome_of
from wraith.synth._lists.lists import Listed, Lists, or_null, page_values
from wraith.synth._roles.roles import SINGLETON_KEY, Role, created_key
from wraith.synth._roles.stores import storing
from wraith.synth._roles.style import learn_line_style, learn_style, lines_of
from wraith.synth._roles.xml_style import learn_xml_style
from wraith.synth._routes.sampling import thinned
from wraith.synth._values.groups import before_cut, reported_on
from wraith.synth._values.quoted import (
    quoted,
    unexpected,
)
from wraith.synth._world.observe import Observation
from wraith.synth._world.world import deletes
from wraith.wir import (
    Atom,
    Call,
    Delete,
    Effect,
    Expr,
    Literal,
    Lookup,
    Merge,
    Put,
    Query,
    Ref,
    Style,
    Variant,
    VariantEvidence,
)

SAMPLE = 40
"""Observations of one group that hypotheses are made from: three times what tells a coincidence from a
rule."""

TREE_SAMPLE = 400
"""Observations of one route that its tree is grown from."""

OF_EACH_SHAPE = 6
"""Answers of each shape in the sample of a group."""

ROUNDS = 2
"""How often a group is learned again from what it got wrong."""

COUNTER_EXAMPLES = 20
"""Answers that come back into the sample in one round."""

MAX_SPLITS = 3
"""How often one group is divided by shape."""


@dataclass(frozen=True, slots=True)
class _Group:
    rows: tuple[int, ...]
    induced: Induced
    headers: tuple[tuple[str, Expr], ...]
    style: Style | None
    lines: LineStyle | None
    silent: tuple[Effect, ...] = ()
    """What its exchanges store without saying so."""


class Study:
    """What the observations of a route come to, whatever laws there are; kept for when it is learned
    again."""

    def __init__(self, observations: Sequence[Observation], role: Role) -> None:
        self.rows = [Row(observation) for observation in _spread(observations, TREE_SAMPLE)]
        self.asked = Asked(self.rows, role)
        self.known: AllKnown = {}
        self.families = united(by_answer(self.rows, role), self.rows)
        """The answers in groups; some groups may be one."""
        self.refusals: dict[tuple[tuple[int, ...], tuple[int, ...]], _Group] = {}
        """Groups of refusals, of which there are no laws, by their rows and those learned from."""
        self._role = role
        self._support: dict[tuple[tuple[int, ...], str], tuple[Atom, ...]] = {}

    def support(self, members: tuple[int, ...], guards: tuple[Atom, ...]) -> tuple[Atom, ...]:
        """Return what the rows of a group were seen with, beside the guards that let them in."""
        place = (members, repr(guards))  # as text, which tells true from 1
        if place not in self._support:
            self._support[place] = support_of([self.rows[number] for number in members], guards, self._role)
        return self._support[place]


@dataclass(frozen=True, slots=True)
class _Told:
    """What is known of a route beside its answers: what it does, and the query of its lists."""

    role: Role
    listed: Listed | None
    shared: Mapping[str, Expr]
    item: Expr | None
    """How an entity is shown, where parameters change that."""
    known: Mapping[Path, Expr]
    """Parts of its answers that are known already."""
    likewise: Likewise
    """What other routes say in some places."""
    study: Study
    reported: Query | None
    """What a report is about: what a list finds that is asked for by the same parameters."""


def learn_route(
    observations: Sequence[Observation],
    role: Role,
    lists: Lists,
    gone: bool,
    side_effects: tuple[Effect, ...] = (),
    known: Mapping[Path, Expr] | None = None,
    laws: Laws = NO_LAWS,
    likewise: Likewise = NOTHING_LIKEWISE,
    study: Study | None = None,
) -> LearnedRoute:
    """Return the variants of a route, in the order of its decision tree. ``known`` are parts of its answers,
    ``laws`` and ``likewise`` what other routes taught; ``study`` is what is left of learning without them."""
    study = study or Study(observations, role)
    rows, questions = study.rows, Questions(study.asked, laws)
    listed = lists.by_route.get(observations[0].seen.route)
    item = lists.shown.item(role.collection.name) if role.collection is not None else None
    headers = lists.headers if listed is not None else {}
    about = reported_on(rows, lists.queries()) if role.collection is None else None
    told = _Told(role, listed, headers, item, known or {}, likewise, study, about)
    groups: list[_Group] = []
    for family in study.families:
        whole = _learn(family[0], rows, told, questions) if len(family) > 1 else None
        if whole is not None and not whole.induced.unexplained:
            groups.append(whole)
            questions.complain(whole.induced.template, whole.induced.holes)
            continue
        for label in family[1:] or family:
            groups += _divide(label, rows, told, questions, MAX_SPLITS)
    labels = [0] * len(rows)
    for number, group in enumerate(groups):
        for row in group.rows:
            labels[row] = number
    outcome = outcome_of([group.rows for group in groups], rows)
    if outcome is not None:
        labels = [outcome.first if label == outcome.second else label for label in labels]
    leaves = (
        grow(labels, questions.all) if len({*labels}) > 1 else [Leaf((), labels[0], len(rows), len(rows))]
    )
    parted: list[tuple[Leaf, tuple[Atom, ...]]] = [(leaf, ()) for leaf in leaves]
    if outcome is not None:
        parted = [*outcome.parted(leaves, [len(group.rows) for group in groups])]
    variants = tuple(
        _variant(
            leaf,
            groups[leaf.label],
            study,
            (*_own_effects(groups[leaf.label], rows, role, gone), *side_effects),
            asked,
        )
        for leaf, asked in parted
    )
    evidence = tuple(_evidence(leaf, groups[leaf.label], rows) for leaf, _ in parted)
    return LearnedRoute(variants, evidence)


def _spread(observations: Sequence[Observation], limit: int) -> Sequence[Observation]:
    """Return at most ``limit`` observations: each kind of answer fairly, and evenly over the corpus."""
    if len(observations) <= limit:
        return observations
    by_status: dict[int, list[Observation]] = defaultdict(list)
    for observation in observations:
        by_status[observation.seen.status].append(observation)
    share = limit // len(by_status)
    chosen: list[Observation] = []
    for some in by_status.values():
        chosen += thinned(some, share)
    return sorted(chosen, key=lambda each: (each.seen.session, each.seen.index))


# --- dividing by shape -----------------------------------------------------------------------------------


def _divide(
    members: tuple[int, ...], rows: Sequence[Row], told: _Told, questions: Questions, left: int
) -> list[_Group]:
    """Return the group, or the groups that it falls into where its answers differ in shape for a reason."""
    group = _learn(members, rows, told, questions)
    if left == 0 or len(members) < 4:
        return [group]
    for partition in _partitions(members, rows, group.induced.conflicts):
        if _separable(partition, questions):
            divided = [part for some in partition for part in _divide(some, rows, told, questions, left - 1)]
            if _doubt(divided) < _doubt([group]) and _open(divided) <= _open([group]):
                return divided
    return [group]


def _open(groups: Sequence[_Group]) -> set[str]:
    """Return the parts that something leaves open; what differs in kind may be open in one of the kinds."""
    return {path for group in groups for path in group.induced.unexplained} | {
        format_path(path) for group in groups for path in group.induced.conflicts
    }


def _doubt(groups: Sequence[_Group]) -> int:
    """How much the groups leave open: what nothing explains, and what differs in kind, at worst."""
    return max(len(group.induced.unexplained) + len(group.induced.conflicts) for group in groups)


def _partitions(
    members: tuple[int, ...], rows: Sequence[Row], conflicts: Sequence[Path]
) -> list[list[tuple[int, ...]]]:
    """Return the ways in which the kinds at conflicting paths part the rows, the one with most conflicts
    first."""
    votes: Counter[tuple[tuple[int, ...], ...]] = Counter()
    for path in conflicts:
        parts: dict[str, list[int]] = defaultdict(list)
        for number in members:
            parts[_shape(get(rows[number].observation.document, path))].append(number)
        if 1 < len(parts) <= 4:
            votes[tuple(sorted(tuple(part) for part in parts.values()))] += 1
    return [list(partition) for partition, _ in votes.most_common(4)]


def _shape(value: Found) -> str:
    return "empty" if value in ({}, []) else kind(value)


def _separable(partition: list[tuple[int, ...]], questions: Questions) -> bool:
    """Whether a small tree tells the parts apart without a mistake."""
    chosen = [(row, label) for label, part in enumerate(partition) for row in part]
    sub = restricted(questions.all, [row for row, _ in chosen])
    leaves = grow([label for _, label in chosen], sub)
    return all(leaf.hits == leaf.total for leaf in leaves) and len(leaves) <= len(partition) + 1


# --- one group -------------------------------------------------------------------------------------------


def _learn(members: tuple[int, ...], rows: Sequence[Row], told: _Told, questions: Questions) -> _Group:
    telling = tuple(number for number in members if not rows[number].observation.blind) or members
    numbers: Sequence[int] = _sample(telling, rows)
    group = _learn_sample(members, numbers, rows, told, questions)
    for _ in range(ROUNDS):
        missed = [number for number in _missed(group, numbers, rows) if number in telling]
        if not missed:
            break
        numbers = sorted({*numbers, *thinned(missed, COUNTER_EXAMPLES)})
        again = _learn_sample(members, numbers, rows, told, questions)
        if sum(number in telling for number in _missed(again, numbers, rows)) > len(missed):
            break
        group = again
    return group


def _sample(members: tuple[int, ...], rows: Sequence[Row]) -> list[int]:
    """Return the rows of a group to learn from: spread evenly, and a few of each shape that answers have, for
    what is rarely there is explained by where it is."""
    chosen = set(thinned(members, SAMPLE))
    if len(chosen) < len(members):
        by_shape: dict[object, list[int]] = defaultdict(list)
        for number in members:
            by_shape[names_in(rows[number].observation.document)].append(number)
        for some in list(by_shape.values())[:MAX_GROUPS]:
            chosen.update(thinned(some, OF_EACH_SHAPE))
    return sorted(chosen)


def _missed(group: _Group, numbers: Sequence[int], rows: Sequence[Row]) -> list[int]:
    """Return the rows of a group, beyond those that it was learned from, whose answer it does not give."""
    known = set(numbers)
    others = [number for number in group.rows if number not in known]
    some = [rows[number] for number in others]
    values = [row.observation.document for row in some]
    wrong = wrong_rows(group.induced.template, group.induced.holes, some, values) if some else []
    return [others[i] for i in wrong]


def _learn_sample(
    members: tuple[int, ...],
    numbers: Sequence[int],
    rows: Sequence[Row],
    told: _Told,
    questions: Questions,
) -> _Group:
    if rows[numbers[0]].observation.seen.ok:
        return _learned(members, numbers, rows, told, questions)
    key, known = (members, tuple(numbers)), told.study.refusals
    if key not in known:
        known[key] = _learned(members, numbers, rows, told, questions)
    return known[key]


def _learned(
    members: tuple[int, ...],
    numbers: Sequence[int],
    rows: Sequence[Row],
    told: _Told,
    questions: Questions,
) -> _Group:
    sample = [rows[number] for number in numbers]
    values = [row.observation.document for row in sample]
    context = _context(sample, told, questions.laws)
    context.all_known = told.study.known
    if sample[0].observation.seen.ok:
        context.lists.update(told.known)
    accepted = [] if sample[0].observation.seen.ok else questions.accepted
    context.questions = cache(lambda: restricted(questions.all, [*numbers, *accepted]))
    context.others = len(accepted)
    if accepted:
        context.list_values += unexpected(sample, [rows[number] for number in questions.accepted])
    is_binary = sample[0].observation.seen.kind == "binary"
    induced = induce_bytes(sample, values) if is_binary else induce(sample, values, context)
    bodies = [row.observation.seen.raw for row in sample if row.observation.seen.kind == "json"]
    many = [row.observation.seen.raw for row in sample if row.observation.seen.kind == "ndjson"]
    style = context.known(sample).once("style", lambda: learn_style([*bodies, *lines_of(many)]))
    headers = learn_headers(sample, Answer(induced, context.page, told.shared))
    silent = silent_effects(sample, told.role) if sample[0].observation.seen.ok else ()
    return _Group(members, induced, headers, style, learn_line_style(many), silent)


def _context(sample: Sequence[Row], told: _Told, laws: Laws) -> Context:
    seen, role = sample[0].observation.seen, told.role
    context = Context(form=any(row.env.body_kind == "form" for row in sample))
    if not seen.ok:
        context.list_values = quoted(sample)
        return context
    if (many := _many(sample)) is not None:
        context.lists[many.answers] = many.source()
        context.results = many.answers
    for path, (name, key) in role.views:
        context.likely[path] = Query(name) if key else Lookup(name, Literal(SINGLETON_KEY))
    if role.collection is None:
        context.found = told.reported
        return context
    context.envelope = role.envelope
    context.addressed = (
        role.envelope is not None and role.key is not None and not isinstance(role.key, Literal)
    )
    context.laws = laws
    context.elsewhere = told.likewise
    if role.op == "create" and role.envelope is not None:
        context.key_path = (*role.envelope, *role.collection.key)
        context.sequence = role.collection.name
    if role.listing is not None and told.listed is not None:
        learner = element_learner(Context(form=context.form), laws)
        stale = any(is_of_state(law) for law in laws.values())
        query = viewed(told.listed.query, sample, role, learner, stale=stale)
        context.lists[role.listing] = query
        context.found = before_cut(told.listed.query)
        context.page = page_values(query, sample)
        context.list_values = [*context.page, *or_null(context.page)]
    if role.op == "read" and role.envelope is not None and told.item is not None:
        context.likely[role.envelope] = told.item
    return context


def _many(sample: Sequence[Row]) -> Many | Elements | None:
    """Return how the exchanges are built that hold others, None where they hold none."""
    built = [row.observation.seen.many for row in sample]
    batch = together(each if isinstance(each, Many) else None for each in built)
    return batch or alike([each if isinstance(each, Elements) else None for each in built])


def _variant(
    leaf: Leaf,
    group: _Group,
    study: Study,
    effects: tuple[Effect, ...],
    asked: tuple[Atom, ...],
) -> Variant:
    rows = study.rows
    seen = rows[group.rows[0]].observation.seen
    return Variant(
        status=seen.status,
        guards=(*leaf.guards, *asked),
        headers=group.headers,
        body_kind=seen.kind,
        style=group.style,
        lines=group.lines,
        xml=learn_xml_style((rows[number].observation.seen for number in group.rows), seen.lists)
        if seen.kind == "xml"
        else None,
        body_template=group.induced.template if seen.document is not MISSING else None,
        holes=group.induced.holes if seen.document is not MISSING else {},
        effects=effects if seen.ok else (),
        support=study.support(group.rows, leaf.guards),
    )


def _own_effects(group: _Group, rows: Sequence[Row], role: Role, gone: bool) -> tuple[Effect, ...]:
    """Return what a success does to the entities that its path addresses."""
    if group.silent:
        return group.silent
    own = _effects(role, gone)
    if gone and role.inner is not None and deletes(rows[group.rows[0]].observation.seen, role) is not None:
        return (*own, Delete(*role.inner))  # it answers with what stands above what it deletes
    return own


def _effects(role: Role, gone: bool) -> tuple[Effect, ...]:
    if role.collection is None:
        return ()
    name = role.collection.name
    if role.op == "delete" and role.key is not None:
        if gone:
            return tuple(Delete(each, role.key) for each in (name, role.beside) if each is not None)
    elif role.op not in ("create", "update", "action"):
        return ()
    if role.store is not None:
        return (storing(role),)
    if role.envelope is None:
        return ()
    key = role.key or created_key(role)
    shown: Expr = Ref(("response", "body", *role.envelope))
    stored = Put(name, key, Merge(Ref(("entity",)), shown) if role.partial else shown)
    if role.beside is None:
        return (stored,)
    around = Call("without", (Ref(("response", "body")), Literal(str(role.envelope[0]))))
    return (stored, Put(role.beside, key, around))


def _evidence(leaf: Leaf, group: _Group, rows: Sequence[Row]) -> VariantEvidence:
    return VariantEvidence(
        status=rows[group.rows[0]].observation.seen.status,
        exchanges=leaf.hits,
        sessions=len({rows[number].observation.seen.session for number in group.rows}),
        unexplained=group.induced.unexplained,
    )
