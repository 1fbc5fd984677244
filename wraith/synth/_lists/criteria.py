"""Conditions that one parameter spells out: the words of its language, told by what lists show.

``_spelled`` finds what may be words: what stands between a field and a value, and between conditions. Each
word is tried with what it commonly means first, and means what most lists agree with; a language is known
where one of its operators was seen to leave something out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from wraith.canonical import JsonValue
from wraith.paths import Path, get, leaves
from wraith.runtime import Tree, holds, meets_tree, read_criteria, terms
from wraith.synth._evidence.list_cases import Case, field_names, root_of, whole_parameters
from wraith.synth._lists.spelled import Spelled, spelled
from wraith.synth._routes.sampling import thinned
from wraith.synth._shared.priors import CRITERIA_KIN, CRITERIA_WORDS, JOIN_WORDS, PAGING, SEARCHES, plain_word
from wraith.wir import Criteria, Meaning, Ref, WhereOp

SAMPLE = 40
"""Lists with a word that its meaning is learned from."""

MAX_STORED = 60
"""Stored entities of one list that are looked at, besides what it shows."""

WRONG = 3
"""One list in so many may contradict a language: what a cascade has changed is seen late."""

MAX_WORDS = 24
"""Words of one language; what has more is data."""

MAX_FIELDS = 24
"""Fields that another name may stand for."""

ANY_OPERATOR: tuple[WhereOp, ...] = (
    "equals",
    "has",
    "contains",
    "starts",
    "ends",
    "above",
    "at_least",
    "below",
    "at_most",
    "differs",
    "other",
    "exists",
)
"""What a word may mean that tells nothing of it, what is most common first."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A list, what its parameter said, and the stored entities that are looked at."""

    case: Case
    value: JsonValue
    stored: tuple[tuple[str, JsonValue], ...]
    shown: frozenset[str]

    @property
    def is_cut(self) -> bool:
        return any(name in PAGING for name in self.case.parameters)


@dataclass(frozen=True, slots=True)
class _Score:
    """How a language does on some lists."""

    wrong: int = 0
    exact: int = 0
    told: int = 0
    total: int = 0

    @property
    def order(self) -> tuple[int, int]:
        return (self.wrong, -self.exact)

    @property
    def is_good(self) -> bool:
        return self.told > 0 and self.wrong * WRONG <= self.total


def learn_criteria(cases: Sequence[Case], meant: frozenset[str]) -> dict[str, Criteria]:
    """Return the languages of parameters that spell out conditions, by the name of the parameter. ``meant``
    are those with another meaning."""
    fields = frozenset(field_names(cases))
    found: dict[str, Criteria] = {}
    for name, given in _parameters(cases, meant).items():
        place, learned = Ref(("request", root_of(cases), name)), None
        words = spelled([value for _, value in given], fields)
        if words is not None and len(words.operators) + len(words.joins) <= MAX_WORDS:
            learned = _Language(place, [_asked(*each) for each in given], words, fields).learned()
        elif words is None and name in SEARCHES:
            learned = _searching(place, [_asked(*each) for each in thinned(given, SAMPLE)], fields)
        if learned is not None:
            found[name] = learned
    return found


def _parameters(cases: Sequence[Case], meant: frozenset[str]) -> dict[str, list[tuple[Case, JsonValue]]]:
    """Return the parameters that may spell out conditions: texts of the query, and documents of the body."""
    found: dict[str, list[tuple[Case, JsonValue]]] = {}
    for case in cases:
        for name, value in whole_parameters(case).items():
            if name in meant or name in PAGING or not value:
                continue
            if isinstance(value, str) or (case.root == "body" and isinstance(value, dict | list)):
                found.setdefault(name, []).append((case, value))
    return found


def _asked(case: Case, value: JsonValue) -> _Asked:
    shown = frozenset(case.shown)
    kept = [each for each in case.stored if each[0] in shown]
    rest = [each for each in case.stored if each[0] not in shown]
    return _Asked(case, value, (*kept, *thinned(rest, MAX_STORED)), shown & {key for key, _ in kept})


def _searching(place: Ref, asked: Sequence[_Asked], fields: frozenset[str]) -> Criteria | None:
    """Return the language of a search for each of several words, or in several fields; None where one field,
    or all, that hold the whole text tell as well."""
    texts, best_of_all = [each.value for each in asked], (0, -len(asked))
    whole = (len(asked), 0)
    for path in _texts_in(asked):
        whole = min(whole, _phrase(asked, path))
        if whole == best_of_all:
            return None
    if not all(isinstance(text, str) for text in texts):
        return None
    best: tuple[tuple[int, int], Criteria] | None = None
    for beside in ("all", "any") if any(" " in str(text) for text in texts) else ("all",):
        words = Spelled(joins=[""], by_value={repr(text): frozenset(("",)) for text in texts})
        language = _Language(place, asked, words, fields)
        language.criteria = replace(language.criteria, words=(("", beside),))
        language.look_in()
        score = language.score(language.criteria, asked)
        if score.wrong * WRONG <= score.total and score.told and (best is None or score.order < best[0]):
            best = (score.order, language.criteria)
    return best[1] if best is not None and best[0] < whole else None


