import json

import pytest

from align.errors import InputError
from align.evaluate.verdicts import Verdict, read_verdicts, score_against_verdicts
from tests.runs import MANIFEST, Run

SIGNATURE = MANIFEST["signature"]


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
