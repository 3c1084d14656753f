from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.reuse.windows import cut_windows, encode_windows
from tests.reuse.stories import LetterEncoder

COUNTS = st.integers(0, 80)


def words(count):
    return " ".join(f"w{number}" for number in range(count))


@given(COUNTS)
def test_windows_cover_the_text(count):
    whole, *parts = cut_windows(words(count))
    assert whole == words(count)
    assert bool(parts) == (count > 16)
    if parts:
        assert {word for part in parts for word in part.split()} == set(whole.split())
        assert all(f" {part} " in f" {whole} " and len(part.split()) <= 12 for part in parts)
        assert all(len(part.split()) > 6 for part in parts)


@given(st.integers(17, 80))
def test_windows_overlap_by_half(count):
    _, *parts = cut_windows(words(count))
    for one, other in pairwise(parts):
        assert one.split()[6:] == other.split()[: len(one.split()) - 6]


def test_a_short_text_is_not_cut():
    assert cut_windows(words(16)) == [words(16)]
    assert cut_windows("") == [""]


TEXT = st.lists(st.sampled_from(["the", "old", "dam", "above", "town", "broke", "before", "nine"]), max_size=30)


@given(st.lists(TEXT, min_size=2, max_size=4))
def test_the_best_cosine_is_no_less_than_that_of_the_whole(texts):
    windows = encode_windows([" ".join(text) for text in texts], LetterEncoder())
    vectors = windows.whole()
    assert len(vectors) == len(texts)
    for first in range(len(texts)):
        for second in range(len(texts)):
            best = windows.best((first,), (second,))
            assert best >= float(vectors[first] @ vectors[second]) - 1e-6
            assert best == pytest.approx(windows.best((second,), (first,)), abs=1e-6)


def test_whole_vectors_are_those_of_the_texts():
    texts = [words(30), words(5), words(17)]
    encoder = LetterEncoder()
    assert np.array_equal(encode_windows(texts, encoder).whole(), encoder.encode(texts))


def test_a_clause_taken_over_is_seen_in_a_long_sentence():
    clause = "the old dam above the town broke shortly before nine last night"
    long = f"{clause} while elsewhere fishermen quarrelled over quotas, licences, nets, prices and pensions of widows"
    windows = encode_windows([clause, long], LetterEncoder())
    vectors = windows.whole()
    assert windows.best((0,), (1,)) == pytest.approx(1, abs=1e-5)
    assert float(vectors[0] @ vectors[1]) < 0.8


def test_several_texts_on_a_side_give_the_best_of_them():
    windows = encode_windows(["an old dam broke", "quotas and nets", "quotas and nets"], LetterEncoder())
    assert windows.best((0, 1), (2,)) == pytest.approx(1, abs=1e-5)
    assert windows.best((0,), (2,)) < 0.9


def test_an_encoder_that_cuts_by_itself_gives_whole_texts_as_before(use_m3):
    texts = ["The weir broke at dawn.", "", " ".join(f"barge {number} sank" for number in range(20))]
    windows = encode_windows(texts, use_m3)
    assert np.allclose(windows.whole(), use_m3.encode(texts), atol=1e-5)
    counts = [end - begin for begin, end in zip(windows.begins, windows.begins[1:], strict=False)]
    assert counts[:2] == [1, 1] and counts[2] > 3
    assert windows.best([0], [0]) == pytest.approx(1, abs=1e-5)
