"""The tracer: from stories, sentences and their vectors to scored matches, a pair of stories at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from align.config import ReuseConfig
from align.records import PassageMatch, Story
from align.reuse.reading.sentences import Sentence
from align.reuse.runs import join_matches
from align.reuse.scoring.boilerplate import recurring
from align.reuse.scoring.ceilings import Wording, ceilings, shared_words
from align.reuse.scoring.compare import LEAST, Background, Library, StoryPairs, compare_stories
from align.reuse.scoring.rarity import Rarities
from align.reuse.scoring.score import ReuseModel, classify, odds_to_keep, shipped_model
from align.reuse.search.candidates import Candidates, find_candidates
from align.reuse.search.columns import Columns, read_columns
from align.reuse.search.comparable import Comparable
from align.reuse.search.packed import PackedPairs, pairs_of_stories, unpacked
from align.reuse.search.second_look import looked_again
from align.reuse.search.surroundings import Surroundings, crowds_of, packed_clauses, surroundings
from align.reuse.search.windows import Windows

if TYPE_CHECKING:
    from align.records import Vectors

__all__ = ["apply_threshold", "score_passages", "trace", "worth_comparing"]

_PAIRS = 2**17  # candidates that are looked at at a time


def score_passages(
    sentences: Sequence[Sentence],
    stories: Sequence[Story],
    windows: Windows,
    config: ReuseConfig,
    *,
    texts: Mapping[str, str],
    model: ReuseModel | None = None,
    least: float = LEAST,
) -> list[PassageMatch]:
    """Every candidate passage pair that scores at least `least`, with its evidence and score, best first.

    Nothing is flagged yet.

    `windows` holds the vectors of the sentences and their parts, in order; `texts` maps a document's id to its text.
    """
    columns = read_columns(sentences, {story.id: number for number, story in enumerate(stories)})
    library = _Held(sentences, stories, texts)
    found = trace(columns, windows, stories, config, library, model=model, least=least)
    return sorted((match for matches in found for match in matches), key=lambda match: (-match.score, match.id))


def trace(
    columns: Columns,
    windows: Windows,
    stories: Sequence[Story],
    config: ReuseConfig,
    library: Library,
    *,
    model: ReuseModel | None = None,
    least: float = LEAST,
) -> Iterator[list[PassageMatch]]:
    """The matches of one pair of stories after another; pairs of stories without one are left out.

    What is held in memory are some tens of numbers of a sentence and four of a candidate; columns, vectors and the
    library may be on disk.
    """
    if not len(columns):
        return
    model = model or shipped_model()
    background = Background(Rarities.of(columns), recurring(columns, stories))
    first = find_candidates(columns, windows, Comparable(stories, config), config)
    pairs = PackedPairs.of(looked_again(first, columns, windows))
    del first  # half of what candidates take
    for (one, other), group in _worth(pairs, columns, windows, background.rarities, model, least):
        sentences = {row: sentence for story in (one, other) for row, sentence in library.sentences(story)}
        texts = library.text(stories[one].document_id), library.text(stories[other].document_id)
        vectors = _beside_each_other(group, windows)
        found = compare_stories(
            group, (stories[one], stories[other]), sentences, vectors, texts, background, model, least
        )
        if found:
            yield found


def _worth(
    pairs: PackedPairs, columns: Columns, windows: Windows, rarities: Rarities, model: ReuseModel, least: float
) -> Iterator[tuple[tuple[int, int], StoryPairs]]:
    """`worth_comparing` of all candidates; what stands around them is held of some stories at a time."""
    clause = packed_clauses(pairs, windows)
    crowds = crowds_of(pairs, clause, len(columns))
    for places in pairs_of_stories(pairs, columns.story, _PAIRS):
        part = pairs.part(places)
        around = surroundings(part, columns.story, unpacked(clause[places]), crowds)
        wording = shared_words(part, columns, rarities)
        yield from worth_comparing(part, columns, around, wording, model, least)


def worth_comparing(
    pairs: Candidates, columns: Columns, around: Surroundings, wording: Wording, model: ReuseModel, least: float
) -> Iterator[tuple[tuple[int, int], StoryPairs]]:
    """The candidates of each two stories, given by number, of which one at least can score enough."""
    most, base = ceilings(pairs, columns, around, wording, model)
    worth = most >= odds_to_keep(least)
    order = np.lexsort((pairs.second, pairs.first, around.group))
    first, second = pairs.first[order], pairs.second[order]
    whole = StoryPairs(
        first=first,
        second=second,
        cosine=pairs.cosine[order],
        clause=around.clause[order],
        crowd=np.maximum(around.crowd[first], around.crowd[second]),
        clause_crowd=np.maximum(around.clause_crowd[first], around.clause_crowd[second]),
        best=around.best[order],
        strength=around.strength[order],
        lexical=wording[0][order],
        run=wording[1][order],
        worth=worth[order],
        base=base[order],
    )
    bounds = np.flatnonzero(np.diff(around.group[order], prepend=-1, append=-1))
    looked_at = np.add.reduceat(whole.worth, bounds[:-1]) if len(order) else whole.worth
    for number in np.flatnonzero(looked_at).tolist():
        begin, end = int(bounds[number]), int(bounds[number + 1])
        stories = int(columns.story[first[begin]]), int(columns.story[second[begin]])
        yield stories, whole.part(begin, end)


def _beside_each_other(pairs: StoryPairs, windows: Windows) -> dict[int, Vectors]:
    """The vectors of the rows that a wider passage may be made of, by row."""
    keys = set(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True))
    rows: set[int] = set()
    for first, second in keys:
        if (first + 1, second) in keys:
            rows |= {first, first + 1, second}
        if (first, second + 1) in keys:
            rows |= {first, second, second + 1}
    chosen = np.array(sorted(rows), np.int64)
    return dict(zip(chosen.tolist(), windows.whole(chosen), strict=True)) if rows else {}


class _Held:
    """Sentences and texts that are in memory anyway."""

    def __init__(self, sentences: Sequence[Sentence], stories: Sequence[Story], texts: Mapping[str, str]) -> None:
        of_story: dict[str, list[tuple[int, Sentence]]] = defaultdict(list)
        for sentence in sentences:
            of_story[sentence.segment.story_id].append((sentence.row, sentence))
        self._of_story = [of_story[story.id] for story in stories]
        self._texts = texts

    def sentences(self, story: int) -> Sequence[tuple[int, Sentence]]:
        return self._of_story[story]

    def text(self, document_id: str) -> str:
        return self._texts[document_id]


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
