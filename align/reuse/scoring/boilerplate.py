"""Boilerplate: sentences that recur in many stories on many days, and so say nothing of where one of them came from.

A dispatch is printed by many outlets within a few days and is then forgotten. What stands in stories of several days
that lie far apart is an outlet's own: "follow us on", a sentence on what the agency is, the paragraph of background
that closes every story on a war. Wording tells, not meaning: a background sentence is pasted, not retold.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from align.records import Story
from align.reuse.search.columns import Columns
from align.reuse.search.ragged import Ragged, in_parts

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["known_day", "made_of", "recurring", "spread"]

_STORIES = 4
_DAYS = 3  # distinct days
_LIFE = 14  # days for which one dispatch, its updates and its late copies may be printed
_COVERED = 0.5  # share of a sentence's runs that recur
_TO_THE_DAY = ("day", "minute")
_VALUES = 2**20  # runs that are in memory at once


def recurring(columns: Columns, stories: Sequence[Story]) -> frozenset[int]:
    """Rows of the sentences at least half of whose five-word runs stand in many stories of days far apart.

    Many are four stories on three days or more, the first and the last more than two weeks apart. Stories without
    a date to the day count for nothing: without dates a dispatch that all print cannot be told from boilerplate.
    """
    runs = columns.ragged["long_runs"]
    often_parts = [np.zeros(0, np.uint64)]
    days = np.array([known_day(story) for story in stories], np.int64)
    for keys, rows in in_parts([runs], _VALUES):
        often_parts.append(spread(keys, columns.story[rows], days))
    often = np.sort(np.concatenate(often_parts))
    return frozenset(np.flatnonzero(made_of(runs, often)).tolist())


def made_of(runs: Ragged, often: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which sentences, given by their runs, consist of such runs to a half or more; `often` rises."""
    covered = np.zeros(len(runs), np.int64)
    for at in range(0, len(runs.values), _VALUES):
        places = at + np.flatnonzero(np.isin(runs.values[at : at + _VALUES], often))
        np.add.at(covered, np.searchsorted(runs.begins, places, side="right") - 1, 1)
    sizes = np.diff(runs.begins)
    return (sizes > 0) & (covered >= _COVERED * sizes)


def known_day(story: Story) -> int:
    """The day as a number; 0 where it is not known."""
    if story.published_precision not in _TO_THE_DAY:
        return 0
    return date.fromisoformat((story.published or "")[:10]).toordinal()


def spread(keys: NDArray[np.uint64], stories: NDArray[np.int64], days: NDArray[np.int64]) -> NDArray[np.uint64]:
    """The keys that stand in enough stories of enough days that lie far enough apart."""
    dated = days[stories] > 0
    keys, stories = keys[dated], stories[dated]
    order = np.lexsort((stories, days[stories], keys))
    keys, stories, day = keys[order], stories[order], days[stories][order]
    if not len(keys):
        return keys
    new_key = np.diff(keys, prepend=~keys[:1]) != 0
    new_day = new_key | (np.diff(day, prepend=day[:1] - 1) != 0)
    new_story = new_day | (np.diff(stories, prepend=stories[:1] - 1) != 0)
    begins = np.flatnonzero(new_key)
    ends = np.append(begins[1:], len(keys))
    life = day[ends - 1] - day[begins]
    many = (np.add.reduceat(new_story, begins) >= _STORIES) & (np.add.reduceat(new_day, begins) >= _DAYS)
    found: NDArray[np.uint64] = keys[begins][many & (life > _LIFE)]
    return found
