"""BLEU and chrF2 with their signatures."""

import pytest

from align.errors import InputError
from align.evaluate.mt import score_translations

REFERENCES = ["The port was closed on Thursday.", "Twelve containers fell into the sea near the island."]


def test_equal_texts_score_full_marks() -> None:
    scores = score_translations(REFERENCES, REFERENCES)
    assert scores.bleu == pytest.approx(100)
    assert scores.chrf2 == pytest.approx(100)
    assert "tok:13a" in scores.bleu_signature
    assert "version:" in scores.bleu_signature
    assert "nw:0" in scores.chrf2_signature


def test_worse_texts_score_less() -> None:
    near = score_translations(["The port was shut on Thursday.", REFERENCES[1]], REFERENCES)
    far = score_translations(["A cat sleeps.", "Rain is expected tomorrow."], REFERENCES)
    assert 100 > near.bleu > far.bleu >= 0
    assert 100 > near.chrf2 > far.chrf2 >= 0


@pytest.mark.parametrize(("hypotheses", "references"), [([], []), (["a"], ["a", "b"]), ("a", ["a"]), (["a"], "a")])
def test_sides_that_do_not_match_are_refused(hypotheses: object, references: object) -> None:
    with pytest.raises(InputError):
        score_translations(hypotheses, references)  # type: ignore[arg-type]


def test_intervals_are_there_when_asked_for_and_in_the_signature() -> None:
    hypotheses = ["The port was shut on Thursday.", "Twelve boxes fell into the sea near the island."] * 5
    plain = score_translations(hypotheses, REFERENCES * 5)
    assert plain.bleu_interval is None
    assert "bs:" not in plain.bleu_signature
    scores = score_translations(hypotheses, REFERENCES * 5, resamples=50)
    assert scores.bleu == plain.bleu
    assert scores.bleu_interval[0] < scores.bleu_interval[1]
    assert "bs:50|seed:12345" in scores.bleu_signature
    assert scores == score_translations(hypotheses, REFERENCES * 5, resamples=50)
