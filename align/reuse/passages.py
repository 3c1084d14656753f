"""From sentence pairs to passages: two neighbouring sentences against one, where that fits better."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from align.reuse.sentences import Sentence

if TYPE_CHECKING:
    from align.records import Vectors

__all__ = ["Rows", "neighbour_support", "story_support", "widened"]

Rows = tuple[tuple[int, ...], tuple[int, ...]]
Pairs = Mapping[tuple[int, int], float]

_GAIN = 0.02  # a widened passage has to fit this much better than its better half
_FADE = 3.0  # sentences over which a neighbour's support fades
_BASE = 0.45  # cosine from which a pair supports its neighbours
_FULL = 0.85


def _strength(cosine: float) -> float:
    return min(max((cosine - _BASE) / (_FULL - _BASE), 0.0), 1.0)


def _by_stories(sentences: Sequence[Sentence], pairs: Pairs) -> dict[tuple[str, str], list[tuple[int, int]]]:
    grouped: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for first, second in pairs:
        grouped[sentences[first].segment.story_id, sentences[second].segment.story_id].append((first, second))
    return grouped


def neighbour_support(sentences: Sequence[Sentence], pairs: Pairs) -> dict[tuple[int, int], float]:
    """For each pair, how far nearby sentences of the two stories match as well, in [0, 1).

    Outlets shuffle paragraphs, so a neighbour counts in either order; a sentence supports another only once.
    """
    support: dict[tuple[int, int], float] = {}
    for members in _by_stories(sentences, pairs).values():
        for first, second in members:
            best: dict[int, float] = {}
            for other, another in members:
                if other != first and another != second:
                    steps = max(
                        abs(sentences[other].place - sentences[first].place),
                        abs(sentences[another].place - sentences[second].place),
                    )
                    weight = _strength(pairs[other, another]) * float(np.exp(-(steps - 1) / _FADE))
                    best[other] = max(best.get(other, 0.0), weight)
            support[first, second] = 1 - float(np.exp(-sum(best[row] for row in sorted(best))))
    return support


def story_support(sentences: Sequence[Sentence], pairs: Pairs) -> dict[tuple[int, int], float]:
    """For each pair, how strong the two stories' three best other pairs are, in [0, 1]."""
    support: dict[tuple[int, int], float] = {}
    for members in _by_stories(sentences, pairs).values():
        strongest = sorted(members, key=lambda pair: (-pairs[pair], pair))
        for first, second in members:
            taken: set[int] = {first, second}
            strengths: list[float] = []
            for other, another in strongest:
                if not taken & {other, another}:
                    taken |= {other, another}
                    strengths.append(_strength(pairs[other, another]))
                if len(strengths) == 3:
                    break
            support[first, second] = sum(strengths) / 3
    return support


def widened(sentences: Sequence[Sentence], vectors: Vectors, pairs: Pairs) -> dict[Rows, float]:
    """Passages of two sentences against one that fit better than either half, with their cosine.

    The vector of two sentences is the normalised sum of theirs.
    """
    found: dict[Rows, float] = {}
    for first, second in pairs:
        if (first + 1, second) in pairs and _adjacent(sentences, first):
            cosine = float(_joined(vectors, first) @ vectors[second])
            if cosine >= max(pairs[first, second], pairs[first + 1, second]) + _GAIN:
                found[(first, first + 1), (second,)] = cosine
        if (first, second + 1) in pairs and _adjacent(sentences, second):
            cosine = float(_joined(vectors, second) @ vectors[first])
            if cosine >= max(pairs[first, second], pairs[first, second + 1]) + _GAIN:
                found[(first,), (second, second + 1)] = cosine
    return found


def _adjacent(sentences: Sequence[Sentence], row: int) -> bool:
    one, other = sentences[row].segment, sentences[row + 1].segment
    return (one.story_id, one.index + 1, one.language) == (other.story_id, other.index, other.language)


def _joined(vectors: Vectors, row: int) -> Vectors:
    total = vectors[row] + vectors[row + 1]
    norm = float(np.linalg.norm(total))
    joined: Vectors = total / norm if norm else total
    return joined
