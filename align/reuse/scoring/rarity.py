"""How telling a word is in this input: the fewer sentences have it, the more."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from align.reuse.search.columns import Columns, hash_rows, hashed
from align.reuse.search.ragged import Ragged

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Rarities", "Rarity"]

_VALUES = 2**20  # values that are counted at a time


class Rarity:
    """How telling a stem is in this input: its smoothed inverse sentence frequency, in nats."""

    def __init__(self, kinds: NDArray[np.uint64], counts: NDArray[np.int64], total: int) -> None:
        """`kinds` are the hashes of all stems, rising; `counts` says in how many of `total` sentences each is."""
        self._kinds, self._counts, self._total = kinds, counts, total
        self._known = _Weights(self)

    @classmethod
    def of(cls, texts: Iterable[Collection[str]]) -> Rarity:
        """Counted over sentences given by their stems."""
        rows = list(texts)
        return cls.counted(Ragged.of(*hash_rows(rows), len(rows)))

    @classmethod
    def counted(cls, column: Ragged) -> Rarity:
        """Counted over a column of sentences."""
        kinds, counts = np.zeros(0, np.uint64), np.zeros(0, np.int64)
        for at in range(0, len(column.values), _VALUES):
            found, times = np.unique(column.values[at : at + _VALUES], return_counts=True)
            both = np.concatenate([kinds, found])
            kinds, place = np.unique(both, return_inverse=True)
            counts = np.bincount(place, np.concatenate([counts, times])).astype(np.int64)
        return cls(kinds, counts, len(column))

    def weights(self, values: NDArray[np.uint64]) -> NDArray[np.float64]:
        """The weights of hashes, > 0."""
        count = np.zeros(len(values), np.int64)
        if len(self._kinds):
            place = np.minimum(np.searchsorted(self._kinds, values), len(self._kinds) - 1)
            count = np.where(self._kinds[place] == values, self._counts[place], 0)
        weights: NDArray[np.float64] = np.log((self._total + 2) / (count + 1))
        return weights

    def __call__(self, stem: str) -> float:
        """The weight of one stem, > 0."""
        return self._known[stem]

    def share(self, first: Collection[str], second: Collection[str]) -> float:
        """The rarity-weighted Dice coefficient of two sets of stems, in [0, 1]."""
        one, other = frozenset(first), frozenset(second)
        common = one & other
        if not common:
            return 0.0
        both = self._sum(one) + self._sum(other)
        return 2 * self._sum(common) / both if both else 0.0

    def _sum(self, stems: frozenset[str]) -> float:
        """The sum over a set. `fsum` does not depend on the order."""
        return math.fsum(map(self._known.__getitem__, stems))


class _Weights(dict[str, float]):
    """Weights by stem, each worked out when it is asked for."""

    def __init__(self, rarity: Rarity) -> None:
        self._rarity = rarity

    def __missing__(self, stem: str) -> float:
        weight = self[stem] = float(self._rarity.weights(np.array([hashed(stem)], np.uint64))[0])
        return weight


@dataclass(frozen=True, slots=True)
class Rarities:
    """How telling a stem of a text's own language, a stem of its English, and a name are in this input."""

    own: Rarity
    english: Rarity
    names: Rarity

    @classmethod
    def of(cls, columns: Columns) -> Rarities:
        """Count over all sentences that are compared."""
        return cls(*(Rarity.counted(columns.ragged[name]) for name in ("stems", "english_stems", "names")))
