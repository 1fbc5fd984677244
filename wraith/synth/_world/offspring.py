"""What writes of a route make beside their answers, as an observer takes it over.

The twin will know of such an entity what the effect says, so that is what is stored; but where the entity was
shown since, its identifiers are those that it was shown with. So a hypothesis is judged by what the twin will
have, and what is said of the entity later finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from wraith.canonical import JsonValue
from wraith.paths import MISSING, get
from wraith.runtime import Environment, State, compile_document, compile_effect, hole_places
from wraith.synth._exchanges.seen import Seen
from wraith.wir import Make

Maker: TypeAlias = Callable[[Seen, Environment, State], None]


@dataclass(frozen=True, slots=True)
class Made:
    """The effect, and the entities that were shown, with their keys, by the place of the write."""

    route: int
    effect: Make
    known: Mapping[tuple[int, int, int], tuple[str, JsonValue]]

    def maker(self) -> Maker:
        """Return what stores the entity that a write makes."""
        effect, sources = compile_effect(self.effect), dict(self.effect.holes)
        document = compile_document(self.effect.template, sources)
        fresh = {
            hole: at for hole, at in hole_places(self.effect.template) if "FreshId(" in repr(sources[hole])
        }

        def make(seen: Seen, env: Environment, state: State) -> None:
            known = self.known.get(seen.place)
            if known is None:  # never shown: it has a key of its own that nobody knows
                effect(env)
                return
            key, shown = known
            made = document(env, {hole: get(shown, at) for hole, at in fresh.items()})
            state.put(self.effect.entity, key, shown if made is MISSING else made)

        return make
