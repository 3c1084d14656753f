"""Two stories held against each other: their candidate sentence pairs become scored matches of passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from align.records import Passage, PassageMatch, Span, Story
from align.reuse.reading.sentences import Sentence
from align.reuse.reading.sides import Side
from align.reuse.scoring.evidence import aloneness, collect_evidence, shared_wording, words_in_common
from align.reuse.scoring.passages import Rows, neighbour_support, story_support, widened
from align.reuse.scoring.rarity import Rarities
from align.reuse.scoring.score import ReuseModel, odds_to_keep

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from align.records import Vectors

__all__ = ["LEAST", "Background", "Library", "StoryPairs", "compare_stories"]

LEAST = 0.05  # what cannot score this is not kept
_SIDES = 2**13  # sentences whose readings are remembered


class Library(Protocol):
    """Where the sentences of a story and the text of a document are looked up."""

    def sentences(self, story: int) -> Sequence[tuple[int, Sentence]]:
        """The compared sentences of a story, given by its number, in order, each with its row."""
        ...

    def text(self, document_id: str) -> str:
        """The text of a document."""
        ...


@dataclass(frozen=True, slots=True)
class Background:
    """What is known of the whole input: how telling words are, and which sentences (by row) recur as boilerplate.

    `sides` keeps what was read off the sentences that were looked at last.
    """

    rarities: Rarities
    recurring: frozenset[int]
    sides: dict[int, Side] = field(default_factory=dict)

    def side(self, row: int, sentence: Sentence) -> Side:
        """A sentence as one side of a comparison."""
        side = self.sides.get(row)
        if side is None:
            if len(self.sides) >= _SIDES:
                self.sides.clear()
            side = self.sides[row] = Side((sentence,))
        return side


@dataclass(frozen=True, slots=True)
class StoryPairs:
    """The candidates between two stories, by rows of sentences, and what was found of each: arrays of one length.

    `crowd` and `clause_crowd` are the higher of the two sentences'; `best` and `strength` are as in `Surroundings`,
    `lexical` and `run` as in `shared_words`;
    `worth` says which of the pairs can score enough to be kept, and `base` is the most that their log-odds can be
    without `run`, `order`, `alone` and `story`.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    cosine: NDArray[np.float64]
    clause: NDArray[np.float64]
    crowd: NDArray[np.float64]
    clause_crowd: NDArray[np.float64]
    best: NDArray[np.float64]
    strength: NDArray[np.float64]
    lexical: NDArray[np.float64]
    run: NDArray[np.float64]
    worth: NDArray[np.bool_]
    base: NDArray[np.float64]

    def part(self, begin: int, end: int) -> StoryPairs:
        """The pairs from one place to another."""
        return StoryPairs(*(getattr(self, name)[begin:end] for name in self.__slots__))


def compare_stories(
    pairs: StoryPairs,
    stories: tuple[Story, Story],
    sentences: Mapping[int, Sentence],
    vectors: Mapping[int, Vectors],
    texts: tuple[str, str],
    background: Background,
    model: ReuseModel,
    least: float = LEAST,
) -> list[PassageMatch]:
    """The matches between two stories that score at least `least`, best first; nothing is flagged yet.

    `sentences` and `vectors` are looked up by row, `vectors` for such sentences alone that stand beside each other.
    Where two sentences together fit one sentence better than each alone, and score no less, the wider pair stands for
    both.
    """
    comparison = _Comparison(pairs, stories, sentences, texts, background, model, least)
    scored = [found for number in np.flatnonzero(pairs.worth) if (found := comparison.narrow(int(number))) is not None]
    for rows, cosine in widened(sentences, vectors, comparison.cosines).items():
        if comparison.worth(rows) and (found := comparison.wide(rows, cosine)) is not None:
            scored.append(found)
    return sorted(_widest(scored), key=lambda match: (-match.score, match.id))


@dataclass(frozen=True, slots=True)
class _Lists:
    """What of `StoryPairs` is looked up one number at a time, as lists: an array takes ten times as long."""

    cosine: list[float]
    clause: list[float]
    crowd: list[float]
    clause_crowd: list[float]
    best: list[float]
    lexical: list[float]
    run: list[float]
    worth: list[bool]
    base: list[float]

    @classmethod
    def of(cls, pairs: StoryPairs) -> _Lists:
        return cls(*(getattr(pairs, name).tolist() for name in cls.__slots__))


@dataclass(frozen=True, slots=True)
class _Scored:
    rows: Rows
    match: PassageMatch


