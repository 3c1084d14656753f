import numpy as np
import pytest

from align.errors import InputError
from align.evaluate.bootstrap import intervals, ratio


def mean(sums):
    return sums[:, :1] / 400


def test_an_interval_is_that_of_the_textbook():
    flips = np.tile([[1.0], [0.0]], (200, 1))
    ((low, high),) = intervals(flips, mean, 4000)
    error = 1.96 * 0.5 / 400**0.5
    assert (low, high) == pytest.approx((0.5 - error, 0.5 + error), abs=0.006)


def test_the_same_draws_every_time():
    counts = np.random.default_rng(1).random((50, 1))
    assert intervals(counts, mean, 200) == intervals(counts, mean, 200)
    wide, narrow = intervals(counts, mean, 200, level=0.95), intervals(counts, mean, 200, level=0.5)
    assert wide[0][0] < narrow[0][0] < narrow[0][1] < wide[0][1]


def test_draws_that_do_not_fit_in_memory_at_once_are_no_fewer(monkeypatch):
    from align.evaluate import bootstrap

    seen = []
    monkeypatch.setattr(bootstrap, "_AT_A_TIME", 100)
    intervals(np.ones((30, 1)), lambda sums: seen.append(len(sums)) or sums, 50)
    assert seen == [50]


def test_units_that_are_all_alike_leave_no_room():
    assert intervals(np.ones((10, 1)), lambda sums: sums / 10, 100) == [(1.0, 1.0)]


@pytest.mark.parametrize(("units", "resamples"), [(0, 100), (5, 0), (5, 1)])
def test_nothing_to_draw_is_refused(units, resamples):
    with pytest.raises(InputError, match="resamples of"):
        intervals(np.ones((units, 1)), mean, resamples)


def test_nothing_by_nothing_is_nothing():
    assert ratio(np.array([1.0, 0.0]), np.array([2.0, 0.0])).tolist() == [0.5, 0.0]
