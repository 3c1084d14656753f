import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from align.reuse.search.ordering import distinct, order_within, rank_in_runs, repeated

FEW = st.lists(st.integers(-3, 3))
HASHES = st.integers(0, 2**64 - 1) | st.sampled_from([0, 1, 2**24, 2**24 - 1, 2**40, 2**64 - 1])
OWNED = st.lists(st.tuples(st.integers(0, 3) | st.sampled_from([2**24 - 1, 2**24, 2**40]), HASHES))


@given(FEW)
def test_distinct_values_rise_and_stand_there_once(values):
    assert distinct(np.array(values, np.int64)).tolist() == sorted(set(values))


@given(FEW)
def test_repeated_values_stand_side_by_side_and_others_are_left_out(values):
    places = repeated(np.array(values, np.int64)).tolist()
    assert sorted(places) == [place for place, value in enumerate(values) if values.count(value) > 1]
    assert [values[place] for place in places] == sorted(value for value in values if values.count(value) > 1)


@given(OWNED)
def test_the_order_is_by_owner_and_then_by_the_whole_value(owned):
    owner, values = (np.array([pair[side] for pair in owned], kind) for side, kind in enumerate((np.int64, np.uint64)))
    order = order_within(owner, values).tolist()
    assert sorted(order) == list(range(len(owned)))
    assert [owned[place] for place in order] == sorted(owned)


def test_values_that_agree_in_their_first_bits_are_told_apart():
    owner, values = np.zeros(3, np.int64), np.array([2**50 + 2, 2**50, 2**50 + 1], np.uint64)
    assert order_within(owner, values).tolist() == [1, 2, 0]


@given(st.lists(st.integers(0, 3)).map(sorted))
def test_a_rank_counts_equal_values_before(values):
    assert rank_in_runs(np.array(values, np.int64)).tolist() == [
        values[:n].count(value) for n, value in enumerate(values)
    ]
