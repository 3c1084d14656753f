from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from align.config import ReuseConfig
from align.reuse.search import lexical_join as module
from align.reuse.search.comparable import Comparable
from align.reuse.search.lexical_join import sharing
from tests.reuse.stories import Page

TWO_WORDS = st.lists(st.lists(st.sampled_from(["dam", "broke", "dawn"]), min_size=4, max_size=5).map(" ".join))
CLOSE = st.none() | st.dates(date(2021, 2, 26), date(2021, 3, 6)).map(str) | st.just("2021-03")
STORIES = st.lists(
    st.tuples(st.sampled_from([None, "quai", "phare"]), CLOSE, TWO_WORDS.filter(bool)), min_size=1, max_size=14
)


def joined(page, config):
    """The lexical join, one trait after the other, as it is described."""
    columns, comparable = page.columns, Comparable(page.stories, config)
    begins, ends = comparable.days(np.arange(len(page.stories)))
    pairs = set()
    traits = [columns.ragged["runs"], columns.ragged["english_runs"]]
    for key in {int(key) for trait in traits for key in trait.values}:
        rows = [
            row for trait in traits for row in range(len(columns)) if key in trait.take(np.array([row]))[0].tolist()
        ]
        stories = {int(columns.story[row]) for row in rows}
        held = {story: sorted(row for row in rows if columns.story[row] == story)[:3] for story in stories}
        for story in stories:
            near = [
                other
                for other in stories
                if not config.window_days
                or begins[story] - config.window_days <= begins[other] <= ends[story] + config.window_days
                or story == other
            ]
            if len(near) <= 8:
                pairs |= {
                    (min(one, two), max(one, two))
                    for other in near
                    if comparable.each(np.array([story]), np.array([other]))[0]
                    for one in held[story]
                    for two in held[other]
                }
    return pairs


@settings(max_examples=60)
@given(STORIES, st.sampled_from([0, 3, 30]))
def test_the_lexical_join_is_that_of_each_trait_by_itself(made, days):
    page, config = Page.of([(outlet, date, lines[:5]) for outlet, date, lines in made]), ReuseConfig(window_days=days)
    columns = page.columns
    traits = [columns.ragged["runs"], columns.ragged["english_runs"]]
    first, second = sharing(columns, traits, Comparable(page.stories, config), config)
    assert set(zip(first.tolist(), second.tolist(), strict=True)) == joined(page, config)


@given(STORIES)
def test_parts_of_the_lexical_join_make_no_difference(made):
    page, config = Page.of(made), ReuseConfig()
    columns, comparable = page.columns, Comparable(page.stories, config)
    whole = sharing(columns, [columns.ragged["runs"]], comparable, config)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_VALUES", 3)
        parts = sharing(columns, [columns.ragged["runs"]], comparable, config)
    assert all(map(np.array_equal, whole, parts))
