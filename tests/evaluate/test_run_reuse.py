import json

import pytest

from align.errors import InputError
from align.evaluate.run_reuse import score_against_gold
from tests.runs import Run

# page-1 and page-2 have a flagged match of these two (m1); page-1 and page-2 one that is not flagged (m5)
QUAI, LIMAN = "Les autorités ont fermé le port", "Yetkililer, 14 konteynerin denize düşmesinin ardından"
POST, TIMES = "@valmerliman Liman yarın açılacak.", "The authorities closed the port on Thursday after twelve boxes"


@pytest.fixture
def run(tmp_path):
    return Run().write(tmp_path / "run")


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "given.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write


def pair(first, second, label):
    return {"a": {"quote": first}, "b": {"quote": second}, "label": label}


def quote(run, match_id):
    match = next(match for match in Run().matches if match.id == match_id)
    return match.source.text, match.target.text


def test_figures_against_gold_by_hand(run, file):
    pairs = [
        pair(*quote(run, "m1"), "rewrite"),  # flagged, right
        pair(*quote(run, "m3"), "same-event"),  # flagged, wrong
        pair(*quote(run, "m5"), "rewrite"),  # found, not flagged
        pair(POST, TIMES, "rewrite"),  # in no match
        pair(POST, "Douze conteneurs à la mer", "unrelated"),
    ]
    scores = score_against_gold(run, file({"pairs": pairs}))
    assert (scores.pairs, scores.positives, scores.found) == (5, 3, 3)
    assert (scores.precision, scores.recall) == (0.5, pytest.approx(1 / 3))
    assert scores.f1 == pytest.approx(0.4)
    assert scores.roc_auc == pytest.approx(2.5 / 6)
    assert scores.precision_interval is None
    with_spread = score_against_gold(run, file({"pairs": pairs}), resamples=200)
    low, high = with_spread.recall_interval
    assert low < scores.recall < high
    assert with_spread == score_against_gold(run, file({"pairs": pairs}), resamples=200)


def test_labels_that_are_all_alike_have_no_ranking(run, file):
    scores = score_against_gold(run, file({"pairs": [pair(*quote(run, "m1"), "rewrite")]}))
    assert (scores.precision, scores.recall, scores.average_precision, scores.roc_auc) == (1, 1, None, None)


def test_a_gold_file_without_pairs_is_refused(run, file):
    with pytest.raises(InputError, match="no pair to evaluate against"):
        score_against_gold(run, file({"pairs": []}))