class _Comparison:
    """Scores one passage pair of two stories after another."""

    def __init__(
        self,
        pairs: StoryPairs,
        stories: tuple[Story, Story],
        sentences: Mapping[int, Sentence],
        texts: tuple[str, str],
        background: Background,
        model: ReuseModel,
        least: float,
    ) -> None:
        self._pairs, self._stories, self._texts = _Lists.of(pairs), stories, texts
        self._sentences, self._background, self._model = sentences, background, model
        self._least, self._least_odds = least, odds_to_keep(least)
        self._keys = list(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True))
        self._number = {key: number for number, key in enumerate(self._keys)}
        self.cosines = dict(zip(self._keys, pairs.cosine.tolist(), strict=True))
        wanted = [key for key, worth in zip(self._keys, pairs.worth, strict=True) if worth]
        strengths = dict(zip(self._keys, pairs.strength.tolist(), strict=True))
        self._order = neighbour_support(sentences, strengths, wanted)
        self._story = story_support(sentences, strengths, wanted)
        self._sides: dict[tuple[int, ...], Side] = {}

    def worth(self, rows: Rows) -> bool:
        """Whether one of the halves of a wider passage can score at all."""
        return any(self._pairs.worth[self._number[half]] for half in _halves(rows))

    def narrow(self, number: int) -> _Scored | None:
        """One sentence against one."""
        pairs, key = self._pairs, self._keys[number]
        first, second = self._side(key[:1]), self._side(key[1:])
        wording = words_in_common(first, second, pairs.lexical[number], copied=bool(pairs.run[number]))
        weights = (self._model.within if first.language == second.language else self._model.across).features
        most = pairs.base[number] + weights["run"] * wording["run"]
        most += weights["order"] * self._order[key] + weights["story"] * self._story[key]
        most += weights["alone"] * aloneness(self._order[key])
        if most < self._least_odds:
            return None
        return self._scored(((key[0],), (key[1],)), pairs.cosine[number], wording)

    def wide(self, rows: Rows, cosine: float) -> _Scored | None:
        """Two sentences against one."""
        wording = shared_wording(self._side(rows[0]), self._side(rows[1]), self._background.rarities)
        return self._scored(rows, cosine, wording)

    def _scored(self, rows: Rows, cosine: float, wording: Mapping[str, float]) -> _Scored | None:
        first, second = self._side(rows[0]), self._side(rows[1])
        halves = _halves(rows)
        numbers = [self._number[half] for half in halves]  # the halves of a wider passage are pairs as well
        pairs = self._pairs
        clause = max(pairs.clause[number] for number in numbers)
        evidence = collect_evidence(
            first,
            second,
            cosine=cosine,
            margin=cosine - max(pairs.crowd[number] for number in numbers),
            clause=clause,
            clause_margin=clause - max(pairs.clause_crowd[number] for number in numbers),
            best=max(pairs.best[number] for number in numbers),
            order=max(self._order.get(half, 0.0) for half in halves),
            story=max(self._story.get(half, 0.0) for half in halves),
            rarity=self._background.rarities,
            wording=wording,
        )
        score = round(self._model.score(evidence), 6)  # rounded here, so that order and files agree
        if score < self._least:
            return None
        source, target = self._cut(rows, 0), self._cut(rows, 1)
        identity = f"{source.segments[0]}+{len(rows[0])}~{target.segments[0]}+{len(rows[1])}"
        boilerplate = not self._background.recurring.isdisjoint([*rows[0], *rows[1]])
        return _Scored(rows, PassageMatch(identity, source, target, score, False, "unrelated", evidence, boilerplate))

    def _side(self, rows: tuple[int, ...]) -> Side:
        if len(rows) == 1:
            return self._background.side(rows[0], self._sentences[rows[0]])
        side = self._sides.get(rows)
        if side is None:
            side = self._sides[rows] = Side(tuple(self._sentences[row] for row in rows))
        return side

    def _cut(self, rows: Rows, number: int) -> Passage:
        side = self._side(rows[number])
        first, last = side.sentences[0].segment, side.sentences[-1].segment
        span = Span(first.span.begin, last.span.end)
        return Passage(
            document_id=first.document_id,
            story_id=first.story_id,
            outlet=self._stories[number].outlet,
            span=span,
            text=span.of(self._texts[number]),
            english=side.english,
            segments=tuple(sentence.segment.id for sentence in side.sentences),
        )


def _halves(rows: Rows) -> list[tuple[int, int]]:
    return [(one, other) for one in rows[0] for other in rows[1]]


def _widest(scored: Sequence[_Scored]) -> list[PassageMatch]:
    """A wider passage stands for its halves where it scores no less; of two that share a half, the better one does."""
    by_rows = {item.rows: item for item in scored}
    wide = [item for item in scored if len(item.rows[0]) + len(item.rows[1]) > 2]
    taken: set[Rows] = set()
    kept: list[PassageMatch] = []
    for item in sorted(wide, key=lambda item: (-item.match.score, item.match.id)):
        halves = [((one,), (other,)) for one, other in _halves(item.rows)]
        best = max((by_rows[half].match.score for half in halves if half in by_rows), default=0.0)
        if taken.isdisjoint(halves) and item.match.score >= best:
            taken.update(halves)
            kept.append(item.match)
    narrow = [item.match for item in scored if len(item.rows[0]) + len(item.rows[1]) == 2 and item.rows not in taken]
    return [*kept, *narrow]
