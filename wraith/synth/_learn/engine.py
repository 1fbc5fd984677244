"""From recordings to a model: the stages of synthesis in order."""

from __future__ import annotations

from collections.abc import Container

from wraith.exchange import Corpus
from wraith.synth._answers.tags import with_shared_tags
from wraith.synth._answers.traces import without_traces
from wraith.synth._exchanges.memo import (
    Forgetful,
    Memo,
)
from wraith.synth._learn.analogy import Analogy
from wraith.synth._learn.assembling import assembled
from wraith.synth._learn.existence import completed
from wraith.synth._learn.families import Families
from wraith.synth._learn.preparing import prepared
from wraith.synth._learn.routes import Routes
from wraith.synth._learn.unknown import learn_unknown
from wraith.synth._routes.look import Looked, look_at
from wraith.synth._shared.spread import Spread, in_turn
from wraith.synth._shared.undisturbed import undisturbed
from wraith.synth._world.recall import Learned, Recall


@undisturbed()
def learn(
    corpus: Corpus,
    *,
    witnessed: Container[str] = (),
    spread: Spread = in_turn,
    memo: Memo | None = None,
) -> Learned:
    """Return the model of a corpus. The order in which the sessions are given does not matter: they are
    learned from in the order of time.

    Sessions named in ``witnessed`` teach nothing: they are only known to have happened, because what they
    created is there for later sessions of the same world. ``spread`` may use several processes, and ``memo``
    knows what was worked out before: both change nothing else.
    """
    memo = Forgetful() if memo is None else memo
    looked = look_at(corpus, witnessed, spread, memo)
    recall = Recall(memo, looked)
    return recall.learned() or _learned(looked, recall, spread, memo)


def _learned(looked: Looked, recall: Recall, spread: Spread, memo: Memo) -> Learned:
    known = prepared(looked, recall)
    patterns, roles = known.table.patterns, known.roles
    routes = Routes(known, spread, memo)
    learned = routes.learned()
    others = learn_unknown(patterns, routes.whole)
    for route in others.needless:
        del learned[route]
    learned.update(routes.again(learned))
    families = Families(patterns, roles, {route: routes.by_route[route] for route in learned})
    learned.update(families.thin())
    learned = with_shared_tags(without_traces(learned, routes.by_route))
    analogy = Analogy(
        [patterns[route] for route in learned],
        [roles[route] for route in learned],
        [made.variants for made in learned.values()],
    )
    learned.update(completed(patterns, roles, learned, routes.by_route, analogy))
    learned = {route: routes.pooled.before(route, made) for route, made in learned.items()}
    alike = {(each.method, each.path_pattern): each for each in (*analogy.routes(), *families.unseen())}
    expected = [
        each.model_copy(update={"variants": routes.pooled.before_unrecorded(each.method, each.variants)})
        for each in alike.values()
    ]
    return recall.keep(known.world, assembled(known, learned, expected, others))
