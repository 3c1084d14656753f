"""How well scores tell related pairs from unrelated ones: P, R and F1 at a threshold, average precision, ROC AUC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from align.errors import InputError

__all__ = ["MatchScores", "average_precision", "roc_auc", "score_matches"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MatchScores:
    """Scores of a list of labelled pairs, each in [0, 1].

    `precision`, `recall` and `f1` hold at `threshold` (0 where there is nothing to divide by).
    """

    threshold: float
    precision: float
    recall: float
    f1: float
    average_precision: float
    roc_auc: float
    pairs: int
    positives: int


def score_matches(scores: Sequence[float], labels: Sequence[bool], *, threshold: float = 0.5) -> MatchScores:
    """All measures of scored pairs at once; a pair is flagged when its score is at least `threshold`.

    Raises InputError as `roc_auc` does.
    """
    values, positive = _checked(scores, labels)
    flagged = values >= threshold
    hits, flags, wanted = int((flagged & positive).sum()), int(flagged.sum()), int(positive.sum())
    precision, recall = _ratio(hits, flags), _ratio(hits, wanted)
    return MatchScores(
        threshold=threshold,
        precision=precision,
        recall=recall,
        f1=_ratio(2 * precision * recall, precision + recall),
        average_precision=average_precision(scores, labels),
        roc_auc=roc_auc(scores, labels),
        pairs=len(values),
        positives=wanted,
    )


def average_precision(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """Mean over the positives of the precision at their rank: sum of (R_n - R_(n-1)) P_n over falling thresholds.

    Pairs with equal scores enter together, so their order does not matter. Raises InputError as `roc_auc` does.
    """
    values, positive = _checked(scores, labels)
    order = np.argsort(-values, kind="stable")
    last_of_tie = np.append(np.diff(values[order]) != 0, True)
    hits = np.cumsum(positive[order])[last_of_tie]
    ranks = np.arange(1, len(values) + 1)[last_of_tie]
    return float((np.diff(hits, prepend=0) * hits / ranks).sum() / positive.sum())


def roc_auc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """Probability that a positive scores above a negative, ties counting half (Mann-Whitney U).

    Raises InputError when the lengths differ, a score is not finite, or the labels are all alike.
    """
    values, positive = _checked(scores, labels)
    _, tie, sizes = np.unique(values, return_inverse=True, return_counts=True)
    mean_rank = np.cumsum(sizes) - (sizes - 1) / 2
    wanted, others = int(positive.sum()), int((~positive).sum())
    above = mean_rank[tie][positive].sum() - wanted * (wanted + 1) / 2
    return float(above / (wanted * others))


def _checked(scores: Sequence[float], labels: Sequence[bool]) -> tuple[Floats, NDArray[np.bool_]]:
    if len(scores) != len(labels):
        raise InputError(f"{len(scores)} scores for {len(labels)} labels; expected as many of each")
    values, positive = np.asarray(scores, np.float64), np.asarray(labels, np.bool_)
    if not np.isfinite(values).all():
        index = int(np.flatnonzero(~np.isfinite(values))[0])
        raise InputError(f"score {index} is not finite: {scores[index]!r}")
    if not 0 < positive.sum() < len(positive):
        raise InputError(f"{len(positive)} labels, {int(positive.sum())} of them positive; expected some of each kind")
    return values, positive


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
