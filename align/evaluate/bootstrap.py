"""Percentile bootstrap intervals (Efron 1979) of figures that are made of sums."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from align.errors import InputError

__all__ = ["Interval", "intervals", "ratio"]

Interval = tuple[float, float]
Floats = NDArray[np.float64]

_SEED = 12345
_AT_A_TIME = 4_000_000  # draws that are held in memory


def intervals(
    counts: Floats, figures: Callable[[Floats], Floats], resamples: int, *, level: float = 0.95
) -> list[Interval]:
    """The interval of each figure over `resamples` draws of the units with replacement, always the same draws.

    `counts` (n, k) holds what each of n units adds to k sums; `figures` takes sums (b, k) and gives (b, f), each row
    from the sums of its row. An interval holds the middle `level` of the figures.

    Raises InputError for fewer than 2 resamples or no unit.
    """
    if resamples < 2 or not len(counts):
        raise InputError(f"{resamples} resamples of {len(counts)} units; expected at least 2, and at least one unit")
    generator = np.random.default_rng(_SEED)
    chances = np.full(len(counts), 1 / len(counts))
    sums = []
    left = resamples
    while left:
        size = min(left, max(1, _AT_A_TIME // len(counts)))
        sums.append(generator.multinomial(len(counts), chances, size=size) @ counts)
        left -= size
    drawn = figures(np.concatenate(sums))
    tail = (1 - level) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    return [(float(a), float(b)) for a, b in zip(low, high, strict=True)]


def ratio(part: Floats, whole: Floats) -> Floats:
    """`part / whole`, 0 where there is nothing to divide by."""
    result: Floats = np.divide(part, whole, out=np.zeros_like(part, dtype=np.float64), where=whole != 0)
    return result