def _phrase(asked: Sequence[_Asked], path: Path) -> tuple[int, int]:
    """Return how many lists contradict that a field holds the whole text, and how many agree, negative."""
    wrong = exact = 0
    for each in asked:
        kept = {key for key, document in each.stored if holds("contains", get(document, path), each.value)}
        wrong += not each.shown <= kept
        exact += each.shown == kept
    return wrong, -exact


def _texts_in(asked: Sequence[_Asked]) -> list[Path]:
    """Return where a text may be looked for: everywhere, and in each member that is one, or a list."""
    fields: dict[Path, None] = {(): None}
    for each in asked[:8]:
        for _, document in each.stored[:20]:
            for key, value in document.items() if isinstance(document, dict) else ():
                if isinstance(value, str | list):
                    fields.setdefault((key,))
    return list(fields)[:MAX_FIELDS]


class _Language:
    """The search for what the words of one parameter mean."""

    def __init__(self, place: Ref, asked: Sequence[_Asked], words: Spelled, fields: frozenset[str]) -> None:
        self.asked = asked
        self.spelled = words
        self.fields = fields
        first: dict[str, Meaning] = {word: _meanings(word)[0] for word in words.operators}
        first |= {word: _join(word) for word in words.joins}
        self.criteria = Criteria(place, tuple(sorted(first.items())), words.members)

    def learned(self) -> Criteria | None:
        """Return the language, None where no word was seen to leave anything out."""
        for word in (*self.spelled.operators, *self.spelled.joins):  # each alone first, where it stands alone
            self._settle(word)
        for name in self._unknown():
            self._name(name)
        if any(not term.field for tree in self._trees() for term in terms(tree)):
            self.look_in()
        for word in (*self.spelled.operators, *self.spelled.joins):
            self._settle(word)
        if not self.score(self.criteria, self.asked).is_good:
            return None
        return replace(self.criteria, words=_with_kin(dict(self.criteria.words), self.spelled.operators))

    def _settle(self, word: str) -> None:
        """Give a word the meaning that most lists agree with in which it stands."""
        asked = self._with(word)
        simple = [each for each in asked if self._is_simple(each.value)]
        some = thinned(simple or asked, SAMPLE)
        best: tuple[tuple[int, int], Criteria] | None = None
        joins = word in self.spelled.joins
        for meaning in ("all", "any", "none") if joins else _meanings(word):
            words = {**dict(self.criteria.words), word: meaning}
            trial = replace(self.criteria, words=tuple(sorted(words.items())))
            order = self.score(trial, some).order
            if best is None or order < best[0]:
                best = (order, trial)
            if joins and order[0] == 0 and meaning == _join(word):
                best = (order, trial)
                break
        assert best is not None  # Invariant: there are meanings to try
        self.criteria = best[1]

    def _with(self, word: str) -> list[_Asked]:
        return [each for each in self.asked if word in self.spelled.of(each.value)]

    def _is_simple(self, value: JsonValue) -> bool:
        return len(self.spelled.of(value)) <= 1

    def _read(self, criteria: Criteria, value: JsonValue) -> Tree | None:
        names = dict(criteria.names)
        return read_criteria(
            value, dict(criteria.words), criteria.members, lambda name: name in self.fields or name in names
        )

    def _trees(self) -> Iterator[Tree]:
        for each in self.asked:
            if (tree := self._read(self.criteria, each.value)) is not None:
                yield tree

    def score(self, criteria: Criteria, asked: Sequence[_Asked]) -> _Score:
        words, names = dict(criteria.words), dict(criteria.names)
        wrong = exact = told = 0
        for each in asked:
            tree = self._read(criteria, each.value)
            if tree is None:
                wrong += 1
                continue
            kept = {
                key
                for key, document in each.stored
                if meets_tree(tree, document, words, names, criteria.search)
            }
            if not each.shown <= kept or (not each.shown and kept and len(each.case.parameters) == 1):
                wrong += 1
                continue
            exact += each.shown == kept
            told += bool(each.shown) and len(kept) < len(each.stored) and self._is_telling(tree)
        return _Score(wrong, exact, told, len(asked))

    def _is_telling(self, tree: Tree) -> bool:
        """Whether conditions are more than a search."""
        return not self.spelled.operators or any(term.field for term in terms(tree))

    # --- other names, and what stands alone ---

    def _unknown(self) -> list[str]:
        """Return the names that are no fields of any entity."""
        named = Counter(term.field for tree in self._trees() for term in terms(tree) if term.field)
        return [name for name, _ in named.most_common() if name not in self.fields]

    def _name(self, name: str) -> None:
        """Find the field that another name stands for, where the lists tell."""
        asked = [each for each in self.asked if self._names(each.value, name)]
        before = self.score(self.criteria, asked)
        best, found = before.order, None
        for path in _paths(asked, name):
            trial = replace(self.criteria, names=(*self.criteria.names, (name, path)))
            score = self.score(trial, asked)
            if score.is_good and score.order < best:
                best, found = score.order, trial
        self.criteria = found or self.criteria

    def _names(self, value: JsonValue, name: str) -> bool:
        tree = self._read(self.criteria, value)
        return tree is not None and any(term.field == name for term in terms(tree))

    def look_in(self) -> None:
        """Find where values are looked for that stand alone."""
        options = [((),), *_searchable(self.asked, self._alone)]
        scores = [self.score(replace(self.criteria, search=search), self.asked).order for search in options]
        self.criteria = replace(self.criteria, search=options[scores.index(min(scores))])

    def _alone(self, value: JsonValue) -> list[str]:
        tree = self._read(self.criteria, value)
        return [str(term.value) for term in terms(tree) if not term.field] if tree is not None else []


