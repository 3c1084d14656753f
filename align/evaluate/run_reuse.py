"""A run's flags against labelled pairs of quotations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from align.errors import InputError
from align.evaluate.bootstrap import Interval, intervals, ratio
from align.evaluate.calibration import expected_calibration_error
from align.evaluate.matches import average_precision, roc_auc
from align.evaluate.reuse import JudgedPair, judge, read_quote_pairs
from align.records import Document, PassageMatch
from align.runfolder import RunFolder

__all__ = [
    "LabelScores",
    "LanguageScores",
    "ReuseScores",
    "score_against_gold",
]

_POSITIVE = "rewrite"


@dataclass(frozen=True, slots=True)
class LabelScores:
    """Pairs of one label: how many, how many some match holds, how many are flagged."""

    pairs: int
    found: int
    flagged: int


@dataclass(frozen=True, slots=True)
class LanguageScores:
    """Figures of the pairs in one language, or across languages, as in `ReuseScores`."""

    pairs: int
    positives: int
    precision: float
    recall: float
    f1: float
    average_precision: float | None
    roc_auc: float | None


@dataclass(frozen=True, slots=True)
class ReuseScores:
    """How the flags of a run tell pairs labelled `rewrite` from all others.

    A pair is flagged when a flagged match holds both of its quotations; `found` counts those that any match holds,
    flagged or not. `average_precision` and `roc_auc` are null where all labels are alike. The calibration error is
    that of all scores, 0 for a pair that no match holds, and that of the scores of `found` pairs alone.
    `by_languages` has `same` and `across`, as far as the gold tells languages; `by_label` each label.
    """

    pairs: int
    positives: int
    found: int
    precision: float
    recall: float
    f1: float
    average_precision: float | None
    roc_auc: float | None
    calibration_error: float
    calibration_error_found: float | None
    by_languages: dict[str, LanguageScores]
    by_label: dict[str, LabelScores]
    precision_interval: Interval | None = None
    recall_interval: Interval | None = None
    f1_interval: Interval | None = None


def score_against_gold(folder: RunFolder, gold: Path, *, split: str | None = None, resamples: int = 0) -> ReuseScores:
    """Figures of a run against a gold file (see `read_quote_pairs`), with 95 % bootstrap intervals over its pairs.

    Raises InputError for a damaged run or gold file, a quotation that is in no document, and a file without pairs.
    """
    texts = {document.id: document.text for document in folder.read("documents", Document)}
    judged = judge(folder.read("matches", PassageMatch), texts, read_quote_pairs(gold, split))
    if not judged:
        raise InputError(f"{gold}: no pair to evaluate against" + (f" in the split {split!r}" if split else ""))
    whole, found = _language_scores(judged), [item for item in judged if item.match]
    spread = intervals(_counts(judged), _figures, resamples) if resamples else [None] * 3
    return ReuseScores(
        pairs=whole.pairs,
        positives=whole.positives,
        found=len(found),
        precision=whole.precision,
        recall=whole.recall,
        f1=whole.f1,
        average_precision=whole.average_precision,
        roc_auc=whole.roc_auc,
        calibration_error=_calibration_error(judged),
        calibration_error_found=_calibration_error(found) if found else None,
        by_languages=_by_languages(judged),
        by_label=_by_label(judged),
        precision_interval=spread[0],
        recall_interval=spread[1],
        f1_interval=spread[2],
    )


def _labels(judged: Sequence[JudgedPair]) -> list[bool]:
    return [item.pair.label == _POSITIVE for item in judged]


def _calibration_error(judged: Sequence[JudgedPair]) -> float:
    return expected_calibration_error([item.score for item in judged], _labels(judged))


def _counts(judged: Sequence[JudgedPair]) -> NDArray[np.float64]:
    """What each pair adds to hits, flagged and positives."""
    both = zip((item.flagged for item in judged), _labels(judged), strict=True)
    return np.array([(flag and label, flag, label) for flag, label in both], np.float64)


def _language_scores(judged: Sequence[JudgedPair]) -> LanguageScores:
    labels, scores = _labels(judged), [item.score for item in judged]
    precision, recall, f1 = map(float, _figures(_counts(judged).sum(axis=0, keepdims=True))[0])
    mixed = len(set(labels)) == 2
    return LanguageScores(
        pairs=len(judged),
        positives=sum(labels),
        precision=precision,
        recall=recall,
        f1=f1,
        average_precision=average_precision(scores, labels) if mixed else None,
        roc_auc=roc_auc(scores, labels) if mixed else None,
    )


def _by_languages(judged: Sequence[JudgedPair]) -> dict[str, LanguageScores]:
    known = [(item, item.pair.languages) for item in judged if item.pair.languages]
    kinds = {
        "same": [item for item, (first, second) in known if first == second],
        "across": [item for item, (first, second) in known if first != second],
    }
    return {name: _language_scores(held) for name, held in kinds.items() if held}


def _by_label(judged: Sequence[JudgedPair]) -> dict[str, LabelScores]:
    found = {}
    for label in sorted({item.pair.label for item in judged}):
        held = [item for item in judged if item.pair.label == label]
        matched = sum(item.match is not None for item in held)
        found[label] = LabelScores(len(held), matched, sum(item.flagged for item in held))
    return found


def _figures(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Precision, recall and F1 of each row of (hits, flagged, positives)."""
    precision, recall = ratio(sums[:, 0], sums[:, 1]), ratio(sums[:, 0], sums[:, 2])
    return np.stack([precision, recall, ratio(2 * precision * recall, precision + recall)], axis=1)
