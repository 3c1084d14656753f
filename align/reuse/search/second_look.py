"""A second look at stories that appear to share something: the pairs of their sentences that the first search left out.

A sentence reworded from end to end, or cut to half a line, may lie no nearer to its source than to sentences of other
stories. Between two stories whose other sentences match, its place among them tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from align.reuse.search.candidates import Candidates
from align.reuse.search.columns import Columns
from align.reuse.search.neighbours import DECIMALS
from align.reuse.search.ordering import rank_in_runs
from align.reuse.search.packed import pairs_of_stories, stretches
from align.reuse.search.surroundings import crowds
from align.reuse.search.windows import Windows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from align.records import Vectors

__all__ = ["look_again", "looked_again"]

_LINKED = 0.12  # how far candidates of two stories stand out, taken together, for the two to be looked at again
_OUTSTANDING = 0.3  # margin of a candidate that stands out as far as it can
_LEAST = 0.2  # cosine
_PAIRS = 2**17  # pairs that are held against each other at a time
_STORIES = 256  # pairs of stories whose vectors are in memory at once
_ROWS = 1024  # sentences of one story that are held against all of another at a time


def look_again(
    pairs: Candidates, columns: Columns, windows: Windows, crowd: NDArray[np.float64] | None = None
) -> Candidates:
    """The candidates, and of stories that they link each sentence's nearest one in the other; in rising order.

    `crowd` is that of each sentence (`surroundings.crowds`), where these are not all candidates that there are.
    """
    return _joined(looked_again(pairs, columns, windows, crowd))


def looked_again(
    pairs: Candidates, columns: Columns, windows: Windows, crowd: NDArray[np.float64] | None = None
) -> Iterator[Candidates]:
    """The same, part after part."""
    crowd = crowds(len(columns), pairs, pairs.cosine) if crowd is None else crowd
    new = _nearest_in_linked(_all_linked(pairs, columns.story, crowd), columns.story, windows)
    count = np.bincount(pairs.first, minlength=len(columns)) + np.bincount(new.first, minlength=len(columns))
    for begin, end in stretches(count, _PAIRS):
        chosen = [np.flatnonzero((held.first >= begin) & (held.first < end)) for held in (pairs, new)]
        both = _joined(
            Candidates(held.first[at], held.second[at], held.cosine[at])
            for held, at in zip((pairs, new), chosen, strict=True)
        )
        # what was there comes first
        _, kept = np.unique(both.first * len(columns) + both.second, return_index=True)
        cosine: NDArray[np.float64] = np.minimum(both.cosine[kept], 1.0)
        yield Candidates(both.first[kept], both.second[kept], np.round(cosine, DECIMALS))


def _joined(parts: Iterable[Candidates]) -> Candidates:
    """Parts one after the other."""
    empty = Candidates(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    columns = zip(*((part.first, part.second, part.cosine) for part in (empty, *parts)), strict=True)
    return Candidates(*map(np.concatenate, columns))


def _nearest_in_linked(linked: NDArray[np.int64], story: NDArray[np.int64], windows: Windows) -> Candidates:
    """The pairs that `_nearest` finds between stories that are linked; some may come twice."""
    order = np.argsort(story, kind="stable")
    bounds = np.searchsorted(story[order], np.arange(int(story.max(initial=0)) + 2))
    found = []
    for at in range(0, len(linked), _STORIES):
        part = linked[at : at + _STORIES]
        stories = np.unique(part)
        rows = np.concatenate([order[bounds[number] : bounds[number + 1]] for number in stories.tolist()])
        vectors, place = windows.whole(rows), dict(_begins(stories, bounds))
        near = []
        for one, other in part.tolist():
            ours, theirs = (slice(place[s], place[s] + int(bounds[s + 1] - bounds[s])) for s in (one, other))
            first, second, cosine = _nearest(vectors[ours], vectors[theirs])
            ends = rows[ours][first], rows[theirs][second]
            near.append(Candidates(np.minimum(*ends), np.maximum(*ends), cosine))
        found.append(_joined(near))
    return _joined(found)


def _all_linked(pairs: Candidates, story: NDArray[np.int64], crowd: NDArray[np.float64]) -> NDArray[np.int64]:
    count = int(story.max(initial=0)) + 1
    found = [np.zeros((0, 2), np.int64)]
    for places in pairs_of_stories(pairs, story, _PAIRS):
        part = Candidates(pairs.first[places], pairs.second[places], pairs.cosine[places])
        found.append(_linked(part, story, count, crowd))
    return np.concatenate(found)


def _linked(pairs: Candidates, story: NDArray[np.int64], count: int, crowd: NDArray[np.float64]) -> NDArray[np.int64]:
    """Pairs of stories (n, 2) whose candidates stand out enough together, a sentence of the first counted once."""
    keys = story[pairs.first] * count + story[pairs.second]
    margin = pairs.cosine - np.maximum(crowd[pairs.first], crowd[pairs.second])
    standing_out = np.clip(margin / _OUTSTANDING, 0.0, 1.0)
    order = np.lexsort((-standing_out, pairs.first, keys))
    best = order[rank_in_runs(_dense(keys[order], pairs.first[order])) == 0]
    kinds, group = np.unique(keys[best], return_inverse=True)
    together = np.bincount(group, standing_out[best], minlength=len(kinds))
    chosen = kinds[together >= _LINKED]
    return np.stack([chosen // count, chosen % count], axis=1)


def _dense(keys: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """One number for each (key, row), rising where equal ones stand side by side."""
    new = np.ones(len(keys), np.bool_)
    new[1:] = (keys[1:] != keys[:-1]) | (rows[1:] != rows[:-1])
    return np.cumsum(new)


def _begins(stories: NDArray[np.int64], bounds: NDArray[np.int64]) -> list[tuple[int, int]]:
    sizes = bounds[stories + 1] - bounds[stories]
    return list(zip(stories.tolist(), (np.cumsum(sizes) - sizes).tolist(), strict=True))


def _nearest(ours: Vectors, theirs: Vectors) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Of two stories' vectors the places of each one's nearest in the other, if that is not too far.

    Of several that are equally near it is the first, so that lines which are repeated do not all meet each other.
    """
    ends, best = np.zeros(len(theirs), np.int64), np.full(len(theirs), -np.inf, np.float32)
    found = []
    for at in range(0, len(ours), _ROWS):
        cosines = ours[at : at + _ROWS] @ theirs.T
        rows, other = np.arange(len(cosines)), cosines.argmax(axis=1)
        found.append((at + rows, other, cosines[rows, other]))
        one, columns = cosines.argmax(axis=0), np.arange(len(theirs))
        nearer = cosines[one, columns] > best
        ends[nearer], best[nearer] = at + one[nearer], cosines[one, columns][nearer]
    found.append((ends, np.arange(len(theirs)), best))
    first, second, cosine = (np.concatenate(column) for column in zip(*found, strict=True))
    near = cosine >= _LEAST
    return first[near], second[near], cosine[near].astype(np.float64)
