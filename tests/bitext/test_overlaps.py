"""Run vectors by joining, a stretch at a time, and encoders that answer wrongly."""

from collections.abc import Sequence

import numpy as np
import pytest

from align.bitext.overlaps import open_runs
from align.bitext.vectors import Vectors, no_vectors
from align.errors import InputError


def test_runs_are_the_joined_strings(words) -> None:
    texts = ["a b", "c", "", "d e f"]
    runs = open_runs(words, texts).rows((1, 2, 3), 0, 4)
    assert runs.shape == (3, 4, 64)
    assert np.allclose(runs[1, 0], words.encode(["a b c"])[0])
    assert np.allclose(runs[2, 1], words.encode(["c d e f"])[0])
    assert not runs[1, 3].any()


def test_runs_longer_than_the_text_are_zero(words) -> None:
    assert not open_runs(words, ["a"]).rows((1, 2, 3, 4, 5), 0, 1)[1:].any()


class Runs:
    """An encoder that knows runs, and notes what it was asked."""

    name, languages = "runs", frozenset()

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def encode_runs(self, texts: Sequence[str], k_max: int) -> np.ndarray:
        self.asked.append(list(texts))
        return np.arange(k_max * len(texts), dtype=np.float32).reshape(k_max, len(texts), 1)


def test_an_encoder_that_knows_runs_is_asked_for_a_stretch() -> None:
    encoder = Runs()
    rows = open_runs(encoder, list("abcdef")).rows((2, 3), 1, 3)  # type: ignore[arg-type]
    assert encoder.asked == [["b", "c", "d", "e"]]
    assert rows[..., 0].tolist() == [[4, 5], [8, 9]]


@pytest.mark.parametrize("answer", [np.zeros((1, 4)), np.zeros(4), np.full((2, 4), np.nan)])
def test_a_wrong_answer_is_refused(answer: np.ndarray) -> None:
    class Wrong:
        name, languages = "wrong", frozenset()

        def encode(self, texts: list[str]) -> np.ndarray:
            return answer

        def open_runs(self, texts: list[str]) -> "Wrong":
            return self

        def rows(self, sizes: tuple[int, ...], begin: int, end: int) -> np.ndarray:
            return answer

    with pytest.raises(InputError, match="encoder 'wrong' gave shape"):
        open_runs(Wrong(), ["a", "b"]).rows((1,), 0, 2)
    plain = type("Plain", (), {"name": "wrong", "languages": frozenset(), "encode": Wrong.encode})()
    with pytest.raises(InputError, match="encoder 'wrong' gave shape"):
        open_runs(plain, ["a", "b"]).rows((1,), 0, 2)


@pytest.mark.parametrize("kept", [0, 2**30])
def test_vectors_are_the_same_whatever_is_kept(kept: int, words, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"w{i} w{i % 7} w{i % 3}" for i in range(30)]
    whole = Vectors(open_runs(words, texts), 30, 4).rows(0, 30)
    monkeypatch.setattr("align.bitext.vectors._STRETCH", 4)
    monkeypatch.setattr("align.bitext.vectors._SINGLES", 7)
    monkeypatch.setattr("align.bitext.vectors._KEPT_BYTES", kept)
    vectors = Vectors(open_runs(words, texts), 30, 4)
    assert np.allclose(vectors.rows(0, 30), whole, atol=1e-6)
    for begin, end in ((0, 1), (3, 9), (29, 30), (11, 11), (2, 5)):
        assert np.array_equal(vectors.rows(begin, end), vectors.rows(0, 30)[:, begin:end])


def test_centred_rows_have_length_one_or_none(words) -> None:
    rows = Vectors(open_runs(words, ["a b", "", "c", "d e"]), 4, 2).rows(0, 4)
    assert np.linalg.norm(rows, axis=2) == pytest.approx(np.array([[1, 0, 1, 1], [1, 1, 1, 0]]), abs=1e-6)
    assert not no_vectors(3, 2).rows(0, 3).any()
