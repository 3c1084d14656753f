import json

import pytest

from align.errors import InputError
from align.evaluate.run_reuse import Verdict, read_verdicts, score_against_gold, score_against_verdicts
from tests.runs import MANIFEST, Run

SIGNATURE = MANIFEST["signature"]
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


def verdicts(*given, signature=SIGNATURE):
    listed = [{"match": match, "verdict": verdict} for match, verdict in given]
    return {"signature": signature, "verdicts": listed}


def test_figures_against_verdicts_by_hand(run, file):
    given = verdicts(("m1", "right"), ("m2", "right"), ("m3", "wrong"), ("m5", "right"), ("m6", "wrong"))
    scores = score_against_verdicts(run, file(given), resamples=100)
    assert (scores.verdicts, scores.flagged, scores.right, scores.wrong, scores.missed) == (5, 3, 2, 1, 1)
    assert scores.precision == pytest.approx(2 / 3)
    assert scores.precision_interval[0] < 2 / 3 < scores.precision_interval[1]


def test_no_verdict_on_a_flagged_match_is_no_precision(run, file):
    scores = score_against_verdicts(run, file(verdicts(("m6", "wrong"))), resamples=100)
    assert (scores.flagged, scores.precision, scores.precision_interval) == (0, 0.0, None)
    assert score_against_verdicts(run, file(verdicts())).verdicts == 0


def test_notes_are_read(file):
    given = {"signature": "s", "verdicts": [{"match": "m1", "verdict": "wrong", "note": "mere\nagency"}], "more": 1}
    assert read_verdicts(file(given)) == ("s", [Verdict("m1", False, "mere\nagency")])


def test_verdicts_on_another_run_or_match_are_refused(run, file):
    with pytest.raises(InputError, match=f"verdicts on the run 'ffff'; .* is the run '{SIGNATURE}'"):
        score_against_verdicts(run, file(verdicts(signature="ffff")))
    with pytest.raises(InputError, match="a verdict on match 'm99'"):
        score_against_verdicts(run, file(verdicts(("m99", "right"))))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "not a file of verdicts"),
        ("[]", "not a file of verdicts"),
        ({"verdicts": []}, "not a file of verdicts: 'signature'"),
        ({"signature": 3, "verdicts": []}, "`signature` must be a text"),
        ({"signature": "s", "verdicts": {}}, "`verdicts` a list"),
        ({"signature": "s", "verdicts": ["m1"]}, "verdict 1 names no match"),
        ({"signature": "s", "verdicts": [{"verdict": "right"}]}, "verdict 1 names no match"),
        (verdicts(("m1", "right"), ("m2", "maybe")), "verdict 2: not a verdict: 'maybe'; allowed: right, wrong"),
        (verdicts(("m1", "right"), ("m1", "wrong")), "verdict 2: a second one on match 'm1'"),
        ({"signature": "s", "verdicts": [{"match": "m", "verdict": "right", "note": 1}]}, "the note is no text"),
    ],
)
def test_what_is_no_file_of_verdicts_is_refused(file, content, said):
    with pytest.raises(InputError, match=said):
        read_verdicts(file(content))
