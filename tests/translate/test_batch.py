import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.translate.batch import token_batches

LENGTHS = st.lists(st.integers(0, 300), max_size=80)
BUDGETS = st.integers(1, 2000)


@given(LENGTHS, BUDGETS)
def test_every_index_is_in_one_batch(lengths, budget):
    batches = token_batches(lengths, budget)
    assert sorted(index for batch in batches for index in batch) == list(range(len(lengths)))
    assert all(batches)


@given(LENGTHS, BUDGETS)
def test_padded_size_stays_within_the_budget(lengths, budget):
    for batch in token_batches(lengths, budget):
        assert len(batch) == 1 or len(batch) * max(lengths[index] for index in batch) <= budget


@given(LENGTHS, BUDGETS)
def test_longest_first_and_ties_in_the_order_of_the_input(lengths, budget):
    order = [index for batch in token_batches(lengths, budget) for index in batch]
    assert order == sorted(order, key=lambda index: (-lengths[index], index))


def test_a_batch_is_filled_before_the_next_is_begun():
    assert token_batches([5, 9, 5, 9, 2], 20) == [[1, 3], [0, 2, 4]]


@pytest.mark.parametrize(("lengths", "budget"), [([3], 0), ([3, -1], 10)])
def test_nonsense_is_refused(lengths, budget):
    with pytest.raises(ValueError, match=r"budget|negative"):
        token_batches(lengths, budget)
