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
