"""Ranking measures against their definitions."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from align.errors import InputError
from align.evaluate.matches import average_precision, roc_auc, score_matches

SCORES = [0.9, 0.8, 0.7, 0.6, 0.55, 0.2]
LABELS = [True, False, True, True, False, False]


def test_worked_example() -> None:
    scores = score_matches(SCORES, LABELS, threshold=0.65)
    assert (scores.precision, scores.recall, scores.f1) == (pytest.approx(2 / 3),) * 3
    assert scores.average_precision == pytest.approx((1 + 2 / 3 + 3 / 4) / 3)
    assert scores.roc_auc == pytest.approx(7 / 9)
    assert (scores.pairs, scores.positives) == (6, 3)


def test_the_threshold_itself_is_flagged() -> None:
    assert score_matches(SCORES, LABELS, threshold=0.9).recall == pytest.approx(1 / 3)
    assert score_matches(SCORES, LABELS, threshold=1.0).f1 == 0


def test_ties_do_not_depend_on_the_order() -> None:
    assert average_precision([0.5] * 4, [True, False, False, True]) == 0.5
    assert average_precision([0.5] * 4, [False, False, True, True]) == 0.5
    assert roc_auc([0.5] * 4, [True, False, False, True]) == 0.5


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=2, max_size=12))
def test_auc_is_the_share_of_pairs_in_order(items: list[tuple[int, bool]]) -> None:
    positive, negative = [[s for s, label in items if label is kind] for kind in (True, False)]
    assume(positive and negative)
    wins = sum((p > n) + (p == n) / 2 for p in positive for n in negative)
    scores, labels = [float(s) for s, _ in items], [label for _, label in items]
    assert roc_auc(scores, labels) == pytest.approx(wins / len(positive) / len(negative))
    assert 0 < average_precision(scores, labels) <= 1


@pytest.mark.parametrize(
    ("scores", "labels", "message"),
    [
        ([0.1], [True, False], "1 scores for 2 labels"),
        ([0.1, float("nan")], [True, False], "score 1 is not finite"),
        ([0.1, 0.2], [True, True], "2 of them positive"),
        ([0.1, 0.2], [False, False], "0 of them positive"),
        ([], [], "0 labels"),
    ],
)
def test_what_cannot_be_ranked_is_refused(scores: list, labels: list, message: str) -> None:
    with pytest.raises(InputError, match=message):
        score_matches(scores, labels)
