"""Candidates in half of their memory."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from align.reuse.search import packed as module
from align.reuse.search.candidates import Candidates
from align.reuse.search.packed import PackedPairs, packed, pairs_of_stories, stretches, unpacked

SIX_DECIMALS = st.floats(-1, 1).map(lambda value: float(np.round(value, 6)))


@given(st.lists(SIX_DECIMALS))
def test_six_decimals_come_back_to_the_last_bit(values):
    held = np.array(values, np.float64)
    assert np.array_equal(unpacked(packed(held)), held)
    assert np.array_equal(unpacked(held), held)


def test_every_six_decimals_near_one_come_back():
    held = np.round(np.arange(900_000, 1_000_001) / 1e6, 6)
    assert np.array_equal(unpacked(packed(held)), held)
    assert not np.array_equal(packed(held).astype(np.float64), held)


def test_what_was_not_packed_is_not_rounded():
    assert unpacked(np.array([0.123456789])).tolist() == [0.123456789]


def test_parts_of_pairs_come_back():
    one = Candidates(np.array([0, 0]), np.array([3, 2**31 - 1]), np.array([0.7, -0.000001]))
    other = Candidates(np.array([5]), np.array([9]), np.array([1.0]))
    held = PackedPairs.of(iter([one, other]))
    assert len(held) == 3
    assert sum(column.nbytes for column in (held.first, held.second, held.cosine)) == 3 * 12
    part = held.part(np.array([1, 2]))
    assert (part.first.tolist(), part.second.tolist(), part.cosine.tolist()) == (
        [0, 5],
        [2**31 - 1, 9],
        [-0.000001, 1.0],
    )
    assert (part.first.dtype, part.second.dtype) == (np.int64, np.int64)  # products of rows do not fit into 32 bits
    assert held.part(slice(0, 1)).second.tolist() == [3]
    assert len(PackedPairs.of([])) == 0


@given(st.lists(st.integers(0, 9)), st.integers(1, 12))
def test_stretches_cover_all_places_and_hold_no_more_than_asked_for_and_one_place(sizes, most):
    found = list(stretches(np.array(sizes, np.int64), most))
    assert [place for begin, end in found for place in range(begin, end)] == list(range(len(sizes)))
    assert all(sum(sizes[begin : end - 1]) <= max(most, sum(sizes) // 64) for begin, end in found)


def test_stretches_are_as_few_as_that_allows():
    assert list(stretches(np.array([1, 1, 1, 1, 1]), 2)) == [(0, 2), (2, 4), (4, 5)]
    assert list(stretches(np.array([7, 0, 1]), 2)) == [(0, 1), (1, 3)]


def test_stretches_of_very_many_are_longer(monkeypatch):
    monkeypatch.setattr(module, "_STRETCHES", 3)
    assert list(stretches(np.ones(12, np.int64), 2)) == [(0, 4), (4, 8), (8, 12)]
    assert list(stretches(np.ones(12, np.int64), 6)) == [(0, 6), (6, 12)]


ROWS = [(one, other) for one in range(8) for other in range(one + 1, 8)]


@given(st.permutations([0, 0, 0, 1, 1, 2, 2, 2]), st.sets(st.sampled_from(ROWS)), st.integers(1, 20))
def test_pairs_of_two_stories_stay_together(story, rows, most):
    first, second = (np.array([row[side] for row in sorted(rows)], np.int64) for side in (0, 1))
    held = Candidates(first, second, np.zeros(len(rows)))
    parts = [places.tolist() for places in pairs_of_stories(held, np.array(story), most)]
    assert sorted(place for part in parts for place in part) == list(range(len(rows)))
    assert parts == [sorted(part) for part in parts]
    stories = [{story[first[place]] for place in part} for part in parts]
    assert sum(map(len, stories)) == len(set().union(*stories))
