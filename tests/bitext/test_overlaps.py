"""Run vectors by joining, and encoders that answer wrongly."""

import numpy as np
import pytest

from align.bitext.overlaps import encode_runs
from align.errors import InputError


def test_runs_are_the_joined_strings(words) -> None:
    texts = ["a b", "c", "", "d e f"]
    runs = encode_runs(words, texts, 3)
    assert runs.shape == (3, 4, 64)
    assert np.allclose(runs[1, 0], words.encode(["a b c"])[0])
    assert np.allclose(runs[2, 1], words.encode(["c d e f"])[0])
    assert not runs[1, 3].any()


def test_runs_longer_than_the_text_are_zero(words) -> None:
    assert not encode_runs(words, ["a"], 5)[1:].any()


def test_an_encoder_that_knows_runs_is_asked_for_them(words) -> None:
    class Runs:
        name, languages, encode = "runs", frozenset(), words.encode

        def encode_runs(self, texts: list[str], k_max: int) -> np.ndarray:
            return np.ones((k_max, len(texts), 2), np.float32)

    assert encode_runs(Runs(), ["a", "b"], 3).all()


@pytest.mark.parametrize("answer", [np.zeros((1, 4)), np.zeros(4), np.full((2, 4), np.nan)])
def test_a_wrong_answer_is_refused(answer: np.ndarray) -> None:
    class Wrong:
        name, languages = "wrong", frozenset()

        def encode(self, texts: list[str]) -> np.ndarray:
            return answer

    with pytest.raises(InputError, match="encoder 'wrong' gave shape"):
        encode_runs(Wrong(), ["a", "b"], 1)
