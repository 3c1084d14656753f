"""Run vectors against the joined strings encoded as they are."""

import numpy as np
import pytest

from align.embed.use import UseM3
from align.errors import InputError

SENTENCES = [
    "The ferry left the island before dawn with sixty passengers.",
    "Nobody had told the captain that the northern light was out.",
    "He said: no.",
    "Deux heures plus tard, la radio du bord ne répondait plus.",
    "Balıkçılar sabah erkenden denize açıldı ve ağlarını topladı.",
    "",
    "The coast guard found the boat near the old lighthouse, 14 miles off.",
    "تم إنقاذ جميع الركاب قبل الظهر.",
    "\u200b",
    "Yes.",
    "The mayor thanked the crews and promised a new radio mast by spring.",
]
K_MAX = 5


@pytest.fixture(scope="module")
def runs(use_m3: UseM3) -> np.ndarray:
    return use_m3.encode_runs(SENTENCES, K_MAX)


def cosines(texts: list[str], encoder: UseM3) -> np.ndarray:
    """Of every run with a token to its joined string."""
    runs = encoder.encode_runs(texts, K_MAX)
    found = []
    for k in range(1, K_MAX + 1):
        exact = encoder.encode([" ".join(texts[i : i + k]) for i in range(len(texts) - k + 1)])
        found.append(np.sum(runs[k - 1, : len(exact)] * exact, axis=1)[exact.any(axis=1)])
    return np.concatenate(found)


def test_runs_are_near_the_encoded_strings(use_m3: UseM3) -> None:
    found = cosines([text for text in SENTENCES if len(text) > 10 or not text.strip("\u200b")], use_m3)
    assert found.mean() >= 0.9999
    assert found.min() >= 0.999


def test_sentences_of_one_word_cost_a_little(use_m3: UseM3) -> None:
    found = cosines(["Yes.", "No!", "Why?", *SENTENCES, "Go.", "Ah."], use_m3)
    assert found.mean() >= 0.998
    assert found.min() >= 0.95


def test_single_sentences_are_exact(runs: np.ndarray, use_m3: UseM3) -> None:
    assert np.abs(runs[0] - use_m3.encode(SENTENCES)).max() < 2e-6


def test_the_joints_are_put_right(use_m3: UseM3, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the correction the vectors are measurably worse: the test above can fail."""
    from align.embed import runs as module

    texts = SENTENCES[:2]
    exact = use_m3.encode([" ".join(texts)])[0]
    corrected = use_m3.encode_runs(texts, 2)[1, 0]
    monkeypatch.setattr(module, "CONTEXT", 0)  # nothing but the marks is taken away at a joint
    worse = use_m3.encode_runs(texts, 2)[1, 0]
    assert exact @ corrected > 0.99999 > exact @ worse


def test_rows_beyond_the_end_and_without_tokens_are_zero(runs: np.ndarray, use_m3: UseM3) -> None:
    for k in range(1, K_MAX + 1):
        assert not runs[k - 1, len(SENTENCES) - k + 1 :].any()
    assert not runs[0, 5].any()
    assert not use_m3.encode_runs(["", " "], 3).any()
    assert use_m3.encode_runs([], 3).shape == (3, 0, 512)


def test_a_run_length_below_one_is_refused(use_m3: UseM3) -> None:
    with pytest.raises(InputError, match="k_max 0"):
        use_m3.encode_runs(SENTENCES, 0)
