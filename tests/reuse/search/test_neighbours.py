from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.config import ReuseConfig
from align.reuse.search import neighbours as module
from align.reuse.search.comparable import Comparable
from align.reuse.search.neighbours import nearest_among, nearest_between
from align.reuse.search.windows import Windows
from tests.reuse.stories import Page

DATES = st.none() | st.dates(date(2021, 3, 1), date(2021, 3, 9)).map(str) | st.just("2021-03")
WORDS = st.lists(st.sampled_from(["dam", "weir", "lock", "gate", "broke"]), min_size=4, max_size=6).map(" ".join)
STORIES = st.lists(
    st.tuples(st.sampled_from([None, "quai", "phare"]), DATES, st.lists(WORDS, min_size=1, max_size=3)),
    min_size=1,
    max_size=8,
)
SETTINGS = st.tuples(st.integers(1, 4), st.sampled_from([0, 2, 30]), st.sampled_from([-1.0, 0.4]))


def ranked(rows, others, page, comparable, config):
    """The nearest of each row among others, worked out pair by pair."""
    vectors = page.windows().whole(np.arange(len(page.sentences))).astype(np.float64)
    story, found = page.columns.story, {}
    for row in rows.tolist():
        near = []
        for other in others.tolist():
            cosine = min(round(float(vectors[row] @ vectors[other]), 6), 1.0)
            if cosine >= config.min_cosine and comparable.each(story[[row]], story[[other]])[0]:
                near.append((-cosine, other))
        found[row] = sorted(near)[: config.neighbours]
    return found


def told(found):
    by_row = {}
    for row, other, cosine in zip(*(part.tolist() for part in found), strict=True):
        by_row.setdefault(row, []).append((-cosine, other))
    return by_row


def agree(found, expected):
    """Whether two rankings are one, but for cosines that differ in their last decimal and ties that this makes."""
    assert found.keys() <= expected.keys()
    for row, near in expected.items():
        cosines = [-cosine for cosine, _ in found.get(row, [])]
        assert cosines == pytest.approx([-cosine for cosine, _ in near], abs=2e-6), row
        assert cosines == sorted(cosines, reverse=True)


@given(STORIES, SETTINGS, st.sampled_from([2, 5, 2048]))
def test_the_nearest_of_each_row_are_found_whatever_the_blocks(made, settings, block):
    neighbours, days, least = settings
    page, config = Page.of(made), ReuseConfig(min_cosine=least, window_days=days, neighbours=neighbours)
    comparable, rows = Comparable(page.stories, config), np.arange(len(page.sentences))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_BLOCK", block)
        found = told(nearest_among(rows, page.columns, page.windows(), comparable, config))
    agree(found, ranked(rows, rows, page, comparable, config))


@given(STORIES, SETTINGS, st.sampled_from([2, 5, 2048]), st.integers(0, 12))
def test_two_sides_are_held_against_each_other_in_both_directions(made, settings, block, cut):
    neighbours, days, least = settings
    page, config = Page.of(made), ReuseConfig(min_cosine=least, window_days=days, neighbours=neighbours)
    comparable, rows = Comparable(page.stories, config), np.arange(len(page.sentences))
    one, other = rows[:cut], rows[cut:]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_BLOCK", block)
        found = told(nearest_between(one, other, page.columns, page.windows(), comparable, config))
    expected = ranked(one, other, page, comparable, config) | ranked(other, one, page, comparable, config)
    agree(found, expected)


def test_of_equal_cosines_the_lower_row_comes_first():
    page = Page.of([("quai", None, ["The dam broke at dawn."]), *[(None, None, ["The dam broke at dawn."])] * 4])
    config = ReuseConfig(neighbours=2)
    comparable = Comparable(page.stories, config)
    rows, others, _ = nearest_among(np.arange(5), page.columns, page.windows(), comparable, config)
    assert others[rows == 0].tolist() == [1, 2]
    assert others[rows == 4].tolist() == [0, 1]


def test_a_cosine_is_no_more_than_one():
    page = Page.of([(None, None, ["The dam broke at dawn."])] * 2)
    held = page.windows()
    longer = Windows(held.vectors[:] * np.float32(1.001), held.begins)
    config = ReuseConfig()
    found = nearest_among(np.arange(2), page.columns, longer, Comparable(page.stories, config), config)
    assert found[2].tolist() == [1.0, 1.0]
