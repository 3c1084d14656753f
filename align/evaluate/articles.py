"""A run's matches and families against the classes of article pairs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from align.evaluate.gold import REUSED, ArticleGold, Key, key
from align.evaluate.matches import average_precision, roc_auc
from align.records import MatchClass, PassageMatch

__all__ = ["ArticleScores", "Detection", "between_articles", "detection", "score_articles"]

_CLASSES: tuple[str, ...] = get_args(MatchClass)  # the strongest first


@dataclass(frozen=True, slots=True)
class Detection:
    """Precision, recall and F1 in [0, 1]; 0 where there is nothing to divide by."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class ArticleScores:
    """How a run tells articles that share a source from others.

    `by_match` takes two articles with a flagged match for reuse, `by_family` two of one family; both count every two
    articles of the gold, and `unlisted_*` how many of these it does not list. The ranking figures are of listed pairs
    by their best match, null where all labels are alike. `confusion` holds listed pairs: gold class, then the
    strongest class of their matches, `unrelated` where there is none.
    """

    pairs: int
    positives: int
    by_match: Detection
    by_family: Detection
    unlisted_by_match: int
    unlisted_by_family: int
    average_precision: float | None
    roc_auc: float | None
    confusion: dict[str, dict[str, int]]


def detection(hits: float, given: float, wanted: float) -> Detection:
    """Precision, recall and F1 of counts, or of lengths."""
    precision, recall = hits / given if given else 0.0, hits / wanted if wanted else 0.0
    return Detection(precision, recall, 2 * precision * recall / (precision + recall) if hits else 0.0)


def between_articles(matches: Iterable[PassageMatch], documents: Collection[str]) -> dict[Key, list[PassageMatch]]:
    """The matches of each two of some documents, but those marked as boilerplate, which say nothing of reuse."""
    found: defaultdict[Key, list[PassageMatch]] = defaultdict(list)
    for match in matches:
        both = key(match.source.document_id, match.target.document_id)
        if both[0] != both[1] and not match.boilerplate and set(both) <= set(documents):
            found[both].append(match)
    return dict(found)


def score_articles(
    between: Mapping[Key, Sequence[PassageMatch]], groups: Iterable[Collection[str]], gold: ArticleGold
) -> ArticleScores:
    """Figures of `between_articles` and of families, given as the documents of each."""
    reused = {both for both, pair in gold.pairs.items() if pair.label in REUSED}
    flagged = {both for both, found in between.items() if any(match.flagged for match in found)}
    held = [sorted(set(group) & set(gold.documents)) for group in groups]
    together = {(a, b) for group in held for a in group for b in group if a < b}
    labels = [both in reused for both in gold.pairs]
    scores = [max((match.score for match in between.get(both, ())), default=0.0) for both in gold.pairs]
    mixed = len(set(labels)) == 2
    return ArticleScores(
        pairs=len(gold.pairs),
        positives=len(reused),
        by_match=detection(len(flagged & reused), len(flagged), len(reused)),
        by_family=detection(len(together & reused), len(together), len(reused)),
        unlisted_by_match=len(flagged - gold.pairs.keys()),
        unlisted_by_family=len(together - gold.pairs.keys()),
        average_precision=average_precision(scores, labels) if mixed else None,
        roc_auc=roc_auc(scores, labels) if mixed else None,
        confusion=_confusion(between, gold),
    )


def _confusion(between: Mapping[Key, Sequence[PassageMatch]], gold: ArticleGold) -> dict[str, dict[str, int]]:
    found: Counter[tuple[str, str]] = Counter()
    for both, pair in gold.pairs.items():
        classes = {match.match_class for match in between.get(both, ())}
        found[pair.label, next((name for name in _CLASSES if name in classes), _CLASSES[-1])] += 1
    wanted = [name for name in _CLASSES if any(pair.label == name for pair in gold.pairs.values())]
    return {name: {given: found[name, given] for given in _CLASSES} for name in wanted}
