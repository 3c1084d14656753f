"""Which stories may share a source at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from align.config import ReuseConfig
from align.records import Story

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Comparable", "day_of"]


class Comparable:
    """Which stories may share a source at all: two of them, of different outlets, not too far apart in time.

    A story whose outlet is unknown is compared with every other. A date that is unknown never separates.
    """

    def __init__(self, stories: Sequence[Story], config: ReuseConfig) -> None:
        self._number = {story.id: number for number, story in enumerate(stories)}
        outlets = {outlet: number for number, outlet in enumerate(sorted({s.outlet for s in stories if s.outlet}))}
        self._outlet = np.array([outlets.get(story.outlet or "", -1) for story in stories], dtype=np.int64)
        self._first = np.array([day_of(story, last=False) for story in stories], dtype=np.float64)
        self._last = np.array([day_of(story, last=True) for story in stories], dtype=np.float64)
        self._config = config

    @classmethod
    def of(
        cls, outlet: NDArray[np.int64], first: NDArray[np.float64], last: NDArray[np.float64], config: ReuseConfig
    ) -> Comparable:
        """Of stories without ids: the number of each one's outlet, -1 where it is unknown, and its days (`day_of`)."""
        made = cls((), config)
        made._outlet, made._first, made._last = outlet, first, last
        return made

    def number(self, story_id: str) -> int:
        """The story's place in the list that this was made of."""
        return self._number[story_id]

    def matrix(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Boolean (len(first), len(second)): which stories, given by number, are compared."""
        return self.each(first[:, None], second[None, :])

    def each(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.bool_]:
        """The same element by element, of two arrays of story numbers that broadcast."""
        allowed: NDArray[np.bool_] = first != second
        if not self._config.same_outlet:
            allowed &= (self._outlet[first] != self._outlet[second]) | (self._outlet[first] < 0)
        if self._config.window_days:
            # of two dates that are known to a month only, the nearest days count
            gap = np.maximum(self._first[first] - self._last[second], self._first[second] - self._last[first])
            allowed &= ~(gap > self._config.window_days)
        return allowed

    def __call__(self, first: str, second: str) -> bool:
        """The same for two stories, given by id."""
        numbers = np.array([self._number[first]]), np.array([self._number[second]])
        return bool(self.matrix(*numbers)[0, 0])

    def days(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The first and the last day that each story, given by number, may date from; without limit where unknown."""
        first, last = self._first[numbers], self._last[numbers]
        return np.where(np.isnan(first), -np.inf, first), np.where(np.isnan(last), np.inf, last)


def day_of(story: Story, *, last: bool) -> float:
    """The first or the last day that a story's date allows, as a day number; not a number where it has none."""
    parts = [int(part) for part in (story.published or "")[:10].split("-") if part.isdigit()]
    if not parts:
        return float("nan")
    year = parts[0]
    if len(parts) == 1:
        return float(date(year, 12 if last else 1, 31 if last else 1).toordinal())
    if len(parts) == 2:
        following = date(year + parts[1] // 12, parts[1] % 12 + 1, 1)
        return float(following.toordinal() - 1 if last else date(year, parts[1], 1).toordinal())
    return float(date(*parts).toordinal())
