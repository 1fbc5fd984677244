"""One variant held against one recorded answer: its parts and headers, each compiled and judged."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass

from wraith.exchange import header, media_type
from wraith.paths import MISSING, Found
from wraith.runtime import Choice, Environment, compile_expr, text_of
from wraith.synth._answers.parts import Part, parts
from wraith.synth._evidence.judge import compile_judge, is_made, is_of_body
from wraith.synth._evidence.rows import equal
from wraith.synth._exchanges.seen import Seen
from wraith.synth._values.sources import hole_class
from wraith.synth._world.observe import Observation
from wraith.wir import Literal, Query, Variant

BODY_KIND = "(body kind)"
"""The name of the part that says what an answer's body is."""


@dataclass(frozen=True, slots=True)
class Step:
    """One exchange: what was seen, what synthesis observes of it, and what the interpreter would do."""

    session: str
    seen: Seen
    observation: Observation
    choice: Choice

    @property
    def exchange(self) -> int:
        return self.seen.index + 1

    @property
    def document(self) -> Found:
        """The document that a template describes: of bytes their base64."""
        if self.seen.kind == "binary":
            return base64.b64encode(self.seen.raw).decode()
        return self.seen.document


class Judged:
    """A part with what judges it and what it computes."""

    def __init__(self, part: Part, name: str | None = None) -> None:
        self.part = part
        self.name = name
        self.compute = compile_expr(part.source)
        self._judge = compile_judge(part.source)
        self._is_made = is_made(part.source)
        self.is_of_body = is_of_body(part.source)

    @property
    def has_rivals(self) -> bool:
        """Whether something else could fill it: constants and headers are as they were seen, and what a
        spread lays under other members is chosen for how many of these it saves."""
        return self.part.hole is not None and self.part.own is None

    def recorded(self, step: Step) -> Found:
        if self.name is None:
            return self.part.of(step.document)
        if self.name == BODY_KIND:
            return step.seen.kind
        value = header(step.seen.headers, self.name)
        return MISSING if value is None else media_type(value) if self.name == "content-type" else value

    def computed(self, env: Environment) -> Found:
        value = self.compute(env)
        if self.name is None:
            return self.part.filled(value)
        text = text_of(value)
        return MISSING if text is None else media_type(text) if self.name == "content-type" else text

    def agrees(self, env: Environment, recorded: Found) -> bool:
        if self._is_made:
            return self._judge(env, recorded)
        if self.name is None and self.part.own is None:
            return self._judge(env, recorded)
        return equal(self.computed(env), recorded)


class Program:
    """A variant, compiled part by part."""

    def __init__(self, number: int, variant: Variant) -> None:
        self.number = number
        self.variant = variant
        self.kind = Judged(Part((), None, "constant", Literal(variant.body_kind)), BODY_KIND)
        self.body = [Judged(part) for part in parts(variant)]
        self.headers = [
            Judged(Part((), None, hole_class(value), value), name) for name, value in variant.headers
        ]
        self._queries = [
            compile_expr(hole.source) for hole in variant.holes.values() if isinstance(hole.source, Query)
        ]

    def see(self, env: Environment, step: Step) -> None:
        """Let an environment see the recorded answer, and what queries tell the parts beside their lists."""
        env.response, env.rendered = step.document, step.seen.raw
        for query in self._queries:
            query(env)

    def judged(self, step: Step) -> Iterator[Judged]:
        """Yield what is judged of an exchange: the body where it is one that the template can describe."""
        if step.seen.method == "HEAD":  # RFC 9110, 9.3.2: no content, whatever the template says
            yield from (each for each in self.headers if not each.is_of_body)
            return
        yield self.kind
        if step.seen.kind == self.variant.body_kind:
            yield from self.body
        yield from self.headers
