import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.config import ReuseConfig
from align.reuse.search.comparable import Comparable
from tests.reuse.stories import story


def compared(first, second, **options):
    found = Comparable([first, second], ReuseConfig(**options))
    assert found(first.id, second.id) == found(second.id, first.id)
    return found(first.id, second.id)


def test_a_story_is_never_compared_with_itself():
    for same_outlet in (False, True):
        one = story("a", outlet="quai")
        assert not Comparable([one], ReuseConfig(same_outlet=same_outlet))("a", "a")
        assert not Comparable([story("a")], ReuseConfig(same_outlet=same_outlet))("a", "a")


def test_one_outlet_is_compared_with_itself_only_on_request():
    pair = story("a", outlet="quai"), story("b", outlet="quai")
    assert not compared(*pair)
    assert compared(*pair, same_outlet=True)


def test_two_outlets_are_compared():
    assert compared(story("a", outlet="quai"), story("b", outlet="phare"))


@pytest.mark.parametrize("outlet", [None, "quai"])
def test_an_unknown_outlet_is_compared_with_all(outlet):
    assert compared(story("a"), story("b", outlet=outlet))


@pytest.mark.parametrize(
    ("first", "second", "days", "expected"),
    [
        ("2021-03-01", "2021-03-31", 30, True),
        ("2021-03-01", "2021-04-01", 30, False),
        ("2021-03-01", "2021-04-01", 31, True),
        ("2021-03-01T23:59", "2021-03-31T00:01", 30, True),
        ("2021-03", "2021-04-30", 30, True),  # the last of March lies thirty days before
        ("2021-03", "2021-05-01", 30, False),
        ("2021-04-30", "2021-06", 31, False),  # the first of June lies thirty-two days after
        ("2021-04-30", "2021-06", 32, True),
        ("2021-02", "2021-02", 1, True),
        ("2020-12", "2021-01-01", 1, True),  # a December ends with its year
        ("2020-12", "2021-01-02", 1, False),
        ("2020-02", "2020-03-01", 1, True),  # a leap year's February has 29 days
        ("2020", "2021-01-30", 30, True),
        ("2020", "2021-02-01", 30, False),
        ("2021-12-31", "2023", 30, False),
        ("2001-01-01", "2021-01-01", 0, True),
        (None, "2021-01-01", 1, True),
        (None, None, 1, True),
    ],
)
def test_the_window_of_days(first, second, days, expected):
    assert compared(story("a", published=first), story("b", published=second), window_days=days) is expected


DATES = st.none() | st.dates().map(str) | st.dates().map(lambda day: str(day)[:7])
STORIES = st.lists(st.tuples(st.sampled_from([None, "quai", "phare"]), DATES), min_size=1, max_size=6)


@given(STORIES, st.integers(0, 400), st.booleans())
def test_the_matrix_says_what_each_pair_says(made, days, same_outlet):
    stories = [story(f"s{n}", outlet=outlet, published=date) for n, (outlet, date) in enumerate(made)]
    found = Comparable(stories, ReuseConfig(window_days=days, same_outlet=same_outlet))
    numbers = np.arange(len(stories))
    matrix = found.matrix(numbers, numbers)
    assert (matrix == matrix.T).all()
    assert not matrix.diagonal().any()
    for one in stories:
        for other in stories:
            assert matrix[found.number(one.id), found.number(other.id)] == found(one.id, other.id)


def test_an_unknown_date_is_without_limit():
    found = Comparable([story("a"), story("b", published="2021-02"), story("c", published="2021-03-05")], ReuseConfig())
    begins, ends = found.days(np.arange(3))
    assert (begins[0], ends[0]) == (-np.inf, np.inf)
    assert (ends - begins)[1:].tolist() == [27, 0]
