"""Which sentences are held against each other: a semantic join and a lexical one, wide and cheap.

Candidates come from sentences, not from whole stories: on machine re-tellings in Turkish, sentences cover .990 of
the true pairs within ten candidates where story vectors cover .800.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from align.config import ReuseConfig
from align.reuse.columns import Columns
from align.reuse.comparable import Comparable
from align.reuse.ragged import Ragged, part_of
from align.reuse.windows import Windows

if TYPE_CHECKING:
    from numpy.typing import NDArray


__all__ = ["Candidates", "cosines_of", "find_candidates", "joined", "nearest_among", "rank_in_runs", "sharing"]

_BLOCK = 1024  # rows of the cosine matrix that are held at a time
_NEAR = 16_384  # its columns
_FIRST = 2_048  # and those of the first stretch
_PAIRS = 2**13  # pairs whose vectors are multiplied at a time
_VALUES = 2**22  # traits that are joined at a time
_COMMON = 8  # a trait in more stories of one time than this is a formula, not a trace
_IN_STORY = 3  # sentences of one story that a trait joins to others
_DECIMALS = 6

Found = tuple["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.float64]"]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs of sentence rows, `first[k] < second[k]`, in rising order, with the cosine of their vectors."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    cosine: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.first)


def find_candidates(columns: Columns, windows: Windows, comparable: Comparable, config: ReuseConfig) -> Candidates:
    """Pairs of sentence rows that are worth scoring.

    With a date window the cost grows with the sentences times those within a window of them; without one, with the
    square of the sentences.
    """
    first, second, cosine = _semantic(columns, windows, comparable, config)
    known = _keys(first, second, len(columns))
    joined = [
        sharing(columns, [columns.ragged["runs"], columns.ragged["english_runs"]], comparable, config),
        sharing(columns, [columns.ragged["figures"]], comparable, config),
    ]
    missing = np.setdiff1d(np.concatenate([_keys(*pairs, len(columns)) for pairs in joined]), known)
    others = missing // max(len(columns), 1), missing % max(len(columns), 1)
    first, second = np.concatenate([first, others[0]]), np.concatenate([second, others[1]])
    cosine = np.concatenate([cosine, cosines_of(windows, *others)])
    order = np.lexsort((second, first))
    return Candidates(first[order], second[order], np.round(cosine[order], _DECIMALS))


def _keys(first: NDArray[np.int64], second: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    return first * count + second


def cosines_of(windows: Windows, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float64]:
    """The cosine of each pair of rows."""
    found = [
        np.einsum("ij,ij->i", windows.whole(first[at : at + _PAIRS]), windows.whole(second[at : at + _PAIRS]))
        for at in range(0, len(first), _PAIRS)
    ]
    return np.concatenate([np.zeros(0), *found])


def _semantic(columns: Columns, windows: Windows, comparable: Comparable, config: ReuseConfig) -> Found:
    """For each sentence its nearest ones in comparable stories, each two in rising order and once."""
    every, count = np.arange(len(columns)), len(columns)
    rows, others, cosines = nearest_among(every, every, columns, windows, comparable, config)
    keys, place = np.unique(_keys(np.minimum(rows, others), np.maximum(rows, others), count), return_index=True)
    return keys // max(count, 1), keys % max(count, 1), cosines[place]


def nearest_among(
    rows: NDArray[np.int64],
    others: NDArray[np.int64],
    columns: Columns,
    windows: Windows,
    comparable: Comparable,
    config: ReuseConfig,
) -> Found:
    """For each of some rows its nearest ones among others, in comparable stories: (row, other, cosine).

    By exact cosine, a stretch of days at a time. Of one row, the highest cosine comes first.
    """
    begins, ends = comparable.days(columns.story)
    order = rows[np.argsort(begins[rows], kind="stable")]
    reach = config.window_days or np.inf
    found = []
    for at in range(0, len(order), _BLOCK):
        block = order[at : at + _BLOCK]
        within = (begins[others] <= ends[block].max() + reach) & (ends[others] >= begins[block].min() - reach)
        found.append(_nearest_of(block, others[within], columns, windows, comparable, config))
    empty = np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    ones, theirs, cosines = (np.concatenate(parts) for parts in zip(empty, *found, strict=True))
    return ones, theirs, cosines


def _nearest_of(
    rows: NDArray[np.int64],
    near: NDArray[np.int64],
    columns: Columns,
    windows: Windows,
    comparable: Comparable,
    config: ReuseConfig,
) -> Found:
    vectors = windows.whole(rows)
    bar = np.full(len(rows), config.min_cosine)  # what the next neighbour of each row has to reach
    found: Found = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))  # by place in `rows`
    for at in _starts(len(near)):
        others = near[at : at + (_NEAR if at else _FIRST)]
        cosines = vectors @ windows.whole(others).T
        # what rounds up to the bar reaches it
        one, other = np.nonzero(cosines >= (bar - 10.0**-_DECIMALS).astype(np.float32)[:, None])
        # rounded before they are ranked: the last bits depend on what else is in a block
        values: NDArray[np.float64] = cosines[one, other].astype(np.float64)
        values = np.round(values, _DECIMALS)
        kept = (values >= bar[one]) & comparable.each(columns.story[rows[one]], columns.story[others[other]])
        more = one[kept], others[other[kept]], values[kept]
        ones, theirs, both = (np.concatenate(part) for part in zip(found, more, strict=True))
        found = _nearest(ones, theirs, both, config.neighbours)
        last = rank_in_runs(found[0]) == config.neighbours - 1
        bar[found[0][last]] = found[2][last]
    return rows[found[0]], found[1], found[2]


def _starts(count: int) -> Iterator[int]:
    """Where the stretches of a block begin: a short one, which raises the bar for all others, then long ones."""
    yield from range(min(count, 1))
    yield from range(_FIRST, count, _NEAR)


def _nearest(rows: NDArray[np.int64], others: NDArray[np.int64], cosines: NDArray[np.float64], count: int) -> Found:
    """Of pairs (row, other, cosine) the `count` with the highest cosine for each row."""
    order = np.lexsort((others, -cosines, rows))
    rows, others, cosines = rows[order], others[order], cosines[order]
    kept = rank_in_runs(rows) < count
    return rows[kept], others[kept], cosines[kept]


def rank_in_runs(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each of some values, equal ones side by side, how many equal ones stand before it."""
    if not len(values):
        return np.zeros(0, np.int64)
    begins = np.flatnonzero(np.diff(values, prepend=values[0] - 1))
    rank: NDArray[np.int64] = np.arange(len(values)) - np.repeat(begins, np.diff(begins, append=len(values)))
    return rank


