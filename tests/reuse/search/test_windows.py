from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.reuse.search.ragged import FileRows
from align.reuse.search.windows import Windows, cut_windows, encode_windows
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
TEXTS = st.lists(TEXT.map(" ".join), min_size=1, max_size=4)


@given(TEXTS, st.data())
def test_the_vectors_of_some_texts_are_those_of_their_windows(texts, data):
    encoder = LetterEncoder()
    windows = encode_windows(texts, encoder)
    chosen = np.array(data.draw(st.lists(st.integers(0, len(texts) - 1))), np.int64)
    vectors, begins = windows.of(chosen)
    assert len(begins) == len(chosen) + 1
    for place, text in enumerate(chosen):
        assert np.array_equal(vectors[begins[place] : begins[place + 1]], encoder.encode(cut_windows(texts[text])))
    assert len(vectors) == begins[-1]
    assert np.array_equal(windows.whole(chosen), vectors[begins[:-1]])


@given(TEXTS)
def test_vectors_may_lie_in_a_file(texts):
    windows = encode_windows(texts, LetterEncoder())
    every = np.arange(len(texts))
    with TemporaryDirectory() as folder:
        path = Path(folder, "vectors")
        path.write_bytes(windows.vectors.astype(np.float16).tobytes())
        stored = Windows(FileRows(path, np.float16, windows.vectors.shape[1]), windows.begins)
        assert np.allclose(stored.whole(every), windows.whole(every), atol=1e-3)
        assert np.allclose(stored.of(every)[0], windows.vectors, atol=1e-3)
        assert stored.whole(every).dtype == np.float32


def test_whole_vectors_are_those_of_the_texts():
    texts = [words(30), words(5), words(17)]
    encoder = LetterEncoder()
    assert np.array_equal(encode_windows(texts, encoder).whole(np.arange(3)), encoder.encode(texts))


def test_a_clause_taken_over_is_seen_in_a_long_sentence():
    clause = "the old dam above the town broke shortly before nine last night"
    long = f"{clause} while elsewhere fishermen quarrelled over quotas, licences, nets, prices and pensions of widows"
    windows = encode_windows([clause, long], LetterEncoder())
    first, second = windows.whole(np.arange(2))
    (ours, _), (theirs, _) = (windows.of(np.array([row])) for row in (0, 1))
    assert (ours @ theirs.T).max() == pytest.approx(1, abs=1e-5)
    assert float(first @ second) < 0.8


def test_an_encoder_that_cuts_by_itself_gives_whole_texts_as_before(use_m3):
    texts = ["The weir broke at dawn.", "", " ".join(f"barge {number} sank" for number in range(20))]
    windows = encode_windows(texts, use_m3)
    assert np.allclose(windows.whole(np.arange(3)), use_m3.encode(texts), atol=1e-5)
    counts = np.diff(windows.begins).tolist()
    assert counts[:2] == [1, 1] and counts[2] > 3
