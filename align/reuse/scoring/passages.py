"""From sentence pairs to passages: two neighbouring sentences against one, where that fits better."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from align.reuse.reading.sentences import Sentence

if TYPE_CHECKING:
    from align.records import Vectors

__all__ = ["Rows", "Sentences", "neighbour_support", "story_support", "widened"]

Rows = tuple[tuple[int, ...], tuple[int, ...]]
Pairs = Mapping[tuple[int, int], float]
Sentences = Sequence[Sentence] | Mapping[int, Sentence]
"""Sentences by row."""

_GAIN = 0.02  # a widened passage has to fit this much better than its better half
_FADING = [math.exp(-(steps - 1) / 3) for steps in range(13)]  # a neighbour's support over the sentences between
_REACH = len(_FADING)


def _by_stories(
    sentences: Sentences, pairs: Pairs, wanted: Iterable[tuple[int, int]] | None
) -> Iterator[tuple[list[tuple[int, int]], list[tuple[int, int]]]]:
    """Of each two stories all pairs, and those that are wanted."""
    grouped: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    asked: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for into, chosen in ((grouped, pairs), (asked, pairs if wanted is None else wanted)):
        for first, second in chosen:
            into[sentences[first].segment.story_id, sentences[second].segment.story_id].append((first, second))
    return ((members, asked[stories]) for stories, members in grouped.items())


def neighbour_support(
    sentences: Sentences, pairs: Pairs, wanted: Iterable[tuple[int, int]] | None = None
) -> dict[tuple[int, int], float]:
    """For each pair, or each that is `wanted`, how far nearby sentences of the two stories match as well, in [0, 1).

    `pairs` says of each pair how far it supports others, in [0, 1].

    Outlets shuffle paragraphs, so a neighbour counts in either order; a sentence of either story supports another only
    once, in its strongest pair that is free.
    """
    support: dict[tuple[int, int], float] = {}
    for members, asked in _by_stories(sentences, pairs, wanted):
        near: dict[tuple[int, int], list[_Neighbour]] = defaultdict(list)
        for first, second in members:
            if strength := pairs[first, second]:
                one, other = sentences[first].place, sentences[second].place
                near[one // _REACH, other // _REACH].append((strength, first, second, one, other))
        for pair in asked:
            support[pair] = _support(pair, sentences, near)
    return support


_Neighbour = tuple[float, int, int, int, int]  # strength, the two rows, and their places in the two stories


def _support(
    pair: tuple[int, int], sentences: Sentences, near: Mapping[tuple[int, int], Sequence[_Neighbour]]
) -> float:
    """`near` holds neighbours by squares of places, so that not all of a long story are looked through."""
    place, other_place = sentences[pair[0]].place, sentences[pair[1]].place
    row, column = place // _REACH, other_place // _REACH
    found = [
        (strength * _FADING[steps], first, second)
        for square in product((row - 1, row, row + 1), (column - 1, column, column + 1))
        for strength, first, second, one, other in near.get(square, ())
        if first != pair[0] and second != pair[1]
        if (steps := max(abs(one - place), abs(other - other_place))) < _REACH
    ]
    taken, total = set(pair), 0.0
    for weight, first, second in sorted(found, key=lambda item: (-item[0], item[1], item[2])):
        if first not in taken and second not in taken:
            taken |= {first, second}
            total += weight
    return 1 - math.exp(-total)


def story_support(
    sentences: Sentences, pairs: Pairs, wanted: Iterable[tuple[int, int]] | None = None
) -> dict[tuple[int, int], float]:
    """For each pair, or each that is `wanted`, how strong the two stories' three best other pairs are, in [0, 1].

    `pairs` is as in `neighbour_support`.
    """
    support: dict[tuple[int, int], float] = {}
    for members, asked in _by_stories(sentences, pairs, wanted):
        strongest = _strongest(members, pairs)
        for first, second in asked:
            taken: set[int] = {first, second}
            strengths: list[float] = []
            for other, another in strongest:
                if not taken & {other, another}:
                    taken |= {other, another}
                    strengths.append(pairs[other, another])
                if len(strengths) == 3:
                    break
            support[first, second] = sum(strengths) / 3
    return support


def _strongest(members: Iterable[tuple[int, int]], pairs: Pairs) -> list[tuple[int, int]]:
    """The strongest first; none that can never be among three which share no sentence with each other or a fourth."""
    before: dict[int, int] = defaultdict(int)
    kept = []
    for pair in sorted(members, key=lambda pair: (-pairs[pair], pair)):
        if max(before[pair[0]], before[pair[1]]) <= 3:
            kept.append(pair)
        before[pair[0]] += 1
        before[pair[1]] += 1
    return kept


def widened(sentences: Sentences, vectors: Vectors | Mapping[int, Vectors], pairs: Pairs) -> dict[Rows, float]:
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


def _adjacent(sentences: Sentences, row: int) -> bool:
    one, other = sentences[row].segment, sentences[row + 1].segment
    return (one.story_id, one.index + 1, one.language) == (other.story_id, other.index, other.language)


def _joined(vectors: Vectors | Mapping[int, Vectors], row: int) -> Vectors:
    total = vectors[row] + vectors[row + 1]
    norm = float(np.linalg.norm(total))
    joined: Vectors = np.asarray(total / norm if norm else total, np.float32)
    return joined