def sharing(
    columns: Columns, traits: Sequence[Ragged], comparable: Comparable, config: ReuseConfig
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of rows of comparable stories that share a trait which no more than a few stories of its time have.

    The traits are joined in parts, by their hash, so that no more than some millions are in memory.
    """
    total = sum(len(trait.values) for trait in traits)
    parts = np.uint64(max(total // _VALUES, 1))
    found = [np.zeros(0, np.int64)]
    for part in range(int(parts)):
        keys, rows = part_of(traits, np.uint64(part), parts)
        first, second = joined(keys, rows, columns.story, comparable, config)
        found.append(np.unique(_keys(first, second, len(columns))))
    pairs = np.unique(np.concatenate(found))
    return pairs // max(len(columns), 1), pairs % max(len(columns), 1)


def joined(
    keys: NDArray[np.uint64],
    rows: NDArray[np.int64],
    story: NDArray[np.int64],
    comparable: Comparable,
    config: ReuseConfig,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of rows, `first < second`, that hold a key which few stories hold within the window of one of the two.

    `rows[k]` holds `keys[k]`, and `story` has the number of each row's story. A pair comes once for each such key;
    the stories of the two are comparable.
    """
    stories = story[rows]
    begins, ends = comparable.days(stories)
    order = np.lexsort((rows, stories, begins, keys))
    keys, rows, stories, begins, ends = keys[order], rows[order], stories[order], begins[order], ends[order]
    group = np.cumsum(np.diff(keys, prepend=keys[:1]) != 0) if len(keys) else np.zeros(0, np.int64)
    story_in_group = group * (int(story.max(initial=0)) + 1) + stories
    kept = rank_in_runs(story_in_group) < _IN_STORY
    rows, stories, group, story_in_group = rows[kept], stories[kept], group[kept], story_in_group[kept]
    low, high = _window(group, begins[kept], ends[kept], config.window_days)
    firsts = np.cumsum(np.concatenate([[0], rank_in_runs(story_in_group) == 0]))
    few = np.flatnonzero((firsts[high] - firsts[low] <= _COMMON) & (high - low > 1))
    sizes = high[few] - low[few]
    one = np.repeat(few, sizes)
    other = low[one] + np.arange(len(one)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    apart = comparable.each(stories[one], stories[other])
    first, second = rows[one[apart]], rows[other[apart]]
    return np.minimum(first, second), np.maximum(first, second)


def _window(
    group: NDArray[np.int64], begins: NDArray[np.float64], ends: NDArray[np.float64], days: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each element the half-open range of those of its group that lie within a window of it.

    Groups stand side by side, their elements by rising first day.
    """
    if not days:
        return np.searchsorted(group, group, "left"), np.searchsorted(group, group, "right")
    # days as small numbers within a stretch that belongs to the group, so that one sorted array holds all of them
    finite = begins[np.isfinite(begins)]
    least, most = (finite.min(), finite.max()) if len(finite) else (0.0, 0.0)
    stretch = most - least + 4 * days + 8

    def at(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return group * stretch + np.clip(values, least - 2 * days - 2, most + 2 * days + 2) - least + 2 * days + 2

    places = at(begins)
    return np.searchsorted(places, at(begins - days), "left"), np.searchsorted(places, at(ends + days), "right")
