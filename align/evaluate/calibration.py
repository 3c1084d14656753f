"""Expected calibration error (Naeini, Cooper & Hauskrecht 2015): how far scores are from being probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from align.errors import InputError

__all__ = ["expected_calibration_error"]


def expected_calibration_error(scores: Sequence[float], labels: Sequence[bool], *, bins: int = 10) -> float:
    """The mean over pairs of the gap between mean score and share of positives in their bin; in [0, 1], 0 is best.

    Bins hold equally many pairs, in order of score. Pairs with equal scores share their labels evenly, so their order
    does not matter. Raises InputError when there is no pair, the lengths differ or a score is not in [0, 1].
    """
    if not scores or len(scores) != len(labels):
        raise InputError(f"{len(scores)} scores for {len(labels)} labels; expected as many of each, and one at least")
    values, truth = np.asarray(scores, np.float64), np.asarray(labels, np.float64)
    outside = np.flatnonzero(~((values >= 0) & (values <= 1)))
    if len(outside):
        raise InputError(f"score {outside[0]} is no probability: {scores[outside[0]]!r}; allowed: 0 to 1")
    _, tie, sizes = np.unique(values, return_inverse=True, return_counts=True)
    share = (np.bincount(tie, weights=truth) / sizes)[tie]
    order = np.argsort(values, kind="stable")
    held = [part for part in np.array_split(order, bins) if len(part)]
    return float(sum(len(part) * abs(values[part].mean() - share[part].mean()) for part in held) / len(values))