def _meanings(word: str) -> Sequence[Meaning]:
    """Return what an operator may mean, what is most common first."""
    plain = plain_word(word)
    known = CRITERIA_WORDS.get(plain)
    if word == ":":
        return ("has", "contains", "equals", "starts")
    if known in ("equals", "has"):
        return ("equals", "has", "contains", "starts") if known == "equals" else ("has", "equals", "contains")
    if known == "contains":
        return ("contains", "has", "starts", "equals", "matches")
    if known in ("above", "at_least"):
        return (known, "at_least" if known == "above" else "above")
    if known in ("below", "at_most"):
        return (known, "at_most" if known == "below" else "below")
    if known == "differs":
        return ("differs", "other")
    return (known,) if known is not None else ANY_OPERATOR


def _join(word: str) -> Meaning:
    return JOIN_WORDS.get(plain_word(word), "all")


def _with_kin(words: Mapping[str, Meaning], operators: Sequence[str]) -> tuple[tuple[str, Meaning], ...]:
    """Return the words with those of the same families, spelled as they are; a meaning that was learned is
    kept."""
    known = dict(words)
    for word in [each for each in words if each]:
        plain = plain_word(word)
        if word.lower().count(plain) != 1:
            continue
        before, _, after = word.lower().partition(plain)
        for family in CRITERIA_KIN:
            kin = family.split()
            for other in kin if plain in kin and (word in operators) == (plain not in JOIN_WORDS) else ():
                spelling = before + (other.upper() if word.isupper() else other) + after
                known.setdefault(spelling, CRITERIA_WORDS.get(other) or JOIN_WORDS[other])
    return tuple(sorted(known.items()))


def _paths(asked: Sequence[_Asked], name: str) -> list[Path]:
    """Return the fields that a name may stand for, those of a like name first."""
    found: dict[Path, None] = {}
    for each in asked[:8]:
        for _, document in each.stored[:20]:
            for path, _ in leaves(document):
                plain = tuple(step for step in path if isinstance(step, str))
                if 0 < len(plain) <= 2 and path[: len(plain)] == plain:
                    found.setdefault(plain)
    stem = name.lower().replace("_", "").rstrip("s")
    alike = {path: str(path[-1]).lower().replace("_", "").startswith(stem) for path in found}
    return sorted(found, key=lambda path: (not alike[path], len(path), str(path)))[:MAX_FIELDS]


def _searchable(
    asked: Sequence[_Asked], alone: Callable[[JsonValue], list[str]]
) -> Iterator[tuple[Path, ...]]:
    """Yield sets of fields that a value may be looked for in: each alone, and all that tell and are hardly
    ever found in what is not shown."""
    telling: list[Path] = []
    for path in _texts_in(asked)[1:]:
        told = wrong = 0
        for each in asked:
            sought = alone(each.value)
            if len(sought) != 1 or each.is_cut:
                continue
            for key, document in each.stored:
                hit = holds("contains", get(document, path), sought[0])
                told += hit and key in each.shown
                wrong += hit and key not in each.shown
        if told > wrong * WRONG:
            telling.append(path)
    yield from ((path,) for path in telling)
    if len(telling) > 1:
        yield tuple(telling)
