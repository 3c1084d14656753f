import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.reuse.agreement import telling


@pytest.mark.parametrize(
    ("less", "more"), [(2, 6), (6, 40), (40, 200), (200, 212), (2019, 6), (2019, 212)], ids=lambda pair: str(pair)
)
def test_how_telling_a_value_is(less, more):
    assert telling(less) <= telling(more)


@given(st.floats(0, 1e12) | st.integers(0, 10**9))
def test_telling_stays_in_its_range(value):
    assert 0.2 <= telling(value) <= 1.6
