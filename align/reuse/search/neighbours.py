"""The semantic join: for each sentence its nearest ones by exact cosine, block against block.

Each product of two blocks of vectors serves both of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from align.config import ReuseConfig
from align.reuse.search.columns import Columns
from align.reuse.search.comparable import Comparable
from align.reuse.search.ordering import rank_in_runs
from align.reuse.search.windows import Windows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from align.records import Vectors

__all__ = ["DECIMALS", "nearest_among", "nearest_between"]

DECIMALS = 6
"""Cosines are rounded before they are ranked: the last bits depend on what else is in a block.

They are at most 1: vectors in half precision are not quite of length 1."""

_BLOCK = 2048  # rows whose products are held at a time
_SCALE = 10**DECIMALS
# of the 64 bits that stand for a neighbour: its row, then how far its cosine lies below 1, then whose neighbour it is
_ROW = np.uint64(31)
_PLACE = np.uint64(31 + 22)

Found = tuple["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.float64]"]


class _Block:
    """Some rows with the days that they may date from, and the nearest ones of each that were found so far."""

    def __init__(
        self, rows: NDArray[np.int64], days: tuple[NDArray[np.float64], NDArray[np.float64]], config: ReuseConfig
    ) -> None:
        self.rows = rows
        self.begin, self.end = days[0].min(), days[1].max()
        self.bar = np.full(len(rows), round(config.min_cosine * _SCALE))  # what the next neighbour has to reach
        self._count = config.neighbours
        self._keys = np.zeros(0, np.uint64)

    @property
    def floor(self) -> NDArray[np.float32]:
        """The bar as a cosine, so low that what is rounded up to it reaches it."""
        floor: NDArray[np.float32] = ((self.bar - 1) / _SCALE).astype(np.float32)
        return floor

    def admit(self, places: NDArray[np.int64], others: NDArray[np.int64], cosines: NDArray[np.int64]) -> None:
        """Take neighbours of the rows at some places, their cosines in millionths; the nearest ones stay."""
        new = places.astype(np.uint64) << _PLACE | (_SCALE - cosines).astype(np.uint64) << _ROW
        keys = np.sort(np.concatenate([self._keys, new | others.astype(np.uint64)]))
        rank = rank_in_runs((keys >> _PLACE).astype(np.int64))
        last = keys[rank == self._count - 1]
        self._keys = keys[rank < self._count]
        self.bar[(last >> _PLACE).astype(np.int64)] = _SCALE - _below_one(last)

    def found(self) -> Found:
        """(row, other, cosine); of one row, the highest cosine comes first, of equal ones the lower row."""
        others = self._keys & ((np.uint64(1) << _ROW) - np.uint64(1))
        places = (self._keys >> _PLACE).astype(np.int64)
        return self.rows[places], others.astype(np.int64), (_SCALE - _below_one(self._keys)) / _SCALE


def _below_one(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    return (keys >> _ROW & ((np.uint64(1) << (_PLACE - _ROW)) - np.uint64(1))).astype(np.int64)


def nearest_among(
    rows: NDArray[np.int64], columns: Columns, windows: Windows, comparable: Comparable, config: ReuseConfig
) -> Found:
    """For each of some rows its nearest ones among them, in comparable stories: (row, other, cosine).

    With a date window the cost grows with the rows times those within a window of them, without one with their square.
    There are fewer than 2 ** 31 rows.
    """
    blocks = list(_blocks(rows, columns, comparable, config))
    for number, block in enumerate(blocks):
        _meet(block, blocks[number:], columns, windows, comparable, config)
    return _together(blocks)


def nearest_between(
    rows: NDArray[np.int64],
    others: NDArray[np.int64],
    columns: Columns,
    windows: Windows,
    comparable: Comparable,
    config: ReuseConfig,
) -> Found:
    """For each of some rows its nearest ones among others, and for each of the others its nearest among them."""
    ours, theirs = (list(_blocks(side, columns, comparable, config)) for side in (rows, others))
    for block in ours:
        _meet(block, theirs, columns, windows, comparable, config)
    return _together([*ours, *theirs])


def _blocks(rows: NDArray[np.int64], columns: Columns, comparable: Comparable, config: ReuseConfig) -> Iterator[_Block]:
    begins, ends = comparable.days(columns.story[rows])
    order = np.argsort(begins, kind="stable")
    for at in range(0, len(order), _BLOCK):
        part = order[at : at + _BLOCK]
        yield _Block(rows[part], (begins[part], ends[part]), config)


def _meet(
    block: _Block,
    others: Sequence[_Block],
    columns: Columns,
    windows: Windows,
    comparable: Comparable,
    config: ReuseConfig,
) -> None:
    """Find neighbours in both directions between one block and others that are not too far away in time."""
    ours = windows.whole(block.rows)
    reach = config.window_days or np.inf
    for other in others:
        if other.begin <= block.end + reach and other.end >= block.begin - reach:
            theirs = ours if other is block else windows.whole(other.rows)
            _hold_together((block, ours), (other, theirs), columns, comparable)


def _hold_together(
    one: tuple[_Block, Vectors], other: tuple[_Block, Vectors], columns: Columns, comparable: Comparable
) -> None:
    cosines = one[1] @ other[1].T
    ways = [(one[0], other[0], one[0].floor[:, None])]
    if other[0] is not one[0]:
        ways.append((other[0], one[0], other[0].floor[None, :]))
    for block, there, floor in ways:
        # `flatnonzero` takes a tenth of what `nonzero` does
        places = np.divmod(np.flatnonzero(cosines >= floor), cosines.shape[1])
        values = np.rint(cosines[places].astype(np.float64) * _SCALE).astype(np.int64)
        ours, theirs = places if block is one[0] else places[::-1]
        rows, others = block.rows[ours], there.rows[theirs]
        kept = (values >= block.bar[ours]) & comparable.each(columns.story[rows], columns.story[others])
        block.admit(ours[kept], others[kept], np.minimum(values[kept], _SCALE))


def _together(blocks: Sequence[_Block]) -> Found:
    empty = np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    rows, others, cosines = (
        np.concatenate(parts) for parts in zip(empty, *(block.found() for block in blocks), strict=True)
    )
    return rows, others, cosines
