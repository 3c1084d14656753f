"""The lexical join: sentences of two stories that share a trait, a rare run of words or a telling figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from align.config import ReuseConfig
from align.reuse.search.columns import Columns
from align.reuse.search.comparable import Comparable
from align.reuse.search.ordering import distinct, rank_in_runs, repeated
from align.reuse.search.ragged import Ragged, in_parts

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["joined", "sharing"]

_VALUES = 2**19  # traits that are joined at a time
_COMMON = 8  # a trait in more stories of one time than this is a formula, not a trace
_IN_STORY = 3  # sentences of one story that a trait joins to others
_PLACES = np.int64(2**32)  # more than there are traits in a part


def sharing(
    columns: Columns, traits: Sequence[Ragged], comparable: Comparable, config: ReuseConfig
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of rows of comparable stories that share a trait which no more than a few stories of its time have.

    Each pair comes once, `first < second`, in rising order. The traits are joined in parts, by their hash, so that no
    more than about half a million are in memory.
    """
    count = max(len(columns), 1)
    found = [np.zeros(0, np.int64)]
    for keys, rows in in_parts(traits, _VALUES):
        first, second = joined(keys, rows, columns.story, comparable, config)
        found.append(first * count + second)
    pairs = distinct(np.concatenate(found))
    return pairs // count, pairs % count


def joined(
    keys: NDArray[np.uint64],
    rows: NDArray[np.int64],
    story: NDArray[np.int64],
    comparable: Comparable,
    config: ReuseConfig,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of rows, `first < second`, that hold a key which few stories hold within the window of one of the two.

    `rows[k]` holds `keys[k]`, and `story` has the number of each row's story. Each pair comes once, in rising order;
    the stories of the two are comparable.
    """
    rows, group = _by_key(keys, rows, story, comparable)
    story_in_group = group * (int(story.max(initial=0)) + 1) + story[rows]
    kept = rank_in_runs(story_in_group) < _IN_STORY
    rows, group, story_in_group = rows[kept], group[kept], story_in_group[kept]
    new = rank_in_runs(story_in_group) == 0
    many = np.bincount(group[new])[group] > _COMMON if len(group) else new
    count = max(len(story), 1)
    one, other = _all_pairs(group[~many])
    near, there = _near_pairs(group[many], new[many], *comparable.days(story[rows[many]]), config.window_days)
    first = np.concatenate([rows[~many][one], rows[many][near]])
    second = np.concatenate([rows[~many][other], rows[many][there]])
    pairs = distinct(np.minimum(first, second) * count + np.maximum(first, second))
    first, second = pairs // count, pairs % count
    apart = comparable.each(story[first], story[second])
    return first[apart], second[apart]


def _by_key(
    keys: NDArray[np.uint64], rows: NDArray[np.int64], story: NDArray[np.int64], comparable: Comparable
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows of the keys that stand in several, and the number of each one's key.

    Those of one key stand side by side, by the first day of their story, then by story. Most keys stand in one row
    alone; they are put aside before anything is sorted by more than its key.
    """
    chosen = repeated(keys)
    keys, rows = keys[chosen], rows[chosen]
    group = np.cumsum(np.diff(keys, prepend=keys[:1]) != 0)
    present = distinct(rows)
    begins, _ = comparable.days(story[present])
    rank = np.zeros(len(story), np.int64)
    rank[present[np.lexsort((present, story[present], begins))]] = np.arange(len(present))
    order = np.argsort(group * _PLACES + rank[rows])
    return rows[order], group[order]


def _all_pairs(group: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places of each two elements of one group; groups stand side by side.

    Those of them that lie too far apart in time are no comparable ones.
    """
    sizes = np.diff(np.flatnonzero(np.diff(group, prepend=-1, append=-1))) if len(group) else group
    return _held_against(np.arange(1, len(group) + 1), np.repeat(np.cumsum(sizes), sizes))


def _near_pairs(
    group: NDArray[np.int64], new: NDArray[np.bool_], begins: NDArray[np.float64], ends: NDArray[np.float64], days: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places of elements of one group and of those within a window of them, where these are of few stories.

    `new` says which elements are the first of their story in their group; `begins` and `ends` are their days.
    """
    low, high = _window(group, begins, ends, days)
    stories = np.concatenate([[0], np.cumsum(new)])
    few = stories[high] - stories[low] <= _COMMON
    return _held_against(np.where(few, low, high), high)


def _held_against(low: NDArray[np.int64], high: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each place with those of a half-open range."""
    sizes = high - low
    one = np.repeat(np.arange(len(low)), sizes)
    return one, np.arange(len(one)) + np.repeat(low - np.cumsum(sizes) + sizes, sizes)


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
