import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.errors import InputError
from align.evaluate.calibration import expected_calibration_error


def test_by_hand_in_two_bins():
    # .1 and .3 against none of two, .6 and .8 against one of two
    assert expected_calibration_error([0.8, 0.1, 0.6, 0.3], [True, False, False, False], bins=2) == pytest.approx(0.2)


def test_sure_and_wrong_is_worst_and_sure_and_right_is_best():
    assert expected_calibration_error([1.0, 0.0], [False, True]) == 1.0
    assert expected_calibration_error([1.0, 0.0], [True, False]) == 0.0


def test_bins_hold_equally_many_not_equal_widths():
    scores, labels = [0.01, 0.02, 0.03, 0.99], [True, True, False, False]
    assert expected_calibration_error(scores, labels, bins=2) == pytest.approx((2 * 0.985 + 2 * 0.51) / 4)


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.booleans()), min_size=1), st.randoms())
def test_order_does_not_matter(pairs, chance):
    shuffled = list(pairs)
    chance.shuffle(shuffled)
    first, second = (
        expected_calibration_error([s for s, _ in given], [label for _, label in given]) for given in (pairs, shuffled)
    )
    assert first == pytest.approx(second)
    assert 0 <= first <= 1


@pytest.mark.parametrize("score", [-0.1, 1.5, float("nan"), float("inf")])
def test_what_is_no_probability_is_refused(score):
    with pytest.raises(InputError, match="score 1 is no probability"):
        expected_calibration_error([0.5, score], [True, False])


@pytest.mark.parametrize(("scores", "labels"), [([], []), ([0.5], [True, False])])
def test_nothing_to_measure_is_refused(scores, labels):
    with pytest.raises(InputError, match="expected as many of each, and one at least"):
        expected_calibration_error(scores, labels)
