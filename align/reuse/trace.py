"""The tracer: from stories, segments, translations and vectors to scored matches and families."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from align.config import ReuseConfig
from align.records import Passage, PassageMatch, Span, Story
from align.reuse.boilerplate import recurring
from align.reuse.candidates import Comparable, find_candidates
from align.reuse.evidence import FEATURES, Rarities, Side, collect_evidence, shared_wording
from align.reuse.passages import Rows, neighbour_support, story_support, widened
from align.reuse.runs import join_matches
from align.reuse.score import ReuseModel, classify, shipped_model
from align.reuse.sentences import Sentence
from align.reuse.windows import Windows

__all__ = ["apply_threshold", "score_passages"]

_LEAST = 0.02  # what cannot score this is not kept
_MOST = dict.fromkeys(FEATURES, 1.0)
_NEIGHBOURHOOD = 4  # nearest other sentences whose mean cosine the margin is taken from


@dataclass(frozen=True, slots=True)
class _Scored:
    rows: Rows
    match: PassageMatch


def score_passages(
    sentences: Sequence[Sentence],
    stories: Sequence[Story],
    windows: Windows,
    config: ReuseConfig,
    *,
    texts: Mapping[str, str],
    model: ReuseModel | None = None,
) -> list[PassageMatch]:
    """Every candidate passage pair that may score at all, with its evidence and score, best first.

    Nothing is flagged yet.

    `windows` holds the vectors of the sentences and their parts, in order; `texts` maps a document's id to its text.
    Where two sentences together fit one sentence better than each alone, and score no less, the wider pair stands for
    both.
    """
    if not sentences:
        return []
    model = model or shipped_model()
    vectors = windows.whole()
    pairs = find_candidates(sentences, vectors, Comparable(stories, config), config)
    compare = _Comparison(sentences, windows, pairs, model, stories, texts)
    narrow: dict[Rows, float] = {((first,), (second,)): cosine for (first, second), cosine in pairs.items()}
    passages: dict[Rows, float] = {**narrow, **widened(sentences, vectors, pairs)}
    scored = [found for rows, cosine in passages.items() if (found := compare(rows, cosine)) is not None]
    return sorted(_widest(scored), key=lambda match: (-match.score, match.id))


class _Comparison:
    """Scores one passage pair after another against what is known of all of them."""

    def __init__(
        self,
        sentences: Sequence[Sentence],
        windows: Windows,
        pairs: Mapping[tuple[int, int], float],
        model: ReuseModel,
        stories: Sequence[Story],
        texts: Mapping[str, str],
    ) -> None:
        self._sentences, self._model, self._texts = sentences, model, texts
        self._stories = {story.id: story for story in stories}
        self._recurring = recurring(sentences, stories)
        self._order = neighbour_support(sentences, pairs)
        self._story = story_support(sentences, pairs)
        self._crowd = _crowds(len(sentences), pairs)
        self._clause = {(first, second): windows.best((first,), (second,)) for first, second in pairs}
        self._clause_crowd = _crowds(len(sentences), self._clause)
        self._rarity = Rarities.of(sentences)
        self._sides: dict[tuple[int, ...], Side] = {}
        self._passages: dict[tuple[int, ...], Passage] = {}

    def __call__(self, rows: Rows, cosine: float) -> _Scored | None:
        """The scored pair; None where it cannot score enough to be kept, whatever else is found in it."""
        first, second = self._side(rows[0]), self._side(rows[1])
        halves = [(one, other) for one in rows[0] for other in rows[1]]
        every = [row for side in rows for row in side]
        clause = max(self._clause[half] for half in halves)  # the halves of a wider passage are pairs as well
        numeric = {
            "cosine": cosine,
            "margin": cosine - max(self._crowd[row] for row in every),
            "clause": clause,
            "clause_margin": clause - max(self._clause_crowd[row] for row in every),
            "order": max(self._order[half] for half in halves),
            "story": max(self._story[half] for half in halves),
        }
        wording = shared_wording(first, second, self._rarity)
        alike = first.counts.keys() & second.counts.keys()
        if self._model.ceiling(numeric | wording, {**_MOST, "numbers_same": float(bool(alike))}) < _LEAST:
            return None
        evidence = collect_evidence(first, second, rarity=self._rarity, wording=wording, **numeric)
        score = round(self._model.score(evidence), 6)  # rounded here, so that order and files agree
        if score < _LEAST:
            return None
        source, target = self._passage(rows[0]), self._passage(rows[1])
        identity = f"{source.segments[0]}+{len(rows[0])}~{target.segments[0]}+{len(rows[1])}"
        boilerplate = not self._recurring.isdisjoint(every)
        match = PassageMatch(identity, source, target, score, False, "unrelated", evidence, boilerplate)
        return _Scored(rows, match)

    def _side(self, rows: tuple[int, ...]) -> Side:
        side = self._sides.get(rows)
        if side is None:
            side = self._sides[rows] = Side(tuple(self._sentences[row] for row in rows))
        return side

    def _passage(self, rows: tuple[int, ...]) -> Passage:
        passage = self._passages.get(rows)
        if passage is None:
            passage = self._passages[rows] = self._cut(self._side(rows))
        return passage

    def _cut(self, side: Side) -> Passage:
        first, last = side.sentences[0].segment, side.sentences[-1].segment
        span = Span(first.span.begin, last.span.end)
        return Passage(
            document_id=first.document_id,
            story_id=first.story_id,
            outlet=self._stories[first.story_id].outlet,
            span=span,
            text=span.of(self._texts[first.document_id]),
            english=side.english,
            segments=tuple(sentence.segment.id for sentence in side.sentences),
        )


def _crowds(count: int, pairs: Mapping[tuple[int, int], float]) -> list[float]:
    """For each sentence the mean cosine to its nearest candidates, the very best one left out."""
    cosines: list[list[float]] = [[] for _ in range(count)]
    for (first, second), cosine in pairs.items():
        cosines[first].append(cosine)
        cosines[second].append(cosine)
    crowds = []
    for values in cosines:
        others = sorted(values, reverse=True)[1 : 1 + _NEIGHBOURHOOD]
        crowds.append(float(np.mean(others)) if others else 0.4)
    return crowds


def _widest(scored: Sequence[_Scored]) -> list[PassageMatch]:
    """A wider passage stands for its halves where it scores no less; of two that share a half, the better one does."""
    by_rows = {item.rows: item for item in scored}
    wide = [item for item in scored if len(item.rows[0]) + len(item.rows[1]) > 2]
    taken: set[Rows] = set()
    kept: list[PassageMatch] = []
    for item in sorted(wide, key=lambda item: (-item.match.score, item.match.id)):
        halves = [((one,), (other,)) for one in item.rows[0] for other in item.rows[1]]
        best = max((by_rows[half].match.score for half in halves if half in by_rows), default=0.0)
        if taken.isdisjoint(halves) and item.match.score >= best:
            taken.update(halves)
            kept.append(item.match)
    narrow = [item.match for item in scored if len(item.rows[0]) + len(item.rows[1]) == 2 and item.rows not in taken]
    return [*kept, *narrow]


def apply_threshold(matches: Iterable[PassageMatch], threshold: float, sizes: Mapping[str, int]) -> list[PassageMatch]:
    """The same matches, flagged, classed and joined to runs for a threshold; boilerplate is never flagged.

    `sizes` maps a story's id to the number of its compared sentences. Scores stay as they are, so another threshold
    needs no new run.
    """
    flagged = [
        replace(match, flagged=match.score >= threshold and not match.boilerplate, run=None) for match in matches
    ]
    held: dict[tuple[str, str], tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for match in flagged:
        if match.flagged:
            sides = held[match.source.story_id, match.target.story_id]
            sides[0].update(match.source.segments)
            sides[1].update(match.target.segments)
    runs = {name: run for run in join_matches(flagged) for name in run.matches}
    result = []
    for match in flagged:
        stories = match.source.story_id, match.target.story_id
        shared = max(len(side) / sizes[story] for side, story in zip(held[stories], stories, strict=True))
        kind = classify(match.evidence, match.score if match.flagged else 0.0, threshold, shared=shared)
        result.append(replace(match, match_class=kind, run=runs.get(match.id)))
    return result
